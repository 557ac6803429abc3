"""A query told back in words, so that people see how it was understood; no two queries that differ are told alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeAlias, assert_never

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
from registry.domain.search_fields import SEVERITIES
from registry.domain.search_labels import HAVING, LABELS, value_label

Say: TypeAlias = Callable[[str, str], str]
_Words = Word | Phrase | Prefix | Fuzzy


def explanation(query: Query, say: Say = value_label) -> str:
    """What matches, as the end of "records where"; empty for everything. *say* names a field's value."""
    return "" if isinstance(query, Everything) else _said(query, say)


def _said(query: Query, say: Say) -> str:
    match query:
        case Everything():
            return "anything is said"
        case Word() | Phrase() | Prefix() | Fuzzy():
            return f"the text has {_words(query)}"
        case FieldIs():
            return _field(query, say)
        case SeverityRange(low, high):
            return _severity(low, high)
        case DateRange():
            return _dates(query)
        case Not(item):
            return _negated(item, say)
        case All(items):
            return _listed(_runs(items, say), "and")
        case AnyOf(items):
            return _any(items, say)
        case _:
            assert_never(query)


def _words(query: _Words) -> str:
    match query:
        case Word(text):
            return f"“{text}”"
        case Phrase(words):
            return f"the phrase “{' '.join(words)}”"
        case Prefix(text):
            return f"a word that begins with “{text}”"
        case Fuzzy(text):
            return f"a word spelt like “{text}”"
        case _:
            assert_never(query)


def _field(query: FieldIs, say: Say) -> str:
    if query.field == "has":
        return f"it has {HAVING[query.value]}"
    return f"{_label(query.field)} is {_named(query, say)}"


def _negated(item: Query, say: Say) -> str:
    match item:
        case Word() | Phrase() | Prefix() | Fuzzy():
            return f"the text does not have {_words(item)}"
        case FieldIs("has", value):
            return f"it has no {HAVING[value].removeprefix('an ').removeprefix('a ')}"
        case FieldIs(field):
            return f"{_label(field)} is not {_named(item, say)}"
        case All() | AnyOf():
            return f"it is not so that ({_said(item, say)})"
        case _:
            return f"it is not so that {_said(item, say)}"


def _any(items: tuple[Query, ...], say: Say) -> str:
    fields = {item.field if isinstance(item, FieldIs) else None for item in items}
    if len(fields) == 1 and None not in fields and fields != {"has"}:
        values = [_named(item, say) for item in items if isinstance(item, FieldIs)]
        return f"{_label(items[0].field)} is {_listed(values, 'or')}" if isinstance(items[0], FieldIs) else ""
    return "either " + " or ".join(_grouped(item, say) for item in items)


def _runs(items: tuple[Query, ...], say: Say) -> list[str]:
    """The items in their order; words that follow one another are said in one piece."""
    said: list[str] = []
    words: list[str] = []
    for item in items:
        if isinstance(item, _Words):
            words.append(_words(item))
            continue
        if words:
            said.append(f"the text has {_listed(words, 'and')}")
            words = []
        said.append(_grouped(item, say))
    return [*said, f"the text has {_listed(words, 'and')}"] if words else said


def _grouped(item: Query, say: Say) -> str:
    return f"({_said(item, say)})" if isinstance(item, All | AnyOf) else _said(item, say)


def _listed(pieces: list[str], joint: str) -> str:
    return f" {joint} ".join(piece for piece in (", ".join(pieces[:-1]), pieces[-1]) if piece)


def _label(field: str) -> str:
    label = LABELS[field]
    return label if label[1:2].isupper() else label[0].lower() + label[1:]


def _named(item: FieldIs, say: Say) -> str:
    return f"“{say(item.field, item.value)}”"


def _severity(low: int, high: int) -> str:
    if low == high:
        return f"severity is {low} ({SEVERITIES[low].lower()})"
    return f"severity is {low} or more" if high == MAX_SEVERITY else f"severity is {low} to {high}"


def _dates(span: DateRange) -> str:
    done = "it happened" if span.of is DateOf.OCCURRED else "it was published"
    if span.start and span.end:
        last = span.end - timedelta(days=1)
        if (span.start, last) == (date(last.year, 1, 1), date(last.year, 12, 31)):
            return f"{done} in {last.year}"
        if span.start == last:
            return f"{done} on {_day(last)}"
        return f"{done} from {_day(span.start)} to {_day(last)}"
    if span.start:
        return f"{done} on or after {_day(span.start)}"
    return f"{done} before {_day(span.end)}" if span.end else f"{done} at any time"


def _day(value: date) -> str:
    return f"{value.day} {value:%B} {value.year}"
