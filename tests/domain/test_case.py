"""The rules of cases: what is urgent, what is due when, and who decides an appeal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from registry.domain.case import (
    URGENT,
    Case,
    CaseDecision,
    CaseId,
    CaseOutcome,
    CaseState,
    Deadlines,
    Ground,
    Wish,
    appealed,
    as_told,
    decided,
    first_due,
    named_in,
    secured,
)
from registry.domain.errors import FourEyes, InvalidTransition
from tests.clocks import START

DEADLINES = Deadlines(urgent=timedelta(hours=24), answer=timedelta(days=14), kept=timedelta(days=30))


def _case(ground: Ground = Ground.PRIVACY) -> Case:
    due_at = first_due(ground, START, DEADLINES)
    return Case(CaseId("c"), Wish.REMOVAL, ground, "", None, "Words.", "", START, due_at)


def _decision(by: str = "person:1", outcome: CaseOutcome = CaseOutcome.REFUSED, days: int = 1) -> CaseDecision:
    return CaseDecision(START + timedelta(days=days), by, outcome, "Because.")


def test_minors_intimate_content_addresses_and_danger_are_urgent() -> None:
    assert {"minor", "intimate_content", "address", "danger_to_life"} == {ground.value for ground in URGENT}
    for ground in Ground:
        expected = timedelta(hours=24) if ground in URGENT else timedelta(days=14)
        assert START + expected == _case(ground).due_at


def test_once_secured_an_urgent_case_is_answered_like_any_other() -> None:
    case = secured(_case(Ground.MINOR), START + timedelta(hours=3), DEADLINES)

    assert (START + timedelta(hours=3), START + timedelta(days=14)) == (case.secured_at, case.due_at)
    again = secured(case, START + timedelta(days=2), DEADLINES)
    assert case == again


def test_a_case_is_decided_appealed_against_and_decided_for_good() -> None:
    first = decided(_case(), _decision())
    waiting = appealed(first, START + timedelta(days=2), DEADLINES)
    closed = decided(waiting, _decision("person:2", CaseOutcome.ERASED, days=5))

    assert [CaseState.DECIDED, CaseState.APPEALED, CaseState.CLOSED] == [first.state, waiting.state, closed.state]
    assert START + timedelta(days=16) == waiting.due_at
    assert (None, START + timedelta(days=35)) == (waiting.ends_at(DEADLINES), closed.ends_at(DEADLINES))


def test_nobody_decides_an_appeal_against_the_own_decision() -> None:
    waiting = appealed(decided(_case(), _decision()), START, DEADLINES)

    with pytest.raises(FourEyes):
        decided(waiting, _decision())


@pytest.mark.parametrize("state", list(CaseState))
def test_each_step_is_possible_in_its_states_only(state: CaseState) -> None:
    by_state = {CaseState.OPEN: _case(), CaseState.DECIDED: decided(_case(), _decision())}
    by_state[CaseState.APPEALED] = appealed(by_state[CaseState.DECIDED], START, DEADLINES)
    by_state[CaseState.CLOSED] = decided(by_state[CaseState.APPEALED], _decision("person:2"))
    case = by_state[state]

    steps: dict[str, Callable[[], Case]] = {
        "secure": lambda: secured(case, START, DEADLINES),
        "decide": lambda: decided(case, _decision("person:3")),
        "appeal": lambda: appealed(case, START, DEADLINES),
    }
    possible = []
    for name, step in steps.items():
        try:
            step()
        except InvalidTransition:
            continue
        possible.append(name)

    expected = {CaseState.OPEN: ["secure", "decide"], CaseState.DECIDED: ["appeal"], CaseState.CLOSED: []}
    assert expected.get(state, ["secure", "decide"]) == possible


@pytest.mark.parametrize(
    ("about", "named"),
    [
        ("LOCAL-INC-2026-0001", "LOCAL-INC-2026-0001"),
        ("see https://x.example/r/local-inc-2026-000123, please", "LOCAL-INC-2026-000123"),
        ("01950000-0001-7000-9000-00000000FFFF", "01950000-0001-7000-9000-00000000ffff"),
        ("the one about the bank", None),
        ("", None),
    ],
)
def test_a_record_is_recognised_in_what_somebody_writes(about: str, named: str | None) -> None:
    assert named == named_in(about)


def test_the_person_is_told_neither_who_decides_nor_what_a_finder_of_the_code_must_not_learn() -> None:
    told = as_told(decided(_case(), _decision()))

    assert ("", None, "", "Because.") == (told.contact, told.named, told.decisions[0].by, told.decisions[0].reasons)
