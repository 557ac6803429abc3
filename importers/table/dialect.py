"""The dialect of a text with delimiters: which character parts the cells."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARACTERS = 200_000
_ROWS = 50

# The size of a document bounds it; the limit of the standard library ends a whole file at one long cell.
csv.field_size_limit(2**31 - 1)


def said_delimiter(text: str) -> tuple[str | None, str]:
    """Excel's first line ``sep=;`` and what follows it."""
    first, _, rest = text[:20].partition("\n")
    first = first.strip()
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], text[text.index("\n") + 1 :] if rest else ""
    return None, text


def sniffed(text: str) -> str:
    """The delimiter by which the first rows have the most columns, as regularly as possible."""
    sample = text[:SAMPLE_CHARACTERS]
    return max(DELIMITERS, key=lambda one: _regularity(sample, one))


def _regularity(sample: str, delimiter: str) -> float:
    widths: list[int] = []
    try:
        widths += (len(row) for row in itertools.islice(rows_of(sample, delimiter), _ROWS) if any(row))
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return (usual > 1) * (1 + usual / 1000) * widths.count(usual) / len(widths)


def rows_of(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of a text; raises ``csv.Error`` where it cannot go on."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
