"""What a node counts in public, year by year: cases, what was taken down, and requests by authorities.

Everything is counted from cases, from public rows of the log and from what operators note. None of it depends on
records that are hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from registry.domain.case import CaseOutcome, Wish

MAX_NOTE = 2_000


class Authority(StrEnum):
    """Who asks with the power of a state."""

    COURT = "court"
    POLICE = "police"
    REGULATOR = "regulator"
    OTHER = "other"


class Demand(StrEnum):
    """What an authority asks for."""

    REMOVAL = "removal"
    DISCLOSURE = "disclosure"
    OTHER = "other"


class Compliance(StrEnum):
    """What the node did."""

    COMPLIED = "complied"
    PARTLY = "partly"
    REFUSED = "refused"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class AuthorityRequest:
    """A request by an authority. ``note`` is for the operators only; everything else is counted in public."""

    id: str
    at: datetime
    authority: Authority
    country: str
    demand: Demand
    compliance: Compliance
    note: str = ""


@dataclass(frozen=True, slots=True)
class YearOf:
    """How often something happened in one year (UTC), by name."""

    year: int
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Transparency:
    """All that is counted, each list with the newest year first."""

    cases: tuple[CaseYear, ...]
    taken_down: tuple[YearOf, ...]
    requests: tuple[tuple[int, Authority, Demand, Compliance, int], ...]


@dataclass(frozen=True, slots=True)
class CaseFact:
    """What is counted of a case, also after its texts are deleted: nothing that tells whom or what it was about."""

    opened_at: datetime
    wish: Wish
    urgent: bool
    secured_at: datetime | None
    answered_at: datetime | None
    outcome: CaseOutcome | None
    appealed_at: datetime | None
    appeal_outcome: CaseOutcome | None


@dataclass(frozen=True, slots=True)
class CaseYear:
    """The cases that were opened in one year (UTC).

    Attributes:
        median_days: between opening and first decision, of those decided; ``None`` where there is none.
        secured_in_time: urgent ones in which precautions were taken, or a decision, within the urgent deadline.
        changed_on_appeal: appeals that were upheld though the first decision was a refusal.
    """

    year: int
    opened: int
    by_wish: tuple[tuple[Wish, int], ...]
    by_outcome: tuple[tuple[CaseOutcome, int], ...]
    undecided: int
    median_days: float | None
    urgent: int
    secured_in_time: int
    appeals: int
    changed_on_appeal: int


def tally(facts: Iterable[CaseFact], urgent: timedelta) -> tuple[CaseYear, ...]:
    """Cases by the year they were opened in, the newest first."""
    years: dict[int, list[CaseFact]] = {}
    for fact in facts:
        years.setdefault(fact.opened_at.year, []).append(fact)
    return tuple(_year(year, years[year], urgent) for year in sorted(years, reverse=True))


def _year(year: int, facts: list[CaseFact], urgent: timedelta) -> CaseYear:
    final = [fact.appeal_outcome or fact.outcome for fact in facts]
    days = sorted((one.answered_at - one.opened_at) / timedelta(days=1) for one in facts if one.answered_at)
    pressing = [fact for fact in facts if fact.urgent]
    appeals = [fact for fact in facts if fact.appealed_at]
    changed = [one for one in appeals if one.appeal_outcome not in {None, CaseOutcome.REFUSED}]
    return CaseYear(
        year=year,
        opened=len(facts),
        by_wish=tuple((wish, sum(fact.wish is wish for fact in facts)) for wish in Wish),
        by_outcome=tuple((one, final.count(one)) for one in CaseOutcome),
        undecided=final.count(None),
        median_days=_median(days),
        urgent=len(pressing),
        secured_in_time=sum(_in_time(fact, urgent) for fact in pressing),
        appeals=len(appeals),
        changed_on_appeal=sum(one.outcome is CaseOutcome.REFUSED for one in changed),
    )


def _in_time(fact: CaseFact, urgent: timedelta) -> bool:
    acted = fact.secured_at or fact.answered_at
    return acted is not None and acted <= fact.opened_at + urgent


def _median(values: list[float]) -> float | None:
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
