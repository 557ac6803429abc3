"""A dump as a table: a row a record, of a tombstone with what it tells."""

from __future__ import annotations

from collections.abc import Iterator

from registry.domain.dump.shape import CSV_COLUMNS, GONE_COLUMNS
from registry.domain.export.columns import COLUMNS, cell
from registry.domain.export.row import Row
from registry.domain.spreadsheet import row as table_row
from registry.service.dump import Line


def head() -> bytes:
    """The names of the columns."""
    return table_row(CSV_COLUMNS).encode()


def line_of(line: Line, row: Row | None) -> bytes:
    """A record, or a tombstone, of which there is no row."""
    return table_row(_cells(line, row)).encode()


def _cells(line: Line, row: Row | None) -> Iterator[str]:
    for name in CSV_COLUMNS:
        if row is not None:
            yield cell(row, COLUMNS[name]) if name not in GONE_COLUMNS else ""
        else:
            value = line.document.get(name)
            yield "" if value is None else str(value)
