"""What a column of a table looks like: its values, counted, and what each field of ours would make of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from importers.table.dates import Ambiguous, read_date
from importers.table.fields import FieldSpec, Form
from importers.table.reading import Table
from importers.table.values import NOTHING, Forms, as_text, converted, key_of
from registry.domain.canonical import JsonValue

SAMPLE = 1_000
_SEPARATORS = (";", "|", "\n", ",", " / ")
_SHORT = 60
_LONG = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the cells that are filled, of the first thousand rows, and how many rows there were.

    Attributes:
        key: its name in the form in which names are compared.
        is_list: whether JSON has a list there.
    """

    name: str
    key: str
    cells: tuple[JsonValue, ...]
    rows: int
    is_list: bool

    @property
    def texts(self) -> list[str]:
        """Every value as text, the entries of lists apart."""
        return [
            as_text(one)
            for cell in self.cells
            for one in (cell if isinstance(cell, list) else [cell])
            if one is not None
        ]

    @property
    def filled(self) -> float:
        """The part of the rows that have a value, 0 to 1."""
        return len(self.cells) / self.rows if self.rows else 0.0

    @property
    def length(self) -> float:
        """Characters of a value, on average."""
        texts = self.texts
        return sum(map(len, texts)) / len(texts) if texts else 0.0

    @property
    def is_unique(self) -> bool:
        """Whether every row has a value of its own."""
        texts = [as_text(cell) for cell in self.cells if not isinstance(cell, list)]
        return len(texts) == self.rows and len(set(texts)) == len(texts) and self.rows > 0


def columns_of(table: Table) -> list[Column]:
    """The table's columns that have any value."""
    rows = [row.cells for row in table.rows[:SAMPLE] if row.problem is None]
    found = []
    for name in table.columns:
        cells = tuple(row[name] for row in rows if name in row)
        key = key_of(re.sub(r"[\[\]._()*:?/-]+|(?<=[a-z])(?=[A-Z])", " ", name))
        if cells:
            found.append(Column(name, key, cells, len(rows), any(isinstance(cell, list) for cell in cells)))
    return found


def fits(column: Column, spec: FieldSpec, forms: Forms, separator: str | None = None) -> float:
    """The part of a column's values, 0 to 1, that the field takes as they stand."""
    told = [text for text in split(column, separator) if key_of(text) not in NOTHING]
    if not told:
        return 0.0
    good = sum(_is_taken(spec, text, forms) for text in told)
    return good / len(told)


def _is_taken(spec: FieldSpec, text: str, forms: Forms) -> bool:
    if spec.form is Form.NUMBER and spec.path.endswith("severity"):
        return bool(re.fullmatch(r"[0-5]", text))
    found = converted(spec, text, {}, forms)
    # Days are told by either order as long as it is not known which.
    return found.code in {None, "AMBIGUOUS_DATE"} and (found.value is not None or found.code is not None)


def split(column: Column, separator: str | None) -> list[str]:
    """The column's values, parted where a separator is said."""
    texts = column.texts
    if separator is None:
        return texts
    return [part.strip() for text in texts for part in text.split(separator)[:100] if part.strip()]


def separator_of(column: Column, spec: FieldSpec) -> str | None:
    """What parts several values in a cell: what stands in some of them and leaves short, repeated pieces."""
    if column.is_list or spec.form in {Form.URL, Form.TEXT}:
        return None
    texts = column.texts
    for mark in _SEPARATORS:
        having = [text for text in texts if mark in text.strip(mark)]
        if not having or len(having) * 20 < len(texts):
            continue
        parts = [part.strip() for text in having for part in text.split(mark)[:100] if part.strip()]
        if parts and sum(map(len, parts)) / len(parts) < _SHORT / 2 and max(map(len, parts)) < _SHORT:
            return mark
    return None


def words_of(column: Column, separator: str | None) -> Counter[str]:
    """How often each value stands there."""
    return Counter(" ".join(text.split()) for text in split(column, separator) if key_of(text) not in NOTHING)


def day_first(columns: Sequence[Column]) -> bool | None:
    """Whether days stand before months in dates such as 03/04/2026, where the others show it."""
    as_day = as_month = unsure = 0
    for text in (text for column in columns for text in column.texts if len(text) < _SHORT and "/" in text):
        try:
            known = read_date(text)
        except Ambiguous:
            unsure += 1
            continue
        days, months = read_date(text, dayfirst=True), read_date(text, dayfirst=False)
        as_day += known == days != months
        as_month += known == months != days
    if not unsure or (as_day > 0) is (as_month > 0):
        return None
    return as_day > 0


def decimal_of(columns: Sequence[Column]) -> str | None:
    """A comma, where numbers with one are found and none with a point."""
    texts = [text for column in columns for text in column.texts if len(text) < 20]
    comma = any(re.fullmatch(r"-?\d+,\d{1,2}", text) for text in texts)
    point = any(re.fullmatch(r"-?\d+\.\d{1,2}", text) for text in texts)
    return "," if comma and not point else None


def is_prose(column: Column) -> bool:
    """Whether it holds sentences."""
    return column.length > _LONG or (column.length > _SHORT / 2 and " " in " ".join(column.texts[:20]))
