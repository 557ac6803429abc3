"""Vocabularies of our own and taxonomies of others: their terms, and how many records carry them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain import terms
from registry.domain.actor import ANONYMOUS
from registry.domain.errors import NotFound, SearchUnavailable
from registry.domain.facets import FACET_OF
from registry.domain.pages import PageRequest, RecordFilter
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.domain.terms import Term, Vocabulary
from registry.domain.vocabulary import Kind
from registry.service import find, ingest
from registry.service import search as searching
from web.pages import wording
from web.pages.caching import page
from web.pages.cards import Card, cards
from web.pages.search_state import SearchState
from web.pages.techniques import Technique, full_name, known_taxonomy, technique, term_of
from web.site import Site, site_of

_TECHNIQUE = "technique"
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A term as it stands in its list."""

    code: str
    name: str
    href: str
    level: int
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A term with everything known of it; ``below`` are the terms under it."""

    code: str
    name: str
    source: str
    description: str | None
    url: str | None
    parent: Entry | None
    maps_to: tuple[Technique, ...]
    facet: str | None
    below: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Carriers:
    """The newest records of one kind that carry a term, how many there are, and where all of them are."""

    kind: Kind
    heading: str
    total: int
    cards: tuple[Card, ...]
    href: str


async def taxonomies(request: Request) -> Response:
    """Every vocabulary and every taxonomy known here."""
    site = site_of(request)
    imported = [known_taxonomy(site, name) for name in ingest.taxonomy_namespaces(site.registry, ANONYMOUS)]
    return page(request, "taxonomies.html", own=terms.ALL, imported=[one for one in imported if one])


async def taxonomy(request: Request) -> Response:
    """The terms of one vocabulary or taxonomy.

    Raises:
        NotFound: there is none of that name.
    """
    site, namespace = site_of(request), request.path_params["namespace"]
    own, imported = _named(site, namespace)
    counts = await _counts(site, FACET_OF.get(namespace) if own else _TECHNIQUE)
    if own is not None:
        entries = [_own_entry(own, term, counts) for term in own.terms]
        heading, source = own.label, own.terms[0].source
    else:
        assert imported is not None  # noqa: S101  # one of the two was found
        entries, heading, source = list(_tree(imported, counts)), imported.title, None
    return page(request, "taxonomy.html", heading=heading, imported=imported, entries=entries, source=source)


async def term(request: Request) -> Response:
    """One term, the terms below it, and the public records that carry it, kind by kind.

    Raises:
        NotFound: there is none of that code.
    """
    site, namespace = site_of(request), request.path_params["namespace"]
    own, imported = _named(site, namespace)
    counts = await _counts(site, FACET_OF.get(namespace) if own else _TECHNIQUE)
    code = request.path_params["code"]
    found = _own_definition(site, own, code, counts) if own else None
    found = found or (_imported_definition(imported, code, counts) if imported else None)
    if found is None:
        raise NotFound("no such term")
    return page(
        request,
        "term.html",
        term=found,
        namespace=namespace,
        taxonomy_title=own.label if own else imported.title if imported else "",
        carriers=[one for kind in Kind if (one := _carriers(site, found, kind)).total],
        named_in=SearchState(typed=found.code).url if imported else None,
    )


def _carriers(site: Site, term: Definition, kind: Kind) -> Carriers:
    if term.facet is None:
        return Carriers(kind, "", 0, (), "")
    wanted = RecordFilter(kinds=(kind,), facets=((term.facet, term.code),))
    newest = find.page(site.registry, ANONYMOUS, wanted, request=PageRequest(_SHOWN))
    return Carriers(
        kind=kind,
        heading=wording.CARRIERS.get((term.facet, kind), wording.PLURALS[kind]),
        total=find.count(site.registry, ANONYMOUS, wanted),
        cards=cards(site, ANONYMOUS, newest.items),
        href=SearchState(chosen=(("kind", str(kind)), (term.facet, term.code))).url,
    )


async def _counts(site: Site, facet: str | None) -> dict[str, int]:
    """How many public records carry each term; empty where they are not counted, or cannot be now."""
    if facet is None:
        return {}
    try:
        ask = partial(searching.search, site.registry, ANONYMOUS, "", first=1, facets=(facet,))
        found = await anyio.to_thread.run_sync(ask, limiter=site.searches)
    except SearchUnavailable:
        return {}
    return {one.value: one.count for one in found.facets[facet]}


def _named(site: Site, namespace: str) -> tuple[Vocabulary | None, Taxonomy | None]:
    own = next((one for one in terms.ALL if one.name == namespace), None)
    imported = None if own else known_taxonomy(site, namespace)
    if own is None and imported is None:
        raise NotFound("no such taxonomy")
    return own, imported


def _own_entry(own: Vocabulary, one: Term, counts: Mapping[str, int]) -> Entry:
    href = f"/taxonomies/{own.name}/{one.code}"
    return Entry(one.code, one.label, href, 1 if one.parent else 0, counts.get(one.code))


def _own_definition(site: Site, own: Vocabulary, code: str, counts: Mapping[str, int]) -> Definition | None:
    one = own.find(code)
    if one is None:
        return None
    above = own.find(one.parent) if one.parent else None
    return Definition(
        code=one.code,
        name=one.label,
        source=one.source,
        description=None,
        url=None,
        parent=_own_entry(own, above, counts) if above else None,
        maps_to=tuple(_neighbour(site, named) for named in one.maps_to),
        facet=FACET_OF.get(own.name),
        below=tuple(_own_entry(own, other, counts) for other in own.terms if other.parent == one.code),
    )


def _neighbour(site: Site, named: str) -> Technique:
    """A term of another scheme, written ``scheme:code``, linked where its taxonomy is known here."""
    known = technique(site, named.partition(":")[2])
    return known if known.href else Technique(named, None, None)


def _tree(imported: Taxonomy, counts: Mapping[str, int]) -> Iterator[Entry]:
    """Every term under its parent, in the publisher's order; one whose parent is not known stands at the top."""
    codes = {one.code for one in imported.terms}
    below: dict[str, list[TaxonomyTerm]] = {}
    for one in imported.terms:
        below.setdefault(one.parent if one.parent in codes and one.parent != one.code else "", []).append(one)
    waiting = [(one, 0) for one in reversed(below.pop("", []))]
    while waiting:
        one, level = waiting.pop()
        yield _imported_entry(imported, one, counts, level)
        waiting += [(other, min(level + 1, 2)) for other in reversed(below.pop(one.code, []))]


def _imported_entry(imported: Taxonomy, one: TaxonomyTerm, counts: Mapping[str, int], level: int = 0) -> Entry:
    return Entry(one.code, one.name, f"/taxonomies/{imported.namespace}/{one.code}", level, counts.get(one.code))


def _imported_definition(imported: Taxonomy, code: str, counts: Mapping[str, int]) -> Definition | None:
    one = term_of(imported, code)
    if one is None:
        return None
    above = term_of(imported, one.parent) if one.parent else None
    return Definition(
        code=one.code,
        name=full_name(imported, one),
        source=f"{imported.title}, release {imported.version}",
        description=one.description,
        url=one.url,
        parent=_imported_entry(imported, above, counts) if above else None,
        maps_to=(),
        facet=_TECHNIQUE,
        below=tuple(_imported_entry(imported, other, counts) for other in imported.terms if other.parent == one.code),
    )
