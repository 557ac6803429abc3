"""Excel workbooks (.xlsx), read as rows: values as they were last calculated, of one sheet.

Nothing is unpacked before its sizes are known, and no document type is let near the XML parser.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from registry.domain.canonical import MAX_SAFE, JsonValue
from registry.domain.errors import InvalidInput, Problem

MAX_UNPACKED = 128 * 1024 * 1024
MAX_PARTS = 2_000
MAX_SHEETS = 20
MAX_RATIO = 300
# A sheet may claim a million rows beneath its last one.
MAX_EMPTY_ROWS = 2_000
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_HEAD = 64 * 1024
_UNCALCULATED = re.compile(rb"</f>(?:<v ?/>|<v></v>)?</c>")
# What the zip, the XML and the workbook's own oddities make the library raise.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, SyntaxError, EOFError, OSError, LookupError, ValueError,
    TypeError, AttributeError, ArithmeticError, RuntimeError, NotImplementedError, AssertionError,
)  # fmt: skip


def is_excel(body: bytes) -> bool:
    """Whether it begins as a workbook does, of the old form too."""
    return body.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLD_EXCEL))


def read_excel(
    body: bytes, sheet: str | None, max_rows: int, max_columns: int
) -> tuple[str, list[Sequence[JsonValue]], list[Problem]]:
    """The sheet's name, its rows, and what was left out; the sheet with the most rows where none is named.

    Raises:
        InvalidInput: with one problem BROKEN_DOCUMENT.
    """
    if body.startswith(_OLD_EXCEL):
        raise _broken("this is an old or an encrypted workbook: save it as .xlsx without a password, or as CSV")
    try:
        _check(body)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
            try:
                return _read(book, sheet, max_rows, max_columns)
            finally:
                book.close()
    except InvalidInput:
        raise
    except _BROKEN:
        raise _broken("this is no workbook that can be read") from None


def _check(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS or size > MAX_UNPACKED:
            raise _broken(f"a workbook is limited to {MAX_UNPACKED // 1024 // 1024} MiB, unpacked")
        if size > MAX_RATIO * len(body) + 1024 * 1024:
            raise _broken("it is packed more tightly than any workbook of use")
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            with archive.open(part) as opened:
                head = opened.read(_HEAD)
                if _UNCALCULATED.search(head if "worksheets/" in part.filename else b""):
                    raise _broken("it holds formulas without their values: open it, save it again, or save it as CSV")
            # Both come before the first element, and UTF-16 would hide them.
            if b"<!" in head.replace(b"<!--", b"").replace(b"<![CDATA[", b"") or b"\0" in head[:64]:
                raise _broken("its XML holds a document type, which no workbook needs")


def _read(
    book: Any, sheet: str | None, max_rows: int, max_columns: int
) -> tuple[str, list[Sequence[JsonValue]], list[Problem]]:
    if sheet is not None and sheet not in book.sheetnames:
        raise _broken("it has no sheet of the name that the mapping says")
    found: tuple[str, list[Sequence[JsonValue]], list[Problem]] = ("", [], [])
    for name in [sheet] if sheet is not None else book.sheetnames[:MAX_SHEETS]:
        page = book[name]
        if hasattr(page, "iter_rows"):
            page.reset_dimensions()
            rows, problems = _rows(page, max_rows, max_columns)
            if len(rows) > len(found[1]):
                found = (name, rows, problems)
    if not found[1]:
        raise _broken("there is no row in it")
    return found


def _rows(page: Any, max_rows: int, max_columns: int) -> tuple[list[Sequence[JsonValue]], list[Problem]]:
    rows: list[Sequence[JsonValue]] = []
    filled = empty = 0
    problems: list[Problem] = []
    for cells in page.iter_rows(max_col=max_columns, values_only=True):
        row = [_value(cell) for cell in cells]
        rows.append(row)
        if any(cell is not None for cell in row):
            filled, empty = len(rows), 0
        else:
            empty += 1
        if empty >= MAX_EMPTY_ROWS or filled >= max_rows:
            message = f"what may stand below {MAX_EMPTY_ROWS} empty rows is not read"
            problems.append(Problem((), "EMPTY_ROWS", message))
            break
    return rows[:filled], problems


def _value(cell: object) -> JsonValue:
    """A cell as JSON: days and instants as they are written by ISO 8601, errors of formulas as nothing."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, int):
        return cell if abs(cell) <= MAX_SAFE else str(cell)
    if isinstance(cell, float):
        whole = cell == cell and abs(cell) <= MAX_SAFE and cell == int(cell)
        return int(cell) if whole else str(cell) if cell != cell or abs(cell) > MAX_SAFE else cell
    text = str(cell)
    if text in {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}:
        return None
    return text.replace("_x000D_", "")


def _broken(message: str) -> InvalidInput:
    return InvalidInput([Problem((), "BROKEN_DOCUMENT", message)])
