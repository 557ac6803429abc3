"""What lists and search count, filter and sort by, read out of a public part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from registry.domain import terms
from registry.domain.canonical import Document
from registry.domain.content.base import earliest
from registry.domain.content.kinds import PUBLIC
from registry.domain.terms import Term, Vocabulary
from registry.domain.vocabulary import (
    AdoptionStatus,
    AnnotatorKind,
    ClauseKind,
    EventKind,
    EvidenceOutcome,
    EvidenceSetting,
    Intent,
    Kind,
    Layer,
    LessonStatus,
    MitigationFunction,
    SafeguardOutcome,
    StatementKind,
    WeaknessScope,
    WeaknessStatus,
)

# Facets and the places in the content they come from: a field, then the key within its objects.
_PLACES: dict[str, tuple[tuple[str, str | None], ...]] = {
    "misuse": (
        ("misuse_categories", None),
        ("addresses", "misuse_category"),
        ("clauses", "misuse_categories"),
    ),
    "harm": (("harms", "type"),),
    "provider": (("systems", "provider"), ("affected", "provider"), ("provider", None)),
    "model": (("systems", "model"), ("applies_to", "model"), ("affected", "model")),
    "technique": (("procedure", "technique"), ("addresses", "technique")),
    "sector": (("targets", "sector"),),
    "country": (("targets", "country"),),
    "scrutiny": (("scrutiny_domains", None), ("clauses", "scrutiny_domains")),
    "enforcement": (("enforcement", "action"),),
    "event": (("event_kind", None),),
    "intent": (("intent", None),),
    "mitigation": (("type", None),),
    "layer": (("layer", None),),
    "function": (("functions", None),),
    "lifecycle": (("lifecycle", None),),
    "outcome": (("evidence", "outcome"),),
    "setting": (("evidence", "setting"),),
    "actor_kind": (("actors", "kind"),),
    "motive": (("actors", "motive"),),
    "stakeholder": (("harms", "stakeholder"), ("stakeholder", None)),
    "detection": (("detection", "method"),),
    "safeguard": (("safeguard_outcome", None),),
    "platform": (("platforms", None),),
    "language": (("scale", "languages"), ("affected", "language")),
    "status": (("status", None),),
    "scope": (("scope", None),),
    "clause": (("clauses", "kind"),),
    "statement": (("statement_kind", None),),
    "adoption": (("adoption", "status"),),
    "annotator": (("classifications", "annotator_kind"),),
}
# Facets whose values are made of several keys: the list, the key before the colon and the key behind it.
_PAIRS: dict[str, tuple[str, str, str]] = {
    "weakness_class": ("classes", "scheme", "code"),
    "classification": ("classifications", "taxonomy", "value"),
}
# Schemes of weakness classes whose codes are techniques.
_TECHNIQUE_SCHEMES = frozenset({"atlas", "attack", "disarm"})
# A sub-technique of ATLAS or ATT&CK: the technique's id, a point, three digits.
_SUBTECHNIQUE = re.compile(r"((?:AML\.)?T\d{4})\.\d{3}")
# The same by the field: the facets that come from it, each with the key within its objects.
_FACETS_IN: dict[str, tuple[tuple[str, str | None], ...]] = {
    field: tuple((facet, key) for facet, places in _PLACES.items() for place, key in places if place == field)
    for field in {place for places in _PLACES.values() for place, _key in places}
}
FACETS: tuple[str, ...] = (*_PLACES, *_PAIRS, "year")
# The vocabularies whose terms are the values of a facet; the values of the other facets are free.
TERMS_OF: dict[str, Vocabulary] = {
    "misuse": terms.MISUSE,
    "harm": terms.HARM,
    "sector": terms.SECTOR,
    "scrutiny": terms.SCRUTINY,
    "enforcement": terms.ENFORCEMENT,
    "mitigation": terms.MITIGATION_TYPE,
    "actor_kind": terms.ACTOR_KIND,
    "motive": terms.MOTIVE,
    "stakeholder": terms.STAKEHOLDER,
    "detection": terms.DETECTION,
}


# The closed vocabularies whose values are those of a facet. What has two kinds of status has two vocabularies.
CHOICES_OF: dict[str, tuple[str, ...]] = {
    "event": tuple(EventKind),
    "intent": tuple(Intent),
    "layer": tuple(Layer),
    "function": tuple(MitigationFunction),
    "outcome": tuple(EvidenceOutcome),
    "setting": tuple(EvidenceSetting),
    "safeguard": tuple(SafeguardOutcome),
    "status": (*WeaknessStatus, *LessonStatus),
    "scope": tuple(WeaknessScope),
    "clause": tuple(ClauseKind),
    "statement": tuple(StatementKind),
    "adoption": tuple(AdoptionStatus),
    "annotator": tuple(AnnotatorKind),
}
_STAGES = {term.label.casefold(): term.code for term in terms.LIFECYCLE.terms}
FACET_OF: dict[str, str] = {vocabulary.name: facet for facet, vocabulary in TERMS_OF.items()}


def term_named(facet: str, name: str) -> Term | None:
    """The term of the facet's vocabulary that *name* means: its code, the last part of its code, or its label."""
    wanted = name.casefold()
    known = TERMS_OF[facet].terms
    by_code = next((term for term in known if term.code == wanted), None)
    return by_code or next(
        (term for term in known if wanted in {term.code.rpartition("/")[2], term.label.casefold()}), None
    )


def title_of(kind: Kind, document: Document) -> str:
    """The line that stands for the record in lists."""
    return cast("str", document[PUBLIC[kind].TITLE])


def summary_of(kind: Kind, document: Document) -> str:
    """The paragraph that stands for the record in lists, as Markdown."""
    return cast("str", document[PUBLIC[kind].SUMMARY])


def severity_of(document: Document) -> int | None:
    """Overall severity, 0 to 5."""
    return cast("int | None", document.get("severity"))


def occurred_of(document: Document) -> str | None:
    """When it happened, as exactly as it is written: the first of started, detected, disclosed."""
    timeline = cast("dict[str, str]", document.get("timeline", {}))
    return next((timeline[name] for name in ("started", "detected", "disclosed") if name in timeline), None)


def facets_of(document: Document) -> tuple[tuple[str, str], ...]:
    """Every ``(facet, value)`` of a public part, sorted, each once. A child term counts for its parent too."""
    found: set[tuple[str, str]] = set()
    for field, value in document.items():
        for facet, key in _FACETS_IN.get(field, ()):
            found.update((facet, _named(facet, one)) for one in _values(value, key))
    for facet, (field, scheme, code) in _PAIRS.items():
        found.update((facet, f"{name}:{value}") for name, value in _pairs(document.get(field), scheme, code))
    classes = _pairs(document.get("classes"), "scheme", "code")
    found.update(("technique", code) for scheme, code in classes if scheme.casefold() in _TECHNIQUE_SCHEMES)
    found.update((facet, _parent(facet, value)) for facet, value in tuple(found))
    occurred = occurred_of(document)
    if occurred is not None:
        found.add(("year", str(earliest(occurred).year)))
    return tuple(sorted(found))


def _named(facet: str, value: str) -> str:
    """The value as it is counted: a stage of life by its code, however its name is written."""
    return _STAGES.get(value.casefold(), value) if facet == "lifecycle" else value


def _parent(facet: str, value: str) -> str:
    """The term that *value* stands below; itself where it stands below none."""
    if facet in TERMS_OF:
        return value.partition("/")[0]
    below = _SUBTECHNIQUE.fullmatch(value) if facet == "technique" else None
    return below[1] if below else value


def _values(field: Any, key: str | None) -> Iterator[str]:
    for item in _items(field):
        found = item.get(key) if isinstance(item, dict) and key else item
        yield from (value for value in _items(found) if isinstance(value, str))


def _pairs(field: Any, first: str, second: str) -> Iterator[tuple[str, str]]:
    for item in _items(field):
        found = (item.get(first), item.get(second)) if isinstance(item, dict) else (None, None)
        if isinstance(found[0], str) and isinstance(found[1], str):
            yield found[0], found[1]


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
