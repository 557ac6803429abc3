"""What waits for reviewers: told by labels and never by text, taken oldest first, and opened field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document
from registry.domain.content.kinds import PUBLIC, RESTRICTED
from registry.domain.errors import ConflictOfInterest, Forbidden, FourEyes, NotFound
from registry.domain.facets import facets_of, severity_of
from registry.domain.finding import Finding
from registry.domain.people import is_sensitive
from registry.domain.record import NOT_HANDED_IN, Record, RecordUid, State, StoredPart
from registry.domain.vocabulary import Kind
from registry.domain.welfare import Topic, topics_of_revision
from registry.ports import Reader, Registry, Unit
from registry.service import conflicts, welfare
from registry.service.conflicts import Bonds
from registry.service.origins import Origin, SourceWaiting, found_of, origins_of, sources_waiting, waiting_of
from registry.service.review import claimed

PAGE = 50
_PORTION = 200
_UNDER_REVIEW = frozenset({State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a reviewer knows of a submission before opening it: labels, and no word that somebody wrote.

    Attributes:
        since: when the work was handed in.
        refusal: the code of what keeps the viewer from claiming it, if anything does.
        wants_opinion: another reviewer has asked for a second opinion.
        origin: where it was imported from and why it waits, if it was.
    """

    uid: RecordUid
    label: str
    kind: Kind
    stage: State
    draft_revision: int
    since: datetime
    topics: frozenset[Topic]
    misuse: tuple[str, ...]
    warnings: tuple[str, ...]
    severity: int | None
    is_sensitive: bool
    wants_opinion: bool
    is_mine: bool
    claimed_at: datetime | None
    refusal: str | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one reviewer: handed in, held, and waiting for a second opinion. The longest waiting first.

    Attributes:
        sources: those of which imported records wait, whichever source was asked for.
    """

    waiting: tuple[Waiting, ...]
    mine: tuple[Waiting, ...]
    opinions: tuple[Waiting, ...]
    has_more: bool
    sources: tuple[SourceWaiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a submission that can be opened, such as ``content.summary``, and how long it is in characters."""

    name: str
    label: str
    length: int


@dataclass(frozen=True, slots=True)
class Item:
    """One submission as its reviewer meets it.

    Attributes:
        source: id of the source that it was imported from.
        found: what the import found about it and is not mended, what holds it first.
    """

    waiting: Waiting
    fields: tuple[Field, ...]
    keeps_restricted: bool
    source: str | None = None
    found: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Revealed:
    """One field, opened; each line is a text of its own, with where it stands."""

    name: str
    lines: tuple[tuple[str, str], ...]
    draft_revision: int


def queue(registry: Registry, actor: Actor, *, skip: int = 0, source: str | None = None) -> Queue:
    """What waits for *actor*, as far as *actor* sees work under review.

    Args:
        skip: how many of what waits to leave out, for the next page.
        source: only what was imported from the source with this id; what *actor* holds is told whatever it is.

    Raises:
        Forbidden: *actor* does not review.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    visible = policy.visible_to(actor)
    with registry.storage.read() as reader:
        uids = waiting_of(reader, source, visible, limit=PAGE + 1, skip=max(0, skip))
        held = () if actor.person is None else reader.review_queue.held_by(actor.person, visible=visible)
        found = told(registry, reader, actor, uids[:PAGE])
        mine = told(registry, reader, actor, held)
        sources = sources_waiting(registry, reader, visible)
    return Queue(
        waiting=tuple(one for one in found if not one.wants_opinion),
        mine=mine,
        opinions=tuple(one for one in found if one.wants_opinion),
        has_more=len(uids) > PAGE,
        sources=sources,
    )


def told(registry: Registry, view: Reader, actor: Actor, uids: tuple[RecordUid, ...]) -> tuple[Waiting, ...]:
    """What *actor*, who reviews, knows of submissions before opening them; those that *actor* sees, in their order."""
    records = tuple(_records(view, actor, uids))
    bonds, origins = conflicts.bonds_of(registry, view, actor), origins_of(registry, view, records)
    return tuple(_told(registry, view, actor, bonds, one, origins.get(one.uid)) for one in records)


def item(registry: Registry, actor: Actor, uid: RecordUid) -> Item:
    """One submission under review, without its text.

    Raises:
        Forbidden: *actor* does not review.
        NotFound: there is none under review, or none that *actor* may see; the two are not told apart.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    with registry.storage.read() as reader:
        record = _under_review(reader, actor, uid)
        (waiting,) = told(registry, reader, actor, (record.uid,))
        shown = redaction.for_actor(record, actor).newest
        source, found = found_of(reader, shown)
    fields = (*_fields("content", shown.public, record.kind), *_fields("restricted", shown.restricted, record.kind))
    return Item(waiting, fields, keeps_restricted=shown.restricted is None, source=source, found=found)


def next_to_review(registry: Registry, actor: Actor) -> Record | None:
    """Claim what waits longest of what *actor* may take; ``None`` where there is nothing.

    Left out is what *actor* does not see, contributed to, asked a second opinion about, or is bound to.

    Raises:
        Forbidden: *actor* does not review.
        ExposureLimit: *actor* has read enough for now.
        ConflictOfInterest: *actor* has not declared any conflict, or none.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    with registry.storage.begin() as unit:
        welfare.require_room(registry, unit, actor)
        bonds = conflicts.bonds_of(registry, unit, actor)
        conflicts.require_said(bonds)
        for record in _all_waiting(unit, actor):
            if record.opinion_of != actor.person and _refusal(registry, unit, actor, bonds, record) is None:
                return redaction.for_actor(claimed(registry, unit, actor, record), actor)
    return None


def reveal(registry: Registry, actor: Actor, uid: RecordUid, field: str) -> Revealed:
    """Open one field of a submission under review, and count it as read, once for each part of the revision.

    Args:
        field: its name, as ``item`` tells it.

    Raises:
        Forbidden: *actor* does not review, or owns the record.
        ExposureLimit: *actor* has read enough for now.
        NotFound: as ``item``; or there is no such field, or none that *actor* may read.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    if actor.person is None:
        raise Forbidden("only a person reads what waits for review")
    with registry.storage.begin() as unit:
        record = _under_review(unit, actor, uid)
        shown = redaction.for_actor(record, actor).newest
        part, _, name = field.partition(".")
        stored = {"content": shown.public, "restricted": shown.restricted}.get(part)
        document: Document = {} if stored is None else stored.document
        if name not in document:
            raise NotFound("no such field", path=("field",))
        which = welfare.RESTRICTED if part == "restricted" else welfare.PUBLIC
        welfare.count(registry, unit, actor.person, uid, record.newest, which)
    return Revealed(field, tuple(_lines(document[name])), record.draft_revision)


def _all_waiting(unit: Unit, actor: Actor) -> Iterator[Record]:
    visible, skip = policy.visible_to(actor), 0
    while uids := unit.review_queue.waiting(visible=visible, limit=_PORTION, skip=skip):
        skip += len(uids)
        yield from _records(unit, actor, uids)


def _records(view: Reader | Unit, actor: Actor, uids: tuple[RecordUid, ...]) -> Iterator[Record]:
    found = view.records.many(uids, visible=policy.visible_to(actor))
    return (found[uid] for uid in uids if uid in found)


def _under_review(view: Reader | Unit, actor: Actor, uid: RecordUid) -> Record:
    visible = policy.visible_to(actor)
    record = view.records.get(uid, visible=visible)
    if record is None or record.stage not in _UNDER_REVIEW or record.stage in NOT_HANDED_IN or record.staging:
        raise NotFound("no such record", path=("uid",))
    if not visible.everything or not visible.sees_all_of(record) or visible.owns(record):
        raise NotFound("no such record", path=("uid",))
    return record


def _told(
    registry: Registry, view: Reader, actor: Actor, bonds: Bonds | None, record: Record, origin: Origin | None
) -> Waiting:
    newest = record.newest
    document: Document = {} if newest.public is None else newest.public.document
    return Waiting(
        uid=record.uid,
        label=record.label,
        kind=record.kind,
        stage=record.stage,
        draft_revision=record.draft_revision,
        since=newest.created_at,
        topics=topics_of_revision(newest),
        misuse=tuple(value for facet, value in facets_of(document) if facet == "misuse"),
        warnings=newest.marking.content_warnings,
        severity=severity_of(document),
        is_sensitive=is_sensitive(document, newest.marking),
        wants_opinion=record.opinion_of is not None,
        is_mine=actor.person is not None and record.claimed_by == actor.person,
        claimed_at=record.claimed_at if record.claimed_by is not None else None,
        refusal=_refusal(registry, view, actor, bonds, record),
        origin=origin,
    )


def _refusal(registry: Registry, view: Reader | Unit, actor: Actor, bonds: Bonds | None, record: Record) -> str | None:
    """The code of what keeps *actor* from judging *record*, whoever holds it."""
    try:
        policy.require_second_person(actor, record)
        conflicts.require_unbound(registry, view, bonds, record)
    except (FourEyes, ConflictOfInterest) as error:
        return error.code
    return None


def _fields(part: str, stored: StoredPart | None, kind: Kind) -> Iterator[Field]:
    if stored is None:
        return
    model: Any = (PUBLIC if part == "content" else RESTRICTED)[kind]
    document = stored.document
    for name in model.model_fields:
        if name in document:
            length = sum(len(text) for _, text in _lines(document[name]))
            yield Field(f"{part}.{name}", name.replace("_", " ").capitalize(), length)


def _lines(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text and number within *value*, with where it stands, counted from 1."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _lines(one, f"{place} {name.replace('_', ' ')}".strip())
    elif isinstance(value, list):
        for at, one in enumerate(value, start=1):
            yield from _lines(one, f"{place} {at}".strip())
    else:
        yield place, str(value)
