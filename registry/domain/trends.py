"""Trends: public matches counted by one or two axes, apart by who reported them. No number of them ranks anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from registry.domain.errors import InvalidInput, Problem, did_you_mean
from registry.domain.search import TIMES, AnyOf, Cell, DateRange, Everything, FieldIs, Not, Query, SeverityRange
from registry.domain.search_fields import COUNTED, Reported

NOTICE = (
    "Reports, not rates: these numbers count what somebody chose to tell, not how often it happens, and rank nobody."
)
# Every answer is apart by who reported: that is no axis.
AXES: tuple[str, ...] = (*TIMES, *(field for field in COUNTED if field not in {*TIMES, "reported"}))
MEASURES: tuple[str, ...] = (
    "time_to_detection",
    "time_to_containment",
    "time_to_enforcement",
    "time_to_disclosure",
    "duration",
)
# Whoever bears these names stands by alphabet, never by count.
NAMES = frozenset({"provider", "model", "owner", "source", "platform"})
UNDATED = Not(DateRange(date.min, None))
# A value of an axis; ``None`` stands for whatever is not among the values shown.
Value: TypeAlias = "str | None"


@dataclass(frozen=True, slots=True)
class Most:
    """How many values of each axis an answer tells; the others are counted together."""

    rows: int
    columns: int


SHOWN = Most(24, 8)
WHOLE = Most(120, 30)


@dataclass(frozen=True, slots=True)
class Axis:
    """What matches are counted by.

    Attributes:
        values: those shown: times in order and without a gap, names by alphabet, severity from 0, the others the most
            frequent first.
        left_out: how many values there are besides: the earliest times, the rarest of others.
    """

    name: str
    values: tuple[str, ...]
    left_out: int = 0

    @property
    def is_time(self) -> bool:
        """Whether its values are times in which something occurred."""
        return self.name in TIMES


@dataclass(frozen=True, slots=True)
class Part:
    """The matches of one sort of reporter.

    Attributes:
        whole: all of them, with the median of the measure and how many have it.
        undated: how many occurred at an unknown time.
        cells: where there are matches. A match with several values of a field counts in each of them. ``None`` are
            earlier times; of a field, other values and none at all. The column of a single axis is ``""``.
    """

    reported: Reported
    whole: Cell
    undated: int
    cells: dict[tuple[Value, Value], Cell]


@dataclass(frozen=True, slots=True)
class Trends:
    """An answer; ``parts`` are those of ``Reported``, in that order, and are never added up.

    Attributes:
        public_seq: what strangers saw up to this row of the log is counted; with ``log_id`` it names a state.
    """

    query: Query
    rows: Axis
    columns: Axis | None
    measure: str | None
    parts: tuple[Part, ...]
    log_id: str
    public_seq: int

    @property
    def total(self) -> int:
        """All matches."""
        return sum(part.whole.count for part in self.parts)

    def row_values(self) -> tuple[Value, ...]:
        """The rows of a table of it, the earlier or other ones where there are any."""
        others = any(row is None for part in self.parts for row, _ in part.cells)
        return _lines(self.rows, others=others)

    def column_values(self) -> tuple[Value, ...]:
        """Its columns, as ``row_values``; one without a name where there is one axis."""
        if self.columns is None:
            return ("",)
        others = any(column is None for part in self.parts for _, column in part.cells)
        return _lines(self.columns, others=others)


def _lines(axis: Axis, *, others: bool) -> tuple[Value, ...]:
    if not others:
        return axis.values
    return (None, *axis.values) if axis.is_time else (*axis.values, None)


def check(rows: str, columns: str | None, measure: str | None) -> None:
    """Refuse what cannot be counted by, or measured.

    Raises:
        InvalidInput: with every problem.
    """
    problems = [
        Problem((place,), "UNKNOWN_FIELD", f"{place} are one of: {', '.join(AXES)}", did_you_mean(name, AXES))
        for place, name in (("rows", rows), ("columns", columns))
        if name is not None and name not in AXES
    ]
    if columns == rows or {rows, columns} <= {*TIMES}:
        problems.append(
            Problem(("columns",), "SAME_AXIS", "choose another field than that of the rows; one may be a time")
        )
    if measure is not None and measure not in MEASURES:
        message = f"the measure is one of: {', '.join(MEASURES)}"
        problems.append(Problem(("measure",), "UNKNOWN_TERM", message, did_you_mean(measure, MEASURES)))
    if problems:
        raise InvalidInput(problems)


def condition(axis: Axis, value: Value) -> Query:
    """What the records of a row or column of *axis* have in common."""
    if axis.is_time:
        shown = axis.values[0] if value is None else value
        begin, end = _span(axis.name, shown)
        return DateRange(None, begin) if value is None else DateRange(begin, end)
    if value is not None:
        return _has(axis.name, value)
    shown_ones = tuple(_has(axis.name, one) for one in axis.values)
    if not shown_ones:
        return Everything()
    return Not(AnyOf(shown_ones) if len(shown_ones) > 1 else shown_ones[0])


def _has(field: str, value: str) -> Query:
    return SeverityRange(int(value), int(value)) if field == "severity" else FieldIs(field, value)


def axis_of(name: str, found: tuple[str, ...], left_out: int, *, most: int) -> Axis:
    """The axis *name* over the values *found*: times in order, others the most frequent first.

    Args:
        left_out: how many values there are besides.
        most: how many it shows.
    """
    if name in TIMES:
        times = _without_gaps(name, found, most)
        return Axis(name, times, left_out + len(set(found) - set(times)))
    shown = found[:most]
    if name == "severity":
        shown = tuple(sorted(shown, key=int))
    elif name in NAMES:
        shown = tuple(sorted(shown, key=lambda value: (value.casefold(), value)))
    return Axis(name, shown, left_out + len(found) - len(shown))


def _without_gaps(name: str, found: tuple[str, ...], most: int) -> tuple[str, ...]:
    if not found:
        return ()
    first, last = _ordinal(name, found[0]), _ordinal(name, found[-1])
    return tuple(_time(name, at) for at in range(max(first, last - most + 1), last + 1))


def _a_year(name: str) -> int:
    return {"month": 12, "quarter": 4, "year": 1}[name]


def _ordinal(name: str, value: str) -> int:
    """Which time it is, counted from the year 0."""
    year, _, within = value.partition("-")
    return int(year) * _a_year(name) + (int(within.lstrip("Q")) - 1 if within else 0)


def _time(name: str, ordinal: int) -> str:
    year, within = divmod(ordinal, _a_year(name))
    match name:
        case "month":
            return f"{year:04}-{within + 1:02}"
        case "quarter":
            return f"{year:04}-Q{within + 1}"
        case _:
            return f"{year:04}"


def _span(name: str, value: str) -> tuple[date, date | None]:
    """The first day of a time, and the first one after it; ``None`` where no calendar goes further."""
    ordinal = _ordinal(name, value)
    begin = _first_day(name, ordinal)
    return begin, None if (ordinal + 1) // _a_year(name) > date.max.year else _first_day(name, ordinal + 1)


def _first_day(name: str, ordinal: int) -> date:
    year, within = divmod(ordinal, _a_year(name))
    return date(year, within * (12 // _a_year(name)) + 1, 1)
