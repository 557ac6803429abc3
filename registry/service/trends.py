"""Trends: what public matches show over time and by fields, the same for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.query import parse
from registry.domain.search import All, Cell, Everything, FieldIs, Query, Table, TableRequest
from registry.domain.search_fields import Reported
from registry.domain.trends import SHOWN, UNDATED, Axis, Most, Part, Trends, Value, axis_of, check, condition
from registry.ports import Registry, SearchIndex
from registry.service.index_state import state_of_index

_REPORTED = "reported"
_NOTHING = Cell(0)


def trends(
    registry: Registry,
    actor: Actor,
    text: str,
    *,
    rows: str = "month",
    columns: str | None = None,
    measure: str | None = None,
    most: Most = SHOWN,
) -> Trends:
    """Count the public matches of *text* by *rows* and *columns*, apart by who reported them.

    Args:
        measure: a length of time whose median each cell tells, in days.

    Raises:
        BadQuery: the text cannot be read; carries the column and the nearest valid query.
        InvalidInput: an axis or a measure that there is not; with every problem.
        SearchUnavailable: the index is being rebuilt.
    """
    policy.require(actor, Permission.RECORD_READ)
    check(rows, columns, measure)
    counting = _Counting(registry.index, parse(text), measure)
    # Before the numbers: an index that goes on meanwhile then counts what this tells, and more.
    log_id, public_seq = state_of_index(registry)
    # Which values there are takes no medians, which are what costs.
    found = registry.index.table(TableRequest(counting.query, rows, columns))
    across = axis_of(rows, found.rows, found.left_out[0], most=most.rows)
    down = None if columns is None else axis_of(columns, found.columns, found.left_out[1], most=most.columns)
    whole, undated = counting.by_reporter(Everything()), counting.by_reporter(UNDATED)
    cells = _single(counting, across) if down is None else _crossed(counting, across, down, whole)
    parts = tuple(
        Part(
            one,
            whole.get(one, _NOTHING),
            undated.get(one, _NOTHING).count,
            _in_order(cells[one], across, down),
        )
        for one in Reported
    )
    return Trends(counting.query, across, down, measure, parts, log_id, public_seq)


def _in_order(
    cells: Mapping[tuple[Value, Value], Cell], rows: Axis, columns: Axis | None
) -> dict[tuple[Value, Value], Cell]:
    """Row by row: how an index came to hold the records tells nothing."""
    down: tuple[Value, ...] = ("",) if columns is None else (None, *columns.values)
    places = ((row, column) for row in (None, *rows.values) for column in down)
    return {place: cells[place] for place in places if place in cells}


_Cells = dict[Reported, dict[tuple[Value, Value], Cell]]


@dataclass(frozen=True, slots=True)
class _Counting:
    """Counts the matches of one query that have something more in common."""

    index: SearchIndex
    query: Query
    measure: str | None

    def table(self, also: Query, rows: str, columns: str | None) -> Table:
        return self.index.table(TableRequest(All((self.query, also)), rows, columns, self.measure))

    def by_reporter(self, also: Query) -> dict[Reported, Cell]:
        cells = self.table(also, _REPORTED, None).cells
        return {Reported(reported): cell for (reported, _), cell in cells.items()}

    def by_value(self, also: Query, axis: Axis) -> Mapping[tuple[str, Reported], Cell]:
        """By a shown value of *axis* and by reporter."""
        shown = _shown(axis)
        cells = self.table(also, axis.name, _REPORTED).cells
        return {
            (shown[value.casefold()], Reported(reported)): cell
            for (value, reported), cell in cells.items()
            if value.casefold() in shown
        }


def _single(counting: _Counting, rows: Axis) -> _Cells:
    found: _Cells = {one: {} for one in Reported}
    for (row, reported), cell in counting.by_value(Everything(), rows).items():
        found[reported][row, ""] = cell
    for reported, cell in _others(counting, rows).items():
        found[reported][None, ""] = cell
    return found


def _crossed(counting: _Counting, rows: Axis, columns: Axis, whole: Mapping[Reported, Cell]) -> _Cells:
    found: _Cells = {one: {} for one in Reported}
    shown_rows, shown_columns = _shown(rows), _shown(columns)
    for reported in whole:
        table = counting.table(FieldIs(_REPORTED, reported), rows.name, columns.name)
        for (row, column), cell in table.cells.items():
            if row.casefold() in shown_rows and column.casefold() in shown_columns:
                found[reported][shown_rows[row.casefold()], shown_columns[column.casefold()]] = cell
    if _has_others(rows):
        for (column, reported), cell in counting.by_value(condition(rows, None), columns).items():
            found[reported][None, column] = cell
        for reported, cell in _others(counting, columns, condition(rows, None)).items():
            found[reported][None, None] = cell
    if _has_others(columns):
        for (row, reported), cell in counting.by_value(condition(columns, None), rows).items():
            found[reported][row, None] = cell
    return found


def _others(counting: _Counting, axis: Axis, also: Query | None = None) -> dict[Reported, Cell]:
    """The matches that have no shown value of *axis*."""
    if not _has_others(axis):
        return {}
    beyond = condition(axis, None)
    return counting.by_reporter(beyond if also is None else All((also, beyond)))


def _has_others(axis: Axis) -> bool:
    """Whether there may be any: of a field there may be records without a value."""
    return not axis.is_time or axis.left_out > 0


def _shown(axis: Axis) -> dict[str, str]:
    """The shown values by what matches of any spelling have in common."""
    return {value.casefold(): value for value in axis.values}
