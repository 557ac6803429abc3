"""Reviewing: claim, release, request changes, approve, reject, publish. Four eyes throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

from registry.domain import people, policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.content.marking import is_under_embargo
from registry.domain.errors import Conflict
from registry.domain.job import Job, JobName
from registry.domain.people import PeopleCheck
from registry.domain.record import Record, RecordUid
from registry.domain.screening.finding import ScreeningFinding
from registry.domain.workflow import Step
from registry.ports import Registry, Unit
from registry.service import conflicts, dumps, notices, reports, screening, telling, welfare
from registry.service.numbers import give_number
from registry.service.sharing import follow_subject, with_cap, with_references_placed, with_sensitivity
from registry.service.writing import expect, load, log, reason_given, take_step

Found: TypeAlias = Sequence[ScreeningFinding]

# What a review leaves behind once its work is out.
_DONE: dict[str, Any] = {"contributors": frozenset(), "reason": None, "opinion_of": None}


def claim(registry: Registry, actor: Actor, uid: RecordUid, *, expected_revision: int) -> Record:
    """Take a submission for review; only who holds the claim decides, and reads the restricted part.

    Raises:
        Forbidden: *actor* lacks ``record:review``.
        FourEyes: *actor* contributed to it, or is of the owning organisation.
        ConflictOfInterest: *actor* is bound to an organisation that it is of or about.
        ExposureLimit: *actor* has read enough for now.
        NotFound, StaleRevision, InvalidTransition: as for every step.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    with registry.storage.begin() as unit:
        record = claim_within(registry, unit, actor, uid, expected_revision=expected_revision)
    return redaction.for_actor(record, actor)


def claim_within(registry: Registry, unit: Unit, actor: Actor, uid: RecordUid, *, expected_revision: int) -> Record:
    """As ``claim``, within a unit of the caller, who has asked for permission."""
    record = load(unit, actor, uid)
    policy.require_second_person(actor, record)
    conflicts.require_judge(registry, unit, actor, record)
    expect(record, expected_revision)
    welfare.require_room(registry, unit, actor)
    return claimed(registry, unit, actor, record)


def claimed(registry: Registry, unit: Unit, actor: Actor, record: Record) -> Record:
    """Claim within a unit of the caller, who has asked for everything that ``claim`` asks for."""
    now = registry.clock.now()
    # Whoever takes up again what another opinion was wanted about wants none any more.
    opinion_of = None if record.opinion_of == actor.person else record.opinion_of
    claim_of_it = {"claimed_by": actor.person, "claimed_at": now, "opinion_of": opinion_of}
    record = take_step(record, Step.CLAIM, now, **claim_of_it)
    unit.jobs.finish(_expiry(record))
    ends_at = now + timedelta(hours=registry.settings.claim_hours)
    unit.jobs.add(Job(_expiry(record), JobName.EXPIRE_CLAIM, record.uid, ends_at))
    keep(unit, actor, record, Step.CLAIM)
    return record


def end_claim(unit: Unit, record: Record) -> None:
    """Let no claim on *record* expire any more, within a unit of the caller: there is none."""
    unit.jobs.finish(_expiry(record))


def _expiry(record: Record) -> str:
    return f"claim:{record.uid}"


def release(registry: Registry, actor: Actor, uid: RecordUid, *, expected_revision: int) -> Record:
    """Give a claim back, without a reason; a lead reviewer frees the claim of another."""
    policy.require(actor, Permission.RECORD_REVIEW)
    return _decide(registry, actor, uid, Step.RELEASE, expected_revision)


def request_changes(registry: Registry, actor: Actor, uid: RecordUid, *, expected_revision: int, reason: str) -> Record:
    """Send a submission back to its owner, with what is missing. The claim ends."""
    policy.require(actor, Permission.RECORD_REVIEW)
    given = reason_given(reason)
    return _decide(registry, actor, uid, Step.REQUEST_CHANGES, expected_revision, reason=given)


def approve(
    registry: Registry,
    actor: Actor,
    uid: RecordUid,
    *,
    expected_revision: int,
    reason: str | None = None,
    checked: frozenset[PeopleCheck] = frozenset(),
    in_danger: bool = False,
) -> Record:
    """Find a submission fit to be published. Whoever approves may also publish it, unless it names a person.

    Organisations that its content names are told of the passage about them, if it is about to be CLEAR or GREEN.

    Args:
        checked: what the reviewer confirms about the people in it; all of it where the record is sensitive.
        in_danger: whether danger is imminent: named organisations then have two days to answer, else fourteen.

    Raises:
        FindingsOpen: screening finds something that nobody has accepted.
        InvalidInput: the record is sensitive, and something of the list is not confirmed.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    given = None if reason is None else reason_given(reason)
    return _decide(
        registry,
        actor,
        uid,
        Step.APPROVE,
        expected_revision,
        reason=given,
        checked=checked,
        in_danger=in_danger,
    )


def reject(registry: Registry, actor: Actor, uid: RecordUid, *, expected_revision: int, reason: str) -> Record:
    """End the review of a submission, with the reason. An earlier published revision stays."""
    policy.require(actor, Permission.RECORD_REVIEW)
    given = reason_given(reason)
    return _decide(registry, actor, uid, Step.REJECT, expected_revision, reason=given)


def publish(registry: Registry, actor: Actor, uid: RecordUid, *, expected_revision: int) -> Record:
    """Make an approved record's newest revision the published one and write it into the change log.

    References of its public part to records that fewer people may see are moved into its restricted part.

    It gets a number, if it has none. Under a future ``embargo_until`` nobody else sees it until a job lifts
    the embargo; marked other than CLEAR, its owner and the reviewers see it.

    Args:
        expected_revision: the draft revision that the reviewer saw, counted from 1.

    Returns the record as *actor* may see it: state ``published``, revision raised by one.

    Raises:
        Forbidden: *actor* lacks ``record:publish``.
        FourEyes: *actor* contributed to the work, or is of the owning organisation.
        NotFound: no such record, or none that *actor* may see; the two are not told apart.
        StaleRevision: somebody revised it meanwhile; carries the current revision.
        InvalidTransition: the record is not ``approved``.
    """
    policy.require(actor, Permission.RECORD_PUBLISH)
    found = screening.still_open(registry, uid, expected_revision=expected_revision)
    with registry.storage.begin() as unit:
        record = publish_within(registry, unit, actor, uid, found, expected_revision=expected_revision)
    return redaction.for_actor(record, actor)


def publish_within(
    registry: Registry, unit: Unit, actor: Actor, uid: RecordUid, found: Found, *, expected_revision: int
) -> Record:
    """As ``publish``, within a unit of the caller, who has asked for permission and what screening *found* open."""
    record = load(unit, actor, uid)
    policy.require_second_person(actor, record)
    conflicts.require_judge(registry, unit, actor, record)
    expect(record, expected_revision)
    screening.require_none_open(found)
    people.require_second_approval(record, actor.person)
    return put_out(registry, unit, actor, record, Step.PUBLISH)


def clear_sources(registry: Registry, actor: Actor, uid: RecordUid, *, reason: str) -> Record:
    """Show the source links of a published sensitive record: somebody has looked at where they lead.

    Raises:
        Forbidden: *actor* lacks ``record:publish``.
        FourEyes: *actor* contributed to the work, or is of the owning organisation.
        NotFound: as for every step.
        Conflict: nothing waits to be cleared.
        InvalidInput: the reason is missing.
    """
    policy.require(actor, Permission.RECORD_PUBLISH)
    given = reason_given(reason)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        policy.require_second_person(actor, record)
        conflicts.require_judge(registry, unit, actor, record)
        if not record.is_out or not record.hides_sources:
            raise Conflict("no source links of this record wait to be cleared")
        record = replace(record, sources_cleared=True, changed_at=registry.clock.now())
        unit.records.save(record)
        log(unit, actor, record, ChangeKind.VISIBILITY, public=record.is_public, reason=given)
    return redaction.for_actor(record, actor)


def put_out(
    registry: Registry,
    unit: Unit,
    actor: Actor,
    record: Record,
    step: Step,
    *,
    is_new: bool = False,
    is_stored: bool = True,
) -> Record:
    """Publish within a unit of the caller, who has asked for permission and for a second person.

    Args:
        is_new: whether the record is stored for the first time by this.
        is_stored: whether its newest revision was stored before.
    """
    now = registry.clock.now()
    before = record
    newest = record.newest
    revision = record.revision + 1
    embargoed = not record.was_public and is_under_embargo(newest.marking, now)
    given = {"head": newest, "embargoed": embargoed, "imported": step is Step.PUBLISH_IMPORT, "claimed_by": None}
    record = with_cap(unit, take_step(record, step, now, **given, approved_by=None, **_DONE))
    record = with_sensitivity(before, record)
    record = with_references_placed(registry, unit, record, is_stored=is_stored and not is_new)
    head = replace(record.head, revision=revision, published_at=now)
    record = replace(record, head=head, revision=revision, published_at=record.published_at or now)
    number = give_number(registry, unit, record, is_new=is_new)
    is_first = record.is_public and not record.was_public
    first_at = now if is_first else record.published_at
    record = replace(record, number=number, was_public=record.was_public or is_first, published_at=first_at)
    store = unit.records.add if is_new else unit.records.save
    store(record)
    noticed = redaction.is_noticed(None if is_new else before, record)
    log(unit, actor, record, ChangeKind.UPSERT, public=noticed, step=step)
    dumps.follow_sources(unit, before, record)
    schedule_lift(registry, unit, record)
    if not is_new:
        follow_subject(unit, actor, record)
    return record


def schedule_lift(registry: Registry, unit: Unit, record: Record) -> None:
    """Have the embargo lifted by a job when its time comes, if the record is under one."""
    due_at = record.head.marking.embargo_until
    if record.embargoed and due_at is not None:
        unit.jobs.add(Job(registry.ids.uid(), JobName.LIFT_EMBARGO, record.uid, due_at))


def _decide(
    registry: Registry, actor: Actor, uid: RecordUid, step: Step, expected_revision: int, **said: Any
) -> Record:
    found = screening.still_open(registry, uid, expected_revision=expected_revision) if step is Step.APPROVE else ()
    with registry.storage.begin() as unit:
        record = decide_within(registry, unit, actor, uid, step, found, expected_revision=expected_revision, **said)
    return redaction.for_actor(record, actor)


def decide_within(
    registry: Registry,
    unit: Unit,
    actor: Actor,
    uid: RecordUid,
    step: Step,
    found: Found,
    *,
    expected_revision: int,
    reason: str | None = None,
    checked: frozenset[PeopleCheck] = frozenset(),
    in_danger: bool = False,
) -> Record:
    """One decision within a unit of the caller, who has asked for permission and what screening *found* open."""
    record = load(unit, actor, uid)
    policy.require_second_person(actor, record)
    if step is not Step.RELEASE:
        conflicts.require_judge(registry, unit, actor, record)
    expect(record, expected_revision)
    moved = take_step(record, step, registry.clock.now(), reason=reason)
    policy.require_claim(actor, record, or_lead=step is Step.RELEASE)
    approved_by = claimed_by = None
    if step is Step.APPROVE:
        screening.require_none_open(found)
        people.require_checked(record.newest, checked)
        reports.require_checked(unit, record)
        # Whoever approves keeps the claim until the record is out.
        approved_by, claimed_by = actor.person, record.claimed_by
    opinion_of = record.opinion_of if step is Step.RELEASE else None
    record = replace(moved, approved_by=approved_by, claimed_by=claimed_by, opinion_of=opinion_of)
    end_claim(unit, record)
    keep(unit, actor, record, step, reason)
    telling.of_decision(registry, unit, record, step)
    if step is Step.APPROVE:
        notices.give(registry, unit, actor, record, in_danger=in_danger)
    return record


def keep(unit: Unit, actor: Actor, record: Record, step: Step, reason: str | None = None) -> None:
    """Store a step of a review within a unit of the caller."""
    unit.records.save(record)
    log(unit, actor, record, ChangeKind.REVIEW, step=step, reason=reason)
