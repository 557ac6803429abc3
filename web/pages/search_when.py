"""When what was found happened: bars by month or by year, and a link for each that narrows the search to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from registry.domain.query import render
from registry.domain.query.tokens import OPERATORS
from registry.domain.search import Bucket
from registry.domain.trends import UNDATED
from web.pages.charts import Bar, Chart, Mark
from web.pages.search_facets import Choice, is_readable
from web.pages.search_state import SearchState, typed_group

_MOST_MONTHS = 24
_MOST_YEARS = 24
# In months: six years are as many quarters as a page of trends shows.
_MOST_QUARTERS = 70
# Every link repeats the address.
_LONGEST_ADDRESS = 150
_WIDTH, _HEIGHT, _GROUND = 240, 92, 74
_TOP = 14
_YEAR_ONLY = re.compile(r"(?:^|\s)occurred:[0-9]{4}$")


@dataclass(frozen=True, slots=True)
class When:
    """The bars, and the same as a list of links with their counts; ``undated`` leads to those of an unknown time."""

    chart: Chart
    periods: tuple[Choice, ...]
    undated: Choice | None


@dataclass(frozen=True, slots=True)
class _Period:
    label: str
    text: str
    count: int


def when(state: SearchState, histogram: Sequence[Bucket], undated: int) -> When | None:
    """The times of what was found; ``None`` where they do not divide it, or the search is too long."""
    periods = list(_periods(histogram))
    if len(periods) + bool(undated) < 2 or not periods or len(state.url) > _LONGEST_ADDRESS:
        return None
    if not is_readable(_narrowed(state, max((one.text for one in periods), key=len))):
        return None
    return When(
        _chart(periods),
        tuple(Choice(one.label, _narrowed(state, one.text).url, one.count) for one in periods if one.count),
        Choice("At an unknown time", _with(state, render(UNDATED)).url, undated) if undated else None,
    )


def times_of(histogram: Sequence[Bucket]) -> str:
    """The axis of trends that tells all of what was found, or most of it: months, quarters or years."""
    months = _ordinal(histogram[-1].month) - _ordinal(histogram[0].month) if histogram else 0
    return "month" if months < _MOST_MONTHS else "quarter" if months < _MOST_QUARTERS else "year"


def _periods(histogram: Sequence[Bucket]) -> Iterator[_Period]:
    """Every month from the first to the last; where they are too many, every year, early ones in one."""
    if not histogram:
        return
    counts = {one.month: one.count for one in histogram}
    first, last = (_ordinal(one.month) for one in (histogram[0], histogram[-1]))
    if last - first < _MOST_MONTHS:
        for at in range(first, last + 1):
            month = f"{at // 12:04}-{at % 12 + 1:02}"
            yield _Period(f"{date(2000, at % 12 + 1, 1):%B} {month[:4]}", f"occurred:{month}", counts.get(month, 0))
        return
    years = Counter[int]()
    for month, count in counts.items():
        years[int(month[:4])] += count
    newest, oldest = last // 12, max(first // 12, last // 12 - _MOST_YEARS + 1)
    earlier = sum(count for year, count in years.items() if year < oldest)
    if earlier:
        yield _Period(f"Before {oldest:04}", f"before:{oldest:04}", earlier)
    for year in range(oldest, newest + 1):
        yield _Period(f"{year:04}", f"occurred:{year:04}", years[year])


def _ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _narrowed(state: SearchState, text: str) -> SearchState:
    """The search within a time; a month takes the place of the year that it was looked for in."""
    typed = state.typed.strip()
    wider = _YEAR_ONLY.search(typed)
    if wider and text.startswith("occurred:"):
        before = typed[: wider.start()].rstrip()
        if not before or before.split()[-1] not in OPERATORS:
            return _with(state.typing(before), text)
    return _with(state, text)


def _with(state: SearchState, text: str) -> SearchState:
    return state.typing(f"{typed_group(state.typed.strip())} {text}".strip())


def _chart(periods: Sequence[_Period]) -> Chart:
    most = max(one.count for one in periods)
    space = _WIDTH / len(periods)
    wide = round(min(28.0, 0.8 * space), 1)
    bars = tuple(
        Bar(
            round((at + 0.5) * space - wide / 2, 1),
            round(_GROUND - height, 1),
            wide,
            round(height, 1),
            f"{one.label}: {one.count:,}",
            0,
        )
        for at, one in enumerate(periods)
        # What is little is still to be seen.
        for height in (max(1.0, (_GROUND - _TOP) * one.count / most) if one.count else 0.0,)
        if height
    )
    ends = (Mark(0, _HEIGHT - 4, periods[0].label), Mark(_WIDTH, _HEIGHT - 4, periods[-1].label))
    names = ends if len(periods) > 1 else ends[:1]
    return Chart(
        _WIDTH, _HEIGHT, bars, names, (Mark(0, 10, f"{most:,}"),), ((0, _GROUND, _WIDTH, _GROUND),), lies=False
    )
