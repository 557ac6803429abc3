"""Two records about the same thing become one: the merged one leads to the survivor, and can be split off again."""

from __future__ import annotations

from dataclasses import replace

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission, Role
from registry.domain.change import ChangeKind
from registry.domain.content.marking import is_under_embargo
from registry.domain.errors import Conflict, InvalidInput, Problem
from registry.domain.link import is_seen_with
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.workflow import Step
from registry.ports import Registry, Unit
from registry.service import conflicts
from registry.service.review import schedule_lift
from registry.service.sharing import follow_subject, with_cap
from registry.service.writing import PUBLIC_REASON, expect, load, log, note_first_sight, reason_given, take_step

_INTO = ("into",)
_GONE = {
    State.MERGED: Problem(_INTO, "TARGET_MERGED", "this record was merged itself: name the one that stands for it"),
    State.WITHDRAWN: Problem(_INTO, "TARGET_WITHDRAWN", "this record was withdrawn"),
    State.ERASED: Problem(_INTO, "TARGET_ERASED", "this record was erased"),
}


def merge(
    registry: Registry,
    actor: Actor,
    uid: RecordUid,
    *,
    into: RecordUid,
    reason: str,
    expected_revision: int | None = None,
) -> Record:
    """Let *into* stand for a published record, whose number from now on leads there; what was said about it moves too.

    A newer revision under review is set aside, as by a withdrawal.

    Raises:
        Forbidden: *actor* lacks ``record:merge``.
        FourEyes: *actor* contributed to one of the two, or is of an owning organisation, and is no lead reviewer.
        ConflictOfInterest: *actor* is bound to an organisation that one of the two is of or about.
        InvalidInput: *into* is no record that *actor* may see, is the record itself, of another kind, not published
            any more or not yet, or seen by fewer people; or the reason is missing.
        Conflict: the record is blocked.
        NotFound, StaleRevision, InvalidTransition: as for every step.
    """
    policy.require(actor, Permission.RECORD_MERGE)
    given = reason_given(reason, missing=PUBLIC_REASON)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        survivor = unit.records.get(into, visible=policy.visible_to(actor))
        if survivor is None:
            raise InvalidInput([Problem(_INTO, "NOT_FOUND", "no such record")])
        _require_uninvolved(registry, unit, actor, record, survivor)
        expect(record, expected_revision)
        now = registry.clock.now()
        after = take_step(
            record,
            Step.MERGE,
            now,
            reason=given,
            claimed_by=None,
            approved_by=None,
            withdrawn_at=now,
            merged_into=survivor.uid,
        )
        _require_mergeable(record, survivor)
        unit.records.save(after)
        is_noticed = redaction.is_noticed(record, after)
        log(unit, actor, after, ChangeKind.MERGE, public=is_noticed, reason=given)
        _note(unit, actor, replace(survivor, changed_at=now), after, ChangeKind.MERGE, given, was_seen=is_noticed)
        follow_subject(unit, actor, after)
    return redaction.for_actor(after, actor)


def split(
    registry: Registry, actor: Actor, uid: RecordUid, *, reason: str, expected_revision: int | None = None
) -> Record:
    """Put a wrongly merged record out again under its number; the two are never brought up as the same again.

    Raises:
        Forbidden: *actor* lacks ``record:merge``.
        FourEyes, ConflictOfInterest: as ``merge``.
        NotFound, StaleRevision, InvalidTransition, InvalidInput: as for every step with a reason.
    """
    policy.require(actor, Permission.RECORD_MERGE)
    given = reason_given(reason, missing=PUBLIC_REASON)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        survivor = None if record.merged_into is None else unit.records.get(record.merged_into, visible=EVERYTHING)
        _require_uninvolved(registry, unit, actor, *(one for one in (record, survivor) if one is not None))
        expect(record, expected_revision)
        now = registry.clock.now()
        embargoed = record.embargoed and is_under_embargo(record.head.marking, now)
        withdrawn_at = record.blocked_at
        after = take_step(
            record, Step.SPLIT, now, reason=given, withdrawn_at=withdrawn_at, embargoed=embargoed, merged_into=None
        )
        after = note_first_sight(with_cap(unit, after), now)
        unit.records.save(after)
        schedule_lift(registry, unit, after)
        is_noticed = redaction.is_noticed(record, after)
        log(unit, actor, after, ChangeKind.SPLIT, public=is_noticed, reason=given)
        if survivor is not None:
            unit.sources.keep_apart(uid, survivor.uid, actor=actor.id, at=now)
            _note(unit, actor, replace(survivor, changed_at=now), after, ChangeKind.SPLIT, given, was_seen=is_noticed)
        follow_subject(unit, actor, after)
    return redaction.for_actor(after, actor)


def merged_from(registry: Registry, actor: Actor, uid: RecordUid) -> tuple[Record, ...]:
    """Every record that *uid* stands for, those merged into a merged one too, as far as *actor* may know of it."""
    policy.require(actor, Permission.RECORD_READ)
    visible = policy.visible_to(actor)
    found: dict[RecordUid, Record] = {}
    nearest: tuple[RecordUid, ...] = (uid,)
    with registry.storage.read() as reader:
        while nearest:
            records = reader.records.many(reader.sources.merged_into(nearest), visible=visible)
            shown = (redaction.for_actor(one, actor) for one in records.values())
            # Whoever is not told where a record went does not learn it from the other side.
            nearer = {one.uid: one for one in shown if one.merged_into is not None and one.uid not in found}
            found |= nearer
            nearest = tuple(nearer)
    return tuple(found[one] for one in sorted(found))


def _require_uninvolved(registry: Registry, unit: Unit, actor: Actor, *records: Record) -> None:
    leads = Role.LEAD_REVIEWER in actor.roles
    for record in records:
        if not leads:
            policy.require_second_person(actor, record)
        # A lead reviewer puts the own house in order too.
        if not leads or actor.organisation != record.owner:
            conflicts.require_judge(registry, unit, actor, record)


def _require_mergeable(record: Record, survivor: Record) -> None:
    """Refuse what cannot stand for *record*, with all that is wrong with it."""
    if record.blocked:
        raise Conflict("this record is blocked: decide about that first", path=("uid",))
    problems: list[Problem] = []
    if record.uid == survivor.uid:
        problems.append(Problem(_INTO, "SAME_RECORD", "a record cannot be merged into itself"))
    if record.kind is not survivor.kind:
        problems.append(Problem(_INTO, "KIND_DIFFERS", f"this record is of the kind {survivor.kind}"))
    if survivor.state in _GONE:
        problems.append(_GONE[survivor.state])
    elif survivor.state is not State.PUBLISHED or survivor.blocked:
        problems.append(Problem(_INTO, "TARGET_NOT_PUBLISHED", "only what is published can stand for another record"))
    elif not is_seen_with(survivor, record):
        problems.append(Problem(_INTO, "MERGE_HIDES", "this would lead people to a record that they may not see"))
    if problems:
        raise InvalidInput(problems)


def _note(
    unit: Unit, actor: Actor, survivor: Record, other: Record, kind: ChangeKind, reason: str, *, was_seen: bool
) -> None:
    """The row that tells of it at the survivor: for those who see both, strangers too where they do."""
    unit.records.save(survivor)
    is_public = was_seen and survivor.is_public
    log(unit, actor, survivor, kind, public=is_public, reason=reason, told_with=other)
