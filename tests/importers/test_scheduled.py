"""Sources that run by themselves: when they are due, what is kept of a run, and that none holds up another."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from importers import catalog, scheduled
from importers.allowance import FetchLimits
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.errors import Conflict, FetchFailed, Forbidden, Interrupted, InvalidInput
from registry.domain.event import EventFilter, EventName
from registry.domain.importing import RunState, Source, SourceState, jitter
from registry.domain.pages import PageRequest
from registry.outbound import NodeOutbound
from registry.ports import Registry
from registry.service import import_runs, importing, jobs
from registry.service.source_access import credential_of, remove_credential, set_credential
from tests import factories
from tests.clocks import START, FixedClock
from tests.importers.hosting import QUICK, document, hosting, importer
from tests.outbound.hostile import Answer, Hostile, hangs, leads_to, pours, requests, says


@pytest.fixture
def registry(registry: Registry, clock: FixedClock) -> Registry:
    """One whose requests may lead to this machine, and are quick."""
    chosen = {"import_pause_seconds": 0.0, "outbound_allow_networks": ("127.0.0.1/32",)}
    settings = registry.settings.model_copy(update=chosen)
    return replace(registry, outbound=NodeOutbound(requests(), None), settings=settings, clock=clock)


def _add(registry: Registry, server: Hostile, name: str, **fields: Any) -> Source:
    """A source of STIX bundles, each with one record."""
    given: dict[str, Any] = {
        "urls": (server.url(f"/{name}"),),
        "hosts": frozenset({"127.0.0.1"}),
        "every_hours": 24,
    } | fields
    row = replace(factories.source(name, trusted=True, format="stix"), **given)
    return catalog.put_source(registry, LOCAL_OPERATOR, row)


def _bundle(*names: str) -> bytes:
    """STIX with a campaign for each name."""
    made = [
        {
            "type": "course-of-action",
            "spec_version": "2.1",
            "id": f"course-of-action--00000000-0000-4000-8000-{at:012d}",
            "created": "2026-01-01T00:00:00Z",
            "modified": "2026-01-01T00:00:00Z",
            "name": name,
            "description": "What was done against it, in some words.",
        }
        for at, name in enumerate(names)
    ]
    return json.dumps(
        {"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": made}
    ).encode()


def _work(registry: Registry, *, limits: FetchLimits = QUICK) -> int:
    """Do what the schedule wants now; how many jobs."""
    scheduled.enqueue(registry, SYSTEM)
    return jobs.run_due(registry, SYSTEM, scheduled.import_jobs(threading.Event(), limits))


def _state(registry: Registry, source: str) -> SourceState:
    return importing.state_of(registry, LOCAL_OPERATOR, source)


def _runs(registry: Registry, source: str) -> list[tuple[RunState, str | None]]:
    page = importing.runs(registry, LOCAL_OPERATOR, source, PageRequest())
    return [(one.state, one.error) for one in page.items]


def test_a_source_runs_when_it_is_due_and_not_before(registry: Registry, clock: FixedClock) -> None:
    with hosting() as (server, site):
        site.put("/stix-a", says(_bundle("One")))
        _add(registry, server, "stix-a")

        counts = [_work(registry), _work(registry)]
        clock.advance(hours=23)
        counts.append(_work(registry))
        clock.advance(hours=4)
        counts.append(_work(registry))

    assert [1, 0, 0, 1] == counts
    assert [(RunState.DONE, None)] * 2 == _runs(registry, "stix-a")
    assert ["/stix-a"] * 2 == server.paths


def test_each_source_comes_a_little_later_by_a_measure_of_its_own() -> None:
    late = {name: jitter(name, 24) for name in ("a", "b", "c", "d")}

    assert 4 == len(set(late.values()))
    assert all(timedelta() <= one < timedelta(hours=2.4) for one in late.values())
    assert late == {name: jitter(name, 24) for name in late}


def test_a_source_that_fails_comes_back_ever_later_and_is_told_from_the_third_time_on(
    registry: Registry, clock: FixedClock
) -> None:
    tried = []

    with hosting() as (server, site):
        site.put("/stix-a", says(b"", status=404))
        _add(registry, server, "stix-a")
        for _ in range(4 * 50):
            if _work(registry):
                tried.append((clock.now() - START).total_seconds() / 60)
            clock.advance(minutes=15)

    pauses = [after - before for before, after in pairwise(tried)]
    assert [15, 30, 60, 120, 240, 480, 960] == pauses[:7]
    assert (8, {(RunState.FAILED, "FETCH_FAILED:GONE")}) == (
        _state(registry, "stix-a").failures,
        set(_runs(registry, "stix-a")),
    )
    told = _events(registry, EventName.IMPORT_FAILING)
    assert list(range(8, 2, -1)) == [one["failures"] for one in told]
    assert {"FETCH_FAILED:GONE"} == {one["code"] for one in told}


def _events(registry: Registry, name: EventName) -> list[dict[str, str | int]]:
    with registry.storage.read() as reader:
        page = reader.events.page(EventFilter(name=name), PageRequest())
    return [dict(one.detail) for one in page.items]


def test_a_source_that_somebody_imports_by_hand_is_tried_again_later(registry: Registry, clock: FixedClock) -> None:
    with hosting() as (server, site):
        site.put("/stix-a", says(_bundle("One")))
        row = _add(registry, server, "stix-a")
        by_hand = import_runs.begin(registry, LOCAL_OPERATOR, row)
        counts = [_work(registry), _work(registry)]
        import_runs.fail(registry, LOCAL_OPERATOR, row, by_hand, error="INTERRUPTED")
        clock.advance(hours=1)
        counts += [_work(registry), _work(registry)]

    assert [1, 0, 1, 0] == counts
    assert [(RunState.DONE, None), (RunState.FAILED, "INTERRUPTED")] == _runs(registry, "stix-a")


def test_a_paused_source_does_not_run_unless_somebody_asks(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/stix-a", says(_bundle("One")))
        _add(registry, server, "stix-a")
        importing.pause(registry, LOCAL_OPERATOR, "stix-a")
        before = _work(registry)
        importing.ask_run(registry, LOCAL_OPERATOR, "stix-a")
        asked = [_work(registry), _work(registry)]

    assert (0, [1, 0]) == (before, asked)


def test_a_source_without_a_schedule_or_an_address_does_not_run(registry: Registry) -> None:
    with hosting() as (server, _site):
        _add(registry, server, "stix-a", every_hours=None)
        _add(registry, server, "stix-b", urls=())

        assert 0 == _work(registry)


def test_a_source_paused_between_its_turn_and_its_run_is_left(registry: Registry) -> None:
    with hosting() as (server, _site):
        _add(registry, server, "stix-a")
        scheduled.enqueue(registry, SYSTEM)
        importing.pause(registry, LOCAL_OPERATOR, "stix-a")
        jobs.run_due(registry, SYSTEM, scheduled.import_jobs(threading.Event()))

        assert [] == server.paths


def test_hostile_sources_stop_no_other_of_the_schedule(registry: Registry) -> None:
    answers: dict[str, Answer] = {
        "a-hangs": hangs,
        "b-pours": pours(b"HTTP/1.1 200 OK\r\n\r\n", bytes(65_536)),
        "c-leads": leads_to("http://169.254.169.254/"),
        "d-sleeps": says(b"", status=429, Retry_After="1000000000"),
        "e-breaks": says(b"{"),
        "f-well": says(_bundle("One")),
    }

    with hosting() as (server, site):
        for name, answer in answers.items():
            site.put(f"/{name}", answer)
            _add(registry, server, name)
        assert len(answers) == _work(registry, limits=replace(QUICK, document_seconds=4.0, tries=1))

    states = {name: _runs(registry, name)[0] for name in answers}
    assert {
        "a-hangs": (RunState.FAILED, "FETCH_FAILED:TIMEOUT"),
        "b-pours": (RunState.FAILED, "FETCH_FAILED:TOO_LARGE"),
        "c-leads": (RunState.FAILED, "INVALID_INPUT"),
        "d-sleeps": (RunState.FAILED, "FETCH_FAILED:THROTTLED"),
        "e-breaks": (RunState.DONE, None),
        "f-well": (RunState.DONE, None),
    } == {
        name: (RunState.FAILED, "INVALID_INPUT") if state[1] == "URL_BLOCKED" else state
        for name, state in states.items()
    }


def test_an_importer_with_a_fault_stops_no_other_of_the_schedule(registry: Registry) -> None:
    broken = factories.source("a-fault", format="taxii", urls=("https://[::1",), every_hours=24)
    with registry.storage.begin() as unit:
        unit.import_sources.put(broken)
    with hosting() as (server, site):
        site.put("/b-well", says(_bundle("One")))
        _add(registry, server, "b-well")

        assert 2 == _work(registry)

    assert [(RunState.FAILED, "INTERNAL")] == _runs(registry, "a-fault")
    assert [(RunState.DONE, None)] == _runs(registry, "b-well")


def test_a_run_keeps_where_the_next_begins_only_if_everything_came(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", next=[server.url("/2")], cursor="later"), ETag='"1"'))
        site.put("/2", says(b"", status=500), says(b"", status=500), says(document("b")))
        made = importer(server.url("/1"), whole=False)
        states = []
        for _ in range(2):
            _fetch(registry, made)
            states.append(_state(registry, "pages").cursor)

    assert [None, "later"] == states


def _fetch(registry: Registry, made: Any, **kept: Any) -> Any:
    return scheduled.fetch_and_run(registry, LOCAL_OPERATOR, made, **({"limits": QUICK} | kept))


def test_what_comes_from_another_address_says_nothing_of_where_the_source_is_read_on(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/own", says(document("a", cursor="own"), ETag='"1"'))
        site.put("/other", says(document("b", cursor="other"), ETag='"2"'))
        _fetch(registry, importer(server.url("/own"), whole=False))
        before = _state(registry, "pages")
        _fetch(registry, importer(server.url("/other"), whole=False), elsewhere=True)
        after = _state(registry, "pages")

    assert ("own", "own") == (before.cursor, after.cursor)
    assert before.validators == after.validators


def test_a_source_that_is_again_as_it_was_before_the_last_run_is_read_again(registry: Registry) -> None:
    with hosting() as (server, site):
        made = importer(server.url("/1"))
        site.put("/2", says(document("b")))
        before = says(document("a"), ETag='"1"')
        site.put("/1", before)
        _fetch(registry, made)
        site.put("/1", says(document("a", next=[server.url("/2")]), ETag='"2"'))
        _fetch(registry, made)
        known = dict(_state(registry, "pages").validators)
        site.put("/1", before)
        last = _fetch(registry, made)

    assert {} == known
    assert 1 == last.counts.gone


def test_an_unchanged_source_changes_nothing_and_loses_nothing(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", "b"), ETag='"1"'), says(b"", status=304))
        made = importer(server.url("/1"))
        reports = [_fetch(registry, made) for _ in range(3)]

    assert [(2, 2), (0, 0), (0, 0)] == [(one.counts.read, one.counts.new) for one in reports]
    assert [0, 0, 0] == [one.counts.gone + one.counts.withdrawn for one in reports]
    assert 3 == len(server.paths)


def test_what_is_gone_is_withdrawn_by_a_second_run_although_nothing_changed_since(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", "b"), ETag='"1"'), says(document("a"), ETag='"2"'))
        made = importer(server.url("/1"))
        reports = [_fetch(registry, made) for _ in range(3)]

    assert [(0, 0), (1, 0), (0, 1)] == [(one.counts.gone, one.counts.withdrawn) for one in reports]


def test_a_source_that_loses_half_of_its_records_overnight_loses_none_here(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document(*map(str, range(80)))), says(document(*map(str, range(40)))))
        reports = [_fetch(registry, importer(server.url("/1"))) for _ in range(3)]

    assert [RunState.DONE, RunState.HELD, RunState.HELD] == [one.state for one in reports]
    assert [0, 0, 0] == [one.counts.withdrawn for one in reports]


@pytest.mark.parametrize("second", [says(b"", status=404), says(b"<html>busy</html>"), says(b"{"), says(b"", length=9)])
def test_records_of_a_document_that_did_not_come_are_not_gone(registry: Registry, second: Answer) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", next=[server.url("/2")])))
        site.put("/2", says(document("b")), second)
        reports = [_fetch(registry, importer(server.url("/1"))) for _ in range(4)]

    assert [2, 1, 1, 1] == [one.counts.read - one.counts.refused for one in reports]
    assert 0 == sum(one.counts.gone + one.counts.withdrawn for one in reports)


def test_a_source_that_changed_while_it_was_read_loses_nothing(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", "b", next=[server.url("/2")], total="3")))
        site.put("/2", says(document("c", total="3")), says(document(total="2")))
        reports = [_fetch(registry, importer(server.url("/1"))) for _ in range(3)]

    assert [[], ["SOURCE_CHANGED"], ["SOURCE_CHANGED"]] == [[found.code for found in one.findings] for one in reports]
    assert 0 == sum(one.counts.gone + one.counts.withdrawn for one in reports)


def test_an_import_that_is_to_end_ends_after_a_batch_and_goes_on_later(registry: Registry, tmp_path: Path) -> None:
    stop = threading.Event()
    many = replace(QUICK, document_bytes=10_000_000, total_bytes=10_000_000, seconds=60.0, document_seconds=60.0)

    with hosting() as (server, site):
        site.put("/1", says(document(*map(str, range(600)))))
        made = importer(server.url("/1"))
        with pytest.raises(Interrupted):
            _fetch(registry, made, stop=stop, limits=many, progress=lambda done, _total: stop.set() if done else None)
        report = _fetch(registry, made, limits=many)

    assert [(RunState.DONE, None), (RunState.FAILED, "INTERRUPTED")] == _runs(registry, "pages")
    assert 600 == report.counts.read
    assert 0 < report.counts.unchanged < 600
    assert [] == list((registry.settings.data_dir / "imports").rglob("*"))


def test_a_run_that_waits_for_a_slow_host_is_not_taken_for_dead(registry: Registry, clock: FixedClock) -> None:
    patient = replace(QUICK, document_seconds=90.0, seconds=120.0)
    may_end = threading.Event()

    def slow(connection: socket.socket, request: bytes) -> None:
        may_end.wait(60)
        says(document("a"))(connection, request)

    with hosting() as (server, site):
        site.put("/1", slow)
        made = importer(server.url("/1"))
        importing_ = threading.Thread(target=lambda: _fetch(registry, made, limits=patient, beat_seconds=0.01))
        importing_.start()
        for _ in range(4):
            _wait_until(lambda: _beat_at(registry) == clock.now())
            with pytest.raises(Conflict):
                _fetch(registry, made)
            clock.advance(seconds=90)
        may_end.set()
        importing_.join()

    assert [(RunState.DONE, None)] == _runs(registry, "pages")


def _wait_until(holds: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 60
    while not holds() and time.monotonic() < ends_at:
        time.sleep(0.005)
    assert holds()


def _beat_at(registry: Registry) -> datetime | None:
    page = importing.runs(registry, LOCAL_OPERATOR, "pages", PageRequest())
    return page.items[0].beat_at if page.items else None


def test_once_a_week_what_a_host_says_of_changes_is_not_believed(registry: Registry, clock: FixedClock) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a"), ETag='"1"'))
        for _ in range(15):
            _fetch(registry, importer(server.url("/1")))
            clock.advance(days=1)

    unasked = [at for at, one in enumerate(server.requests) if b"If-None-Match" not in one and at]
    assert 2 <= len(unasked) <= 3
    assert {7} == {after - before for before, after in pairwise(unasked)}


def test_a_source_that_is_removed_takes_its_credential_along(registry: Registry) -> None:
    with hosting() as (server, _site):
        row = _add(registry, server, "stix-a")
        set_credential(registry, LOCAL_OPERATOR, row, basic=("user", "sesame"))
        importing.remove_source(registry, LOCAL_OPERATOR, "stix-a")
        again = _add(registry, server, "stix-a")

    assert credential_of(registry, SYSTEM, again) is None


def test_a_dry_run_writes_nothing(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a"), ETag='"1"'))
        report = _fetch(registry, importer(server.url("/1")), dry_run=True)

    assert 1 == report.counts.new
    assert SourceState("pages") == _state(registry, "pages")
    assert [] == _runs(registry, "pages")


def test_a_credential_is_sealed_sent_and_told_to_nobody(registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a")), says(b"", status=401))
        made = importer(server.url("/1"))
        set_credential(registry, LOCAL_OPERATOR, made.source, header=("Authorization", "Bearer sesame-secret"))
        _fetch(registry, made)
        with pytest.raises(FetchFailed) as failed:
            _fetch(registry, made, conditional=False)

    assert b"Authorization: Bearer sesame-secret" in server.requests[0]
    assert "sesame" not in caplog.text + repr(failed.value) + repr(_events(registry, EventName.SOURCE_CHOSEN))
    kept = b"".join(path.read_bytes() for path in registry.settings.data_dir.rglob("*") if path.is_file())
    assert b"sesame" not in kept


def test_a_credential_is_no_good_for_another_host(registry: Registry) -> None:
    row = factories.source("a", urls=("https://first.example/x",), hosts=frozenset({"first.example"}))
    moved = replace(row, urls=("https://second.example/x", "https://first.example/x"))
    set_credential(registry, LOCAL_OPERATOR, row, basic=("user", "sesame"))

    found = [credential_of(registry, SYSTEM, one) for one in (row, moved, replace(row, id="b"), replace(row, urls=()))]
    remove_credential(registry, LOCAL_OPERATOR, row)

    assert [("user", "sesame"), None, None, None] == [one.basic if one else None for one in found]
    assert credential_of(registry, SYSTEM, row) is None


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"basic": ("a", "b"), "header": ("X-Key", "b")},
        {"basic": ("a:b", "c")},
        {"basic": ("", "c")},
        {"basic": ("a", "")},
        {"header": ("X-Key", "b\r\nX-Other: c")},
        {"header": ("Host", "b")},
        {"header": ("X Key", "b")},
        {"header": ("X-Key", "\u00e9")},
        {"header": ("X-Key", "b" * 5000)},
    ],
)
def test_a_credential_that_cannot_be_sent_is_refused(registry: Registry, given: dict[str, Any]) -> None:
    row = factories.source("a", urls=("https://first.example/x",))

    with pytest.raises(InvalidInput):
        set_credential(registry, LOCAL_OPERATOR, row, **given)


def test_only_operators_give_credentials_and_only_imports_use_them(registry: Registry) -> None:
    row = factories.source("a", urls=("https://first.example/x",))

    for refused in (
        lambda: set_credential(registry, SYSTEM, row, basic=("user", "sesame")),
        lambda: remove_credential(registry, SYSTEM, row),
    ):
        with pytest.raises(Forbidden):
            refused()
