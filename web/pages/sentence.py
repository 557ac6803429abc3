"""A query said in words, so that people see how it was understood."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import assert_never

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
from web.pages import wording

_WORST = 5


def sentence(query: Query, say: Callable[[str, str], str] = wording.facet_value) -> str:
    """What matches, as the end of "records where"; empty for everything. *say* names a facet's value."""
    return "" if isinstance(query, Everything) else _said(query, say)


def _said(query: Query, say: Callable[[str, str], str]) -> str:
    match query:
        case Everything():
            return "anything is said"
        case Word() | Phrase() | Prefix() | Fuzzy():
            return f"the text has {_words(query)}"
        case FieldIs(field, value):
            label = wording.FACET_LABELS.get(field, wording.words(field))
            return f"{label.lower()} is {say(field, value)}"
        case SeverityRange(low, high):
            return _severity(low, high)
        case DateRange():
            return _dates(query)
        case Not(item):
            return f"it is not so that {_said(item, say)}"
        case All(items):
            return _all(items, say)
        case AnyOf(items):
            return "either " + " or ".join(_said(item, say) for item in items)
        case _:
            assert_never(query)


def _words(query: Word | Phrase | Prefix | Fuzzy) -> str:
    match query:
        case Word(text):
            return f"“{text}”"
        case Phrase(words):
            return f"“{' '.join(words)}”"
        case Prefix(text):
            return f"a word that begins with “{text}”"
        case Fuzzy(text):
            return f"a word like “{text}”"
        case _:
            assert_never(query)


def _all(items: tuple[Query, ...], say: Callable[[str, str], str]) -> str:
    """Words and dates are each said in one piece, wherever they stand."""
    said: list[str] = []
    texts = [_words(item) for item in items if isinstance(item, Word | Phrase | Prefix | Fuzzy)]
    if texts:
        said.append(f"the text has {_listed(texts)}")
    spans = [item for item in items if isinstance(item, DateRange)]
    if spans:
        said.append(_dates(_common(spans)))
    told = (Word, Phrase, Prefix, Fuzzy, DateRange)
    said += [_said(item, say) for item in items if not isinstance(item, told)]
    return _listed(said)


def _listed(pieces: list[str]) -> str:
    return " and ".join(piece for piece in (", ".join(pieces[:-1]), pieces[-1]) if piece)


def _common(spans: list[DateRange]) -> DateRange:
    starts = [span.start for span in spans if span.start]
    ends = [span.end for span in spans if span.end]
    return DateRange(max(starts, default=None), min(ends, default=None))


def _severity(low: int, high: int) -> str:
    if low == high:
        return f"severity is {low} ({wording.severity(low).lower()})"
    return f"severity is {low} or more" if high == _WORST else f"severity is {low} to {high}"


def _dates(span: DateRange) -> str:
    if (
        span.start
        and span.end
        and (span.start, span.end) == (_new_year(span.start.year), _new_year(span.start.year + 1))
    ):
        return f"it happened in {span.start.year}"
    since = f"on or after {wording.day(span.start)}" if span.start else ""
    until = f"before {wording.day(span.end)}" if span.end else ""
    return f"it happened {' and '.join(part for part in (since, until) if part)}"


def _new_year(year: int) -> date:
    return date(min(year, date.max.year), 1, 1)
