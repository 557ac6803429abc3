"""Work that is due at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from registry.domain.job import Job
from registry.storage.statements import Statements
from registry.storage.tables import JOBS


class JobTable:
    """``ports.Jobs``. The write turn, which all processes share, keeps two of them from claiming one job."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, job: Job) -> None:
        """See the port."""
        self._statements.run(insert(JOBS), asdict(job), taken="this job exists already")

    def ensure(self, job: Job) -> bool:
        """See the port."""
        added = self._statements.run(sqlite_insert(JOBS).values(**asdict(job)).on_conflict_do_nothing())
        return bool(added.rowcount)

    def claim_due(
        self, now: datetime, *, lease_until: datetime, limit: int, names: Collection[str] | None = None
    ) -> tuple[Job, ...]:
        """See the port; the longest due first."""
        free = or_(JOBS.c.lease_until.is_(None), JOBS.c.lease_until <= now)
        due = select(JOBS.c.id).where(JOBS.c.due_at <= now, free).order_by(JOBS.c.due_at, JOBS.c.id).limit(limit)
        if names is not None:
            due = due.where(JOBS.c.name.in_(sorted(names)))
        ids = self._statements.run(due).scalars().all()
        if not ids:
            return ()
        claimed = JOBS.c.id.in_(ids)
        lease = {"lease_until": lease_until, "attempts": JOBS.c.attempts + 1}
        self._statements.run(update(JOBS).where(claimed).values(**lease))
        rows = self._statements.rows(select(JOBS).where(claimed).order_by(JOBS.c.due_at, JOBS.c.id))
        return tuple(Job(**row) for row in rows)

    def extend(self, job: Job, *, lease_until: datetime) -> bool:
        """See the port. Each claim has its own number of attempts."""
        own = (JOBS.c.id == job.id) & (JOBS.c.attempts == job.attempts) & JOBS.c.lease_until.is_not(None)
        return bool(self._statements.run(update(JOBS).where(own).values(lease_until=lease_until)).rowcount)

    def overdue(self, now: datetime) -> tuple[int, int]:
        """See the port."""
        free = or_(JOBS.c.lease_until.is_(None), JOBS.c.lease_until <= now)
        counted = (
            select(func.count()).select_from(JOBS).where(*those)
            for those in ((JOBS.c.due_at <= now, free), (JOBS.c.last_error.is_not(None),))
        )
        due, failed = (int(self._statements.run(one).scalar_one()) for one in counted)
        return due, failed

    def finish(self, job_id: str) -> None:
        """See the port."""
        self._statements.run(delete(JOBS).where(JOBS.c.id == job_id))

    def postpone(self, job_id: str, *, due_at: datetime, error: str) -> None:
        """See the port."""
        values = {"due_at": due_at, "lease_until": None, "last_error": error}
        self._statements.run(update(JOBS).where(JOBS.c.id == job_id).values(**values))
