"""Claims that end without a decision: handed on for a second opinion, or left lying too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.workflow import Step
from registry.ports import Registry
from registry.service.review import end_claim, keep
from registry.service.writing import expect, load, take_step


def ask_opinion(registry: Registry, actor: Actor, uid: RecordUid, *, expected_revision: int) -> Record:
    """Give a claim back because another reviewer should look at the work, without saying why.

    Both read the restricted part from now on, until somebody decides.

    Raises:
        Forbidden: *actor* does not hold the claim.
        NotFound, StaleRevision, InvalidTransition: as for every step.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        policy.require_second_person(actor, record)
        policy.require_claim(actor, record)
        expect(record, expected_revision)
        record = take_step(record, Step.RELEASE, registry.clock.now(), claimed_by=None, opinion_of=actor.person)
        end_claim(unit, record)
        keep(unit, actor, record, Step.RELEASE)
    return redaction.for_actor(record, actor)


def expire_claim(registry: Registry, actor: Actor, uid: RecordUid) -> bool:
    """Free what was claimed too long ago, and not decided about; tells whether it was."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    now, after = registry.clock.now(), timedelta(hours=registry.settings.claim_hours)
    with registry.storage.begin() as unit:
        record = unit.records.get(uid, visible=EVERYTHING)
        if record is None or record.stage is not State.IN_REVIEW or record.claimed_at is None:
            return False
        if record.claimed_at + after > now:
            return False
        record = replace(take_step(record, Step.RELEASE, now), claimed_by=None)
        keep(unit, actor, record, Step.RELEASE)
    return True
