"""Trying things out: drafts made with staging keys, which nobody reviews and which go after a time.

A draft of that sort becomes an ordinary one when it is revised without a staging key, and is handed in when it is
confirmed without one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.errors import AlreadyExists, InvalidInput, Problem
from registry.domain.job import Job, JobName
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.workflow import Step
from registry.ports import Registry, Unit
from registry.service.erasure import erased_record
from registry.service.writing import log

_WHY = "Drafts that try things out are deleted after a time."
_TRIED_OUT = frozenset({State.DRAFT, State.RETRACTED})


def require_no_number(actor: Actor, number: str | None) -> None:
    """Keep reserved numbers from drafts that try things out.

    Raises:
        InvalidInput: *actor* acts through a staging key and names one.
    """
    if actor.staging and number is not None:
        message = "a draft made with a staging key gets no number"
        raise InvalidInput([Problem(("number",), "NOT_ALLOWED", message)])


def require_own_ref(actor: Actor, known: Record | None) -> None:
    """Keep a staging key from records that were not made with one.

    Raises:
        AlreadyExists: *known* has the external reference that is asked for, and is none.
    """
    if actor.staging and known is not None and not known.staging:
        message = "this externalRef is in use for a record that was not made with a staging key"
        raise AlreadyExists(message, path=("external_ref",), hint="use another one to try things out")


def kept_for_good(unit: Unit, actor: Actor, record: Record, now: datetime) -> Record:
    """The draft as one that no longer goes after a time, where *actor* does not just try things out."""
    if not record.staging or actor.staging:
        return record
    record = replace(record, staging=False, changed_at=now)
    unit.records.save(record)
    log(unit, actor, record, ChangeKind.REVISE, step=Step.REVISE)
    return record


def schedule_purge(registry: Registry, unit: Unit, record: Record) -> None:
    """Have a draft that tries things out deleted when its time is over."""
    if record.staging:
        due_at = record.changed_at + timedelta(days=registry.settings.staging_kept_days)
        unit.jobs.add(Job(registry.ids.uid(), JobName.PURGE_STAGING, record.uid, due_at))


def purge_staging(registry: Registry, actor: Actor, uid: RecordUid) -> bool:
    """Delete what a draft said that tried things out and was left alone long enough; tells whether it was."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.begin() as unit:
        record = unit.records.get(uid, visible=EVERYTHING)
        if record is None or not record.staging or record.state not in _TRIED_OUT or record.legal_hold:
            return False
        if record.changed_at + timedelta(days=registry.settings.staging_kept_days) > registry.clock.now():
            schedule_purge(registry, unit, record)
            return False
        registry.erasures.append(uid, registry.clock.now())
        record = erased_record(registry, unit, record, _WHY)
        log(unit, actor, record, ChangeKind.ERASE, reason=_WHY)
    return True
