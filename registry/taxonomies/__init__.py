"""The taxonomies and crosswalks that are shipped, one JSON file a release, read from beside this module.

They hold codes, names, versions, licences, links to the source, and our own definitions; no texts of the publishers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from registry.domain import terms
from registry.domain.content.parts import Classification
from registry.domain.crosswalk import Relation, TermMapping, parse_term
from registry.domain.errors import Problem
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm, check_classifications

_HERE = Path(__file__).parent
_RELEASES = _HERE / "releases"
_CROSSWALKS = _HERE / "crosswalks"
_OWN = {vocabulary.name: vocabulary for vocabulary in terms.ALL}


def digest() -> str:
    """One hash over everything that is shipped, without reading it as JSON."""
    found = hashlib.sha256(repr(terms.MISUSE).encode())
    for path in _files():
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


@cache
def releases() -> tuple[Taxonomy, ...]:
    """Every release that is shipped, by file name."""
    return tuple(_release(json.loads(path.read_bytes())) for path in sorted(_RELEASES.glob("*.json")))


@cache
def mappings() -> tuple[TermMapping, ...]:
    """Every pair of corresponding terms that is shipped, each once and seen from one of the two."""
    found = [one for path in sorted(_CROSSWALKS.glob("*.json")) for one in _mappings(json.loads(path.read_bytes()))]
    told = {(one.taxonomy, one.code, one.to_taxonomy, one.to_code) for one in found}
    # A neighbour that a term of ours names, and that no file says more of, is related.
    for term in terms.MISUSE.terms:
        for named in term.maps_to:
            ends = (terms.MISUSE.name, term.code, *parse_term(named))
            if ends not in told:
                found.append(TermMapping(*ends, Relation.RELATED, term.source))
    return tuple(found)


def unknown(classifications: Sequence[Classification]) -> list[Problem]:
    """What is wrong with judgments by what is shipped alone; a node may keep more."""
    kept = {(one.namespace, one.version): one for one in releases()}
    versions = {namespace: (version,) for namespace, version in kept}
    return check_classifications(classifications, versions=versions, releases=kept)


def _files() -> list[Path]:
    return sorted([*_RELEASES.glob("*.json"), *_CROSSWALKS.glob("*.json")])


def _release(document: dict[str, Any]) -> Taxonomy:
    head = {name: document[name] for name in ("namespace", "version", "title", "licence", "url")}
    if "terms_of" in document:
        return Taxonomy(**head, terms=tuple(_own_terms(document["terms_of"], document["definitions"])))
    return Taxonomy(**head, terms=tuple(TaxonomyTerm(**term) for term in document["terms"]))


def _own_terms(name: str, definitions: dict[str, str]) -> Iterator[TaxonomyTerm]:
    for term in _OWN[name].terms:
        yield TaxonomyTerm(term.code, term.label, term.parent, definition=definitions.get(term.code))


def _mappings(document: dict[str, Any]) -> Iterator[TermMapping]:
    for first, second, relation in document["mappings"]:
        yield TermMapping(*parse_term(first), *parse_term(second), Relation(relation), document["source"])
