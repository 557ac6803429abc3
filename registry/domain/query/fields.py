"""The fields of the query language and how their values are read."""

from __future__ import annotations

import difflib
import re
from datetime import date

from registry.domain.content.base import earliest
from registry.domain.facets import CHOICES_OF, FACETS, TERMS_OF, term_named
from registry.domain.query.tokens import Token, is_space
from registry.domain.search import DateRange, FieldIs, Query, SeverityRange
from registry.domain.search_fields import INDEX_ONLY, VALUES_OF
from registry.domain.vocabulary import Kind

MAX_SEVERITY = 5
_EXACT = ("kind", "number", *FACETS, *INDEX_ONLY)
_CHOICES_OF = {**CHOICES_OF, **VALUES_OF}
_SEVERITY = re.compile(r"(?:(>=|<=|>|<)?([0-9])|([0-9])\.\.([0-9]))")
_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


class Fault(Exception):
    """Something in the text cannot be read.

    Attributes:
        begin: the place it is told for, from 0.
        end: the place behind it.
        instead: what put there makes it readable; ``None`` where nothing does.
    """

    def __init__(self, message: str, begin: int, end: int, *, instead: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.begin = begin
        self.end = end
        self.instead = instead


def fields() -> tuple[str, ...]:
    """Every field a query may name, sorted."""
    return tuple(sorted({*_EXACT, "severity", "after", "before"}))


def read_field(token: Token) -> Query:
    """What ``field:value`` means.

    Raises:
        Fault: the field is unknown or the value is not one of its values.
    """
    value = " ".join("".join(" " if is_space(character) else character for character in token.text).split())
    if token.field not in fields():
        raise _unknown(token)
    if not value:
        raise Fault(f"a value is missing after {token.field}:", token.begin, token.end, instead=" ")
    if not token.quoted and ("*" in value or value.endswith("~")):
        message = "values of fields are matched whole, without * and ~"
        bare = value.replace("*", "").rstrip("~")
        raise Fault(message, token.begin, token.end, instead=f"{token.field}:{bare}" if bare else " ")
    match token.field:
        case "severity":
            return _severity(token, value)
        case "after":
            return DateRange(_day(token, value), None)
        case "before":
            return DateRange(None, _day(token, value))
        case "kind":
            return _choice(token, value, tuple(Kind), "the kinds are")
        case facet if facet in _CHOICES_OF:
            return _choice(token, value, _CHOICES_OF[facet], f"the values of {facet} are")
        case facet if facet in TERMS_OF:
            return _term(token, value)
        case _:
            return FieldIs(token.field, value)


def _unknown(token: Token) -> Fault:
    near = difflib.get_close_matches(token.field[:40], fields(), n=1)
    value = f'"{token.text}"' if token.quoted else token.text
    return Fault(
        f"there is no such field; the fields are {', '.join(fields())}",
        token.begin,
        token.end,
        instead=f"{near[0]}:{value}" if near and value else f" {value} ",
    )


def _choice(token: Token, value: str, choices: tuple[str, ...], said: str) -> Query:
    wanted = value.lower().replace(" ", "_")
    if wanted in choices:
        return FieldIs(token.field, wanted)
    near = difflib.get_close_matches(wanted[:40], choices, n=1)
    instead = f"{token.field}:{near[0]}" if near else " "
    raise Fault(f"{said} {', '.join(choices)}", token.begin, token.end, instead=instead)


def _term(token: Token, value: str) -> Query:
    term = term_named(token.field, value)
    if term is not None:
        return FieldIs(token.field, term.code)
    near = TERMS_OF[token.field].nearest(value)
    message = f"{token.field} has no such term; its terms are in the vocabulary {TERMS_OF[token.field].name}"
    raise Fault(message, token.begin, token.end, instead=f"{token.field}:{near}" if near else " ")


def _severity(token: Token, value: str) -> Query:
    matched = _SEVERITY.fullmatch(value)
    if matched is None:
        message = "write severity:3, severity:>=3 or severity:1..3"
        raise Fault(message, token.begin, token.end, instead=" ")
    sign, single, first, last = matched.groups()
    if single is not None:
        number = int(single)
        low, high = {
            None: (number, number),
            ">=": (number, MAX_SEVERITY),
            ">": (number + 1, MAX_SEVERITY),
            "<=": (0, number),
            "<": (0, number - 1),
        }[sign]
    else:
        low, high = int(first), int(last)
    if low > high and single is None:
        raise Fault("this range is reversed", token.begin, token.end, instead=f"severity:{high}..{low}")
    if not 0 <= low <= high <= MAX_SEVERITY:
        raise Fault(f"severity is 0 to {MAX_SEVERITY}", token.begin, token.end, instead=" ")
    return SeverityRange(low, high)


def _day(token: Token, value: str) -> date:
    if _DAY.fullmatch(value):
        try:
            return earliest(value)
        except ValueError:
            pass
    message = f"write {token.field}:2026, {token.field}:2026-03 or {token.field}:2026-03-14"
    raise Fault(message, token.begin, token.end, instead=" ")
