"""A query tree as text that is read back to the same tree."""

from __future__ import annotations

import re
from datetime import date
from typing import assert_never

from registry.domain.query.fields import MAX_SEVERITY
from registry.domain.search import (
    All,
    AnyOf,
    DateRange,
    Everything,
    FieldIs,
    Fuzzy,
    Not,
    Phrase,
    Prefix,
    Query,
    SeverityRange,
    Word,
)

_Leaf = Everything | Word | Phrase | Prefix | Fuzzy | FieldIs | SeverityRange | DateRange

_BARE = re.compile(r"\w[\w./+&@:-]*")


def render(query: Query) -> str:
    """The text of a tree that ``parse`` made, or one of that form: words without blanks, groups of two or more."""
    match query:
        case Not(item):
            return f"-{_grouped(item)}"
        case All(items):
            return " ".join(_grouped(item) for item in items)
        case AnyOf(items):
            return " OR ".join(render(item) if isinstance(item, All) else _grouped(item) for item in items)
        case _:
            return _leaf(query)


def _leaf(query: _Leaf) -> str:
    match query:
        case Everything():
            return ""
        case Word(text):
            return text
        case Phrase(words):
            return f'"{" ".join(words)}"'
        case Prefix(text):
            return f"{text}*"
        case Fuzzy(text):
            return f"{text}~"
        case FieldIs(field, value):
            return f"{field}:{value}" if _BARE.fullmatch(value) else f'{field}:"{value}"'
        case SeverityRange(low, high):
            return _severity(low, high)
        case DateRange(start, end):
            return _dates(start, end)
        case _:
            assert_never(query)


def _grouped(query: Query) -> str:
    return f"({render(query)})" if isinstance(query, All | AnyOf) else render(query)


def _severity(low: int, high: int) -> str:
    if low == high:
        return f"severity:{low}"
    return f"severity:>={low}" if high == MAX_SEVERITY else f"severity:{low}..{high}"


def _dates(start: date | None, end: date | None) -> str:
    return " ".join(f"{name}:{day.isoformat()}" for name, day in (("after", start), ("before", end)) if day)
