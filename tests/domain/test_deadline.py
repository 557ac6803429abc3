"""When something is due by a rule: what is counted, from when, and what is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import regimes
from registry.domain.content.base import validate
from registry.domain.deadline import (
    DISCHARGES_NOTHING,
    Clock,
    Deadline,
    Regime,
    due_at,
    instant_of,
    stated,
    suggested,
    unknown_regimes,
)
from registry.domain.errors import InvalidInput
from tests.factories import content

CLOCKS = regimes.load(Path("/nowhere"))
ART_73 = "eu-ai-act-73"


def clock(clock_id: str) -> Clock:
    """A clock that is shipped."""
    found = CLOCKS.find(clock_id)
    assert found is not None
    return found


def made(**fields: Any) -> Clock:
    """A clock of a test."""
    known = clock("eu-ai-act-73/general").model_dump()
    return Clock.model_validate(known | fields)


@pytest.mark.parametrize(
    ("clock_id", "start", "due"),
    [
        ("eu-ai-act-73/general", "2026-08-10T09:30:00Z", "2026-08-25T09:30:00+00:00"),
        ("eu-ai-act-73/death", "2026-08-10", "2026-08-20T00:00:00+00:00"),
        ("eu-ai-act-73/widespread", "2026-02-27T23:00:00Z", "2026-03-01T23:00:00+00:00"),
        ("ca-sb-53/imminent", "2026-08-10T09:30:00+02:00", "2026-08-11T07:30:00+00:00"),
        ("safe/customers", "2026-08-07T12:00:00Z", "2026-08-10T12:00:00+00:00"),
        ("safe/first-report", "2026-08-07T12:00:00Z", "2026-08-13T12:00:00+00:00"),  # a Friday
        ("safe/first-report", "2026-08-08T12:00:00Z", "2026-08-13T12:00:00+00:00"),  # a Saturday
        ("safe/first-report", "2026-08-10T12:00:00Z", "2026-08-14T12:00:00+00:00"),  # a Monday
    ],
)
def test_a_clock_is_due_its_time_after_its_start(clock_id: str, start: str, due: str) -> None:
    assert datetime.fromisoformat(due) == due_at(clock(clock_id), start)


@pytest.mark.parametrize("start", ["2026", "2026-08"])
def test_a_start_that_is_not_known_to_the_day_gives_no_date(start: str) -> None:
    assert due_at(clock("eu-ai-act-73/general"), start) is None


@pytest.mark.parametrize("clock_id", ["eu-ai-act-55/systemic-risk", "safe/affected"])
def test_a_rule_without_a_number_of_days_gives_no_date(clock_id: str) -> None:
    assert due_at(clock(clock_id), "2026-08-10T09:30:00Z") is None
    assert clock(clock_id).wording


def test_what_repeats_is_due_again_after_it_was_met() -> None:
    weekly = clock("safe/updates")

    assert datetime(2026, 8, 8, tzinfo=UTC) == due_at(weekly, "2026-08-01")
    assert datetime(2026, 8, 13, tzinfo=UTC) == due_at(weekly, "2026-08-01", "2026-08-06")
    assert Deadline("safe/updates", weekly, filed="2026-08-06").is_open


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_business_days_end_on_a_working_day_and_count_every_one_between(start: date, amount: int) -> None:
    end = due_at(made(unit="business_days", amount=amount), start.isoformat())

    assert end is not None
    between = [start + timedelta(days=day) for day in range(1, (end.date() - start).days + 1)]
    assert end.weekday() < 5
    assert amount == sum(day.weekday() < 5 for day in between)


def test_a_time_beyond_the_calendar_is_no_date() -> None:
    assert due_at(made(amount=10_000), "9999-12-30") is None


def test_a_day_begins_at_midnight_in_utc() -> None:
    assert datetime(2026, 8, 10, tzinfo=UTC) == instant_of("2026-08-10")


def test_every_clock_that_is_shipped_names_article_and_source_and_was_checked() -> None:
    for one in CLOCKS.all:
        assert one.url.startswith("https://")
        assert one.article
        assert date(2026, 1, 1) <= one.checked_on
    assert "discharges no duty" in DISCHARGES_NOTHING


def test_article_73_has_the_days_of_its_own_paragraphs() -> None:
    days = {one.article.rpartition("Art. ")[2]: one.amount for one in CLOCKS.of(ART_73)}

    assert {"73(1) and (2)": 15, "73(4)": 10, "73(3)": 2} == days


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"amount": None}, ("clocks", "0"), "INCONSISTENT"),
        ({"unit": "none"}, ("clocks", "0"), "INCONSISTENT"),
        ({"unit": "months"}, ("clocks", "0", "unit"), "UNKNOWN_TERM"),
        ({"amount": 0}, ("clocks", "0", "amount"), "OUT_OF_RANGE"),
        ({"amount": "15"}, ("clocks", "0", "amount"), "INVALID_TYPE"),
        ({"id": "general"}, ("clocks", "0", "id"), "INVALID_FORMAT"),
        ({"id": "other/general"}, (), "INCONSISTENT"),
        ({"url": "javascript:alert(1)"}, ("clocks", "0", "url"), "INVALID_FORMAT"),
        ({"checked_on": "yesterday"}, ("clocks", "0", "checked_on"), "INVALID_TYPE"),
        ({"until": 3}, ("clocks", "0", "until"), "UNKNOWN_FIELD"),
    ],
)
def test_a_clock_that_says_nothing_usable_is_refused(fields: dict[str, Any], path: tuple[str, ...], code: str) -> None:
    one = clock("eu-ai-act-73/general").model_dump(mode="json") | fields

    with pytest.raises(InvalidInput) as caught:
        validate(Regime, {"id": ART_73, "title": "T", "nature": "law", "clocks": [one]})

    assert [(path, code)] == [(problem.path, problem.code) for problem in caught.value.problems]


def test_two_clocks_of_one_name_are_refused() -> None:
    one = clock("eu-ai-act-73/general").model_dump(mode="json")

    with pytest.raises(InvalidInput):
        validate(Regime, {"id": ART_73, "title": "T", "nature": "law", "clocks": [one, one]})


def test_a_deadline_that_states_no_due_date_gets_the_one_of_its_clock() -> None:
    said = {"regime": "eu-ai-act-73/death", "start": "2026-08-10"}

    (found,) = stated({"deadlines": [said]}, CLOCKS)

    assert datetime(2026, 8, 20, tzinfo=UTC) == found.due_at
    assert found.is_overdue(datetime(2026, 8, 20, 0, 0, 1, tzinfo=UTC))
    assert not found.is_overdue(datetime(2026, 8, 20, tzinfo=UTC))


def test_a_stated_due_date_stands_whatever_the_clock_says() -> None:
    said = {"regime": ART_73, "start": "2026-08-10", "due": "2026-08-15T10:00:00Z"}

    (found,) = stated({"deadlines": [said]}, CLOCKS)

    assert datetime(2026, 8, 15, 10, tzinfo=UTC) == found.due_at


def test_what_was_filed_is_neither_open_nor_overdue() -> None:
    said = {"regime": "eu-ai-act-73/death", "start": "2026-08-10", "filed_at": "2026-08-12", "reference": "A-1"}

    (found,) = stated({"deadlines": [said]}, CLOCKS)

    assert not found.is_open
    assert not found.is_overdue(datetime(2027, 1, 1, tzinfo=UTC))


def test_a_regime_that_is_no_longer_known_keeps_what_was_stated() -> None:
    (found,) = stated({"deadlines": [{"regime": "gone/rule", "start": "2026-08-10", "due": "2026-09-01"}]}, CLOCKS)

    assert (None, datetime(2026, 9, 1, tzinfo=UTC)) == (found.clock, found.due_at)


def test_clocks_of_chosen_regimes_are_suggested_from_when_it_was_detected() -> None:
    public: dict[str, Any] = {"severity": 4, "timeline": {"detected": "2026-08-10"}}

    found = list(suggested(public, {}, CLOCKS, [ART_73, "eu-ai-act-73/death", "ca-sb-53/report"]))

    assert [
        ("eu-ai-act-73/general", date(2026, 8, 25)),
        ("eu-ai-act-73/death", date(2026, 8, 20)),
        ("eu-ai-act-73/widespread", date(2026, 8, 12)),
        ("ca-sb-53/report", date(2026, 8, 25)),
    ] == [(one.regime, one.due_at.date()) for one in found if one.due_at]
    assert all(one.suggested for one in found)


def test_nothing_is_suggested_of_a_regime_that_the_incident_names_itself() -> None:
    restricted = {"deadlines": [{"regime": "eu-ai-act-73/death", "start": "2026-08-10"}]}

    assert [] == list(suggested({"severity": 5}, restricted, CLOCKS, [ART_73]))


@pytest.mark.parametrize("public", [{"event_kind": "exercise", "severity": 5}, {"severity": 1}])
def test_nothing_is_suggested_for_exercises_and_trifles(public: dict[str, Any]) -> None:
    assert [] == list(suggested(public, {}, CLOCKS, [ART_73]))


def test_without_a_severity_or_a_date_a_clock_is_suggested_without_one() -> None:
    found = list(suggested({"timeline": {"detected": "2026"}}, {}, CLOCKS, ["eu-ai-act-73/general"]))

    assert [(None, "2026")] == [(one.due_at, one.start) for one in found]


def test_deadlines_sort_by_when_they_are_due_and_what_is_done_comes_last() -> None:
    early, late = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    done = Deadline("a", None, due_at=early, filed="2026-07-01")
    undated, first, second = Deadline("b", None), Deadline("c", None, due_at=early), Deadline("d", None, due_at=late)

    assert [first, second, undated, done] == sorted([done, undated, second, first], key=lambda one: one.order)


def test_an_unknown_regime_is_a_problem_that_offers_the_nearest() -> None:
    said = content(restricted={"deadlines": [{"regime": ART_73}, {"regime": "eu-ai-act-37"}]})

    (problem,) = unknown_regimes(said, CLOCKS)

    assert ("restricted", "deadlines", "1", "regime") == problem.path
    assert "UNKNOWN_TERM" == problem.code
    assert "did you mean eu-ai-act-73?" == problem.hint
