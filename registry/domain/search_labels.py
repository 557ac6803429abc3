"""How the fields of the index and their values are called in English."""

from __future__ import annotations

from registry.domain.countries import country_name
from registry.domain.facets import TERMS_OF
from registry.domain.search_fields import SEVERITIES
from registry.domain.terms import Vocabulary

LABELS: dict[str, str] = {
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
    "layer": "Layer",
    "function": "Function",
    "lifecycle": "Stage of life",
    "outcome": "Effect shown",
    "setting": "Shown in",
    "actor_kind": "Kind of actor",
    "motive": "Motive",
    "stakeholder": "Who was concerned",
    "detection": "Found by",
    "safeguard": "Safeguards",
    "platform": "Platform",
    "language": "Language",
    "status": "Status",
    "scope": "Weakness of",
    "clause": "Kind of clause",
    "statement": "Kind of statement",
    "adoption": "Adoption",
    "annotator": "Classified by",
    "weakness_class": "Class of weakness",
    "classification": "Classification",
    "source": "Source",
    "licence": "Licence",
    "reported": "Reported by",
    "review": "Review",
    "has": "Has",
    "owner": "Owner",
    "state": "State",
    "number": "Number",
    "id": "Id elsewhere",
}
# What a record has, as a noun with its article, if it takes one.
HAVING: dict[str, str] = {
    "mitigation": "a mitigation",
    "lesson": "a lesson",
    "weakness": "a weakness",
    "incident": "an incident",
    "policy": "a usage policy",
    "statement": "a statement",
    "evidence": "evidence",
    "source": "a source",
    "classification": "a classification",
    "technique": "a technique",
    "timeline": "a timeline",
    "enforcement": "enforcement",
}
_VALUES: dict[tuple[str, str], str] = {
    ("reported", "self"): "Those it is about",
    ("reported", "other"): "Others",
    ("reported", "unknown"): "Not known",
    ("review", "reviewed"): "Reviewed here",
    ("review", "imported"): "Imported, not reviewed here",
}
_SPOKEN = frozenset(
    {"kind", "event", "intent", "layer", "function", "lifecycle", "outcome", "setting", "safeguard", "status", "scope",
     "clause", "statement", "adoption", "annotator", "state"}
)  # fmt: skip
_SPELT = {"wont_fix": "Will not fix"}


def words(code: object) -> str:
    """A code such as ``near_miss`` in words: ``Near miss``."""
    return _SPELT.get(str(code)) or capital(str(code).replace("_", " ").strip())


def capital(text: str) -> str:
    """*text* with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def value_label(field: str, value: str) -> str:
    """What a field's value is called; values that are free, as they are written."""
    if (field, value) in _VALUES:
        return _VALUES[field, value]
    if field == "severity" and value in map(str, range(len(SEVERITIES))):
        return f"{value} · {SEVERITIES[int(value)]}"
    if field == "has" and value in HAVING:
        return capital(HAVING[value])
    if field == "country":
        name = country_name(value)
        return f"{name} ({value})" if name else value
    if field in _SPOKEN:
        return words(value)
    return term_label(TERMS_OF[field], value) if field in TERMS_OF else value


def term_label(vocabulary: Vocabulary | None, code: str) -> str:
    """The label of a term; its code in words where it is not known (any more)."""
    found = vocabulary.find(code) if vocabulary else None
    return found.label if found else words(code.rpartition("/")[2])
