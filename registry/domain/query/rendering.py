"""A query tree as text that is read back to the same tree."""

from __future__ import annotations

from datetime import date, timedelta
from typing import assert_never

from registry.domain.query.fields import written, written_within
from registry.domain.query.values import MAX_SEVERITY
from registry.domain.search import (
    All,
    AnyOf,
    DateOf,
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


def render(query: Query) -> str:
    """The text of a tree that ``parse`` made, or one of that form: words without blanks, groups of two or more."""
    match query:
        case Not(item):
            return f"-{_grouped(item)}"
        case All(items):
            return " ".join(_grouped(item) for item in items)
        case AnyOf(items) if (field := _common_field(items)) is not None:
            return f"{field}:({' OR '.join(written_within(item) for item in items if isinstance(item, FieldIs))})"
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
        case FieldIs():
            return written(query)
        case SeverityRange(low, high):
            return _severity(low, high)
        case DateRange():
            return _dates(query)
        case _:
            assert_never(query)


def _grouped(query: Query) -> str:
    is_open = isinstance(query, All) or (isinstance(query, AnyOf) and _common_field(query.items) is None)
    return f"({render(query)})" if is_open else render(query)


def _common_field(items: tuple[Query, ...]) -> str | None:
    """The field that all *items* are values of."""
    fields = {item.field if isinstance(item, FieldIs) else None for item in items}
    return fields.pop() if len(fields) == 1 else None


def _severity(low: int, high: int) -> str:
    if low == high:
        return f"severity:{low}"
    return f"severity:>={low}" if high == MAX_SEVERITY else f"severity:{low}..{high}"


def _dates(span: DateRange) -> str:
    after, before = ("after", "before") if span.of is DateOf.OCCURRED else ("published_after", "published_before")
    if span.start is None or span.end is None:
        return " ".join(f"{name}:{day.isoformat()}" for name, day in ((after, span.start), (before, span.end)) if day)
    last = span.end - timedelta(days=1)
    if span.start == date(span.start.year, 1, 1) and last == date(last.year, 12, 31):
        first, final = f"{span.start.year:04}", f"{last.year:04}"
    else:
        first, final = span.start.isoformat(), last.isoformat()
    return f"{span.of}:{first}" if first == final else f"{span.of}:{first}..{final}"
