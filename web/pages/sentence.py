"""A query said in words, so that people see how it was understood."""

from __future__ import annotations

from typing import assert_never

from registry.domain.search import (
    All,
    AnyOf,
    DateRange,
    Everything,
    FieldIs,
    Not,
    Phrase,
    Prefix,
    Query,
    SeverityRange,
    Word,
)
from web.pages import wording

_WORST = 5


def sentence(query: Query) -> str:
    """What matches, as the end of "records where"; empty for everything."""
    return "" if isinstance(query, Everything) else _said(query)


def _said(query: Query) -> str:  # noqa: C901 - one line for each node of the tree
    match query:
        case Everything():
            return "anything is said"
        case Word(text):
            return f"the text has “{text}”"
        case Phrase(words):
            return f"the text has “{' '.join(words)}”"
        case Prefix(text):
            return f"the text has a word that begins with “{text}”"
        case FieldIs(field, value):
            label = wording.FACET_LABELS.get(field, wording.words(field))
            return f"{label.lower()} is {wording.facet_value(field, value)}"
        case SeverityRange(low, high):
            return _severity(low, high)
        case DateRange():
            return _dates(query)
        case Not(item):
            return f"it is not so that {_said(item)}"
        case All(items):
            return _all(items)
        case AnyOf(items):
            return "either " + " or ".join(_said(item) for item in items)
        case _:
            assert_never(query)


def _all(items: tuple[Query, ...]) -> str:
    said = [_said(item) for item in items]
    return f"{', '.join(said[:-1])} and {said[-1]}"


def _severity(low: int, high: int) -> str:
    if low == high:
        return f"severity is {low} ({wording.severity(low).lower()})"
    return f"severity is {low} or more" if high == _WORST else f"severity is {low} to {high}"


def _dates(span: DateRange) -> str:
    since = f"on or after {wording.day(span.start)}" if span.start else ""
    until = f"before {wording.day(span.end)}" if span.end else ""
    return f"it happened {' and '.join(part for part in (since, until) if part)}"
