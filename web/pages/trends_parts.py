"""The parts of trends as pages show them: a chart where one can be drawn, and the table of the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.search import Cell
from registry.domain.search_fields import Reported
from registry.domain.trends import Axis, Part, Trends, Value
from web.pages import wording
from web.pages.charts import Chart, Piece, columns, lines
from web.pages.search_facets import Say
from web.pages.trends_links import Links
from web.pages.trends_state import TrendsState

AXIS_LABELS = wording.FACET_LABELS | {"month": "Month", "quarter": "Quarter"}
HEADINGS = {
    Reported.SELF: "Reported by those it is about",
    Reported.OTHER: "Reported by others",
    Reported.UNKNOWN: "Not known who reported",
}
_SHADES = 5


@dataclass(frozen=True, slots=True)
class Field:
    """A cell of a table: its number, the search behind it, and how strong its ground is, from 0 to 5.

    Attributes:
        behind: of a median, how many records it is of and how many there are.
    """

    text: str
    href: str | None
    shade: int = 0
    behind: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; a cell is ``None`` where there are no matches."""

    label: str
    fields: tuple[Field | None, ...]


@dataclass(frozen=True, slots=True)
class PartShown:
    """The matches of one sort of reporter."""

    name: str
    heading: str
    part: Part
    href: str | None
    undated_href: str | None
    chart: Chart | None
    legend: tuple[str, ...]
    head: tuple[str, ...]
    lines: tuple[Line, ...]


def parts_of(state: TrendsState, found: Trends, say: Say) -> tuple[PartShown, ...]:
    """Those that have matches; their charts have one scale and their tables one ground."""
    shown = _Showing(found, Links(state.search, found), say)
    return tuple(shown.part(part) for part in found.parts if part.whole.count)


class _Showing:
    """What the parts of one answer share."""

    def __init__(self, found: Trends, links: Links, say: Say) -> None:
        self._found, self._links = found, links
        self._rows, self._columns = found.row_values(), found.column_values()
        self._row_names = {value: _label(found.rows, value, say) for value in self._rows}
        self._column_names = (
            (_number_name(found),)
            if found.columns is None
            else tuple(_label(found.columns, value, say) for value in self._columns)
        )
        self._most = max((self._measured(cell) for part in found.parts for cell in part.cells.values()), default=0.0)
        self._highest = max((self._height(part, row) for part in found.parts for row in self._rows), default=0.0)

    def part(self, part: Part) -> PartShown:
        rows = self._rows_of(part)
        chart = self._chart(part, rows)
        is_stacked = chart is not None and self._found.columns is not None
        return PartShown(
            part.reported.value,
            HEADINGS[part.reported],
            part,
            self._links.part(part.reported),
            self._links.undated(part.reported) if part.undated else None,
            chart,
            self._column_names if is_stacked else (),
            self._column_names,
            tuple(
                Line(self._row_names[row], tuple(self._field(part, row, column) for column in self._columns))
                for row in rows
            ),
        )

    def _field(self, part: Part, row: Value, column: Value) -> Field | None:
        cell = part.cells.get((row, column))
        if cell is None:
            return None
        shade = 0
        if self._found.columns is not None and self._most:
            shade = round(_SHADES * self._measured(cell) / self._most)
        href = self._links.cell(part.reported, row, column)
        if self._found.measure is None:
            return Field(wording.number(cell.count), href, shade)
        return Field(_days(cell), href, shade, (cell.measured, cell.count))

    def _rows_of(self, part: Part) -> tuple[Value, ...]:
        """The rows of its table: all times, of other axes those in which there is something."""
        present = {row for row, _ in part.cells}
        return tuple(row for row in self._rows if row in present or (present and self._found.rows.is_time))

    def _chart(self, part: Part, rows: tuple[Value, ...]) -> Chart | None:
        """Bars of one axis; stacks of two, where they stand for times. Medians are not stacked."""
        found = self._found
        if found.columns is not None and (found.measure is not None or not found.rows.is_time):
            return None
        if not any(self._height(part, row) for row in rows):
            return None
        names = [self._row_names[row] for row in rows]
        stacks = [self._pieces(part, row) for row in rows]
        if found.rows.is_time:
            return columns(names, stacks, self._highest)
        pieces = [stack[0] if stack else Piece(0, name) for stack, name in zip(stacks, names, strict=True)]
        return lines(names, pieces, self._highest)

    def _pieces(self, part: Part, row: Value) -> list[Piece]:
        found = []
        for series, column in enumerate(self._columns):
            cell = part.cells.get((row, column))
            if cell is not None and self._measured(cell):
                of = "" if self._found.columns is None else f", {self._column_names[series]}"
                text = wording.number(cell.count) if self._found.measure is None else _days(cell)
                found.append(Piece(self._measured(cell), f"{self._row_names[row]}{of}: {text}", series))
        return found

    def _height(self, part: Part, row: Value) -> float:
        return sum(self._measured(part.cells[row, column]) for column in self._columns if (row, column) in part.cells)

    def _measured(self, cell: Cell) -> float:
        return cell.count if self._found.measure is None else cell.median or 0.0


def _label(axis: Axis, value: Value, say: Say) -> str:
    if value is None:
        return "Earlier" if axis.is_time else "Other or none"
    return value if axis.is_time else say(axis.name, value)


def _number_name(found: Trends) -> str:
    return "Reports" if found.measure is None else "Median"


def _days(cell: Cell) -> str:
    if cell.median is None:
        return "not told"
    return f"{cell.median:g} {'day' if cell.median == 1 else 'days'}"
