"""A record: the envelope (what we decided) around revisions of content (what people wrote)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType, cast

from registry.domain.canonical import Document, parse_json, part_hash
from registry.domain.content.marking import Marking
from registry.domain.errors import Corrupt
from registry.domain.vocabulary import Kind, Tlp

RecordUid = NewType("RecordUid", str)
OrganisationId = NewType("OrganisationId", str)
PersonId = NewType("PersonId", str)
GroupSlug = NewType("GroupSlug", str)


class State(StrEnum):
    """Where a record is in its life; the allowed steps are in ``workflow``."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    REJECTED = "rejected"
    RETRACTED = "retracted"
    ERASED = "erased"


# What its owner has not handed in yet, or has taken back: nobody else reads it.
NOT_HANDED_IN = frozenset({State.DRAFT, State.RETRACTED})

# What was given out under a number, and may be gone again: its marking tells who could see it.
GIVEN_OUT = frozenset({State.PUBLISHED, State.WITHDRAWN, State.MERGED, State.ERASED})

_GONE = GIVEN_OUT - {State.PUBLISHED}


@dataclass(frozen=True, slots=True)
class Cap:
    """How visible a statement may be at the most: as visible as the record it is about."""

    tlp: Tlp = Tlp.RED
    audience: GroupSlug | None = None
    embargoed: bool = False

    def within(self, other: Cap) -> Cap:
        """What both allow: whoever sees something by it sees it by each of the two."""
        if self.audience == other.audience or other.is_open:
            audience = self.audience
        else:
            audience = other.audience if self.is_open else None
        stricter = max(self.tlp, other.tlp, key=lambda one: one.strictness)
        return Cap(stricter, audience, embargoed=self.embargoed or other.embargoed)

    @property
    def is_open(self) -> bool:
        """Whether everybody sees it."""
        return self.tlp is Tlp.CLEAR and not self.embargoed

    @property
    def is_closed(self) -> bool:
        """Whether nobody but the audience sees it, if there is one."""
        return self.embargoed or self.tlp.strictness > Tlp.GREEN.strictness


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One part of a revision as it is kept: canonical bytes, a 16-byte salt, and the hash over both."""

    schema: str
    body: bytes
    salt: bytes
    hash: bytes
    _document: Document | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def document(self) -> Document:
        """The content as JSON values, parsed once; nobody may change it."""
        if self._document is None:
            object.__setattr__(self, "_document", cast("Document", parse_json(self.body)))
        return cast("Document", self._document)

    def verify(self) -> None:
        """Raise ``Corrupt`` unless the hash fits."""
        if part_hash(self.salt, self.body) != self.hash:
            raise Corrupt("a stored part does not fit its hash")


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a record's content. A part is ``None`` once erased, or where the viewer may not see it."""

    draft_revision: int
    marking: Marking
    public: StoredPart | None
    restricted: StoredPart | None
    public_hash: bytes
    restricted_hash: bytes
    author: PersonId | None
    created_at: datetime
    revision: int | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The envelope and the revisions that matter now.

    Attributes:
        revision: published revisions so far, counted from 1; 0 before the first. What strangers see.
        draft_revision: number of the newest work, published or not, counted from 1. Internal.
        pending: where the review of ``work`` stands while an earlier revision is published.
        head: the newest published revision; the newest draft where none was published.
        work: a newer revision than ``head``, under review.
        embargoed: published under a number but seen by nobody else until a job lifts it.
        was_public: whether strangers could once see it; then its number resolves for ever.
        imported: published from a trusted source without review here.
        blocked: hidden at once while somebody judges whether it must go; who did it, in ``blocked_by``.
        legal_hold: an erasure hides it and destroys nothing, until the hold is lifted.
        sealed: about the sexual abuse of children; read with a permission of its own, and never shared.
        sensitive: about sexual harm or minors, or naming a person: its source links are shown once they are cleared.
        sources_cleared: a reviewer found its source links fit to be shown.
        merged_into: the record that stands for this one since the two were found to be the same.
        cap: of a statement, how visible the record is that it is about.
        terms: the version of the node's terms that was accepted with the first submission.
        claimed_at: when the claim was made that ``claimed_by`` holds.
        opinion_of: the reviewer who asks for somebody else's opinion on the work, and gave the claim back for it.
        staging: a draft made to try things out; nobody reviews it, and after a time it is deleted.
        received: it began at another node, which alone changes it.
        contributors: the persons whose unpublished work it holds; none of them approves or publishes it.
        reason: why the last decision was taken, in words for the owner; on a tombstone, for everybody.
    """

    uid: RecordUid
    kind: Kind
    origin: str
    owner: OrganisationId
    state: State
    revision: int
    draft_revision: int
    head: Revision
    created_at: datetime
    changed_at: datetime
    pending: State | None = None
    work: Revision | None = None
    number: str | None = None
    embargoed: bool = False
    was_public: bool = False
    imported: bool = False
    external_ref: str | None = None
    claimed_by: PersonId | None = None
    approved_by: PersonId | None = None
    contributors: frozenset[PersonId] = frozenset()
    reason: str | None = None
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    blocked: bool = False
    blocked_by: PersonId | None = None
    blocked_at: datetime | None = None
    legal_hold: bool = False
    sealed: bool = False
    sensitive: bool = False
    sources_cleared: bool = False
    merged_into: RecordUid | None = None
    cap: Cap | None = None
    terms: str | None = None
    staging: bool = False
    claimed_at: datetime | None = None
    opinion_of: PersonId | None = None
    received: bool = False

    @property
    def stage(self) -> State:
        """Where the newest work stands: in review, or in life where nothing is under review."""
        return self.pending or self.state

    @property
    def newest(self) -> Revision:
        """The newest work, published or not."""
        return self.work or self.head

    @property
    def tlp(self) -> Tlp:
        """The marking that holds: its own, or the stricter one of the record it is about."""
        own = self.head.marking.tlp
        return own if self.cap is None or self.cap.tlp.strictness < own.strictness else self.cap.tlp

    @property
    def was_given_out(self) -> bool:
        """Whether it was published once, and is no work again: what was erased before that nobody ever saw."""
        return self.state in GIVEN_OUT and self.revision > 0

    @property
    def is_under_embargo(self) -> bool:
        """Whether its own embargo, or that of the record it is about, keeps it from all but its audience."""
        return self.embargoed or (self.cap is not None and self.cap.embargoed)

    @property
    def is_open(self) -> bool:
        """Whether it is, or was when it was given out, for everybody."""
        return self._opens_to(Tlp.CLEAR)

    @property
    def is_open_to_community(self) -> bool:
        """Whether it is, or was when it was given out, for every member of the community."""
        return self._opens_to(Tlp.GREEN)

    @property
    def shared_with(self) -> GroupSlug | None:
        """The group it is, or was, given out to beyond the owner, if there is one."""
        audience = self.head.marking.audience
        if audience is None or not self.was_given_out or self.tlp is Tlp.RED or self.sealed:
            return None
        is_closed = self.cap is not None and self.cap.is_closed and self.cap.audience != audience
        return None if is_closed else GroupSlug(audience)

    @property
    def hides_sources(self) -> bool:
        """Whether its source links wait to be cleared."""
        return self.sensitive and not self.sources_cleared

    @property
    def is_out(self) -> bool:
        """Whether those it is given out to may see it now."""
        return self.state is State.PUBLISHED and not self.blocked

    @property
    def is_public(self) -> bool:
        """Whether strangers may see it now."""
        return self.is_out and self.is_open

    @property
    def is_tombstone(self) -> bool:
        """Whether those who could see it see only that something was here, and why it is gone."""
        is_blocked = self.blocked and self.state is State.PUBLISHED
        return self.state in _GONE or is_blocked or (self.was_public and not self.is_public)

    def _opens_to(self, tlp: Tlp) -> bool:
        return (
            self.was_given_out
            and not self.sealed
            and not self.is_under_embargo
            and self.tlp.strictness <= tlp.strictness
        )

    @property
    def label(self) -> str:
        """The number; before there is one, ``draft-`` and the last six characters of the uid."""
        return self.number or f"draft-{self.uid[-6:]}"
