"""The life after publication: withdraw, restore, erase, and the end of an embargo."""

from __future__ import annotations

from dataclasses import replace

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.content.marking import is_under_embargo
from registry.domain.errors import NotFound
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.workflow import Step, advance
from registry.ports import Registry, Unit
from registry.service.review import schedule_lift
from registry.service.writing import expect, load, log, note_first_sight, reason_given, take_step


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
    given = reason_given(reason, missing="say why; of a record that was public everybody reads the reason")
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        policy.require_take_down(actor, record)
        # Whoever sees no drafts gives, and is told, the revision that strangers see.
        expect(redaction.for_actor(record, actor), expected_revision)
        public = record.is_public
        now = registry.clock.now()
        record = take_step(
            record, Step.WITHDRAW, now, reason=given, claimed_by=None, approved_by=None, withdrawn_at=now
        )
        unit.records.save(record)
        log(unit, actor, record, ChangeKind.WITHDRAW, public=public)
    return redaction.for_actor(record, actor)


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
    given = reason_given(reason)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        policy.require_second_person(actor, record)
        expect(record, expected_revision)
        now = registry.clock.now()
        embargoed = record.embargoed and is_under_embargo(record.head.marking, now)
        record = take_step(record, Step.RESTORE, now, reason=given, withdrawn_at=None, embargoed=embargoed)
        record = note_first_sight(record, now)
        unit.records.save(record)
        schedule_lift(registry, unit, record)
        log(unit, actor, record, ChangeKind.RESTORE, public=record.is_public)
    return redaction.for_actor(record, actor)


def erase(registry: Registry, actor: Actor, uid: RecordUid, *, reason: str, legal_basis: str) -> Record:
    """Forget what a record said, for good: parts, salts, facets, links, index entries and remembered answers.

    The log row and the hashes stay; of a record that was public a tombstone stays. The erasure is first
    written, durably, to a file outside the data directory, so that no restored backup brings it back.

    Raises:
        Forbidden: *actor* lacks ``record:erase``.
        NotFound: no such record.
        InvalidTransition: it is erased already.
        InvalidInput: reason or legal basis is missing.
    """
    policy.require(actor, Permission.RECORD_ERASE)
    given = f"{reason_given(reason)} ({reason_given(legal_basis)})"
    now = registry.clock.now()
    with registry.storage.read() as reader:
        record = reader.records.get(uid, visible=EVERYTHING)
    if record is None:
        raise NotFound("no such record", path=("uid",))
    advance(record, Step.ERASE)
    registry.erasures.append(uid, now)
    with registry.storage.begin() as unit:
        record = unit.records.get(uid, visible=EVERYTHING)
        if record is None:
            raise NotFound("no such record", path=("uid",))
        record = erased_record(registry, unit, record, given)
        log(unit, actor, record, ChangeKind.ERASE, public=record.was_public)
    return redaction.for_actor(record, actor)


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
    return True


def erased_record(registry: Registry, unit: Unit, record: Record, reason: str) -> Record:
    """Erase *record* within a unit of the caller, who has asked for permission and writes the log row."""
    now = registry.clock.now()
    record = take_step(
        record, Step.ERASE, now, reason=reason, claimed_by=None, approved_by=None, external_ref=None, withdrawn_at=now
    )
    head = replace(record.head, public=None, restricted=None)
    record = replace(record, head=head, work=None, contributors=frozenset())
    unit.records.erase(record)
    return record
