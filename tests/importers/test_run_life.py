"""A run's life: one a source at a time, signs while it goes on, and an end that the next one goes on from."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from importers.contract import RawDocument, Trust
from importers.report import MAX_FINDINGS
from importers.run import Ending, run
from importers.storing import BATCH_RECORDS
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.errors import Conflict, FetchFailed, StoreUnavailable
from registry.domain.event import EventFilter, EventName
from registry.domain.finding import Finding, FindingFilter
from registry.domain.importing import LEASE, Counts, Run, RunState, Validator
from registry.domain.pages import PageRequest
from registry.domain.record import State
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.ports import Reader, Registry, Storage, Unit
from registry.service import import_runs, importing
from tests.clocks import FixedClock
from tests.importers import invented
from tests.importers.invented import SOURCE, WHOLE, document, numbered

PAGE = PageRequest(limit=100)


@dataclass(slots=True)
class FailingStore:
    """A store whose commits fail once *units* were written, for so many units as there are *failures*."""

    inner: Storage
    units: int
    failures: int = 1_000_000

    @contextmanager
    def begin(self) -> Iterator[Unit]:
        self.units -= 1
        fails = self.units < 0 and self.failures > 0
        if fails:
            self.failures -= 1
            raise StoreUnavailable("the store cannot be written now")
        with self.inner.begin() as unit:
            yield unit

    def read(self) -> AbstractContextManager[Reader]:
        return self.inner.read()

    def backup(self, target: Path) -> None:
        self.inner.backup(target)

    def close(self) -> None:
        self.inner.close()


def ran(registry: Registry, *things: str | dict[str, Any], **given: Any) -> Run:
    """A run over one document, as it was kept."""
    report = run(registry, LOCAL_OPERATOR, given.pop("importer", WHOLE), [document(*things)], **given)
    return next(one for one in importing.runs(registry, LOCAL_OPERATOR, None, PAGE).items if report.run == one.id)


def runs(registry: Registry) -> tuple[Run, ...]:
    return importing.runs(registry, LOCAL_OPERATOR, "invented", PAGE).items


def clock_of(registry: Registry) -> FixedClock:
    assert isinstance(registry.clock, FixedClock)
    return registry.clock


def test_a_run_is_kept_with_what_it_did(registry: Registry) -> None:
    made = ran(registry, "A", "B", {"bad": "C"})

    assert (RunState.DONE, 2, 2, None) == (made.state, made.done, made.total, made.error)
    assert Counts(read=3, new=2, refused=1) == made.counts
    with registry.storage.read() as reader:
        (event,) = reader.events.page(EventFilter(name=EventName.IMPORT_ENDED.value), PAGE).items
    assert {"state": "done", "read": 3, "new": 2, "refused": 1} == dict(event.detail)


def test_a_dry_run_leaves_nothing_behind(registry: Registry) -> None:
    run(registry, LOCAL_OPERATOR, WHOLE, [document("A", {"bad": "B"})], dry_run=True)

    assert () == runs(registry)
    assert () == importing.findings(registry, LOCAL_OPERATOR, "invented", PAGE).items


def test_while_a_run_goes_on_no_other_of_its_source_begins_and_one_of_another_does(registry: Registry) -> None:
    import_runs.begin(registry, LOCAL_OPERATOR, SOURCE)

    with pytest.raises(Conflict):
        ran(registry, "A")

    ran(registry, "A", importer=WHOLE.of(replace(SOURCE, id="other", title="Others")))
    assert [RunState.RUNNING] == [one.state for one in runs(registry)]


def test_a_run_that_gives_no_sign_any_more_is_taken_over_and_shown_as_failed(registry: Registry) -> None:
    dead = import_runs.begin(registry, LOCAL_OPERATOR, SOURCE)
    clock_of(registry).advance(seconds=LEASE.total_seconds())
    shown = runs(registry)

    ran(registry, "A")

    assert [(RunState.FAILED, "INTERRUPTED")] == [(one.state, one.error) for one in shown]
    assert [RunState.DONE, RunState.FAILED] == [one.state for one in runs(registry)]
    with pytest.raises(Conflict):
        import_runs.beat(registry, LOCAL_OPERATOR, dead, done=1, total=2)
    with pytest.raises(Conflict):
        import_runs.fail(registry, LOCAL_OPERATOR, SOURCE, dead, error="INTERRUPTED")


def test_a_run_that_gives_signs_lives_on_and_tells_how_long_it_will_take(registry: Registry) -> None:
    going = import_runs.begin(registry, LOCAL_OPERATOR, SOURCE)
    for done in (10, 20, 30):
        clock_of(registry).advance(seconds=100)
        going = import_runs.beat(registry, LOCAL_OPERATOR, going, done=done, total=90)

    (shown,) = runs(registry)

    assert RunState.RUNNING is shown.state
    assert 600 == shown.seconds_left(clock_of(registry).now())


def test_a_run_that_lost_its_lease_to_another_ends_with_an_error(registry: Registry) -> None:
    def documents() -> Iterator[RawDocument]:
        yield document("A")
        clock_of(registry).advance(minutes=5)
        import_runs.begin(registry, LOCAL_OPERATOR, SOURCE)

    with pytest.raises(Conflict):
        run(registry, LOCAL_OPERATOR, WHOLE, documents())

    assert [RunState.RUNNING, RunState.FAILED] == [one.state for one in runs(registry)]


@pytest.mark.parametrize("units", range(1, 6))
def test_a_store_that_fails_in_the_middle_leaves_a_failed_run_that_the_next_one_continues(
    registry: Registry, units: int
) -> None:
    things: list[str | dict[str, Any]] = [*numbered(BATCH_RECORDS + 50), {"bad": "X"}]
    failing = replace(registry, storage=FailingStore(registry.storage, units, failures=1))

    with pytest.raises(StoreUnavailable):
        ran(failing, *things)
    failed = runs(registry)
    state = importing.state_of(registry, LOCAL_OPERATOR, "invented")
    made = ran(registry, *things)

    assert [(RunState.FAILED, "STORE_UNAVAILABLE")] == [(one.state, one.error) for one in failed]
    assert (1, None) == (state.failures, state.good_run)
    assert (RunState.DONE, BATCH_RECORDS + 50, BATCH_RECORDS + 51) == (made.state, made.done, made.counts.read)
    assert BATCH_RECORDS + 50 == made.counts.new + made.counts.unchanged
    assert 0 == importing.state_of(registry, LOCAL_OPERATOR, "invented").failures


def test_a_store_that_stays_away_leaves_a_run_that_the_next_one_finds_dead(registry: Registry) -> None:
    with pytest.raises(StoreUnavailable):
        ran(replace(registry, storage=FailingStore(registry.storage, 1)), "A")
    with pytest.raises(Conflict):
        ran(registry, "A")
    clock_of(registry).advance(minutes=5)

    made = ran(registry, "A")

    assert RunState.DONE is made.state
    assert [RunState.DONE, RunState.FAILED] == [one.state for one in runs(registry)]


def test_a_run_whose_documents_cease_to_come_has_failed_with_the_reason(registry: Registry) -> None:
    def documents() -> Iterator[RawDocument]:
        yield document("A")
        raise FetchFailed("it did not come", reason="TIMEOUT")

    with pytest.raises(FetchFailed):
        run(registry, LOCAL_OPERATOR, WHOLE, documents())

    assert [(RunState.FAILED, "FETCH_FAILED:TIMEOUT")] == [(one.state, one.error) for one in runs(registry)]


def test_a_run_that_somebody_stops_has_failed_and_the_next_one_begins_at_once(registry: Registry) -> None:
    def documents() -> Iterator[RawDocument]:
        yield document("A")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(registry, LOCAL_OPERATOR, WHOLE, documents())
    made = ran(registry, "A")

    assert RunState.DONE is made.state
    assert [None, "INTERRUPTED"] == [one.error for one in runs(registry)]


def test_cursor_and_validators_are_kept_once_a_run_has_ended_well(registry: Registry) -> None:
    url = "https://invented.example/cases"
    good = Ending(cursor="2026-01", validators={url: Validator('"one"', "Sat, 14 Mar 2026 15:00:00 GMT")})
    ran(registry, "A", ending=lambda: good)
    first = importing.state_of(registry, LOCAL_OPERATOR, "invented")
    bad = Ending(cursor="2026-02", validators={url: Validator('"two"')})

    with pytest.raises(StoreUnavailable):
        ran(replace(registry, storage=FailingStore(registry.storage, 2, failures=1)), "A", "B", ending=lambda: bad)
    failed = importing.state_of(registry, LOCAL_OPERATOR, "invented")
    ran(registry, "A", "B", ending=lambda: Ending(validators={url: Validator()}))
    last = importing.state_of(registry, LOCAL_OPERATOR, "invented")

    assert ("2026-01", good.validators) == (first.cursor, first.validators)
    assert ("2026-01", good.validators) == (failed.cursor, failed.validators)
    assert ("2026-01", {}) == (last.cursor, last.validators)


def test_a_source_that_runs_by_itself_is_due_again_later_and_sooner_after_a_failure(registry: Registry) -> None:
    daily = WHOLE.of(replace(SOURCE, every_hours=24))
    clock = clock_of(registry)
    ran(registry, "A", importer=daily)
    state = importing.state_of(registry, SYSTEM, "invented")

    pauses = []
    for _ in range(9):
        with pytest.raises(StoreUnavailable):
            ran(replace(registry, storage=FailingStore(registry.storage, 1, failures=1)), "A", importer=daily)
        due_at = importing.state_of(registry, SYSTEM, "invented").due_at
        assert due_at is not None
        pauses.append((due_at - clock.now()).total_seconds() / 3600)

    assert not state.is_due(daily.source, clock.now())
    assert state.is_due(daily.source, clock.advance(hours=24))
    assert [0.25, 0.5, 1, 2, 4, 8, 16, 24, 24] == pauses


def test_what_never_publishes_is_held_even_if_its_source_is_trusted(registry: Registry) -> None:
    made = ran(registry, "A", importer=replace(WHOLE, never_publishes=True))

    with registry.storage.read() as reader:
        record = reader.records.by_upstream("invented", "A")
    assert Trust.TRUSTED is SOURCE.trust
    assert 1 == made.counts.held
    assert record is not None
    assert (State.SUBMITTED, False) == (record.state, record.imported)


def test_an_id_that_stands_for_different_records_is_a_finding_and_the_last_one_counts(registry: Registry) -> None:
    twice = document("A", {"id": "A", "title": "Other"}, "B", "B")
    report = run(
        registry, LOCAL_OPERATOR, WHOLE, [twice, document({"id": "C"}), document({"id": "C", "title": "Last"})]
    )
    again = run(registry, LOCAL_OPERATOR, WHOLE, [twice, document({"id": "C"}), document({"id": "C", "title": "Last"})])

    expected = [("A", "DUPLICATE_ID", False), ("C", "DUPLICATE_ID", False)]
    assert expected == [(one.record, one.code, one.refused) for one in report.findings]
    assert (3, 3) == (report.new, again.unchanged)
    with registry.storage.read() as reader:
        kept = [reader.records.by_upstream("invented", id_) for id_ in "AC"]
    titles = [one.head.public.document["title"] for one in kept if one is not None and one.head.public is not None]
    assert ["Other", "Last"] == titles


def test_findings_of_a_run_in_part_leave_those_of_other_records_open(registry: Registry) -> None:
    ran(registry, {"bad": "A"}, {"bad": "B"}, {"bad": "C"})

    ran(registry, "A", {"bad": "C"}, complete=False)
    part = importing.findings(registry, LOCAL_OPERATOR, "invented", PAGE, FindingFilter(is_open=True))
    ran(registry, "A", "C")
    whole = importing.findings(registry, LOCAL_OPERATOR, "invented", PAGE, FindingFilter(is_open=True))

    assert ["B", "C"] == [one.finding.record for one in part.items]
    assert () == whole.items


def test_findings_of_records_that_are_only_said_to_be_there_stay_open(registry: Registry) -> None:
    ran(registry, {"bad": "A"}, {"bad": "B"}, {"bad": "C"})

    ran(registry, "D", present=("B",))

    left = importing.findings(registry, LOCAL_OPERATOR, "invented", PAGE, FindingFilter(is_open=True))
    assert ["B"] == [one.finding.record for one in left.items]


def test_findings_that_no_store_can_hold_as_they_are_are_kept_cut_and_mended(registry: Registry) -> None:
    hostile = Finding("invented", "\ud800" + "x" * 1000, "MISSING", "m" * 5000)

    run(registry, LOCAL_OPERATOR, WHOLE, [document("A")], ending=lambda: Ending(findings=[hostile]))

    ((kept,),) = [importing.findings(registry, LOCAL_OPERATOR, "invented", PAGE).items]
    assert ("?" + "x" * 299, 1000) == (kept.finding.record, len(kept.finding.message))


def test_a_report_holds_the_first_findings_and_counts_all(registry: Registry) -> None:
    many = [{"bad": id_} for id_ in numbered(MAX_FINDINGS + 5)]

    report = run(registry, LOCAL_OPERATOR, WHOLE, [document(*many)])

    assert (MAX_FINDINGS, MAX_FINDINGS + 5) == (len(report.findings), report.codes["MISSING"])
    assert {"MISSING": MAX_FINDINGS + 5} == importing.finding_counts(registry, LOCAL_OPERATOR, "invented")


def test_drafts_wait_outside_memory(registry: Registry) -> None:
    text = "x" * 20_000

    def documents() -> Iterator[RawDocument]:
        for at in range(20):
            yield document(*({"id": id_, "title": text} for id_ in numbered(100, begin=100 * at)))

    tracemalloc.start()
    try:
        run(registry, LOCAL_OPERATOR, WHOLE, documents(), dry_run=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 25_000_000


def test_what_no_store_can_hold_is_refused_and_the_rest_is_taken(registry: Registry) -> None:
    broken = Taxonomy("broken", "1", "half \ud800", "CC0-1.0", "https://example.org", (TaxonomyTerm("T1", "One"),))
    sound = replace(broken, namespace="sound", title="Sound")
    importer = replace(WHOLE, parse=lambda raw, source: (broken, sound, *invented.parse(raw, source)))

    report = run(registry, LOCAL_OPERATOR, importer, [document("A", "\ud800", "B")])

    assert {"broken", "?"} == {one.record for one in report.findings}
    assert (5, 3, 2) == (report.read, report.new, report.refused)
