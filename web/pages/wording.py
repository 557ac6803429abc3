"""How codes, dates and numbers are said in words on pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from registry.domain import search_fields, search_labels, terms
from registry.domain.canonical import Document
from registry.domain.content.base import precision_of
from registry.domain.record import Record, State
from registry.domain.vocabulary import AbsenceReason, Kind, LinkRel, Precision
from web.pages import meanings

SEVERITIES = search_fields.SEVERITIES
FACET_LABELS = search_labels.LABELS
words = search_labels.words
capital = search_labels.capital
facet_value = search_labels.value_label
_WITHOUT_PLACE = frozenset({"links", "aliases", "upstream", "severity", "on_behalf_of", "withheld"})

PLURALS: dict[Kind, str] = {kind: kind.plural.replace("_", " ").capitalize() for kind in Kind}
# Where the records of a kind are listed.
LISTS: dict[Kind, str] = {kind: f"/{kind.plural}" for kind in Kind} | {Kind.USAGE_POLICY: "/policies"}

# What is said above the records of a kind that carry a term of a facet.
CARRIERS: dict[tuple[str, Kind], str] = {
    ("technique", Kind.INCIDENT): "Incidents in which it was used",
    ("technique", Kind.MITIGATION): "Mitigations that address it",
    ("misuse", Kind.MITIGATION): "Mitigations that address it",
}


def field_label(name: str) -> str:
    """A field of the content as a reader calls it."""
    return meanings.FIELDS.get(name, words(name))


def absences(document: Document) -> dict[str, str]:
    """Which fields of a public part are empty, and why, in words."""
    withheld: Any = document.get("withheld", ())
    return {one["field"]: meanings.ABSENCE[AbsenceReason(one["reason"])] for one in withheld}


def left_out(document: Document) -> dict[str, str]:
    """Of ``absences``, the fields that have no place of their own on a page, where the reason would stand."""
    return {name: why for name, why in absences(document).items() if name in _WITHOUT_PLACE}


def term(vocabulary: str, code: str) -> str:
    """The label of a term; the code in words where it is not known (any more)."""
    found = next((one for one in terms.ALL if one.name == vocabulary), None)
    return search_labels.term_label(found, code)


def surface(code: str) -> str:
    """Through what a system was reached."""
    return "API" if code == "api" else words(code)


def severity(value: int) -> str:
    """Severity 0 to 5 in a word."""
    return SEVERITIES[value] if 0 <= value < len(SEVERITIES) else "Unknown"


def link_heading(rel: LinkRel, reverse: bool) -> str:
    """What is said above records that are linked by *rel*."""
    return meanings.LINKS[rel, reverse]


def day(value: datetime | date) -> str:
    """A day, as 14 March 2026."""
    return f"{value.day} {value:%B} {value.year}"


def instant(value: datetime) -> str:
    """An instant, as 14 March 2026, 15:00 UTC."""
    utc = value.astimezone(UTC)
    return f"{day(utc)}, {utc:%H:%M} UTC"


def when(value: str) -> str:
    """An imprecise date as exactly as it is written: 2026, March 2026, 14 March 2026."""
    match precision_of(value):
        case Precision.YEAR:
            return value
        case Precision.MONTH:
            return f"{date.fromisoformat(value + '-01'):%B} {value[:4]}"
        case Precision.DAY:
            return day(date.fromisoformat(value))
        case Precision.INSTANT:
            return instant(datetime.fromisoformat(value))


def precision(value: str) -> str:
    """What is not known of an imprecise date; empty for a day and an instant."""
    match precision_of(value):
        case Precision.YEAR:
            return "only the year is known"
        case Precision.MONTH:
            return "only the month is known"
        case _:
            return ""


def span(period: dict[str, str]) -> str:
    """A span of time with one end or both."""
    start, end = period.get("start"), period.get("end")
    if start and end:
        return f"{when(start)} to {when(end)}"
    return f"since {when(start)}" if start else f"until {when(end)}" if end else ""


def percent(permille: int) -> str:
    """Thousandths as a percentage: 420 is 42 %."""
    return f"{permille / 10:g} %"


def number(value: int) -> str:
    """A whole number with its thousands apart."""
    return f"{value:,}"


def state_of(record: Record) -> str:
    """Where the record stands, in words."""
    if record.embargoed:
        return "Under embargo"
    return words(record.state if record.state is not State.IN_REVIEW else "in review")
