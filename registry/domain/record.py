"""A record: the envelope (what we decided) around revisions of content (what people wrote)."""

from __future__ import annotations

from dataclasses import dataclass
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


class State(StrEnum):
    """Where a record is in its life; the allowed steps are in ``workflow``."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    RETRACTED = "retracted"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One part of a revision as it is kept: canonical bytes, a 16-byte salt, and the hash over both."""

    schema: str
    body: bytes
    salt: bytes
    hash: bytes

    @property
    def document(self) -> Document:
        """The content as JSON values; parsed anew at each call."""
        return cast("Document", parse_json(self.body))

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

    @property
    def stage(self) -> State:
        """Where the newest work stands: in review, or in life where nothing is under review."""
        return self.pending or self.state

    @property
    def newest(self) -> Revision:
        """The newest work, published or not."""
        return self.work or self.head

    @property
    def is_public(self) -> bool:
        """Whether strangers may see it now."""
        return self.state is State.PUBLISHED and self.head.marking.tlp is Tlp.CLEAR and not self.embargoed

    @property
    def is_tombstone(self) -> bool:
        """Whether strangers see that something was here, and why it is gone: a public number resolves for ever."""
        return self.was_public and not self.is_public

    @property
    def label(self) -> str:
        """The number; before there is one, ``draft-`` and the last six characters of the uid."""
        return self.number or f"draft-{self.uid[-6:]}"
