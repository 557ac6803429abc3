"""How the values of fields are read: codes, labels and names in any case, ranges, imprecise dates."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from registry.domain import terms
from registry.domain.content.base import earliest, latest
from registry.domain.countries import country_of, nearest_country
from registry.domain.facets import TERMS_OF, term_named
from registry.domain.query.faults import Fault
from registry.domain.query.tokens import Token
from registry.domain.search import AnyOf, DateOf, DateRange, FieldIs, Query, SeverityRange
from registry.domain.search_fields import SEVERITIES
from registry.domain.vocabulary import Kind

Form: TypeAlias = Literal["during", "after", "before"]

MAX_SEVERITY = len(SEVERITIES) - 1
_RANGE = re.compile(r"(>=|<=|>|<|=)?([^.<>=]+)|([^.<>=]*)\.\.\.?([^.<>=]*)")
_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_LOOSE_DAY = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2}))?(?:[-/.]([0-9]{1,2}))?")
_YEARS = re.compile(r"([0-9]{4})\s*[-\u2013\u2014]\s*([0-9]{4})")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_TECHNIQUE = re.compile(r"(AML\.)?(T[0-9]{4}(?:\.[0-9]{3})?)", re.IGNORECASE)
# Severity in the words of other scales.
_LEVELS = {
    **{label.casefold(): (level, level) for level, label in enumerate(SEVERITIES)},
    **{str(level): (level, level) for level in range(MAX_SEVERITY + 1)},
    "low": (0, 1),
    "medium": (2, 3),
    "high": (4, 5),
    "critical": (5, 5),
}
_ALSO: dict[str, dict[str, str]] = {
    "kind": {kind.plural: kind.value for kind in Kind} | {"policy": "usage_policy", "policies": "usage_policy"},
    "reported": {"others": "other", "self_reported": "self"},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that somebody wrote behind a field: with one space between words, and where."""

    field: str
    value: str
    token: Token

    @property
    def plain(self) -> str:
        """The value in its usual forms of characters, small."""
        return unicodedata.normalize("NFKC", self.value).casefold().strip()

    @property
    def code(self) -> str:
        """The value as a code."""
        return re.sub(r"[\s-]+", "_", self.plain)

    def fault(self, message: str, *, near: str | None = None, field: str | None = None) -> Fault:
        """What is wrong with it; *near* is the value to write instead, in *field* where it is of another."""
        instead = f"{field or self.field}:{near}" if near else " "
        return Fault(message, self.token.begin, self.token.end, instead=instead)


def choice(asked: Asked, *, choices: tuple[str, ...]) -> Query:
    """One of a closed vocabulary."""
    wanted = _ALSO.get(asked.field, {}).get(asked.code, asked.code)
    for one in (wanted, wanted.removesuffix("s")):
        if one in choices:
            return FieldIs(asked.field, one)
    said = "the kinds are" if asked.field == "kind" else f"the values of {asked.field} are"
    raise asked.fault(f"{said} {', '.join(choices)}", near=_nearest(wanted, choices))


def term(asked: Asked) -> Query:
    """One of an open vocabulary: by its code, the last part of its code or its label."""
    found = term_named(asked.field, asked.plain) or term_named(asked.field, asked.code)
    if found is not None:
        return FieldIs(asked.field, found.code)
    vocabulary = TERMS_OF[asked.field]
    names = {name: one.code for one in vocabulary.terms for name in (one.label.casefold(), one.code)}
    near = _nearest(asked.code, tuple(names)) or _nearest(asked.plain, tuple(names))
    message = f"{asked.field} has no such term; its terms are in the vocabulary {vocabulary.name}"
    raise asked.fault(message, near=names[near] if near else None)


def stage(asked: Asked) -> Query:
    """A stage of life by its code or name; any other text as it stands."""
    known = (one.code for one in terms.LIFECYCLE.terms if asked.plain in {one.code, one.label.casefold()})
    return FieldIs(asked.field, next(known, asked.value))


def technique(asked: Asked) -> Query:
    """An id of a technique. Without its prefix it may be ATLAS's or DISARM's: both, unless it is quoted."""
    matched = _TECHNIQUE.fullmatch(unicodedata.normalize("NFKC", asked.value))
    if matched is None:
        return FieldIs(asked.field, asked.value)
    prefix, number = matched[1] or "", matched[2].upper()
    # The numbers of ATT&CK begin with 1, those of the others with 0.
    if not prefix and number.startswith("T0") and not asked.token.quoted:
        return AnyOf((FieldIs(asked.field, f"AML.{number}"), FieldIs(asked.field, number)))
    return FieldIs(asked.field, f"{prefix.upper()}{number}")


def country(asked: Asked) -> Query:
    """A country by its code or its English name. A code that is not one of ISO 3166 counts in quotation marks."""
    code = country_of(asked.plain)
    if code is None and asked.token.quoted and _COUNTRY.fullmatch(asked.value):
        code = asked.value.upper()
    if code is not None:
        return FieldIs(asked.field, code)
    message = "write a country as its code, such as DE, or by its English name, where only one has it"
    raise asked.fault(message, near=nearest_country(asked.plain))


def year(asked: Asked) -> Query:
    """A year of four digits."""
    if re.fullmatch(r"[0-9]{4}", asked.plain):
        return FieldIs(asked.field, asked.plain)
    message = "write a year as year:2026, and several as occurred:2024..2026"
    raise asked.fault(message, near=asked.plain.replace(" ", ""), field="occurred")


def severity(asked: Asked) -> Query:
    """A level from 0 to 5, by number or name, or a range of them."""
    matched = _RANGE.fullmatch(asked.plain.replace(" ", ""))
    if matched is None:
        raise asked.fault(_SEVERITY_FORM)
    sign, single, first, last = matched.groups()
    if single is not None:
        level = _level(asked, single)
        low, high = {
            "": level,
            "=": level,
            ">=": (level[0], MAX_SEVERITY),
            ">": (level[1] + 1, MAX_SEVERITY),
            "<=": (0, level[1]),
            "<": (0, level[0] - 1),
        }[sign or ""]
    else:
        low = _level(asked, first)[0] if first else 0
        high = _level(asked, last)[1] if last else MAX_SEVERITY
        if low > high:
            raise asked.fault("this range is reversed", near=f"{high}..{low}")
    if not 0 <= low <= high <= MAX_SEVERITY:
        near = sign.replace("<", "<=").replace(">", ">=") + single if sign else None
        raise asked.fault(f"severity is 0 to {MAX_SEVERITY}", near=near)
    return SeverityRange(low, high)


_SEVERITY_FORM = "write severity:3, severity:>=3, severity:1..3 or severity:serious"


def _level(asked: Asked, text: str) -> tuple[int, int]:
    if text in _LEVELS:
        return _LEVELS[text]
    if text.isdecimal():
        raise asked.fault(f"severity is 0 to {MAX_SEVERITY}", near=asked.plain.replace(text, str(MAX_SEVERITY)))
    between = re.fullmatch(r"([0-5])[-\u2013]([0-5])", text)
    if between:
        raise asked.fault(_SEVERITY_FORM, near=f"{between[1]}..{between[2]}")
    near = _nearest(text, tuple(_LEVELS))
    raise asked.fault(_SEVERITY_FORM, near=asked.plain.replace(text, near) if near else None)


def dates(asked: Asked, *, of: DateOf, form: Form) -> Query:
    """Days from a date or a range of dates; *form* is ``during``, ``after`` (from its first day) or ``before`` it."""
    text = asked.plain.replace(" ", "")
    if form == "during":
        return _during(asked, text, of)
    bare = text.lstrip("<>=")
    if ".." in text or bare != text:
        message = f"{asked.field}: takes one date; write {of}:2024..2026 for a range"
        raise asked.fault(message, near=bare, field=of if ".." in text else None)
    day = _first(asked, text)
    return DateRange(day, None, of) if form == "after" else DateRange(None, day, of)


def _during(asked: Asked, text: str, of: DateOf) -> Query:
    years = _YEARS.fullmatch(text)
    if years:
        raise asked.fault("write a range as 2024..2026", near=f"{years[1]}..{years[2]}")
    matched = _RANGE.fullmatch(text)
    if matched is None:
        raise _no_day(asked, text)
    sign, single, first, last = matched.groups()
    if single is not None:
        start, end = {
            "": (single, single),
            "=": (single, single),
            ">=": (single, ""),
            "<=": ("", single),
        }.get(sign or "", ("", ""))
        if sign == ">":
            return DateRange(_behind(asked, single), None, of)
        if sign == "<":
            return DateRange(None, _first(asked, single), of)
    else:
        start, end = first, last
    if not start and not end:
        raise asked.fault("a date is missing")
    low, high = (_first(asked, start) if start else None), (_behind(asked, end) if end else None)
    if low is not None and high is not None and low >= high:
        raise asked.fault("this range is reversed", near=f"{end}..{start}")
    return DateRange(low, high, of)


def _first(asked: Asked, text: str) -> date:
    if _DAY.fullmatch(text):
        try:
            return earliest(text)
        except ValueError:
            pass
    raise _no_day(asked, text)


def _behind(asked: Asked, text: str) -> date:
    """The day after the last one that *text* can mean."""
    _first(asked, text)
    try:
        return latest(text) + timedelta(days=1)
    except OverflowError:
        raise _no_day(asked, text) from None


def _no_day(asked: Asked, text: str) -> Fault:
    message = f"write a date as {asked.field}:2026, {asked.field}:2026-03 or {asked.field}:2026-03-14"
    near = _near_day(text)
    return asked.fault(message, near=asked.plain.replace(" ", "").replace(text, near) if near else None)


def _near_day(text: str) -> str | None:
    """As much of *text* as is a date."""
    matched = _LOOSE_DAY.match(text)
    if matched is None:
        return None
    parts = [matched[1], *(part.zfill(2) for part in matched.groups()[1:] if part)]
    for count in range(len(parts), 0, -1):
        day = "-".join(parts[:count])
        try:
            latest(day) + timedelta(days=1)
        except (ValueError, OverflowError):
            continue
        return day
    return None


def _nearest(value: str, choices: tuple[str, ...]) -> str | None:
    matches = difflib.get_close_matches(value[:80], choices, n=1)
    return matches[0] if matches else None
