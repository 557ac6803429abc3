"""Taxonomies as versioned data: codes and names of somebody else's terms, read-only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaxonomyTerm:
    """One term; ``description`` is the publisher's text where its licence permits."""

    code: str
    name: str
    parent: str | None = None
    url: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One release of a taxonomy."""

    namespace: str
    version: str
    title: str
    licence: str
    url: str
    terms: tuple[TaxonomyTerm, ...]
