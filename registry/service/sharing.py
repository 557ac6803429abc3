"""To whom a record is given out: references in the right part, and statements no more visible than their subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from registry.domain.actor import Actor
from registry.domain.canonical import Document, canonical_bytes
from registry.domain.change import ChangeKind
from registry.domain.link import FieldRel, is_seen_with, place, references
from registry.domain.pages import MAX_PAGE, PageRequest
from registry.domain.people import is_sensitive
from registry.domain.policy import EVERYTHING
from registry.domain.record import Cap, Record, RecordUid, State
from registry.domain.redaction import is_noticed
from registry.domain.vocabulary import Kind
from registry.ports import Registry, Unit
from registry.service.writing import log, note_first_sight, store_part

_MOST_MERGES = 100
_AT_ONCE = 512


def with_cap(unit: Unit, record: Record) -> Record:
    """A statement with the cap that its subject sets now; any other record as it is."""
    if record.kind is not Kind.STATEMENT:
        return record
    about = _subject(record)
    return record if about is None else replace(record, cap=_cap(unit, about))


def with_sensitivity(before: Record, record: Record) -> Record:
    """The record about to be given out, with what its content says of its people; sources cleared *before* stay so
    where they are the same."""
    document, earlier = _document(record), _document(before)
    same = before.revision > 0 and document.get("sources") == earlier.get("sources")
    sensitive, cleared = is_sensitive(document, record.head.marking), before.sources_cleared and same
    if (sensitive, cleared) == (record.sensitive, record.sources_cleared):
        return record
    return replace(record, sensitive=sensitive, sources_cleared=cleared)


def with_references_placed(registry: Registry, unit: Unit, record: Record, *, is_stored: bool) -> Record:
    """The record about to be given out, with references that its public part may not make in the restricted part.

    Where some are moved from a head that *is_stored*, the new one is a revision of its own, made by the registry: its
    author is nobody.
    """
    head = record.head
    if head.public is None or head.restricted is None:
        return record
    uids = [one.target for one in references(head.public.document)]
    known = unit.records.many(uids, visible=EVERYTHING) if uids else {}

    def may_stay(uid: RecordUid) -> bool:
        # Of a record of another node nothing is known here, and so nothing is told by naming it.
        return uid not in known or is_seen_with(known[uid], record)

    before = head.public.document
    public, restricted = place(before, head.restricted.document, may_stay)
    if public == before:
        return record
    parts = store_part(registry, canonical_bytes(public)), store_part(registry, canonical_bytes(restricted))
    moved = replace(
        head,
        draft_revision=head.draft_revision + is_stored,
        public=parts[0],
        restricted=parts[1],
        public_hash=parts[0].hash,
        restricted_hash=parts[1].hash,
        author=None,
    )
    return replace(record, head=moved, draft_revision=moved.draft_revision)


def follow_subject(unit: Unit, actor: Actor, subject: Record) -> None:
    """Let every statement about *subject*, whose visibility has just changed, be as visible as that allows; statements
    about what was merged into it too."""
    for statement in _statements_about_all(unit, subject.uid):
        capped = with_cap(unit, statement)
        if capped.cap == statement.cap:
            continue
        after = note_first_sight(replace(capped, changed_at=subject.changed_at), subject.changed_at)
        unit.records.save(after)
        log(unit, actor, after, ChangeKind.VISIBILITY, public=is_noticed(statement, after))


def is_followed(before: Record | None, after: Record) -> bool:
    """Whether what a record allows the statements about it is another than before."""
    return before is None or _allowed(before) != _allowed(after)


def leads_round(unit: Unit, uid: RecordUid, into: RecordUid) -> bool:
    """Whether a record that were merged into *into* would in the end stand for itself, or behind more than a hundred
    others: no node merges so, but several may together, or one that lies."""
    following: RecordUid | None = into
    for _ in range(_MOST_MERGES):
        if following is None or following == uid:
            return following == uid
        subject = unit.records.get(following, visible=EVERYTHING)
        following = None if subject is None else subject.merged_into
    return True


def _allowed(subject: Record) -> tuple[object, ...]:
    """All of a record that ``_cap`` looks at."""
    is_shown = subject.was_given_out and not subject.sealed and not subject.blocked
    into = subject.merged_into if subject.state is State.MERGED else None
    return is_shown, subject.tlp, subject.shared_with, subject.is_under_embargo, into


def _subject(record: Record) -> RecordUid | None:
    about: Any = _document(record).get("about")
    return None if about is None else RecordUid(about)


def _document(record: Record) -> Document:
    return record.head.public.document if record.head.public else {}


def _cap(unit: Unit, about: RecordUid) -> Cap:
    """What its subject allows: of a merged one, no more than it allowed itself, nor than its survivor does."""
    found: Cap | None = None
    following: RecordUid | None = about
    seen: set[RecordUid] = set()
    while following is not None and following not in seen:
        seen.add(following)
        subject = unit.records.get(following, visible=EVERYTHING)
        if subject is None or not subject.was_given_out or subject.sealed or subject.blocked:
            return Cap()
        own = Cap(subject.tlp, subject.shared_with, embargoed=subject.is_under_embargo)
        found = own if found is None else found.within(own)
        following = subject.merged_into if subject.state is State.MERGED else None
    return found or Cap()


def _statements_about_all(unit: Unit, uid: RecordUid) -> Iterator[Record]:
    nearest: tuple[RecordUid, ...] = (uid,)
    seen: set[RecordUid] = set()
    while nearest:
        seen.update(nearest)
        portions = [nearest[at : at + _AT_ONCE] for at in range(0, len(nearest), _AT_ONCE)]
        merged: list[RecordUid] = []
        # A node that lies may merge thousands of records into one: each is not asked about by itself.
        for portion in portions:
            for one in sorted(unit.records.referred_to(portion, FieldRel.ABOUT)):
                yield from _statements_about(unit, one)
            merged += unit.sources.merged_into(portion)
        nearest = tuple(one for one in dict.fromkeys(merged) if one not in seen)


def _statements_about(unit: Unit, uid: RecordUid) -> Iterator[Record]:
    request = PageRequest(limit=MAX_PAGE)
    while True:
        page = unit.records.linked(uid, FieldRel.ABOUT, request, visible=EVERYTHING, reverse=True, kind=Kind.STATEMENT)
        yield from (one for one in page.items if one.was_given_out)
        if not page.has_next:
            return
        request = PageRequest(limit=MAX_PAGE, position=page.positions[-1])
