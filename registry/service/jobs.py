"""Doing what is due: leases jobs, runs each by its name, gives failed ones back with a growing pause."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import TypeAlias

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.case import CaseId
from registry.domain.errors import CommonsError
from registry.domain.job import Job, JobName
from registry.domain.membership import ApplicationId
from registry.domain.notice import NoticeId
from registry.domain.policy_watch import WatchId
from registry.domain.record import RecordUid
from registry.ports import Registry
from registry.service.casework import purge
from registry.service.claims import expire_claim
from registry.service.intake import purge_report
from registry.service.life import lift_embargo
from registry.service.membership import purge_application
from registry.service.notices import end_notice
from registry.service.policy_checking import check_due
from registry.service.staging import purge_staging
from registry.service.welfare import forget_exposure

JobTable: TypeAlias = Mapping[str, Callable[[Registry, Actor, Job], None]]

LEASE = timedelta(minutes=5)
BEAT_SECONDS = 60.0
_LONGEST_PAUSE = timedelta(hours=1)


def _lift(registry: Registry, actor: Actor, job: Job) -> None:
    lift_embargo(registry, actor, RecordUid(job.subject))


def _purge_case(registry: Registry, actor: Actor, job: Job) -> None:
    purge(registry, actor, CaseId(job.subject))


def _end_notice(registry: Registry, actor: Actor, job: Job) -> None:
    end_notice(registry, actor, NoticeId(job.subject))


def _purge_report(registry: Registry, actor: Actor, job: Job) -> None:
    purge_report(registry, actor, RecordUid(job.subject))


def _purge_application(registry: Registry, actor: Actor, job: Job) -> None:
    purge_application(registry, actor, ApplicationId(job.subject))


def _purge_staging(registry: Registry, actor: Actor, job: Job) -> None:
    purge_staging(registry, actor, RecordUid(job.subject))


def _expire_claim(registry: Registry, actor: Actor, job: Job) -> None:
    expire_claim(registry, actor, RecordUid(job.subject))


def _forget_exposure(registry: Registry, actor: Actor, job: Job) -> None:
    forget_exposure(registry, actor, date.fromisoformat(job.subject))


def _check_policy(registry: Registry, actor: Actor, job: Job) -> None:
    check_due(registry, actor, WatchId(job.subject), due_at=job.due_at)


OWN_JOBS: JobTable = {
    JobName.LIFT_EMBARGO: _lift,
    JobName.END_NOTICE: _end_notice,
    JobName.PURGE_CASE: _purge_case,
    JobName.PURGE_REPORT: _purge_report,
    JobName.PURGE_APPLICATION: _purge_application,
    JobName.PURGE_STAGING: _purge_staging,
    JobName.EXPIRE_CLAIM: _expire_claim,
    JobName.FORGET_EXPOSURE: _forget_exposure,
    JobName.CHECK_POLICY: _check_policy,
}


def run_due(
    registry: Registry,
    actor: Actor,
    table: JobTable = OWN_JOBS,
    *,
    limit: int = 20,
    beat_seconds: float = BEAT_SECONDS,
) -> int:
    """Run the jobs that are due, at most *limit* of them, and return how many were tried.

    A job without a function in *table* waits for a process that has one. A failed job is tried again after a
    pause that doubles each time, up to an hour; a worker that dies leaves its jobs to others once the lease
    of five minutes is over, which is extended while one is worked on. They are leased one by one, so that one that
    ends in a fault holds no other back.

    Args:
        beat_seconds: how often the lease is extended.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    for tried in range(limit):
        now = registry.clock.now()
        with registry.storage.begin() as unit:
            claimed = unit.jobs.claim_due(now, lease_until=now + LEASE, limit=1, names=table.keys())
        if not claimed:
            return tried
        with _held(registry, claimed[0], beat_seconds):
            _run(registry, actor, table, claimed[0])
    return limit


@contextmanager
def _held(registry: Registry, job: Job, beat_seconds: float) -> Iterator[None]:
    """Extend the lease for as long as the block runs."""
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.wait(beat_seconds):
            # What cannot be written now is written at the next beat, long before the lease is over.
            with suppress(CommonsError), registry.storage.begin() as unit:
                unit.jobs.extend(job, lease_until=registry.clock.now() + LEASE)

    beating = threading.Thread(target=beat, name="job lease", daemon=True)
    beating.start()
    try:
        yield
    finally:
        is_over.set()
        beating.join()


def _run(registry: Registry, actor: Actor, table: JobTable, job: Job) -> None:
    error = ""
    try:
        table[job.name](registry, actor, job)
    except CommonsError as failure:
        error = failure.code
    with registry.storage.begin() as unit:
        if error:
            pause = min(timedelta(seconds=2 ** min(job.attempts, 12)), _LONGEST_PAUSE)
            unit.jobs.postpone(job.id, due_at=registry.clock.now() + pause, error=error)
        else:
            unit.jobs.finish(job.id)
