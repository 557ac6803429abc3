"""Findings: they begin, continue, are cleared and come back, and a run clears only what it looked at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from registry.domain.finding import Finding, FindingFilter, KeptFinding
from registry.domain.pages import PageRequest
from registry.ports import Storage
from tests.clocks import START

LATER = START + timedelta(days=1)
END = LATER + timedelta(days=1)
A, B, C = (Finding("atlas", record, "BAD_DATE", "a date is wrong") for record in "abc")


def ran(
    store: Storage, run: str, *findings: Finding, at: datetime, source: str = "atlas", of: Collection[str] | None = None
) -> None:
    """A run that found *findings*, having looked at the records *of*, or at all."""
    with store.begin() as unit:
        unit.findings.keep(source, run, findings, now=at)
        unit.findings.clear(source, run, of, now=at)


def kept(store: Storage, source: str = "atlas") -> tuple[KeptFinding, ...]:
    with store.read() as view:
        return view.findings.page(source, FindingFilter(), PageRequest(limit=100)).items


def test_findings_begin_continue_and_are_cleared(store: Storage) -> None:
    ran(store, "1", A, B, B, at=START)
    ran(store, "1", Finding("other", "a", "X", "y"), at=START, source="other")

    ran(store, "2", B, C, at=LATER)

    expected = (KeptFinding(B, START, LATER), KeptFinding(C, LATER, LATER), KeptFinding(A, START, START, LATER))
    assert expected == kept(store)
    assert [None] == [one.cleared_at for one in kept(store, "other")]


def test_a_finding_that_comes_back_is_open_again_and_a_cleared_one_keeps_its_time(store: Storage) -> None:
    ran(store, "1", A, at=START)
    ran(store, "2", at=LATER)
    ran(store, "3", at=END)
    cleared = kept(store)

    ran(store, "4", A, at=END)

    assert (KeptFinding(A, START, START, LATER),) == cleared
    assert (KeptFinding(A, START, END),) == kept(store)


def test_a_run_in_part_clears_only_findings_of_records_that_it_looked_at(store: Storage) -> None:
    ran(store, "1", A, B, C, at=START)

    ran(store, "2", B, at=LATER, of={"a", "b"})

    assert [("b", None), ("c", None), ("a", LATER)] == [(one.finding.record, one.cleared_at) for one in kept(store)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (FindingFilter(), "bca"),
        (FindingFilter(is_open=True), "bc"),
        (FindingFilter(is_open=False), "a"),
        (FindingFilter(code="HELD"), "c"),
        (FindingFilter(refused=True), "ba"),
        (FindingFilter(held=True, refused=False), "c"),
    ],
)
def test_findings_are_narrowed_and_paged_in_both_directions(
    store: Storage, wanted: FindingFilter, expected: str
) -> None:
    ran(store, "1", A, B, Finding("atlas", "c", "HELD", "look", refused=False, held=True), at=START)
    ran(store, "2", B, Finding("atlas", "c", "HELD", "look", refused=False, held=True), at=LATER)

    forwards, backwards = "", ""
    with store.read() as view:
        page = view.findings.page("atlas", wanted, PageRequest(limit=1))
        while True:
            forwards += page.items[0].finding.record
            if not page.has_next:
                break
            page = view.findings.page("atlas", wanted, PageRequest(limit=1, position=page.positions[0]))
        while page.items:
            backwards += page.items[0].finding.record
            page = view.findings.page("atlas", wanted, PageRequest(1, page.positions[0], backwards=True))

    assert expected == forwards
    assert expected == backwards[::-1]


def test_open_findings_are_counted_by_code(store: Storage) -> None:
    ran(store, "1", A, B, Finding("atlas", "a", "REQUIRED", "title"), at=START)
    ran(store, "2", A, Finding("atlas", "a", "REQUIRED", "title"), at=LATER)

    with store.read() as view:
        assert {"BAD_DATE": 1, "REQUIRED": 1} == view.findings.counts("atlas")


def test_ten_thousand_findings_are_kept_and_cleared_at_once(store: Storage) -> None:
    many = [Finding("atlas", f"r{at:05d}", "BAD_DATE", "a date is wrong") for at in range(10_000)]

    ran(store, "1", *many, at=START)
    ran(store, "2", *many[5_000:], at=LATER, of={one.record for one in many})

    with store.read() as view:
        assert {"BAD_DATE": 5_000} == view.findings.counts("atlas")


def test_what_holds_records_is_told_by_record_each_code_once(store: Storage) -> None:
    held = replace(A, code="PERSON_NAMED", refused=False, held=True)
    ran(store, "1", replace(B, held=True), at=START)
    ran(store, "2", A, C, held, replace(held, message="another"), replace(held, code="BEFORE"), at=LATER)
    ran(store, "2", replace(C, source="other", held=True), at=LATER, source="other")

    with store.read() as view:
        assert {"a": ("BEFORE", "PERSON_NAMED")} == view.findings.holding("atlas", ["a", "b", "c", "nowhere"])
        assert {} == view.findings.holding("atlas", [])
