"""Taking away for good: block at once, erase with a second person, and hold what a court may want to see.

Who may do this does it by the uid or the number of a record, seen or not, and is shown nothing more of it for that.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.errors import Conflict, FourEyes, NotFound, StoreUnavailable
from registry.domain.event import EventName
from registry.domain.record import Record, State
from registry.domain.workflow import Step, advance
from registry.ports import Registry, Unit
from registry.service import conflicts, dumps
from registry.service.events import note
from registry.service.naming import named
from registry.service.sharing import follow_subject
from registry.service.writing import PUBLIC_REASON, log, note_first_sight, reason_given, take_step

CONFIRM_WITHIN = timedelta(days=7)


def block(registry: Registry, actor: Actor, name: str, *, reason: str) -> Record:
    """Hide a record at once from all but its owner and the node's reviewers, while somebody judges what becomes of it.

    One person is enough. Who could see the record sees a tombstone with the reason.

    Raises:
        Forbidden: *actor* lacks ``record:block``.
        NotFound: no such record.
        Conflict: it is blocked or erased already.
        InvalidInput: the reason is missing.
    """
    policy.require(actor, Permission.RECORD_BLOCK)
    given = reason_given(reason, missing=PUBLIC_REASON)
    with registry.storage.begin() as unit:
        record = _load(unit, name)
        if record.blocked or record.state is State.ERASED:
            raise Conflict("the record is blocked or erased already")
        blocked = blocked_record(registry, unit, actor, record, given)
    return redaction.for_actor(blocked, actor)


def blocked_record(registry: Registry, unit: Unit, actor: Actor, record: Record, reason: str) -> Record:
    """Block *record* within a unit of the caller, who has asked for permission."""
    now = registry.clock.now()
    after = replace(record, blocked=True, blocked_by=actor.person, blocked_at=now, changed_at=now)
    if record.state is State.PUBLISHED:
        # What is not out keeps what was said of it: why it was rejected, or withdrawn and when.
        after = replace(after, withdrawn_at=now, reason=reason)
    unit.records.save(after)
    log(unit, actor, after, ChangeKind.BLOCK, public=redaction.is_noticed(record, after), reason=reason)
    note(registry, unit, actor, EventName.RECORD_BLOCKED, subject=record.uid)
    follow_subject(unit, actor, after)
    return after


def unblock(registry: Registry, actor: Actor, name: str, *, reason: str) -> Record:
    """Show a blocked record again to those it was given out to.

    Raises:
        Forbidden: *actor* lacks ``record:block``.
        FourEyes: *actor* is of the owning organisation, and somebody else blocked it.
        NotFound: no such record.
        Conflict: it is not blocked.
        InvalidInput: the reason is missing.
    """
    policy.require(actor, Permission.RECORD_BLOCK)
    given = reason_given(reason, missing=PUBLIC_REASON)
    with registry.storage.begin() as unit:
        record = _load(unit, name)
        if not record.blocked:
            raise Conflict("the record is not blocked")
        _require_may_lift(registry, unit, actor, record)
        now = registry.clock.now()
        after = replace(record, blocked=False, blocked_by=None, blocked_at=None, changed_at=now)
        if record.state is State.PUBLISHED:
            after = replace(after, withdrawn_at=None, reason=None)
        after = note_first_sight(after, now)
        unit.records.save(after)
        log(unit, actor, after, ChangeKind.BLOCK, public=redaction.is_noticed(record, after), reason=given)
        note(registry, unit, actor, EventName.RECORD_UNBLOCKED, subject=record.uid)
        follow_subject(unit, actor, after)
    return redaction.for_actor(after, actor)


def hold(registry: Registry, actor: Actor, name: str, *, on: bool, reason: str) -> Record:
    """Put a record under legal hold, or lift it: until then an erasure hides it and destroys nothing.

    Raises:
        Forbidden: *actor* lacks ``record:hold``.
        NotFound: no such record.
        Conflict: it is erased already, or its hold is as asked for.
        InvalidInput: the reason is missing.
    """
    policy.require(actor, Permission.RECORD_HOLD)
    given = reason_given(reason)
    with registry.storage.begin() as unit:
        record = _load(unit, name)
        if record.state is State.ERASED or record.legal_hold is on:
            raise Conflict("the record is erased, or its hold is as you ask for already")
        record = replace(record, legal_hold=on, changed_at=registry.clock.now())
        unit.records.save(record)
        log(unit, actor, record, ChangeKind.HOLD, reason=given)
        note(registry, unit, actor, EventName.RECORD_HELD if on else EventName.RECORD_FREED, subject=record.uid)
    return redaction.for_actor(record, actor)


def erase(registry: Registry, actor: Actor, name: str, *, reason: str, legal_basis: str) -> Record:
    """Forget what a record said, for good: parts, salts, facets, links, index entries and remembered answers.

    One person has blocked it, another confirms by this; a node that its settings name a one-person node needs one.
    Of a record under legal hold nothing is destroyed: it stays blocked until the hold is lifted.

    The log row and the hashes stay; of a record that was public a tombstone stays. The erasure is first
    written, durably, to a file outside the data directory, so that no restored backup brings it back.

    Raises:
        Forbidden: *actor* lacks ``record:erase``.
        FourEyes: nobody has blocked it yet, or *actor* did.
        NotFound: no such record.
        Conflict: it is under legal hold.
        InvalidTransition: it is erased already.
        InvalidInput: reason or legal basis is missing.
    """
    policy.require(actor, Permission.RECORD_ERASE)
    policy.require_confirmed(actor)
    given = f"{reason_given(reason)} ({reason_given(legal_basis)})"
    with registry.storage.begin() as unit:
        record = _load(unit, name)
        _require_erasable(registry, actor, record)
        # Nobody can put it under hold any more: what stands in the file is erased from every restored backup.
        registry.erasures.append(record.uid, registry.clock.now())
        record = erased_record(registry, unit, record, given)
        log(unit, actor, record, ChangeKind.ERASE, public=record.was_public, reason=given)
        note(registry, unit, actor, EventName.RECORD_ERASED, subject=record.uid)
        follow_subject(unit, actor, record)
    # What cannot be deleted now is tried again by the worker that follows.
    with suppress(StoreUnavailable):
        dumps.let_go(registry)
    return redaction.for_actor(record, actor)


def waiting(registry: Registry, actor: Actor) -> tuple[Record, ...]:
    """Blocked records that nobody has decided about yet, the oldest first; ``is_overdue`` tells of those too old."""
    policy.require(actor, Permission.RECORD_BLOCK)
    with registry.storage.read() as reader:
        found = reader.records.blocked()
    return tuple(redaction.for_actor(one, actor) for one in found)


def is_overdue(record: Record, now: datetime) -> bool:
    """Whether a block should have been confirmed, or lifted, by now."""
    return record.blocked_at is not None and now - record.blocked_at > CONFIRM_WITHIN


def erased_record(registry: Registry, unit: Unit, record: Record, reason: str) -> Record:
    """Erase *record* within a unit of the caller, who has asked for permission and writes the log row."""
    now = registry.clock.now()
    record = take_step(
        record, Step.ERASE, now, reason=reason, claimed_by=None, approved_by=None, external_ref=None, withdrawn_at=now
    )
    head = replace(record.head, public=None, restricted=None)
    record = replace(record, head=head, work=None, contributors=frozenset(), blocked=False, blocked_by=None)
    record = replace(record, blocked_at=None)
    unit.records.erase(record)
    unit.changes.forget_reasons(record.uid)
    unit.notices.erase(record.uid)
    unit.letters.erase(record.uid)
    unit.screening.erase(record.uid)
    unit.proposals.erase(record.uid)
    unit.cases.erase(record.uid, record.number)
    unit.reports.purge(record.uid)
    unit.policy_watches.forget_draft(record.uid)
    unit.merge_candidates.erase(record.uid)
    unit.relations.erase(record.uid)
    unit.saved_searches.erase(record.uid)
    unit.envelopes.forget(record.uid)
    unit.refusals.erase(record.uid)
    unit.messages.erase(record.uid)
    return record


def _load(unit: Unit, name: str) -> Record:
    record = named(unit, name)
    if record is None:
        raise NotFound("no such record", path=("uid",))
    return record


def _require_may_lift(registry: Registry, unit: Unit, actor: Actor, record: Record) -> None:
    """Keep the owning organisation, and who is bound to it, from putting out again what others have hidden."""
    is_own = actor.organisation is not None and actor.organisation == record.owner
    if not is_own and actor.person != record.blocked_by:
        conflicts.require_judge(registry, unit, actor, record)
    if is_own and actor.person != record.blocked_by and not registry.settings.one_person_node:
        raise FourEyes("the organisation that owns the record does not lift a block that somebody else put on it")


def _require_erasable(registry: Registry, actor: Actor, record: Record) -> None:
    advance(record, Step.ERASE)
    if record.legal_hold:
        raise Conflict("the record is under legal hold: it can be blocked, and erased once the hold is lifted")
    if registry.settings.one_person_node:
        return
    if not record.blocked:
        raise FourEyes("a second person must do this: block the record first, and let another person erase it")
    if actor.person is None or actor.person == record.blocked_by:
        raise FourEyes("a second person must do this: you blocked the record")
