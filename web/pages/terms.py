"""What the pages of vocabularies and taxonomies show of a term: its place, its meaning, its neighbours elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from registry.domain import terms
from registry.domain.actor import ANONYMOUS
from registry.domain.crosswalk import TermMapping
from registry.domain.facets import FACET_OF
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.domain.terms import Term, Vocabulary
from registry.service import taxonomies
from web.pages.techniques import full_name, known_taxonomy, namespace_of
from web.site import Site

TECHNIQUE = "technique"
CLASSIFICATION = "classification"
_OWN = {one.name: one for one in terms.ALL}


@dataclass(frozen=True, slots=True)
class Entry:
    """A term as it stands in its list."""

    code: str
    name: str
    href: str
    level: int
    count: int | None = None
    definition: str | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A term of another taxonomy; ``relation`` says what it is, compared with the term."""

    taxonomy: str
    code: str
    name: str | None
    href: str | None
    relation: str
    source: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A term with everything known of it; ``below`` are the terms under it.

    Attributes:
        facets: facets and values by which records that carry the term are found.
    """

    code: str
    name: str
    source: str
    definition: str | None
    description: str | None
    url: str | None
    parent: Entry | None
    neighbours: tuple[Neighbour, ...]
    facets: tuple[tuple[str, str], ...]
    below: tuple[Entry, ...]


def own_vocabulary(namespace: str) -> Vocabulary | None:
    """The vocabulary of ours with this name."""
    return _OWN.get(namespace)


def facet_of(namespace: str) -> str | None:
    """The facet that counts the terms of a vocabulary or taxonomy by their codes alone."""
    if namespace in _OWN:
        return FACET_OF.get(namespace)
    return TECHNIQUE if namespace_of_techniques(namespace) else None


def namespace_of_techniques(namespace: str) -> bool:
    """Whether records name its terms as techniques."""
    return namespace in {"atlas", "attack", "disarm"}


def own_entries(own: Vocabulary, counts: Mapping[str, int]) -> list[Entry]:
    """Every term of a vocabulary of ours."""
    return [_own_entry(own, one, counts) for one in own.terms]


def entries(release: Taxonomy, counts: Mapping[str, int], version: str | None) -> Iterator[Entry]:
    """Every term under its parent, in the publisher's order; one whose parent is not known stands at the top."""
    codes = {one.code for one in release.terms}
    below: dict[str, list[TaxonomyTerm]] = {}
    for one in release.terms:
        below.setdefault(one.parent if one.parent in codes and one.parent != one.code else "", []).append(one)
    waiting = [(one, 0) for one in reversed(below.pop("", []))]
    while waiting:
        one, level = waiting.pop()
        yield _entry(release, one, counts, version, level)
        waiting += [(other, min(level + 1, 2)) for other in reversed(below.pop(one.code, []))]


def own_definition(site: Site, own: Vocabulary, code: str, counts: Mapping[str, int]) -> Definition | None:
    """What is known of a term of ours."""
    one = own.find(code)
    if one is None:
        return None
    above = own.find(one.parent) if one.parent else None
    kept = taxonomies.term(site.registry, ANONYMOUS, own.name, code)
    facet = FACET_OF.get(own.name)
    return Definition(
        code=one.code,
        name=one.label,
        source=one.source,
        definition=kept.definition if kept else None,
        description=kept.description if kept else None,
        url=None,
        parent=_own_entry(own, above, counts) if above else None,
        neighbours=_neighbours(site, own.name, code),
        facets=(*([(facet, code)] if facet else []), (CLASSIFICATION, f"{own.name}:{code}")),
        below=tuple(_own_entry(own, other, counts) for other in own.terms if other.parent == one.code),
    )


def definition(
    site: Site, release: Taxonomy, code: str, counts: Mapping[str, int], version: str | None
) -> Definition | None:
    """What is known of a term of a release; a text that the release lacks is another release's."""
    one = taxonomies.term(site.registry, ANONYMOUS, release.namespace, code, release.version)
    if one is None:
        return None
    above = release.find(one.parent) if one.parent else None
    used = namespace_of_techniques(release.namespace) or namespace_of(code) == release.namespace
    name = full_name(release, one)
    return Definition(
        code=one.code,
        name=name,
        source=f"{release.title}, release {release.version}",
        definition=one.definition,
        description=one.description,
        url=one.url or release.url,
        parent=_entry(release, above, counts, version) if above else None,
        neighbours=_neighbours(site, release.namespace, code),
        facets=(*([(TECHNIQUE, code)] if used else []), (CLASSIFICATION, f"{release.namespace}:{code}")),
        below=tuple(_entry(release, other, counts, version) for other in release.terms if other.parent == one.code),
    )


def address(namespace: str, code: str | None = None, version: str | None = None) -> str:
    """The page of a taxonomy or of one of its terms."""
    place = f"/taxonomies/{quote(namespace)}" + (f"/{quote(code)}" if code is not None else "")
    return place + (f"?{urlencode({'version': version})}" if version is not None else "")


def _own_entry(own: Vocabulary, one: Term, counts: Mapping[str, int]) -> Entry:
    return Entry(one.code, one.label, address(own.name, one.code), 1 if one.parent else 0, counts.get(one.code))


def _entry(
    release: Taxonomy, one: TaxonomyTerm, counts: Mapping[str, int], version: str | None, level: int = 0
) -> Entry:
    href = address(release.namespace, one.code, version)
    return Entry(one.code, one.name, href, level, counts.get(one.code), one.definition)


def _neighbours(site: Site, namespace: str, code: str) -> tuple[Neighbour, ...]:
    found = taxonomies.crosswalk(site.registry, ANONYMOUS, namespace, code)
    return tuple(_neighbour(site, one) for one in found)


def _neighbour(site: Site, mapping: TermMapping) -> Neighbour:
    release = known_taxonomy(site, mapping.to_taxonomy)
    known = release.find(mapping.to_code) if release else None
    return Neighbour(
        taxonomy=release.title if release else mapping.to_taxonomy,
        code=mapping.to_code,
        name=known.name if known else None,
        href=address(mapping.to_taxonomy, mapping.to_code) if known else None,
        relation=mapping.relation,
        source=mapping.source,
    )
