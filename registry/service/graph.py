"""How records hang together: what was tried and with what effect, what broke which clause, who adopted what.

Every answer is made of what the asker finds in lists: a hidden record is in no list and in no number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document
from registry.domain.errors import InvalidInput, Problem
from registry.domain.graph import Cell, Tried, evidence_of, holds_for
from registry.domain.link import FieldRel
from registry.domain.pages import DEFAULT_PAGE, MAX_PAGE, Page, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import Visibility
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import AdoptionStatus, EvidenceOutcome, Kind, LinkRel, StatementKind
from registry.ports import Reader, Registry
from registry.ports.graph import Ends, Place

MOST_TRIED = 50
INCIDENTS_EACH = 5
STATEMENTS_EACH = 10
MOST_LESSONS = 2000

_ADOPTIONS = Ends(FieldRel.ABOUT, reverse=True, kind=Kind.STATEMENT, facet=("statement", StatementKind.ADOPTION.value))
_STATEMENTS = Ends(FieldRel.ABOUT, reverse=True, kind=Kind.STATEMENT)


@dataclass(frozen=True, slots=True)
class Adoptions:
    """Who says to have adopted something, the newest first, and how many say what."""

    counts: dict[AdoptionStatus, int]
    statements: Page[Record]


def ends(
    registry: Registry, actor: Actor, uids: Sequence[RecordUid], wanted: Ends, *, request: PageRequest
) -> dict[RecordUid, Page[Record]]:
    """For each of *uids* a page of the records at the other ends of its references, the latest published first.

    All are read together. The asker must have been shown *uids*; what they lead to is as the asker may see it.

    Raises:
        BadCursor: the request goes on from another list; going on is for one uid only.
    """
    policy.require(actor, Permission.RECORD_READ)
    visible = policy.visible_to(actor)
    with registry.storage.read() as reader:
        places = reader.graph.ends(uids, wanted, request, visible=visible)
        found = _records(reader, actor, visible, (place for group in places.values() for place in group))
    return {uid: _page(places.get(uid, ()), found, request) for uid in uids}


def tried(
    registry: Registry,
    actor: Actor,
    *,
    misuse: str | None = None,
    technique: str | None = None,
    request: PageRequest | None = None,
) -> Page[Tried]:
    """Mitigations tried against one misuse category or one technique, with their evidence, the latest first.

    A mitigation counts if it names it, or if an incident of that sort links to it, or it was observed in one. A
    category stands for those below it too. Evidence is that of the mitigation and of its ten newest statements.

    Raises:
        InvalidInput: not exactly one of the two is said, or more than 50 are asked for.
        BadCursor: the request goes on from another list.
    """
    policy.require(actor, Permission.RECORD_READ)
    facet, value = _sort_of(misuse, technique)
    asked = request or PageRequest()
    if asked.limit > MOST_TRIED:
        raise InvalidInput([Problem(("first",), "OUT_OF_RANGE", f"ask for 1 to {MOST_TRIED} items")])
    visible = policy.visible_to(actor)
    with registry.storage.read() as reader:
        found = reader.graph.tried(facet, value, asked, visible=visible)
        kept = found[: asked.limit]
        uids = [place.uid for place, _ in kept]
        met = reader.graph.met(uids, facet, value, each=INCIDENTS_EACH, visible=visible)
        said = _documents_about(reader, actor, visible, uids)
        wanted = [*uids, *(uid for one in met.values() for uid in one.incidents)]
        records = _shown(reader, actor, visible, wanted)
    items = [
        Tried(
            mitigation=records[place.uid],
            is_named=is_named,
            evidence=evidence_of(_document(records[place.uid]), said[place.uid]),
            incidents=tuple(records[uid] for uid in met[place.uid].incidents) if place.uid in met else (),
            incident_count=met[place.uid].count if place.uid in met else 0,
        )
        for place, is_named in kept
    ]
    positions = tuple(place.position for place, _ in kept)
    return Page(tuple(items), positions, len(found) > asked.limit, asked.position is not None)


def said_about(registry: Registry, actor: Actor, uids: Sequence[RecordUid]) -> dict[RecordUid, list[Document]]:
    """The public parts of the ten newest statements about each of *uids*, read together; nothing for unknown ones."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return _documents_about(reader, actor, policy.visible_to(actor), uids)


def adoptions(registry: Registry, actor: Actor, uid: RecordUid, *, request: PageRequest) -> Adoptions | None:
    """Who says to have adopted a record; ``None`` if there is none that *actor* may see.

    Raises:
        BadCursor: the request goes on from another list.
    """
    policy.require(actor, Permission.RECORD_READ)
    visible = policy.visible_to(actor)
    with registry.storage.read() as reader:
        if reader.records.get(uid, visible=visible) is None:
            return None
        counts = reader.graph.adoptions(uid, visible=visible)
        places = reader.graph.ends([uid], _ADOPTIONS, request, visible=visible).get(uid, ())
        found = _records(reader, actor, visible, places)
    by_status = {status: counts[status] for status in AdoptionStatus if status in counts}
    return Adoptions(by_status, _page(places, found, request))


def violating(
    registry: Registry, actor: Actor, uid: RecordUid, *, clause: str | None = None, request: PageRequest
) -> Page[Record] | None:
    """Incidents that broke a usage policy, or one clause of it; ``None`` if there is no such policy for *actor*.

    Raises:
        BadCursor: the request goes on from another list.
    """
    policy.require(actor, Permission.RECORD_READ)
    visible = policy.visible_to(actor)
    wanted = Ends(LinkRel.VIOLATES, reverse=True, kind=Kind.INCIDENT, clause=clause)
    with registry.storage.read() as reader:
        found = reader.records.get(uid, visible=visible)
        if found is None or found.kind is not Kind.USAGE_POLICY:
            return None
        places = reader.graph.ends([uid], wanted, request, visible=visible).get(uid, ())
        return _page(places, _records(reader, actor, visible, places), request)


def violations(registry: Registry, actor: Actor, uids: Sequence[RecordUid]) -> dict[RecordUid, dict[str, int]]:
    """How many incidents broke each clause of these policies, by its path; the empty path is the policy as such."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.graph.violations(uids, visible=policy.visible_to(actor))


def lessons_for(
    registry: Registry,
    actor: Actor,
    *,
    model: str | None = None,
    use_case: str | None = None,
    role: str | None = None,
    first: int = DEFAULT_PAGE,
) -> tuple[Record, ...]:
    """Lessons that say that they hold for all that is asked, the latest published first, among the 2,000 latest.

    Raises:
        InvalidInput: nothing is asked, or *first* is not 1 to 100.
    """
    policy.require(actor, Permission.RECORD_READ)
    limit = PageRequest(first).limit
    if not any((model, use_case, role)):
        raise InvalidInput([Problem(("useCase",), "REQUIRED", "say at least one of useCase, model and role")])
    found: list[Record] = []
    with registry.storage.read() as reader:
        for lesson in _lessons(reader, policy.visible_to(actor)):
            shown = redaction.for_actor(lesson, actor)
            if holds_for(_document(shown), model=model, use_case=use_case, role=role):
                found.append(shown)
            if len(found) == limit:
                break
    return tuple(found)


def matrix(registry: Registry, actor: Actor) -> tuple[Cell, ...]:
    """Mitigations by what they act against and their type, with how many of them report which outcome."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        rows = reader.graph.matrix(visible=policy.visible_to(actor))
    outcomes: dict[tuple[str, str], dict[EvidenceOutcome, int]] = defaultdict(dict)
    for misuse, type_, outcome, number in rows:
        if outcome in set(EvidenceOutcome):
            outcomes[misuse, type_][EvidenceOutcome(outcome)] = number
    return tuple(
        Cell(misuse, type_, number, outcomes[misuse, type_])
        for misuse, type_, outcome, number in sorted(rows, key=lambda row: row[:2])
        if outcome is None
    )


def _sort_of(misuse: str | None, technique: str | None) -> tuple[str, str]:
    if misuse is not None and technique is None:
        return "misuse", misuse.strip()
    if technique is not None and misuse is None:
        return "technique", technique.strip()
    raise InvalidInput([Problem(("misuseCategory",), "REQUIRED", "say one of misuseCategory and technique")])


def _lessons(reader: Reader, visible: Visibility) -> Iterable[Record]:
    request = PageRequest(MAX_PAGE)
    for _ in range(MOST_LESSONS // MAX_PAGE):
        found = reader.records.page(RecordFilter(kinds=(Kind.LESSON,)), RecordOrder.PUBLISHED, request, visible=visible)
        yield from found.items
        if not found.has_next:
            return
        request = PageRequest(MAX_PAGE, found.positions[-1])


def _documents_about(
    reader: Reader, actor: Actor, visible: Visibility, uids: Sequence[RecordUid]
) -> dict[RecordUid, list[Document]]:
    """The public parts of the newest statements about each of *uids*."""
    places = reader.graph.ends(uids, _STATEMENTS, PageRequest(STATEMENTS_EACH), visible=visible)
    kept = {uid: [place.uid for place in group[:STATEMENTS_EACH]] for uid, group in places.items()}
    found = _shown(reader, actor, visible, [uid for group in kept.values() for uid in group])
    return defaultdict(list, {uid: [_document(found[one]) for one in group] for uid, group in kept.items()})


def _records(reader: Reader, actor: Actor, visible: Visibility, places: Iterable[Place]) -> dict[RecordUid, Record]:
    return _shown(reader, actor, visible, [place.uid for place in places])


def _shown(reader: Reader, actor: Actor, visible: Visibility, uids: Iterable[RecordUid]) -> dict[RecordUid, Record]:
    found = reader.records.many(list(dict.fromkeys(uids)), visible=visible)
    return {uid: redaction.for_actor(one, actor) for uid, one in found.items()}


def _page(places: Sequence[Place], found: dict[RecordUid, Record], request: PageRequest) -> Page[Record]:
    kept = places[: request.limit]
    items, positions = tuple(found[one.uid] for one in kept), tuple(one.position for one in kept)
    return Page(items, positions, len(places) > request.limit, request.position is not None)


def _document(record: Record) -> Document:
    return {} if record.head.public is None else record.head.public.document
