"""What an importer is: data about a source, and one pure function that reads its documents.

A parse function opens nothing, writes nothing and never raises: what it cannot read becomes a ``Finding``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from registry.domain.canonical import Document, canonical_bytes
from registry.domain.finding import Finding
from registry.domain.taxonomy import Taxonomy
from registry.domain.vocabulary import Kind, LinkRel, OrganisationKind


class Trust(StrEnum):
    """Whether a source's records are published at once, as "imported, not reviewed here", or wait for review."""

    TRUSTED = "trusted"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document as the source issued it; ``name`` is that of its file, for findings."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """One upstream record, read.

    Attributes:
        upstream_id: the record's id at the source, stable over its releases.
        content: a document for the public part, without ``upstream``; whoever runs the import validates it.
        sha256: hash of the whole upstream record, as ``upstream_hash`` makes it: the record is unchanged while it is.
        url: the record's page at the source.
        links: relations that the source itself states, to other records of it by their upstream id.
    """

    upstream_id: str
    kind: Kind
    content: Document
    marking: Document
    sha256: str
    url: str | None = None
    links: tuple[tuple[LinkRel, str], ...] = ()

    def document(self, source: str) -> Document:
        """The content with its origin."""
        upstream = {"source": source, "id": self.upstream_id, "sha256": self.sha256}
        if self.url is not None:
            upstream["url"] = self.url
        return {**self.content, "upstream": upstream}


TaxonomyDraft: TypeAlias = Taxonomy
Parsed: TypeAlias = Draft | TaxonomyDraft | Finding


@dataclass(frozen=True, slots=True)
class Importer:
    """One source, as data, and how its documents are read.

    Attributes:
        id: short lower-case name; the ``source`` of its records and findings.
        home: address of the source's page.
        licence: SPDX id under which the publisher gives the records away.
        attribution: how the publisher is to be named.
        obligations: what a reuser must do, as in a marking.
        hosts: the only hosts that a fetch for this source may reach.
        organisation: what sort of organisation the publisher is.
        parse: reads one document; pure, never raises.
    """

    id: str
    title: str
    home: str
    licence: str
    attribution: str
    obligations: tuple[str, ...]
    hosts: frozenset[str]
    trust: Trust
    organisation: OrganisationKind
    parse: Callable[[RawDocument], Iterable[Parsed]]


def upstream_hash(record: Document) -> str:
    """SHA-256, hexadecimal, over the canonical upstream record.

    Raises:
        InvalidInput: it cannot be written as canonical JSON.
    """
    return hashlib.sha256(canonical_bytes(record)).hexdigest()
