"""Reading and writing records and the change log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from registry.domain.alike import Alike
from registry.domain.change import Change, NewChange
from registry.domain.link import Rel
from registry.domain.pages import Page, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import Visibility
from registry.domain.record import OrganisationId, Record, RecordUid, Revision
from registry.domain.vocabulary import Kind


class RecordReader(Protocol):
    """Reading records."""

    def get(self, uid: RecordUid, *, visible: Visibility) -> Record | None:
        """The record, a tombstone included, or ``None``."""
        ...

    def by_number(self, number: str, *, visible: Visibility) -> Record | None:
        """The record with this number, a tombstone included, or ``None``."""
        ...

    def many(self, uids: Sequence[RecordUid], *, visible: Visibility) -> dict[RecordUid, Record]:
        """Those of *uids* that are visible, tombstones included, in one statement."""
        ...

    def by_external_ref(self, owner: OrganisationId, external_ref: str) -> Record | None:
        """The record of *owner* with this key of its own."""
        ...

    def by_upstream(self, source: str, upstream_id: str) -> Record | None:
        """The record imported from this record of this source, also once it was erased."""
        ...

    def by_upstreams(self, source: str, upstream_ids: Collection[str]) -> dict[str, Record]:
        """Those records imported from these of this source, by their upstream ids, in few statements."""
        ...

    def page(
        self, wanted: RecordFilter, order: RecordOrder, request: PageRequest, *, visible: Visibility
    ) -> Page[Record]:
        """A page by keyset in one statement; tombstones are never listed for strangers."""
        ...

    def count(self, wanted: RecordFilter, *, visible: Visibility) -> int:
        """How many records ``page`` would give in all."""
        ...

    def linked(
        self,
        uid: RecordUid,
        rel: Rel,
        request: PageRequest,
        *,
        visible: Visibility,
        reverse: bool = False,
        kind: Kind | None = None,
    ) -> Page[Record]:
        """Records that the public part of *uid* links to by *rel*; with *reverse*, those that link to it; with *kind*,
        those of this kind only."""
        ...

    def referred_to(self, uids: Sequence[RecordUid], rel: Rel) -> frozenset[RecordUid]:
        """Those of *uids* that the public part of some record links to by *rel*, in one statement."""
        ...

    def revisions(self, uid: RecordUid) -> tuple[Revision, ...]:
        """Every revision kept, oldest first, drafts included. The service decides who sees which."""
        ...

    def revision(self, uid: RecordUid, draft_revision: int) -> Revision | None:
        """One of them."""
        ...

    def blocked(self) -> tuple[Record, ...]:
        """Every record that is blocked, the longest blocked first."""
        ...

    def uids(self, *, after: RecordUid | None, limit: int) -> tuple[RecordUid, ...]:
        """All uids in ascending order, in portions; for rebuilding an index."""
        ...


class RecordWriter(RecordReader, Protocol):
    """Reading and writing records within a unit."""

    def add(self, record: Record) -> None:
        """Store a new record with its revisions.

        Raises:
            AlreadyExists: the uid, number or (owner, external_ref) is taken.
        """
        ...

    def add_alike(self, sample: Record, others: Sequence[Alike]) -> None:
        """Store new records as ``add`` stores *sample*, which has no work beside its head and lacks its restricted part
        where they do.

        Raises:
            AlreadyExists: as for ``add``.
        """
        ...

    def save(self, record: Record) -> None:
        """Store the envelope and every revision of it not stored yet; stored revisions never change, except
        that a draft gets its published ``revision`` and ``published_at``."""
        ...

    def erase(self, record: Record) -> None:
        """Store *record* as erased and forget parts, salts, facets, links, titles and upstream ids of all its
        revisions; hashes and the log stay, and so ``by_upstream`` still finds it."""
        ...

    def put_back(self, record: Record) -> None:
        """Store *record* with the parts of its head, which is stored without them: another node gave them again."""
        ...

    def forget_parts(self, uid: RecordUid, draft_revision: int, parts: Collection[str]) -> None:
        """Forget these of ``public``, ``restricted`` and ``marking`` of an unpublished revision.

        Hashes stay, and of the marking who sees it.
        """
        ...

    def forget_restricted(self, uid: RecordUid) -> None:
        """Forget the restricted part of every revision of a record that came from another node. Hashes stay."""
        ...

    def next_numbers(self, kind: Kind, year: int, count: int) -> range:
        """The next *count* counted numbers of this kind and year, from 1; given once, by this unit's commit."""
        ...

    def taken_numbers(self, numbers: Sequence[str]) -> frozenset[str]:
        """Those of *numbers* that a record, visible or not, has, or that are set aside for an organisation."""
        ...


@dataclass(frozen=True, slots=True)
class LogHead:
    """The newest row of the change log; 0 where there is none. Strangers learn ``public_seq`` only."""

    seq: int
    public_seq: int


class ChangeReader(Protocol):
    """Reading the change log."""

    def head(self) -> LogHead:
        """The newest row."""
        ...

    def after(self, seq: int, *, limit: int) -> tuple[Change, ...]:
        """Rows after *seq* in order."""
        ...

    def public_after(self, public_seq: int, *, limit: int) -> tuple[Change, ...]:
        """Rows with a ``public_seq`` after this one, in order."""
        ...

    def of_record(self, uid: RecordUid) -> tuple[Change, ...]:
        """Every row about a record, oldest first."""
        ...


class ChangeWriter(ChangeReader, Protocol):
    """Reading and appending to the change log within a unit."""

    def append(self, row: NewChange) -> Change:
        """Write *row* behind the newest one and chain it."""
        ...

    def append_alike(self, row: NewChange, others: Sequence[Alike]) -> None:
        """Write a row like *row*, which has no reason, for each of *others*, in their order, and chain them."""
        ...

    def forget_reasons(self, uid: RecordUid) -> None:
        """Erase the words of every reason given for this record so far; their hashes stay."""
        ...
