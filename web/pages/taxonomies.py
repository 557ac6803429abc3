"""Vocabularies of our own and taxonomies of others: their releases and terms, and how many records carry them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain import terms
from registry.domain.actor import ANONYMOUS
from registry.domain.errors import NotFound, SearchUnavailable
from registry.domain.pages import PageRequest, RecordFilter
from registry.domain.taxonomy import Taxonomy
from registry.domain.terms import Vocabulary
from registry.domain.vocabulary import Kind
from registry.service import find
from registry.service import search as searching
from registry.service import taxonomies as releases
from web.pages import wording
from web.pages.caching import page
from web.pages.cards import Card, cards
from web.pages.search_state import SearchState
from web.pages.techniques import known_taxonomy
from web.pages.terms import (
    CLASSIFICATION,
    address,
    definition,
    entries,
    facet_of,
    own_definition,
    own_entries,
    own_vocabulary,
)
from web.site import Site, site_of

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Known:
    """A taxonomy in the list of all: its newest release and the versions of the others."""

    release: Taxonomy
    older: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A release to switch to."""

    name: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Carriers:
    """The newest records of one kind that carry a term, how many there are, and where all of them are."""

    id: str
    kind: Kind
    heading: str
    total: int
    cards: tuple[Card, ...]
    href: str


async def taxonomies(request: Request) -> Response:
    """Every vocabulary and every taxonomy known here."""
    site = site_of(request)
    names = [name for name in releases.namespaces(site.registry, ANONYMOUS) if own_vocabulary(name) is None]
    known = [
        Known(release, releases.versions(site.registry, ANONYMOUS, name)[1:])
        for name in names
        if (release := known_taxonomy(site, name)) is not None
    ]
    return page(request, "taxonomies.html", own=terms.ALL, imported=known)


async def taxonomy(request: Request) -> Response:
    """The terms of one vocabulary or of a release of a taxonomy.

    Raises:
        NotFound: there is none of that name, or no such release of it.
    """
    site, namespace = site_of(request), request.path_params["namespace"]
    own, release, version = _named(request)
    counts = await _counts(site, namespace)
    if release is None:
        assert own is not None  # noqa: S101  # one of the two was found
        shown, heading, source = own_entries(own, counts), own.label, own.terms[0].source
    else:
        shown, heading, source = list(entries(release, counts, version)), release.title, None
    return page(
        request,
        "taxonomy.html",
        heading=heading,
        imported=release,
        entries=shown,
        source=source,
        versions=_versions(site, namespace, release),
    )


async def term(request: Request) -> Response:
    """One term, the terms below it, and the public records that carry it, kind by kind.

    Raises:
        NotFound: there is none of that code.
    """
    site, namespace, code = site_of(request), request.path_params["namespace"], request.path_params["code"]
    own, release, version = _named(request)
    counts = await _counts(site, namespace)
    if release is None:
        assert own is not None  # noqa: S101  # one of the two was found
        found, title = own_definition(site, own, code, counts), own.label
    else:
        found, title = definition(site, release, code, counts, version), release.title
    if found is None:
        raise NotFound("no such term")
    carriers = [_carriers(site, facet, value, kind) for facet, value in found.facets for kind in Kind]
    return page(
        request,
        "term.html",
        term=found,
        taxonomy_href=address(namespace, version=version),
        taxonomy_title=title,
        carriers=[one for one in carriers if one.total],
        named_in=SearchState(typed=found.code).url if release else None,
    )


def _named(request: Request) -> tuple[Vocabulary | None, Taxonomy | None, str | None]:
    """The vocabulary of ours, or the release that the address names; and the version, if it names one."""
    namespace, version = request.path_params["namespace"], request.query_params.get("version") or None
    own = own_vocabulary(namespace)
    if own is not None and version is None:
        return own, None, None
    release = known_taxonomy(site_of(request), namespace, version)
    if release is None:
        raise NotFound("no such taxonomy")
    return None, release, version


def _versions(site: Site, namespace: str, shown: Taxonomy | None) -> list[Version]:
    """Every release, where there is a choice."""
    names = releases.versions(site.registry, ANONYMOUS, namespace) if shown else ()
    found = [
        Version(name, address(namespace, version=name), shown is not None and name == shown.version) for name in names
    ]
    return found if len(found) > 1 else []


def _carriers(site: Site, facet: str, value: str, kind: Kind) -> Carriers:
    wanted = RecordFilter(kinds=(kind,), facets=((facet, value),))
    newest = find.page(site.registry, ANONYMOUS, wanted, request=PageRequest(_SHOWN))
    heading = wording.CARRIERS.get((facet, kind), wording.PLURALS[kind])
    return Carriers(
        id=f"{kind}-{facet}" if facet == CLASSIFICATION else str(kind),
        kind=kind,
        heading=f"{wording.PLURALS[kind]} classified so" if facet == CLASSIFICATION else heading,
        total=find.count(site.registry, ANONYMOUS, wanted),
        cards=cards(site, ANONYMOUS, newest.items),
        href=SearchState(chosen=(("kind", str(kind)), (facet, value))).url,
    )


async def _counts(site: Site, namespace: str) -> dict[str, int]:
    """How many public records carry each term, by code; empty where they cannot be counted now."""
    facet = facet_of(namespace)
    try:
        ask = partial(searching.search, site.registry, ANONYMOUS, "", first=1, facets=(facet or CLASSIFICATION,))
        found = await anyio.to_thread.run_sync(ask, limiter=site.searches)
    except SearchUnavailable:
        return {}
    counted = {one.value: one.count for one in found.facets[facet or CLASSIFICATION]}
    if facet is not None:
        return counted
    return {name.partition(":")[2]: count for name, count in counted.items() if name.startswith(f"{namespace}:")}
