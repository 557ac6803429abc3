"""Who reads which rows and which revisions of a record's past, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from registry.domain import redaction
from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.change import Change, ChangeKind, redact_internal
from registry.domain.difference import FieldChange, difference
from registry.domain.people import is_sensitive
from registry.domain.policy import REVIEWERS, Visibility, visible_to
from registry.domain.proposal import Proposal, credited
from registry.domain.record import OrganisationId, Record, Revision, State
from registry.domain.vocabulary import Tlp

# Rows that may change what those see whom a record was given out to.
_TELLING = frozenset(
    {
        ChangeKind.UPSERT,
        ChangeKind.WITHDRAW,
        ChangeKind.RESTORE,
        ChangeKind.MERGE,
        ChangeKind.SPLIT,
        ChangeKind.BLOCK,
        ChangeKind.VISIBILITY,
        ChangeKind.ERASE,
    }
)


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
    """What happened to a record, oldest first: log rows, and the revisions that the asker may read.

    ``credits`` names, for each of the revisions, the organisations whose corrections it was the first to hold.
    """

    changes: tuple[Change, ...]
    revisions: tuple[Revision, ...]
    credits: tuple[tuple[OrganisationId, ...], ...]


@dataclass(frozen=True, slots=True)
class Past:
    """All that is kept of a record's past: what ``as_told`` chooses from.

    Attributes:
        revisions: all of them, oldest first, drafts included.
        members: how the log names the members of the owning organisation.
    """

    record: Record
    changes: Sequence[Change]
    revisions: Sequence[Revision]
    proposals: Sequence[Proposal]
    members: frozenset[str]


def as_told(past: Past, actor: Actor) -> History:
    """The past of a record that *actor* may see, as far as *actor* may know.

    The owner and reviewers read everything, but who decided at the node is told to reviewers only. Others read the rows
    that changed what they see, and the revisions that were given out to them; of a tombstone they read the rows only.
    """
    record, visible = past.record, visible_to(actor)
    if visible.owns(record):
        masked = tuple(_without_reviewer(change, past.members, actor) for change in past.changes)
        return _history(past, masked, past.revisions, actor)
    if visible.sees_all_of(record):
        kept = [one for one in past.revisions if not (_is_work(one, record) and record.pending is State.RETRACTED)]
        return _history(past, tuple(past.changes), kept, actor)
    rows = tuple(redact_internal(change) for change in past.changes if was_told(change, visible))
    shown = [one for one in past.revisions if _was_given(one, past, visible)] if visible.lists(record) else []
    return _history(past, rows, shown, actor)


def _history(past: Past, rows: tuple[Change, ...], readable: Sequence[Revision], actor: Actor) -> History:
    credits_ = credited(past.proposals, [one.draft_revision for one in readable])
    return History(rows, _redacted(readable, past.record, actor), credits_)


def _without_reviewer(change: Change, members: frozenset[str], actor: Actor) -> Change:
    """A row as the owner reads it: who acted for the node is told to reviewers only, and who proposed to everybody."""
    row = change.row
    is_person = row.actor.startswith("person:") and row.kind is not ChangeKind.PROPOSAL
    if not is_person or row.actor in members or actor.roles & REVIEWERS:
        return change
    return replace(change, row=replace(row, actor="reviewer"))


def was_told(change: Change, visible: Visibility) -> bool:
    """Whether the row changed what such a viewer sees: by its own words on who could see the record then."""
    if change.public_seq is not None:
        return True
    tlp, *words = (change.row.visibility or "RED").split()
    if change.row.kind not in _TELLING or tlp.startswith("RED"):
        return False
    if any(word == f"audience={group}" for word in words for group in visible.groups):
        return True
    is_open = tlp.partition("/")[0] in {Tlp.CLEAR, Tlp.GREEN} and not _is_under_embargo(change)
    return visible.community and is_open


def _is_under_embargo(change: Change) -> bool:
    return " embargo=" in (change.row.visibility or "")


def differences(before: Mapping[Part, Document], after: Mapping[Part, Document]) -> tuple[PartChange, ...]:
    """What differs between two revisions; a part that is missing in either is not compared."""
    return tuple(
        PartChange(part, change)
        for part in Part
        if part in before and part in after
        for change in difference(before[part], after[part])
    )


def _is_work(revision: Revision, record: Record) -> bool:
    return revision.draft_revision > record.head.draft_revision


def _was_given(revision: Revision, past: Past, visible: Visibility) -> bool:
    """Whether such a viewer saw it: published and marked so, and not replaced before an embargo on the record ended."""
    record = replace(past.record, head=revision, work=None)
    if revision.revision is None or not visible.lists(record):
        return False
    if revision.revision == record.revision or record.shared_with in visible.groups:
        return True
    rows = [one for one in past.changes if one.row.revision == revision.revision and one.row.visibility is not None]
    if rows and all(map(_is_under_embargo, rows)):
        return False
    times = revision.published_at, record.published_at
    return times[0] is not None and times[1] is not None and times[0] >= times[1]


def _redacted(revisions: Iterable[Revision], record: Record, actor: Actor) -> tuple[Revision, ...]:
    """Revisions, redacted by the same rules as the record's own."""
    return tuple(redaction.for_actor(_as_of(one, record), actor).head for one in revisions)


def _as_of(revision: Revision, record: Record) -> Record:
    """*record* with this revision as its only one. Sources were cleared with the present ones, and others were not."""
    public, present = revision.public, record.head.public
    if public is None or present is None or revision.draft_revision == record.head.draft_revision:
        return replace(record, head=revision, work=None)
    document = public.document
    is_cleared = record.sources_cleared and document.get("sources") == present.document.get("sources")
    sensitive = record.sensitive or is_sensitive(document, revision.marking)
    return replace(record, head=revision, work=None, sensitive=sensitive, sources_cleared=is_cleared)
