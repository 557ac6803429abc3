"""Tables as their authors issue them: CSV and TSV of any dialect, JSON, JSON Lines and Excel, read as rows of cells.

A row holds its cells by the names of their columns; empty cells are left out. Cells stay texts as they were written;
formulas are texts. Of JSON, the fields of an object within the record have the path of both (``target.name``), those
of a list of objects too, with the list marked (``reports[].url``): such a cell is a list, in which an object without
the field has ``None``.
"""

from __future__ import annotations

import codecs
import csv
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from importers.json_document import read_json, read_json_lines
from importers.table.dialect import SAMPLE_CHARACTERS, rows_of, said_delimiter, sniffed
from importers.table.excel import is_excel, read_excel
from importers.table.nesting import flat, records_at
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, Problem

Cells: TypeAlias = "dict[str, JsonValue]"

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 300
ENCODINGS = (
    "utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "iso-8859-1", "iso-8859-15", "mac_roman", "shift_jis", "euc_jp",
    "euc_kr", "gb18030", "big5",
)  # fmt: skip
_SAMPLE_ROWS = 50
_LONGEST_NAME = 100
_MOST_COLUMNS = 0.6


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read; what is ``None`` is found out.

    Attributes:
        records: path to the list of records in JSON, such as ``data.incidents``; ``.`` is the whole document.
        header: the row that names the columns, counted from 1.
        fill_down: columns whose empty cells mean the same as the cell above, as merged cells do.
    """

    encoding: str | None = None
    delimiter: str | None = None
    records: str | None = None
    sheet: str | None = None
    header: int | None = None
    fill_down: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table; ``place`` names it to whoever has the file open, ``problem`` says why it is broken."""

    place: str
    cells: Cells
    problem: Problem | None = None
    warning: Problem | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one document.

    Attributes:
        columns: names of all columns, in their order.
        as_read: how it was read, with all that was found out.
        problems: what was left out of the document as a whole.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    as_read: Reading
    problems: tuple[Problem, ...] = ()


def read_table(name: str, body: bytes, reading: Reading) -> Table:
    """Read one document; *name* is that of its file.

    Raises:
        InvalidInput: with one problem BROKEN_DOCUMENT that says what is wrong.
    """
    if len(body) > MAX_BYTES:
        raise broken(f"a document is limited to {MAX_BYTES // 1024 // 1024} MiB")
    if is_excel(body):
        sheet, rows, problems = read_excel(body, reading.sheet, MAX_ROWS + 1000, MAX_COLUMNS)
        as_read = Reading(sheet=sheet, header=reading.header, fill_down=reading.fill_down)
        return _with_header(rows, as_read, problems)
    text, encoding = decoded(body, reading.encoding)
    suffix = name.rpartition(".")[2].lower()
    if suffix not in {"csv", "tsv"} and text.lstrip()[:1] in {"{", "["}:
        return _json(text, reading, lines=suffix in {"jsonl", "ndjson"})
    return _delimited(text, encoding, reading)


def joined(tables: Sequence[Table]) -> Table:
    """Several documents of one source as one table, read as the first one was."""
    columns = dict.fromkeys(name for table in tables for name in table.columns)
    rows = tuple(row for table in tables for row in table.rows)
    return Table(tuple(columns), rows, tables[0].as_read, tuple(one for table in tables for one in table.problems))


def broken(message: str) -> InvalidInput:
    """A document that cannot be read at all."""
    return InvalidInput([Problem((), "BROKEN_DOCUMENT", message)])


def decoded(body: bytes, encoding: str | None) -> tuple[str, str]:
    """The text of *body* and the encoding it was read by: one that was said, that of its mark, or UTF-8.

    Raises:
        InvalidInput: it is in another one; it is never guessed, since a wrong guess spoils names unseen.
    """
    if body.startswith(codecs.BOM_UTF8):
        encoding, body = "utf-8", body[3:]
    elif body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif encoding is None and body[1:200:2].count(0) > len(body[:200]) // 4:
        return _decoded(body, "utf-16-le"), "utf-16"
    return _decoded(body, encoding or "utf-8"), encoding or "utf-8"


def _decoded(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        hint = "" if encoding != "utf-8" else '; say which it is in the mapping, such as encoding = "cp1252"'
        raise broken(f"the file is not {encoding}{hint}") from None


def _json(text: str, reading: Reading, *, lines: bool) -> Table:
    body = text.encode("utf-8", "replace")
    if lines:
        return _json_lines(body)
    try:
        records, path = records_at(read_json(body), reading.records)
    except InvalidInput:
        # Many logs have the name .json and one object a line.
        if _is_lines(text):
            return _json_lines(body)
        raise
    return _of_objects([(f"record {number}", record) for number, record in enumerate(records, start=1)], (), path)


def _json_lines(body: bytes) -> Table:
    lines = read_json_lines(body)
    bad = tuple(Row(f"line {one.number}", {}, one.problem) for one in lines if one.problem)
    return _of_objects([(f"line {one.number}", one.value) for one in lines if not one.problem], bad, None)


def _of_objects(records: Sequence[tuple[str, JsonValue]], bad: tuple[Row, ...], path: str | None) -> Table:
    problems = [Problem((), "TOO_MANY", f"only the first {MAX_ROWS} records are read")]
    rows = [_row(place, record) for place, record in records[:MAX_ROWS]]
    columns = dict.fromkeys(name for row in rows for name in row.cells)
    is_cut = len(records) > MAX_ROWS
    return Table(tuple(columns), (*bad, *rows), Reading(records=path), tuple(problems if is_cut else ()))


def _is_lines(text: str) -> bool:
    first = [line for line in text[:SAMPLE_CHARACTERS].split("\n", 4)[:4] if line.strip()]
    return len(first) > 1 and all(line.lstrip().startswith("{") for line in first[:2])


def _row(place: str, record: JsonValue) -> Row:
    if not isinstance(record, Mapping):
        return Row(place, {}, Problem((), "WRONG_TYPE", "an object is expected"))
    cells, is_cut = flat(record, MAX_COLUMNS)
    message = f"more than {MAX_COLUMNS} fields, or a list of very many; the rest was left out"
    return Row(place, cells, warning=Problem((), "TOO_MANY", message) if is_cut else None)


def _delimited(text: str, encoding: str, reading: Reading) -> Table:
    problems: list[Problem] = []
    if "\0" in text:
        text = text.replace("\0", "")
        problems.append(Problem((), "INVALID_TEXT", "NUL characters were left out"))
    said, rest = said_delimiter(text)
    delimiter = reading.delimiter or said or sniffed(rest)
    as_read = Reading(encoding, delimiter, header=reading.header, fill_down=reading.fill_down)
    rows: list[Sequence[JsonValue]] = []
    try:
        rows += itertools.islice(rows_of(rest, delimiter), MAX_ROWS + 1000)
    except csv.Error:
        problems.append(Problem((), "BROKEN_DOCUMENT", f"it cannot be read after row {len(rows)}"))
    if text.count('"') % 2 and rows and any(isinstance(cell, str) and cell.count("\n") > 1 for cell in rows[-1]):
        rows.pop()
        problems.append(
            Problem((), "UNCLOSED_QUOTE", f"a quotation mark that is opened in row {len(rows) + 1} is not closed")
        )
    return _with_header(rows, as_read, problems)


def _with_header(rows: Sequence[Sequence[JsonValue]], reading: Reading, problems: Iterable[Problem]) -> Table:
    told = list(problems)
    filled = [number for number, row in enumerate(rows, start=1) if any(not _is_empty(cell) for cell in row)]
    if not filled:
        raise broken("there is no row in it")
    header = reading.header or _header(rows, filled)
    if header > len(rows):
        raise broken(f"there is no row {header}, which is said to name the columns")
    columns = _names(rows[header - 1][:MAX_COLUMNS])
    if len(rows[header - 1]) > MAX_COLUMNS:
        told.append(Problem((), "TOO_MANY", f"only the first {MAX_COLUMNS} columns are read"))
    found = [_placed(number, rows[number - 1], columns) for number in filled if number > header]
    if len(found) > MAX_ROWS:
        told.append(Problem((), "TOO_MANY", f"only the first {MAX_ROWS} rows are read"))
    as_read = Reading(reading.encoding, reading.delimiter, None, reading.sheet, header, reading.fill_down)
    return Table(columns, tuple(_filled_down(found[:MAX_ROWS], reading.fill_down)), as_read, tuple(told))


def _header(rows: Sequence[Sequence[JsonValue]], filled: Sequence[int]) -> int:
    """The first row that has most of the columns: above it stand titles and dates of print."""
    counts = {number: sum(not _is_empty(cell) for cell in rows[number - 1]) for number in filled[:_SAMPLE_ROWS]}
    return next(number for number, count in counts.items() if count >= _MOST_COLUMNS * max(counts.values()))


def _placed(number: int, row: Sequence[JsonValue], columns: tuple[str, ...]) -> Row:
    cells = {
        name: cell.strip() if isinstance(cell, str) else cell
        for name, cell in zip(columns, row, strict=False)
        if not _is_empty(cell)
    }
    problem = warning = None
    if any(not _is_empty(cell) for cell in row[len(columns) :]) and len(columns) < MAX_COLUMNS:
        message = "it has more cells than there are columns, so that they cannot be told apart"
        problem = Problem((), "RAGGED_ROW", message)
    elif len(row) < len(columns):
        warning = Problem(
            (), "RAGGED_ROW", "it has fewer cells than there are columns; those at its end count as empty"
        )
    return Row(f"row {number}", cells, problem, warning)


def _filled_down(rows: Iterable[Row], columns: tuple[str, ...]) -> Iterator[Row]:
    above: Cells = {}
    for row in rows:
        if columns:
            above |= {name: row.cells[name] for name in columns if name in row.cells}
            row.cells.update({name: value for name, value in above.items() if name not in row.cells})
        yield row


def _is_empty(cell: JsonValue) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _names(cells: Sequence[JsonValue]) -> tuple[str, ...]:
    """The columns' names: on one line, each once, and none empty."""
    names: list[str] = []
    seen: set[str] = set()
    repeated: dict[str, int] = {}
    for at, cell in enumerate(cells, start=1):
        plain = named(str(cell)) if not _is_empty(cell) else f"column {at}"
        name = plain
        while name in seen:
            repeated[plain] = repeated.get(plain, 1) + 1
            name = f"{plain} ({repeated[plain]})"
        seen.add(name)
        names.append(name)
    return tuple(names)


def named(text: str) -> str:
    """A column's name on one line, without what is not seen."""
    return "".join(one for one in " ".join(text[:1000].split()) if one.isprintable())[:_LONGEST_NAME] or "column"
