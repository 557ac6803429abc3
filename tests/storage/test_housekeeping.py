"""The contracts of idempotency keys, jobs, taxonomies and facts about the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.errors import AlreadyExists
from registry.domain.job import Job, JobName
from registry.domain.record import RecordUid
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.ports import Storage
from tests.clocks import START

LATER = START + timedelta(hours=1)
UID = RecordUid("01950000-0000-7000-8000-000000000000")
ATLAS = Taxonomy(
    "atlas",
    "2026.05",
    "MITRE ATLAS",
    "Apache-2.0",
    "https://atlas.mitre.org",
    (TaxonomyTerm("AML.TA0002", "Reconnaissance"), TaxonomyTerm("AML.T0000", "Search", "AML.TA0002", "https://x", "…")),
)


def keep(store: Storage, scope: str, key: str) -> None:
    with store.begin() as unit:
        unit.idempotency.keep(scope, key, fingerprint=b"f", uid=UID, expires_at=LATER)


def test_an_answered_write_is_found_in_its_scope_until_it_expires(store: Storage) -> None:
    keep(store, "acme", "k")

    with store.begin() as unit:
        assert (b"f", UID) == unit.idempotency.find("acme", "k", now=START)
        assert unit.idempotency.find("globex", "k", now=START) is None
        assert unit.idempotency.find("acme", "other", now=START) is None
        assert unit.idempotency.find("acme", "k", now=LATER) is None


def test_a_remembered_key_cannot_be_kept_again_before_it_expired(store: Storage) -> None:
    keep(store, "acme", "k")
    keep(store, "globex", "k")

    with pytest.raises(AlreadyExists):
        keep(store, "acme", "k")

    with store.begin() as unit:
        assert unit.idempotency.find("acme", "k", now=LATER) is None
    keep(store, "acme", "k")


def claim(store: Storage, hours: float, *, lease_hours: float = 1, limit: int = 10) -> tuple[Job, ...]:
    now = START + timedelta(hours=hours)
    with store.begin() as unit:
        return unit.jobs.claim_due(now, lease_until=now + timedelta(hours=lease_hours), limit=limit)


def add_jobs(store: Storage, *jobs: Job) -> None:
    with store.begin() as unit:
        for job in jobs:
            unit.jobs.add(job)


def test_due_jobs_are_claimed_once_the_longest_due_first(store: Storage) -> None:
    first, second, third = (
        Job(name, JobName.LIFT_EMBARGO, UID, START + timedelta(hours=n)) for n, name in enumerate("bac")
    )
    add_jobs(store, third, second, first)

    claimed = claim(store, 1, limit=10)

    lease = START + timedelta(hours=2)
    assert (replace(first, attempts=1, lease_until=lease), replace(second, attempts=1, lease_until=lease)) == claimed
    assert () == claim(store, 1)


def test_a_claim_takes_no_more_than_asked_for(store: Storage) -> None:
    add_jobs(store, *(Job(name, JobName.LIFT_EMBARGO, UID, START) for name in "abc"))

    assert ["a", "b"] == [job.id for job in claim(store, 0, limit=2)]
    assert ["c"] == [job.id for job in claim(store, 0, limit=2)]


def test_a_job_is_free_again_when_its_lease_is_over(store: Storage) -> None:
    add_jobs(store, Job("a", JobName.LIFT_EMBARGO, UID, START))
    claim(store, 0, lease_hours=2)

    assert () == claim(store, 1.9)
    assert [2] == [job.attempts for job in claim(store, 2)]


def test_a_finished_job_is_forgotten_and_a_postponed_one_comes_back(store: Storage) -> None:
    add_jobs(store, Job("a", JobName.LIFT_EMBARGO, UID, START), Job("b", JobName.LIFT_EMBARGO, UID, START))
    claim(store, 0, lease_hours=9)

    with store.begin() as unit:
        unit.jobs.finish("a")
        unit.jobs.postpone("b", due_at=LATER, error="busy")

    assert () == claim(store, 0.5)
    assert [("b", 2, "busy")] == [(job.id, job.attempts, job.last_error) for job in claim(store, 1)]


def test_a_job_is_added_once(store: Storage) -> None:
    job = Job("a", JobName.LIFT_EMBARGO, UID, START)
    add_jobs(store, job)

    with pytest.raises(AlreadyExists):
        add_jobs(store, job)


def test_the_newest_release_of_a_taxonomy_replaces_the_one_before(store: Storage) -> None:
    newer = replace(ATLAS, version="2026.06", terms=ATLAS.terms[:1])
    with store.begin() as unit:
        changed = [unit.taxonomies.put(one) for one in (ATLAS, ATLAS, newer, replace(ATLAS, namespace="aa"))]

    assert [True, False, True, True] == changed
    with store.read() as view:
        assert newer == view.taxonomies.get("atlas")
        assert view.taxonomies.get("other") is None
        assert ("aa", "atlas") == view.taxonomies.namespaces()


def test_facts_about_the_store_are_kept_by_name(store: Storage) -> None:
    with store.begin() as unit:
        unit.meta.put("log_id", "one")
        unit.meta.put("log_id", "two")

    with store.read() as view:
        assert "two" == view.meta.get("log_id")
        assert view.meta.get("other") is None
