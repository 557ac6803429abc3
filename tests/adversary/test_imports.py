"""Sources that lie, break, flip, pour, or would like to be somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from importers.aiid.taxonomies import Terms
from importers.contract import Draft, Importer, Parsed, RawDocument, Source, upstream_hash
from importers.report import Report
from importers.run import run
from importers.spool import Spool
from importers.storing import MAX_KEPT
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.errors import StoreUnavailable
from registry.domain.finding import Finding
from registry.domain.importing import LEASE, Run, RunState, SourceState
from registry.domain.pages import PageRequest
from registry.domain.record import Record
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import import_runs, importing
from tests.clocks import START, FixedClock
from tests.effort import BOUND, Effort
from tests.importers.invented import MARKING, SOURCE, WHOLE, document

PAGE = PageRequest(limit=100)
PARTIAL = replace(WHOLE, is_whole=False)
BRIDGE = Taxonomy("bridge", "1", "Bridges", "CC0-1.0", "https://invented.example/", (TaxonomyTerm("a", "A"),))


def ran(registry: Registry, *things: str | dict[str, Any], importer: Importer = WHOLE, **given: Any) -> Report:
    """A run over one document, an hour after the one before."""
    assert isinstance(registry.clock, FixedClock)
    registry.clock.advance(hours=1)
    return run(registry, LOCAL_OPERATOR, importer, [document(*things)], **given)


def parsing(*parsed: Parsed) -> Importer:
    """An importer of which every document holds these."""

    def parse(_document: RawDocument, _source: Source) -> Iterator[Parsed]:
        yield from parsed

    return replace(WHOLE, parse=parse)


def draft(id_: str, **fields: Any) -> Draft:
    content = {"title": "Case", "summary": "It happened."}
    made = Draft(id_, Kind.INCIDENT, content, MARKING, upstream_hash({"id": "fixed"}))
    return replace(made, **fields)


def record(registry: Registry, id_: str) -> Record | None:
    with registry.storage.read() as reader:
        return reader.records.by_upstream("invented", id_)


def numbered(first: int, last: int) -> list[str]:
    return [f"N{at:04}" for at in range(first, last)]


@pytest.mark.parametrize("id_", ["e\u0301clair", " CASE-1\u00a0", "\u212b"])
def test_a_record_whose_id_is_written_in_another_form_is_not_missed(registry: Registry, id_: str) -> None:
    reports = [ran(registry, id_, "other", {"bad": f"{id_}2"}) for _ in "1234"]

    assert [2, 0, 0, 0] == [one.new for one in reports]
    assert {(0, 0)} == {(one.withdrawn, one.gone) for one in reports}


def test_ids_that_differ_in_their_form_alone_are_one_record_and_told(registry: Registry) -> None:
    twice = [{"id": "e\u0301", "title": "One"}, {"id": "\u00e9 ", "title": "Other"}]

    first, second = ran(registry, *twice), ran(registry, *twice)

    assert (1, 1) == (first.new, second.unchanged)
    assert 1 == first.codes["DUPLICATE_ID"]
    assert 1 == ran(registry, {"id": " e\u0301", "gone": True}, importer=PARTIAL).withdrawn


@pytest.mark.parametrize("id_", ["A\nB", "A\u202eB", "A\r\x1b[2J", "A\tB", "A" * 1_000_000, "A\0\u2028"])
def test_no_finding_names_a_record_with_what_steers_a_reader(registry: Registry, id_: str) -> None:
    report = ran(registry, {"bad": id_})

    kept = importing.findings(registry, LOCAL_OPERATOR, "invented", PAGE).items
    assert all(one.finding.record.isprintable() and len(one.finding.record) <= 300 for one in kept)
    assert all(one.record.isprintable() for one in report.findings)
    assert 1 == len(kept)
    assert {"MISSING": 1} == importing.finding_counts(registry, LOCAL_OPERATOR, "invented")
    ran(registry, id_, "B", importer=PARTIAL)
    assert "MISSING" not in importing.finding_counts(registry, LOCAL_OPERATOR, "invented")


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"content": None}, id="content"),
        pytest.param({"names": (None, 5)}, id="names"),
        pytest.param({"url": 5}, id="url"),
        pytest.param({"upstream_id": 5}, id="id"),
    ],
)
def test_a_fault_at_one_record_ends_no_run(registry: Registry, broken: dict[str, Any]) -> None:
    given = draft("broken", **broken)

    report = run(registry, LOCAL_OPERATOR, parsing(draft("fine"), given), [document()])

    assert RunState.DONE is report.state
    assert 1 == report.codes["IMPORTER_FAILED"]


def test_a_run_that_read_taxonomies_alone_misses_no_record(registry: Registry) -> None:
    ran(registry, *numbered(0, 10))

    reports = [ran(registry, importer=parsing(BRIDGE)) for _ in "123"]

    assert {(0, 0)} == {(one.withdrawn, one.gone) for one in reports}


def test_half_of_a_source_is_not_lost_behind_many_new_records(registry: Registry) -> None:
    ran(registry, *numbered(0, 60))

    reports = [ran(registry, *numbered(30, 500)) for _ in "123"]

    assert {(0, RunState.HELD)} == {(one.withdrawn, one.state) for one in reports}


def test_a_source_that_loses_little_in_every_run_loses_no_more_than_one_that_loses_it_at_once(
    registry: Registry,
) -> None:
    ran(registry, *numbered(0, 60))

    reports = [
        ran(registry, *({"id": one, "gone": True} for one in numbered(at, at + 15)), importer=PARTIAL)
        for at in (0, 15, 30)
    ]
    allowed = ran(registry, importer=PARTIAL, allow_withdrawals=True)
    after = ran(registry, {"id": "N0045", "gone": True}, importer=PARTIAL)

    assert [(15, RunState.DONE), (0, RunState.HELD), (0, RunState.HELD)] == [
        (one.withdrawn, one.state) for one in reports
    ]
    assert 30 == allowed.withdrawn
    assert (1, RunState.DONE) == (after.withdrawn, after.state)


def test_what_was_lost_a_week_ago_counts_no_more(registry: Registry) -> None:
    assert isinstance(registry.clock, FixedClock)
    ran(registry, *numbered(0, 60))
    ran(registry, *({"id": one, "gone": True} for one in numbered(0, 15)), importer=PARTIAL)
    registry.clock.advance(days=8)

    later = ran(registry, *({"id": one, "gone": True} for one in numbered(15, 30)), importer=PARTIAL)

    assert (15, RunState.DONE) == (later.withdrawn, later.state)


def test_a_clock_that_was_put_back_keeps_no_source_from_running(registry: Registry) -> None:
    assert isinstance(registry.clock, FixedClock)
    registry.clock.advance(days=365)
    import_runs.begin(registry, LOCAL_OPERATOR, SOURCE)
    registry.clock.advance(days=-365)

    report = ran(registry, "A")

    assert RunState.DONE is report.state


@pytest.mark.parametrize(("ahead", "expected"), [(23, False), (47, False), (49, True), (24 * 365, True)])
def test_no_run_is_due_only_in_a_time_that_a_wrong_clock_named(ahead: int, expected: bool) -> None:
    state = SourceState("invented", every_hours=6, due_at=START + timedelta(hours=ahead))

    assert expected is state.is_due(SOURCE, START)


def test_a_run_whose_signs_come_from_a_little_ahead_lives() -> None:
    going = Run("1", "invented", RunState.RUNNING, START, START + LEASE / 2)

    assert not going.is_dead(START)


def test_a_source_that_has_just_run_is_not_due_however_long_its_pause() -> None:
    for hours in (1, 24, 24 * 7, 24 * 366):
        state = SourceState("invented", every_hours=hours, due_at=START + timedelta(hours=hours))

        assert not state.is_its_turn(SOURCE, START)


def test_numbers_without_end_cost_a_taxonomy_no_more_than_words() -> None:
    terms = Terms("invented", "Invented", "CC0-1.0", "https://invented.example/")

    with Effort() as effort:
        terms.knows("place", "1" * 10_000 + "1." * 10_000)

    assert effort.spent < BOUND / 5


def test_a_flood_of_findings_is_counted_and_not_all_kept(registry: Registry) -> None:
    pouring = parsing(*(Finding("invented", f"R{at}", "MISSING", "title: is missing") for at in range(MAX_KEPT + 500)))

    report = run(registry, LOCAL_OPERATOR, pouring, [document()])

    assert MAX_KEPT + 500 == report.codes["MISSING"]
    assert {"MISSING": MAX_KEPT} == importing.finding_counts(registry, LOCAL_OPERATOR, "invented")


def test_what_a_source_has_mended_is_forgotten(registry: Registry) -> None:
    assert isinstance(registry.clock, FixedClock)
    ran(registry, {"bad": "Wilhelmina Zorbelgrint"})
    ran(registry, "A")
    registry.clock.advance(days=91)

    ran(registry, "A")

    assert () == importing.findings(registry, LOCAL_OPERATOR, "invented", PAGE).items


def test_a_full_disk_is_told_as_what_it_is_and_not_as_a_fault_of_the_document() -> None:
    with Path("/dev/full").open("r+b", buffering=0) as full, pytest.raises(StoreUnavailable):
        Spool(cast("BinaryIO", full)).add(draft("A"))
