"""What is counted of cases, year by year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from registry.domain.case import CaseOutcome, Wish
from registry.domain.transparency import CaseFact, tally

DAY = timedelta(days=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def _fact(at: datetime = NEW_YEAR, **said: Any) -> CaseFact:
    given: dict[str, Any] = {
        "opened_at": at, "wish": Wish.REMOVAL, "urgent": False, "secured_at": None, "answered_at": None,
        "outcome": None, "appealed_at": None, "appeal_outcome": None,
    }  # fmt: skip
    return CaseFact(**(given | said))


def _answered(days: float, outcome: CaseOutcome = CaseOutcome.REFUSED, **said: Any) -> CaseFact:
    return _fact(answered_at=NEW_YEAR + days * DAY, outcome=outcome, **said)


def test_nothing_makes_no_year() -> None:
    assert () == tally([], DAY)


def test_cases_are_counted_in_the_year_they_were_opened_in_the_newest_first() -> None:
    years = tally([_fact(NEW_YEAR - timedelta(seconds=1)), _fact(), _fact()], DAY)

    assert [(2026, 2), (2025, 1)] == [(one.year, one.opened) for one in years]
    assert [2, 1] == [one.undecided for one in years]


def test_the_median_is_of_first_answers_in_days() -> None:
    assert [None] == [one.median_days for one in tally([_fact()], DAY)]
    assert [2.0] == [one.median_days for one in tally([_answered(1), _answered(2), _answered(9)], DAY)]
    assert [1.5] == [one.median_days for one in tally([_answered(1), _answered(2), _fact()], DAY)]


def test_urgent_cases_count_as_in_time_if_something_was_done_within_the_deadline() -> None:
    facts = [
        _fact(urgent=True, secured_at=NEW_YEAR + DAY),
        _fact(urgent=True, secured_at=NEW_YEAR + 1.1 * DAY),
        _fact(urgent=True),
        _answered(0.5, urgent=True),
        _answered(0.5),
    ]

    [year] = tally(facts, DAY)

    assert (4, 2) == (year.urgent, year.secured_in_time)


def test_the_last_word_is_the_outcome_and_changed_refusals_are_counted() -> None:
    facts = [
        _answered(1, appealed_at=NEW_YEAR, appeal_outcome=CaseOutcome.ERASED),
        _answered(1, appealed_at=NEW_YEAR, appeal_outcome=CaseOutcome.REFUSED),
        _answered(1, CaseOutcome.CORRECTED, appealed_at=NEW_YEAR, appeal_outcome=CaseOutcome.ERASED),
        _answered(1, appealed_at=NEW_YEAR),
    ]

    [year] = tally(facts, DAY)

    assert (4, 1) == (year.appeals, year.changed_on_appeal)
    assert {CaseOutcome.ERASED: 2, CaseOutcome.REFUSED: 2} == {one: count for one, count in year.by_outcome if count}
