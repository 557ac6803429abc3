"""How codes, dates and numbers are said in words on pages."""

from __future__ import annotations

from datetime import UTC, date, datetime

from registry.domain import terms
from registry.domain.content.base import precision_of
from registry.domain.record import Record, State
from registry.domain.terms import Vocabulary
from registry.domain.vocabulary import Kind, LinkRel, Precision, Provenance, Standing, Tlp

SEVERITIES = ("None", "Minor", "Moderate", "Serious", "Severe", "Catastrophic")

FACET_LABELS: dict[str, str] = {
    "kind": "Kind",
    "severity": "Severity",
    "misuse": "Misuse",
    "harm": "Harm",
    "provider": "Provider",
    "model": "Model",
    "technique": "Technique",
    "sector": "Sector",
    "country": "Country",
    "year": "Year",
    "scrutiny": "High-risk domain",
    "enforcement": "Enforcement",
    "event": "Event",
    "intent": "Intent",
    "mitigation": "Type of mitigation",
}
_FACET_TERMS: dict[str, Vocabulary] = {
    "misuse": terms.MISUSE,
    "harm": terms.HARM,
    "sector": terms.SECTOR,
    "scrutiny": terms.SCRUTINY,
    "enforcement": terms.ENFORCEMENT,
    "mitigation": terms.MITIGATION_TYPE,
}
_SPOKEN = frozenset({"kind", "event", "intent"})

PLURALS: dict[Kind, str] = {kind: kind.plural.replace("_", " ").capitalize() for kind in Kind}

# What is said above the records of a kind that carry a term of a facet.
CARRIERS: dict[tuple[str, Kind], str] = {
    ("technique", Kind.INCIDENT): "Incidents in which it was used",
    ("technique", Kind.MITIGATION): "Mitigations that address it",
    ("misuse", Kind.MITIGATION): "Mitigations that address it",
}

LINKS: dict[tuple[LinkRel, bool], str] = {
    (LinkRel.MITIGATED_BY, False): "Mitigated by",
    (LinkRel.MITIGATED_BY, True): "Applied to",
    (LinkRel.DERIVED_FROM, False): "Learned from",
    (LinkRel.DERIVED_FROM, True): "Lessons learned from it",
    (LinkRel.VIOLATES, False): "Violates",
    (LinkRel.VIOLATES, True): "Violated in",
    (LinkRel.EXPLOITS, False): "Exploits",
    (LinkRel.EXPLOITS, True): "Exploited in",
    (LinkRel.OBSERVED_IN, False): "Observed in",
    (LinkRel.OBSERVED_IN, True): "Observed there",
    (LinkRel.SUPERSEDES, False): "Replaces",
    (LinkRel.SUPERSEDES, True): "Replaced by",
    (LinkRel.DUPLICATE_OF, False): "Duplicate of",
    (LinkRel.DUPLICATE_OF, True): "Duplicates",
    (LinkRel.VARIANT_OF, False): "Variant of",
    (LinkRel.VARIANT_OF, True): "Variants",
    (LinkRel.SAME_CAMPAIGN, False): "Same campaign",
    (LinkRel.SAME_CAMPAIGN, True): "Same campaign, named there",
    (LinkRel.UPSTREAM, False): "Taken from",
    (LinkRel.UPSTREAM, True): "Taken over by",
    (LinkRel.RELATED, False): "Related",
    (LinkRel.RELATED, True): "Named as related by",
    (LinkRel.NOT_RELATED, False): "Looks similar, but is not related",
    (LinkRel.NOT_RELATED, True): "Told apart from it by",
}

TLP_MEANING: dict[Tlp, str] = {
    Tlp.CLEAR: "Everybody may read and share it.",
    Tlp.GREEN: "For the community, not for the public.",
    Tlp.AMBER: "For the organisation and those it must inform.",
    Tlp.AMBER_STRICT: "For the organisation only.",
    Tlp.RED: "For the people named only.",
}
STANDING_MEANING: dict[Standing, str] = {
    Standing.ALLEGED: "Somebody says so; nobody responsible has confirmed it.",
    Standing.ACKNOWLEDGED: "Those concerned have confirmed it.",
    Standing.ESTABLISHED: "A court, an authority or several independent sources bear it out.",
}
PROVENANCE_MEANING: dict[Provenance, str] = {
    Provenance.ORIGINAL: "Written for this registry",
    Provenance.SUMMARY: "A summary of the sources",
    Provenance.VERBATIM: "Taken over word for word",
    Provenance.AI_ASSISTED: "Written with the help of a model",
}


def words(code: object) -> str:
    """A code such as ``near_miss`` in words: ``Near miss``."""
    return capital(str(code).replace("_", " ").strip())


def capital(text: str) -> str:
    """*text* with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def term(vocabulary: str, code: str) -> str:
    """The label of a term; the code in words where it is not known (any more)."""
    found = next((one for one in terms.ALL if one.name == vocabulary), None)
    return _label(found, code)


def facet_value(facet: str, value: str) -> str:
    """The label of a facet's value."""
    if facet == "severity" and value in {"0", "1", "2", "3", "4", "5"}:
        return f"{value} · {SEVERITIES[int(value)]}"
    if facet in _SPOKEN:
        return words(value)
    return _label(_FACET_TERMS.get(facet), value) if facet in _FACET_TERMS else value


def severity(value: int) -> str:
    """Severity 0 to 5 in a word."""
    return SEVERITIES[value] if 0 <= value < len(SEVERITIES) else "Unknown"


def link_heading(rel: LinkRel, reverse: bool) -> str:
    """What is said above records that are linked by *rel*."""
    return LINKS[rel, reverse]


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


def number(value: int) -> str:
    """A whole number with its thousands apart."""
    return f"{value:,}"


def state_of(record: Record) -> str:
    """Where the record stands, in words."""
    if record.embargoed:
        return "Under embargo"
    return words(record.state if record.state is not State.IN_REVIEW else "in review")


def _label(vocabulary: Vocabulary | None, code: str) -> str:
    found = vocabulary.find(code) if vocabulary else None
    return found.label if found else words(code.rpartition("/")[2])
