"""Who reads which rows and which revisions of a record's past, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from registry.domain import redaction
from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.change import Change, redact_internal
from registry.domain.content.base import to_document
from registry.domain.difference import FieldChange, difference
from registry.domain.policy import visible_to
from registry.domain.record import Record, Revision, State, StoredPart
from registry.domain.vocabulary import Tlp


class Part(StrEnum):
    """A part of a revision, as the file format names it."""

    CONTENT = "content"
    RESTRICTED = "restricted"
    MARKING = "marking"


@dataclass(frozen=True, slots=True)
class PartChange:
    """A change, and the part of the revision that it lies in."""

    part: Part
    change: FieldChange


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a record, oldest first: log rows, and the revisions that the asker may read."""

    changes: tuple[Change, ...]
    revisions: tuple[Revision, ...]


def as_told(record: Record, changes: Sequence[Change], revisions: Sequence[Revision], actor: Actor) -> History:
    """The past of *record*, which *actor* may see, as far as *actor* may know.

    Strangers read the rows that changed what strangers see, and the revisions that were published to them; of a
    tombstone they read the rows only. Who reviewed is told to reviewers only.
    """
    visible = visible_to(actor)
    if visible.owns(record):
        masked = tuple(redaction.hide_reviewer(change, actor) for change in changes)
        return History(masked, _redacted(revisions, record, actor))
    if visible.everything:
        kept = [one for one in revisions if not (_is_work(one, record) and record.pending is State.RETRACTED)]
        return History(tuple(changes), _redacted(kept, record, actor))
    public_rows = tuple(redact_internal(change) for change in changes if change.public_seq is not None)
    if record.is_tombstone:
        return History(public_rows, ())
    return History(public_rows, _redacted((one for one in revisions if _was_shown(one, record)), record, actor))


def differences(before: Revision, after: Revision) -> tuple[PartChange, ...]:
    """What differs between two revisions as one viewer may read them; a part missing in either is not compared."""
    pairs: tuple[tuple[Part, Document | None, Document | None], ...] = (
        (Part.CONTENT, _document(before.public), _document(after.public)),
        (Part.RESTRICTED, _document(before.restricted), _document(after.restricted)),
        (Part.MARKING, to_document(before.marking), to_document(after.marking)),
    )
    return tuple(
        PartChange(part, change)
        for part, old, new in pairs
        if old is not None and new is not None
        for change in difference(old, new)
    )


def _document(part: StoredPart | None) -> Document | None:
    return None if part is None else part.document


def _is_work(revision: Revision, record: Record) -> bool:
    return revision.draft_revision > record.head.draft_revision


def _was_shown(revision: Revision, record: Record) -> bool:
    """Whether strangers saw it: published to them, and not replaced before an embargo on the record ended."""
    if revision.revision is None or revision.marking.tlp is not Tlp.CLEAR:
        return False
    if revision.revision == record.revision:
        return True
    times = revision.published_at, record.published_at
    return times[0] is not None and times[1] is not None and times[0] >= times[1]


def _redacted(revisions: Iterable[Revision], record: Record, actor: Actor) -> tuple[Revision, ...]:
    """Revisions, redacted by the same rules as the record's own."""
    return tuple(redaction.for_actor(replace(record, head=one, work=None), actor).head for one in revisions)
