"""Rows as the bytes of a file, piece by piece: nothing is kept of a row that was written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import assert_never

from registry.domain.canonical import JsonValue, canonical_bytes
from registry.domain.citation import bibtex, csl, ris
from registry.domain.export.columns import Column, cell
from registry.domain.export.row import Row
from registry.domain.spreadsheet import row as table_row

_BOM = b"\xef\xbb\xbf"


class ExportFormat(StrEnum):
    """A format, by the ending of its files."""

    JSONL = "jsonl"
    CSV = "csv"
    BIBTEX = "bib"
    RIS = "ris"
    CSL_JSON = "csl.json"

    @property
    def media_type(self) -> str:
        """What it is called in HTTP."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    ExportFormat.JSONL: "application/x-ndjson",
    ExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    ExportFormat.BIBTEX: "application/x-bibtex; charset=utf-8",
    ExportFormat.RIS: "application/x-research-info-systems; charset=utf-8",
    ExportFormat.CSL_JSON: "application/vnd.citationstyles.csl+json",
}


def written(
    rows: Iterable[Row], form: ExportFormat, *, columns: Sequence[Column] = (), excel: bool = False
) -> Iterator[bytes]:
    """The file, a piece a row and what stands around them.

    Args:
        columns: of a table.
        excel: begin a table with a byte order mark, without which Excel takes UTF-8 for something else.
    """
    match form:
        case ExportFormat.JSONL:
            return (json_line(row.document) for row in rows)
        case ExportFormat.CSV:
            return _table(rows, columns, excel=excel)
        case ExportFormat.BIBTEX:
            return (f"{bibtex(row.reference)}\n\n".encode() for row in rows)
        case ExportFormat.RIS:
            return (f"{ris(row.reference)}\r\n".encode() for row in rows)
        case ExportFormat.CSL_JSON:
            return _array(rows, lambda row: csl(row.reference))
        case _:
            assert_never(form)


def json_line(document: JsonValue) -> bytes:
    """A document as a line of JSON."""
    return canonical_bytes(document) + b"\n"


def _table(rows: Iterable[Row], columns: Sequence[Column], *, excel: bool) -> Iterator[bytes]:
    head = table_row(column.name for column in columns).encode()
    yield _BOM + head if excel else head
    for row in rows:
        yield table_row(cell(row, column) for column in columns).encode()


def _array(rows: Iterable[Row], item: Callable[[Row], JsonValue]) -> Iterator[bytes]:
    before = "[\n"
    for row in rows:
        yield (before + json.dumps(item(row), ensure_ascii=False)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"
