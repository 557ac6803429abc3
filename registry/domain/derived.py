"""What lists, graphs and the search for look-alikes need of a public part, read out of it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.domain.canonical import Document
from registry.domain.content.base import earliest
from registry.domain.facets import facets_of, occurred_of, severity_of
from registry.domain.importing import upstream_key
from registry.domain.likeness import keys_in
from registry.domain.link import references


@dataclass(frozen=True, slots=True)
class Derived:
    """What is read out of one public part.

    Attributes:
        occurred_on: the first day that it can mean.
        facets: ``(facet, value)``, sorted, each once.
        references: ``(rel, target, clause)`` of other records, each once.
        keys: hashes of the addresses and aliases that it names.
        upstream_key: what recognises an imported record. It outlives an erasure: the next import knows what is gone.
    """

    severity: int | None = None
    occurred_on: date | None = None
    facets: tuple[tuple[str, str], ...] = ()
    references: frozenset[tuple[str, str, str]] = frozenset()
    keys: frozenset[bytes] = frozenset()
    upstream_key: bytes | None = None


def derived_of(document: Document) -> Derived:
    """What is read out of *document*; nothing of an empty one."""
    if not document:
        return Derived()
    occurred = occurred_of(document)
    upstream: Any = document.get("upstream")
    return Derived(
        severity=severity_of(document),
        occurred_on=None if occurred is None else earliest(occurred),
        facets=facets_of(document),
        references=frozenset((one.rel, one.target, one.clause) for one in references(document)),
        keys=keys_in(document),
        upstream_key=upstream_key(upstream["source"], upstream["id"]) if upstream else None,
    )
