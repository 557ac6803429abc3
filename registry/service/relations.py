"""Editors overrule what is reckoned of two public records: they are related, or they are not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from registry.domain import policy, redaction
from registry.domain.actor import ANONYMOUS, Actor, Permission
from registry.domain.candidate import pair_of
from registry.domain.change import ChangeKind
from registry.domain.errors import Conflict, InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.policy import PUBLIC_ONLY
from registry.domain.record import Record, RecordUid
from registry.domain.relatedness import RelationDecision, Verdict
from registry.ports import Registry, Unit
from registry.service import conflicts
from registry.service.events import note
from registry.service.writing import load, log, reason_given

_OTHER = ("other",)
_MISSING = "say why in a sentence; of related records everybody reads it"
# Each of the two records can be shown with no more of them, and a page stays readable.
MOST_DECISIONS = 100


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of a record and another one, as whoever asks may see that one."""

    decision: RelationDecision
    other: Record


def decide(
    registry: Registry, actor: Actor, uid: RecordUid, other: RecordUid, *, verdict: Verdict, reason: str
) -> Record:
    """Say that two public records are related, or that they are not, in either direction.

    Returns the record *uid*. Of related ones everybody reads the reason.

    Raises:
        Forbidden: *actor* does not review.
        NotFound: no record *uid* that *actor* may see.
        InvalidInput: *other* is no such record or the same one, one of them is not public, the reason is missing or
            holds what nobody should read, or a record has too many decisions.
        ConflictOfInterest: *actor* is bound to an organisation that one of the two is of or about.
        Conflict: something was decided of the two already; take that back first.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    given = reason_given(reason, missing=_MISSING)
    with registry.storage.begin() as unit:
        pair = _load(unit, actor, uid, other)
        _require_public(*pair)
        _require_impartial(registry, unit, actor, *pair)
        a, b = pair_of(uid, other)
        if unit.relations.get(a, b) is not None:
            raise Conflict("this was decided already; take that decision back first", path=_OTHER)
        if any(len(unit.relations.of_records([one.uid])) >= MOST_DECISIONS for one in pair):
            message = f"of one record at most {MOST_DECISIONS} decisions are kept"
            raise InvalidInput([Problem(_OTHER, "TOO_MANY", message)])
        unit.relations.put(RelationDecision(a, b, verdict, given, actor.id, registry.clock.now()))
        note(registry, unit, actor, EventName.RELATION_DECIDED, subject=f"record:{a}", verdict=verdict.value)
        after = _log(registry, unit, actor, *pair)
    return redaction.for_actor(after, actor)


def undo(registry: Registry, actor: Actor, uid: RecordUid, other: RecordUid) -> Record:
    """Take back what was decided of two records, so that it is reckoned again. Returns the record *uid*.

    Raises:
        Forbidden: *actor* does not review.
        NotFound: no record *uid* that *actor* may see, or nothing was decided of the two.
        InvalidInput: *other* is no such record, or the same one.
        ConflictOfInterest: as ``decide``.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    with registry.storage.begin() as unit:
        pair = _load(unit, actor, uid, other)
        _require_impartial(registry, unit, actor, *pair)
        a, b = pair_of(uid, other)
        if unit.relations.get(a, b) is None:
            raise NotFound("nothing was decided of these two", path=_OTHER)
        unit.relations.drop(a, b)
        note(registry, unit, actor, EventName.RELATION_UNDONE, subject=f"record:{a}")
        after = _log(registry, unit, actor, *pair)
    return redaction.for_actor(after, actor)


def decisions(registry: Registry, actor: Actor, uid: RecordUid) -> tuple[Decided, ...]:
    """What was decided of a record, the oldest first, as far as *actor* sees the other records; for reviewers.

    Raises:
        Forbidden: *actor* does not review.
        NotFound: no such record, or none that *actor* may see.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    visible = policy.visible_to(actor)
    with registry.storage.read() as reader:
        if reader.records.get(uid, visible=visible) is None:
            raise NotFound("no such record", path=("uid",))
        kept = reader.relations.of_records([uid])
        records = reader.records.many([one.other(uid) for one in kept], visible=visible)
    seen = ((one, records[one.other(uid)]) for one in kept if one.other(uid) in records)
    return tuple(Decided(one, redaction.for_actor(other, actor)) for one, other in seen)


def _load(unit: Unit, actor: Actor, uid: RecordUid, other: RecordUid) -> tuple[Record, Record]:
    record = load(unit, actor, uid)
    if uid == other:
        raise InvalidInput([Problem(_OTHER, "SAME_RECORD", "a record is always related to itself")])
    second = unit.records.get(other, visible=policy.visible_to(actor))
    if second is None:
        raise InvalidInput([Problem(_OTHER, "NOT_FOUND", "no such record")])
    return record, second


def _require_public(record: Record, other: Record) -> None:
    message = "only records that everybody sees are shown as related"
    places = ((("uid",), record), (_OTHER, other))
    problems = [Problem(path, "NOT_PUBLIC", message) for path, one in places if not one.is_public]
    if problems:
        raise InvalidInput(problems)


def _require_impartial(registry: Registry, unit: Unit, actor: Actor, *records: Record) -> None:
    for record in records:
        conflicts.require_judge(registry, unit, actor, record)


def _is_shown(record: Record) -> bool:
    """Whether strangers see what is decided of it: there, or with the record that it was merged into."""
    if record.is_public or not PUBLIC_ONLY.admits(record):
        return record.is_public
    return redaction.for_actor(record, ANONYMOUS).merged_into is not None


def _log(registry: Registry, unit: Unit, actor: Actor, record: Record, other: Record) -> Record:
    """A row for each of the two, public where strangers see something else than before."""
    now = registry.clock.now()
    is_public = _is_shown(record) and _is_shown(other)
    first, second = replace(record, changed_at=now), replace(other, changed_at=now)
    for one, beside in ((first, second), (second, first)):
        unit.records.save(one)
        log(unit, actor, one, ChangeKind.RELATION, public=is_public, told_with=beside)
    return first
