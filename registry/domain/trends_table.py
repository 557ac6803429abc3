"""Trends as a table that spreadsheets open: a line for each cell that holds matches, and the sums of each part."""

from __future__ import annotations

from collections.abc import Iterator

from registry.domain import spreadsheet
from registry.domain.search import Cell
from registry.domain.trends import NOTICE, Axis, Part, Trends, Value

ALL = "(all)"
UNDATED = "(undated)"
EARLIER = "(earlier)"
OTHER = "(other or none)"


def csv_lines(found: Trends) -> Iterator[str]:
    """The lines with their ends, the names of the columns first. Each says that it counts reports, not rates,
    and of what state of the registry."""
    yield spreadsheet.row(_head(found))
    for part in found.parts:
        for row in found.row_values():
            for column in found.column_values():
                cell = part.cells.get((row, column))
                if cell is not None:
                    yield _line(found, part, (written(found.rows, row), _column(found, column)), cell)
        yield _line(found, part, (UNDATED, ALL), Cell(part.undated))
        yield _line(found, part, (ALL, ALL), part.whole)


def written(axis: Axis, value: Value) -> str:
    """A value as it stands in a table."""
    if value is None:
        return EARLIER if axis.is_time else OTHER
    return value


def _head(found: Trends) -> Iterator[str]:
    yield found.rows.name
    if found.columns is not None:
        yield found.columns.name
    yield from ("reported", "reports")
    if found.measure is not None:
        yield from (f"median_{found.measure}_days", f"with_{found.measure}")
    yield from ("log_id", "public_seq", "notice")


def _column(found: Trends, value: Value) -> str:
    return "" if found.columns is None else written(found.columns, value)


def _line(found: Trends, part: Part, place: tuple[str, str], cell: Cell) -> str:
    row, column = place
    told = [row] if found.columns is None else [row, column]
    told += [part.reported.value, str(cell.count)]
    if found.measure is not None:
        # Of what occurred at an unknown time only the number is known.
        told += ["", ""] if row == UNDATED else ["" if cell.median is None else f"{cell.median:g}", str(cell.measured)]
    return spreadsheet.row([*told, found.log_id, str(found.public_seq), NOTICE])
