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
from registry.domain.vocabulary import Kind

# Facets and the places in the content they come from: list field, then the key within its objects.
_PLACES: dict[str, tuple[tuple[str, str | None], ...]] = {
    "misuse": (("misuse_categories", None), ("addresses", "misuse_category")),
    "harm": (("harms", "type"),),
    "provider": (("systems", "provider"),),
    "model": (("systems", "model"), ("applies_to", "model")),
    "technique": (("procedure", "technique"), ("addresses", "technique")),
    "sector": (("targets", "sector"),),
    "country": (("targets", "country"),),
    "scrutiny": (("scrutiny_domains", None),),
    "enforcement": (("enforcement", "action"),),
    "event": (("event_kind", None),),
    "intent": (("intent", None),),
    "mitigation": (("type", None),),
}
# A sub-technique of ATLAS or ATT&CK: the technique's id, a point, three digits.
_SUBTECHNIQUE = re.compile(r"((?:AML\.)?T\d{4})\.\d{3}")
FACETS: tuple[str, ...] = (*_PLACES, "year")
# The vocabularies whose terms are the values of a facet; the values of the other facets are free.
TERMS_OF: dict[str, Vocabulary] = {
    "misuse": terms.MISUSE,
    "harm": terms.HARM,
    "sector": terms.SECTOR,
    "scrutiny": terms.SCRUTINY,
    "enforcement": terms.ENFORCEMENT,
    "mitigation": terms.MITIGATION_TYPE,
}


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
    for facet, places in _PLACES.items():
        for field, key in places:
            found.update((facet, value) for value in _values(document.get(field), key))
    found.update((facet, _parent(facet, value)) for facet, value in tuple(found))
    occurred = occurred_of(document)
    if occurred is not None:
        found.add(("year", str(earliest(occurred).year)))
    return tuple(sorted(found))


def _parent(facet: str, value: str) -> str:
    """The term that *value* stands below; itself where it stands below none."""
    if facet == "misuse":
        return value.partition("/")[0]
    below = _SUBTECHNIQUE.fullmatch(value) if facet == "technique" else None
    return below[1] if below else value


def _values(field: Any, key: str | None) -> Iterator[str]:
    items = field if isinstance(field, list) else [field]
    for item in items:
        value = item.get(key) if isinstance(item, dict) and key else item
        if isinstance(value, str):
            yield value
