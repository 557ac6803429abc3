"""What the services need of the world, as protocols. Adapters implement them; nothing here imports an adapter.

All instants are aware and in UTC. Every method that reads records takes ``visible``: which of them the viewer
may see. A record that is not visible is the same as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from registry.domain.account import ApiKey, KeyId, Member, Organisation
from registry.domain.change import Change, NewChange
from registry.domain.finding import Finding, KeptFinding
from registry.domain.job import Job
from registry.domain.pages import CursorSeal, Page, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import Visibility
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid, Revision
from registry.domain.search import IndexEntry, SearchRequest, SearchResult
from registry.domain.taxonomy import Taxonomy
from registry.domain.vocabulary import Kind, LinkRel
from registry.settings import Settings


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, aware, UTC."""
        ...


class IdSource(Protocol):
    """New ids and random bytes."""

    def uid(self) -> str:
        """A UUIDv7 as lower-case text; later ones sort after earlier ones."""
        ...

    def salt(self) -> bytes:
        """16 random bytes."""
        ...

    def token(self, length: int) -> str:
        """*length* random lower-case letters and digits."""
        ...

    def secret(self) -> str:
        """40 random letters and digits."""
        ...

    def six_digits(self) -> int:
        """A random number from 100000 to 999999."""
        ...


@dataclass(frozen=True, slots=True)
class LogHead:
    """The newest row of the change log; 0 where there is none. Strangers learn ``public_seq`` only."""

    seq: int
    public_seq: int


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
        """The record imported from this record of this source."""
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
        self, uid: RecordUid, rel: LinkRel, request: PageRequest, *, visible: Visibility, reverse: bool = False
    ) -> Page[Record]:
        """Records that the public part of *uid* links to by *rel*; with *reverse*, those that link to it."""
        ...

    def revisions(self, uid: RecordUid) -> tuple[Revision, ...]:
        """Every revision kept, oldest first, drafts included. The service decides who sees which."""
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

    def save(self, record: Record) -> None:
        """Store the envelope and every revision of it not stored yet; stored revisions never change, except
        that a draft gets its published ``revision`` and ``published_at``."""
        ...

    def erase(self, record: Record) -> None:
        """Store *record* as erased and forget parts, salts, facets, links, titles and upstream ids of all its
        revisions; hashes and the log stay."""
        ...

    def next_number(self, kind: Kind, year: int) -> int:
        """The next counted number of this kind and year, from 1; given once, by this unit's commit."""
        ...

    def is_number_taken(self, number: str) -> bool:
        """Whether any record, visible or not, has this number."""
        ...


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


class Accounts(Protocol):
    """Organisations, members and keys. Names of people are kept in a table of their own that can be emptied."""

    def add_organisation(self, organisation: Organisation) -> None:
        """Raises ``AlreadyExists`` if the slug is taken."""
        ...

    def organisation(self, organisation_id: OrganisationId) -> Organisation | None:
        """The organisation with this id."""
        ...

    def organisations_by_id(self, ids: Sequence[OrganisationId]) -> dict[OrganisationId, Organisation]:
        """Those organisations, in one statement."""
        ...

    def organisation_by_slug(self, slug: str) -> Organisation | None:
        """The organisation with this slug."""
        ...

    def organisations(self) -> tuple[Organisation, ...]:
        """All of them, by slug."""
        ...

    def add_member(self, member: Member, name: str) -> None:
        """Raises ``AlreadyExists`` if the person is a member there already."""
        ...

    def member(self, person: PersonId, organisation: OrganisationId) -> Member | None:
        """The membership, if there is one."""
        ...

    def members(self, organisation: OrganisationId) -> tuple[tuple[Member, str], ...]:
        """Every member with the name kept for it, or an empty text once it was forgotten."""
        ...

    def add_key(self, key: ApiKey) -> None:
        """Keep a new key."""
        ...

    def key(self, key_id: KeyId) -> ApiKey | None:
        """The key with this id, usable or not."""
        ...

    def keys(self, person: PersonId) -> tuple[ApiKey, ...]:
        """Every key of a person, newest first."""
        ...

    def save_key(self, key: ApiKey) -> None:
        """Store the key's new ``revoked_at`` or ``last_used_at``."""
        ...


class Idempotency(Protocol):
    """Which writes were answered before."""

    def find(self, scope: str, key: str, *, now: datetime) -> tuple[bytes, RecordUid] | None:
        """Fingerprint and answered record of an earlier write that is still remembered."""
        ...

    def keep(self, scope: str, key: str, *, fingerprint: bytes, uid: RecordUid, expires_at: datetime) -> None:
        """Remember a write in the transaction that makes it. Raises ``AlreadyExists`` if the key is remembered."""
        ...


class Jobs(Protocol):
    """Work that is due at a time."""

    def add(self, job: Job) -> None:
        """Keep a job."""
        ...

    def claim_due(self, now: datetime, *, lease_until: datetime, limit: int) -> tuple[Job, ...]:
        """Due jobs that nobody holds, now held until *lease_until*, with ``attempts`` raised by one."""
        ...

    def finish(self, job_id: str) -> None:
        """Forget a job that is done."""
        ...

    def postpone(self, job_id: str, *, due_at: datetime, error: str) -> None:
        """Give a failed job back, to be tried again at *due_at*."""
        ...


class Taxonomies(Protocol):
    """Taxonomies by namespace; the newest release put is the one shown."""

    def put(self, taxonomy: Taxonomy) -> bool:
        """Keep a release; tells whether anything changed."""
        ...

    def get(self, namespace: str) -> Taxonomy | None:
        """The release kept."""
        ...

    def namespaces(self) -> tuple[str, ...]:
        """Every namespace kept, sorted."""
        ...


class Findings(Protocol):
    """Findings by source."""

    def replace(self, source: str, findings: Sequence[Finding], *, now: datetime) -> None:
        """Keep the findings of a finished run: new ones begin, known ones continue, missing ones are cleared."""
        ...

    def of_source(self, source: str) -> tuple[KeptFinding, ...]:
        """Every finding of a source, open ones first."""
        ...


class Meta(Protocol):
    """Small facts about the store itself, such as its ``log_id``."""

    def get(self, name: str) -> str | None:
        """The value, if it was set."""
        ...

    def put(self, name: str, value: str) -> None:
        """Set a value."""
        ...


class Reader(Protocol):
    """A consistent view of the store."""

    @property
    def records(self) -> RecordReader: ...
    @property
    def changes(self) -> ChangeReader: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def taxonomies(self) -> Taxonomies: ...
    @property
    def findings(self) -> Findings: ...
    @property
    def meta(self) -> Meta: ...


class Unit(Protocol):
    """One write transaction: leaving its block makes everything durable, an exception keeps nothing."""

    @property
    def records(self) -> RecordWriter: ...
    @property
    def changes(self) -> ChangeWriter: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def idempotency(self) -> Idempotency: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def taxonomies(self) -> Taxonomies: ...
    @property
    def findings(self) -> Findings: ...
    @property
    def meta(self) -> Meta: ...


class Storage(Protocol):
    """The store of record."""

    def begin(self) -> AbstractContextManager[Unit]:
        """Take a turn to write. Units that wait share one durable commit; a failed one rolls back alone.

        Raises:
            StoreUnavailable: on leaving, when the commit failed; nothing of the unit was kept.
        """
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """A read transaction; it sees only what was committed before it."""
        ...

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the store to a new file while others go on reading and writing."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


class ErasureLog(Protocol):
    """What was erased, kept outside the data directory and out of backups: uid and time, no content."""

    def append(self, uid: RecordUid, at: datetime) -> None:
        """Write one line, durably, before the erasure commits."""
        ...

    def uids(self) -> tuple[RecordUid, ...]:
        """Every uid ever erased here."""
        ...


class SearchIndex(Protocol):
    """Two physical indexes: ``public`` answers everybody, ``restricted`` only tells which hidden records match."""

    def search(self, request: SearchRequest) -> SearchResult:
        """A page of public records.

        Raises:
            SearchUnavailable: the index cannot be read now.
        """
        ...

    def hidden_matches(self, request: SearchRequest, *, limit: int) -> tuple[RecordUid, ...]:
        """uids of not public records that match, newest first; the caller keeps those the viewer may see."""
        ...

    def apply(self, entries: Sequence[IndexEntry], *, position: int) -> None:
        """Bring entries up to date in both indexes and remember *position*, the ``seq`` read so far.

        Applying an entry twice changes nothing."""
        ...

    def position(self) -> int:
        """The ``seq`` that the index has taken in; 0 for an empty or unreadable one, which is then rebuilt."""
        ...

    def rebuild(self, entries: Iterable[IndexEntry], *, position: int) -> None:
        """Build both indexes anew beside the old ones, which serve meanwhile, then put them in their place."""
        ...

    def close(self) -> None:
        """Let go of every file."""
        ...


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything a service function needs, handed to it first."""

    settings: Settings
    storage: Storage
    index: SearchIndex
    erasures: ErasureLog
    clock: Clock
    ids: IdSource
    cursors: CursorSeal
