"""Tables that spreadsheets open: rows by RFC 4180, no cell of which is taken for a formula, and how to read them back.

Whatever would begin a formula gets an apostrophe before it: at the beginning of a cell, and after a semicolon, a tab or
a line break within it, where some spreadsheets begin another cell. An apostrophe that stands in such a place by itself
gets one too, so that taking one away everywhere gives back what was there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

SEPARATOR = "; "

_PLACE = r"(^|[;\t\r\n])([ \"]*)"
# Signs that begin a formula, also as wide characters, and those that spreadsheets skip before one.
_FORMULA = re.compile(_PLACE + "(?=['=+\\-@\t\r\uff1d\uff0b\uff0d\uff20])")
_GUARD = re.compile(_PLACE + "'")
_ESCAPED = re.compile(r"[\\;]")
_PIECE = re.compile(r"\\(.)|(; )|(.)", re.DOTALL)


def defused(text: str) -> str:
    """*text* as a cell that is no formula."""
    return _FORMULA.sub(lambda place: f"{place[0]}'", text)


def plain(cell: str) -> str:
    """The text of which ``defused`` made *cell*."""
    return _GUARD.sub(r"\1\2", cell)


def joined(values: Iterable[str]) -> str:
    """Several values as one text: parted by a semicolon and a space; a semicolon or backslash within one gets a
    backslash before it."""
    return SEPARATOR.join(_ESCAPED.sub(r"\\\g<0>", value) for value in values)


def parted(text: str) -> tuple[str, ...]:
    """The values of which ``joined`` made *text*; none of an empty one."""
    values = [""]
    for escaped, separator, letter in _PIECE.findall(text):
        if separator:
            values.append("")
        else:
            values[-1] += escaped or letter
    return tuple(values) if text else ()


def row(cells: Iterable[str]) -> str:
    """One row with its line end, every cell defused."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(map(defused, cells))
    return written.getvalue()
