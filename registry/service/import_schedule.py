"""Which sources are due, and the jobs that import them: one a source, whoever puts it there."""

from __future__ import annotations

from collections.abc import Iterable

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.event import EventName
from registry.domain.importing import Source, SourceState
from registry.domain.job import Job, JobName
from registry.domain.lateness import FAILING
from registry.ports import Registry
from registry.service.events import note


def enqueue_due(registry: Registry, actor: Actor, sources: Iterable[Source]) -> int:
    """Put in a job for each of *sources* that is due and can be fetched; how many were new.

    Raises:
        Forbidden: *actor* lacks ``node:maintain``.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    now = registry.clock.now()
    with registry.storage.read() as reader:
        states = reader.import_sources.states()
    due = [one for one in sources if one.urls and (states.get(one.id) or SourceState(one.id)).is_its_turn(one, now)]
    if not due:
        return 0
    with registry.storage.begin() as unit:
        jobs = (Job(f"import:{one.id}", JobName.IMPORT_SOURCE, one.id, now) for one in due)
        return sum(unit.jobs.ensure(job) for job in jobs)


def tell_failing(registry: Registry, actor: Actor, source_id: str, *, code: str) -> None:
    """Note an event where a source has failed at least three times behind one another.

    Raises:
        Forbidden: *actor* lacks ``node:maintain``.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        failures = reader.import_sources.state(source_id).failures
    if failures >= FAILING:
        with registry.storage.begin() as unit:
            subject = f"source:{source_id}"
            note(registry, unit, actor, EventName.IMPORT_FAILING, subject=subject, failures=failures, code=code)
