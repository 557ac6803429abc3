"""Jobs: each is done once, a failed one comes back later, a lost worker's work is taken over."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from registry.domain.actor import Actor
from registry.domain.errors import Forbidden, Unauthenticated, Unavailable
from registry.domain.job import Job
from registry.ports import Registry
from registry.service import jobs
from tests.clocks import START, FixedClock
from tests.service.world import People, refused


def _add(registry: Registry, name: str = "ring", *, at: int = 0) -> None:
    with registry.storage.begin() as unit:
        unit.jobs.add(Job(f"job-{at}", name, f"subject-{at}", START))


def _kept(registry: Registry) -> list[tuple[str, int, str | None]]:
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        return connection.execute("SELECT id, attempts, last_error FROM jobs ORDER BY id").fetchall()


def _lease(registry: Registry) -> datetime:
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        (text,) = connection.execute("SELECT lease_until FROM jobs").fetchone()
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _wait_for_lease(registry: Registry, until: datetime) -> None:
    ends_at = time.monotonic() + 60
    while _lease(registry) != until and time.monotonic() < ends_at:
        time.sleep(0.005)
    assert until == _lease(registry)


def test_a_due_job_is_run_once_and_forgotten(registry: Registry, people: People) -> None:
    _add(registry)
    done: list[str] = []

    counts = [
        jobs.run_due(registry, people.system, {"ring": lambda _registry, _actor, job: done.append(job.subject)})
        for _ in range(2)
    ]

    assert [1, 0] == counts
    assert ["subject-0"] == done
    assert [] == _kept(registry)


def test_a_failed_job_comes_back_after_a_pause_that_doubles(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    _add(registry)
    tried: list[float] = []

    def fail(_registry: Registry, _actor: Actor, _job: Job) -> None:
        tried.append((clock.now() - START).total_seconds())
        raise Unavailable("not now")

    for _ in range(15):
        jobs.run_due(registry, people.system, {"ring": fail})
        clock.advance(seconds=1)

    assert [0, 2, 6, 14] == tried
    assert [("job-0", 4, "UNAVAILABLE")] == _kept(registry)


def test_the_pause_is_an_hour_at_most(registry: Registry, people: People, clock: FixedClock) -> None:
    _add(registry)
    tried = 0

    def fail(_registry: Registry, _actor: Actor, _job: Job) -> None:
        nonlocal tried
        tried += 1
        raise Unavailable("not now")

    for _ in range(20):
        jobs.run_due(registry, people.system, {"ring": fail})
        clock.advance(hours=1)

    assert 20 == tried


def test_a_job_of_an_unknown_name_waits_for_a_process_that_knows_it(registry: Registry, people: People) -> None:
    _add(registry, "other")
    done: list[str] = []

    assert 0 == jobs.run_due(registry, people.system)
    assert [("job-0", 0, None)] == _kept(registry)
    jobs.run_due(registry, people.system, {"other": lambda _registry, _actor, job: done.append(job.id)})

    assert ["job-0"] == done


def test_a_job_of_a_worker_that_died_is_free_after_its_lease(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    _add(registry)
    with registry.storage.begin() as unit:
        unit.jobs.claim_due(clock.now(), lease_until=clock.now() + jobs.LEASE, limit=1)
    done: list[str] = []
    table: jobs.JobTable = {"ring": lambda _registry, _actor, job: done.append(job.id)}

    clock.advance(seconds=jobs.LEASE.total_seconds() - 1)
    assert 0 == jobs.run_due(registry, people.system, table)
    clock.advance(seconds=1)
    assert 1 == jobs.run_due(registry, people.system, table)

    assert ["job-0"] == done


def test_a_job_that_ends_in_a_fault_holds_no_other_back(registry: Registry, people: People) -> None:
    for at in range(3):
        _add(registry, at=at)
    done: list[str] = []

    def work(_registry: Registry, _actor: Actor, job: Job) -> None:
        if job.id == "job-0":
            raise ZeroDivisionError
        done.append(job.id)

    with pytest.raises(ZeroDivisionError):
        jobs.run_due(registry, people.system, {"ring": work})
    jobs.run_due(registry, people.system, {"ring": work})

    assert ["job-1", "job-2"] == done
    assert [("job-0", 1, None)] == _kept(registry)


def test_workers_at_the_same_time_do_not_do_one_job_twice(registry: Registry, people: People) -> None:
    for at in range(30):
        _add(registry, at=at)
    done: list[str] = []
    start = threading.Barrier(4)
    table: jobs.JobTable = {"ring": lambda _registry, _actor, job: done.append(job.id)}

    def work() -> None:
        start.wait()
        while jobs.run_due(registry, people.system, table, limit=3):
            pass

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(f"job-{at}" for at in range(30)) == sorted(done)
    assert [] == _kept(registry)


def test_a_job_that_takes_longer_than_its_lease_is_not_done_twice(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    _add(registry)
    done: list[str] = []
    is_working, may_end = threading.Event(), threading.Event()

    def work(_registry: Registry, _actor: Actor, job: Job) -> None:
        done.append(job.id)
        is_working.set()
        may_end.wait(60)

    table: jobs.JobTable = {"ring": work}
    worker = threading.Thread(target=lambda: jobs.run_due(registry, people.system, table, beat_seconds=0.01))
    worker.start()
    assert is_working.wait(60)
    for _ in range(4):
        until = clock.advance(minutes=4) + jobs.LEASE
        _wait_for_lease(registry, until)
        assert 0 == jobs.run_due(registry, people.system, table)
    may_end.set()
    worker.join()

    assert ["job-0"] == done
    assert [] == _kept(registry)


def test_a_lease_that_somebody_else_took_over_is_not_extended(registry: Registry, clock: FixedClock) -> None:
    _add(registry)
    with registry.storage.begin() as unit:
        (first,) = unit.jobs.claim_due(clock.now(), lease_until=clock.now() + jobs.LEASE, limit=1)
    clock.advance(minutes=6)
    with registry.storage.begin() as unit:
        (second,) = unit.jobs.claim_due(clock.now(), lease_until=clock.now() + jobs.LEASE, limit=1)

    with registry.storage.begin() as unit:
        extended = [unit.jobs.extend(one, lease_until=clock.now() + 2 * jobs.LEASE) for one in (first, second)]

    assert [False, True] == extended


def test_a_job_is_ensured_once(registry: Registry) -> None:
    with registry.storage.begin() as unit:
        kept = [unit.jobs.ensure(Job("import:a", "ring", "a", START)) for _ in range(2)]

    assert [True, False] == kept
    assert [("import:a", 0, None)] == _kept(registry)


def test_a_job_that_is_not_due_waits(registry: Registry, people: People) -> None:
    with registry.storage.begin() as unit:
        unit.jobs.add(Job("later", "ring", "x", START + timedelta(seconds=1)))

    assert 0 == jobs.run_due(registry, people.system, {})
    assert [("later", 0, None)] == _kept(registry)


@pytest.mark.parametrize(("name", "error"), [("stranger", Unauthenticated), ("lead", Forbidden)])
def test_only_the_node_runs_jobs(registry: Registry, people: People, name: str, error: type[Forbidden]) -> None:
    with refused(registry, error):
        jobs.run_due(registry, getattr(people, name), {})
