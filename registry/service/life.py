"""The life after publication: withdraw, restore, show to fewer people, and the end of an embargo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.content.marking import Marking, is_under_embargo
from registry.domain.errors import InvalidInput, Problem
from registry.domain.policy import EVERYTHING
from registry.domain.record import GroupSlug, Record, RecordUid, State
from registry.domain.vocabulary import OrganisationKind, Tlp
from registry.domain.workflow import Step
from registry.ports import Registry, Unit
from registry.service import conflicts, notices
from registry.service.groups import audience_problems
from registry.service.review import schedule_lift
from registry.service.sharing import follow_subject, with_cap
from registry.service.writing import PUBLIC_REASON, expect, load, log, note_first_sight, reason_given, take_step

_WIDENS = "this would show it to more people: hand in a revision for that"


def withdraw(
    registry: Registry, actor: Actor, uid: RecordUid, *, reason: str, expected_revision: int | None = None
) -> Record:
    """Take a published record down at once; a number that was public shows a tombstone with the reason.

    A newer revision under review is set aside: it stays in the history, and must be handed in again.

    Four eyes guards putting out, never taking down: one person of the owner, or one reviewer or operator.

    Raises:
        Forbidden: *actor* lacks ``record:withdraw``, or may withdraw records of the own organisation only.
        NotFound, StaleRevision, InvalidTransition, InvalidInput: as for every step with a reason.
    """
    policy.require(actor, Permission.RECORD_WITHDRAW)
    given = reason_given(reason, missing=PUBLIC_REASON)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        policy.require_take_down(actor, record)
        # Whoever sees no drafts gives, and is told, the revision that strangers see.
        expect(redaction.for_actor(record, actor), expected_revision)
        after = withdrawn_record(registry, unit, actor, record, given)
    return redaction.for_actor(after, actor)


def withdrawn_record(registry: Registry, unit: Unit, actor: Actor, record: Record, reason: str) -> Record:
    """Withdraw *record* within a unit of the caller, who has asked for permission."""
    now = registry.clock.now()
    after = take_step(record, Step.WITHDRAW, now, reason=reason, claimed_by=None, approved_by=None, withdrawn_at=now)
    unit.records.save(after)
    log(unit, actor, after, ChangeKind.WITHDRAW, public=redaction.is_noticed(record, after), reason=reason)
    return after


def restore(
    registry: Registry, actor: Actor, uid: RecordUid, *, reason: str, expected_revision: int | None = None
) -> Record:
    """Put a withdrawn record out again under its number.

    Raises:
        Forbidden: *actor* lacks ``record:restore``.
        FourEyes: *actor* is of the owning organisation or contributed to unpublished work in it.
        NotFound, StaleRevision, InvalidTransition, InvalidInput: as for every step with a reason.
    """
    policy.require(actor, Permission.RECORD_RESTORE)
    given = reason_given(reason, missing=PUBLIC_REASON)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        policy.require_second_person(actor, record)
        conflicts.require_judge(registry, unit, actor, record)
        expect(record, expected_revision)
        after = restored_record(registry, unit, actor, record, given)
    return redaction.for_actor(after, actor)


def restored_record(registry: Registry, unit: Unit, actor: Actor, record: Record, reason: str) -> Record:
    """Restore *record* within a unit of the caller, who has asked for permission and for a second person."""
    now = registry.clock.now()
    embargoed = record.embargoed and is_under_embargo(record.head.marking, now)
    withdrawn_at = record.blocked_at
    after = take_step(record, Step.RESTORE, now, reason=reason, withdrawn_at=withdrawn_at, embargoed=embargoed)
    after = note_first_sight(with_cap(unit, after), now)
    unit.records.save(after)
    schedule_lift(registry, unit, after)
    log(unit, actor, after, ChangeKind.RESTORE, public=redaction.is_noticed(record, after), reason=reason)
    follow_subject(unit, actor, after)
    return after


def narrow(
    registry: Registry,
    actor: Actor,
    uid: RecordUid,
    *,
    tlp: Tlp,
    audience: str | None = None,
    restricted_tlp: Tlp = Tlp.RED,
    reason: str,
    expected_revision: int | None = None,
) -> Record:
    """Show a published record of one's own organisation to fewer people, at once; the content stays as it is.

    To take something back needs no second person. Work under review stays there, with the next number. Who could see
    the record and no longer may sees a tombstone, or nothing where only members could.

    Raises:
        Forbidden: *actor* lacks ``record:narrow``, or the record is another organisation's.
        InvalidInput: somebody would see more than before, or the audience is no group of *actor*'s organisation.
        NotFound, StaleRevision, InvalidTransition: as for every step with a reason.
    """
    policy.require(actor, Permission.RECORD_NARROW)
    given = reason_given(reason)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        policy.require_own(actor, record)
        expect(record, expected_revision)
        now = registry.clock.now()
        before = record
        record = take_step(record, Step.NARROW, now)
        marking = _narrowed(unit, actor, record, tlp, audience, restricted_tlp)
        number, work = record.draft_revision + 1, record.work
        head = replace(
            record.head,
            draft_revision=number,
            marking=marking,
            author=actor.person,
            created_at=now,
            revision=record.revision + 1,
            published_at=now,
        )
        if work is not None:
            number += 1
            notices.stay_with(unit, uid, work.draft_revision, number)
            work = replace(work, draft_revision=number)
        record = replace(record, head=head, work=work, draft_revision=number, revision=record.revision + 1)
        unit.records.save(record)
        public = redaction.is_noticed(before, record)
        log(unit, actor, record, ChangeKind.VISIBILITY, public=public, step=Step.NARROW, reason=given)
        follow_subject(unit, actor, record)
    return redaction.for_actor(record, actor)


def _narrowed(unit: Unit, actor: Actor, record: Record, tlp: Tlp, audience: str | None, restricted_tlp: Tlp) -> Marking:
    before = record.head.marking
    restricted_tlp = max(tlp, restricted_tlp, key=lambda one: one.strictness)
    problems = list(audience_problems(actor, audience))
    for name, old, new in (("tlp", before.tlp, tlp), ("restrictedTlp", before.restricted_tlp, restricted_tlp)):
        if new.strictness < old.strictness:
            problems.append(Problem((name,), "WIDENS", _WIDENS))
    if audience is not None and tlp is Tlp.RED:
        problems.append(Problem(("audience",), "INCONSISTENT", "RED has no audience"))
    if not problems and audience is not None and audience != before.audience:
        problems += _widened_to(unit, record, GroupSlug(audience), restricted_tlp)
    if problems:
        raise InvalidInput(problems)
    changed = {"tlp": tlp, "audience": audience, "restricted_tlp": restricted_tlp}
    return Marking.model_validate({**before.model_dump(), **changed})


def _widened_to(unit: Unit, record: Record, group: GroupSlug, restricted_tlp: Tlp) -> Iterator[Problem]:
    """What a group would see by becoming the audience and does not see now. Of those who see what is GREEN, a group may
    have more: public authorities are no part of the community."""
    members_see = record.is_open_to_community and not _has_authority(unit, group)
    if not record.is_open and not members_see:
        yield Problem(("audience",), "WIDENS", _WIDENS)
    members_read = members_see and record.head.marking.restricted_tlp.strictness <= Tlp.GREEN.strictness
    if restricted_tlp is not Tlp.RED and not members_read:
        yield Problem(("restrictedTlp",), "WIDENS", _WIDENS)


def _has_authority(unit: Unit, slug: GroupSlug) -> bool:
    group = unit.groups.get(slug)
    found = [unit.accounts.organisation(one) for one in group.organisations()] if group else []
    return any(one is not None and one.kind is OrganisationKind.GOVERNMENT for one in found)


def lift_embargo(registry: Registry, actor: Actor, uid: RecordUid) -> bool:
    """End the embargo of a record whose time has come; tells whether there was one to end.

    Raises:
        Forbidden: *actor* is not the registry itself.
    """
    policy.require(actor, Permission.RECORD_LIFT)
    with registry.storage.begin() as unit:
        record = unit.records.get(uid, visible=EVERYTHING)
        if record is None or not record.embargoed or record.state is not State.PUBLISHED:
            return False
        now = registry.clock.now()
        until = record.head.marking.embargo_until
        if until is not None and until > now:
            return False
        record = note_first_sight(replace(record, embargoed=False, changed_at=now), now)
        unit.records.save(record)
        log(unit, actor, record, ChangeKind.VISIBILITY, public=record.is_public)
        follow_subject(unit, actor, record)
    return True
