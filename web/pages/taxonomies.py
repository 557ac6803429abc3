"""Vocabularies of our own and taxonomies of others: their terms, and how many records carry them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from registry.domain import terms
from registry.domain.actor import ANONYMOUS
from registry.domain.errors import NotFound
from registry.domain.pages import RecordFilter
from registry.domain.taxonomy import Taxonomy
from registry.domain.terms import Term, Vocabulary
from registry.service import ingest
from web.pages.caching import page
from web.pages.lists import Listing, listing
from web.pages.techniques import known_taxonomy
from web.site import Site, site_of

# The facet that counts records by a vocabulary's terms; imported taxonomies are counted as techniques.
_FACETS = {
    "misuse_category": "misuse",
    "harm_type": "harm",
    "scrutiny_domain": "scrutiny",
    "sector": "sector",
    "mitigation_type": "mitigation",
    "enforcement_action": "enforcement",
}
_TECHNIQUE = "technique"


@dataclass(frozen=True, slots=True)
class Entry:
    """A term as it stands in its list."""

    code: str
    name: str
    href: str
    level: int
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A term with everything known of it."""

    code: str
    name: str
    source: str
    description: str | None
    url: str | None
    parent: Entry | None
    maps_to: tuple[str, ...]
    facet: str | None

    @property
    def search_href(self) -> str:
        """The search for the records that carry it."""
        return "/search?" + urlencode({self.facet or "q": self.code})


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
    if own is not None:
        entries = [_own_entry(own, term) for term in own.terms]
        return page(
            request, "taxonomy.html", heading=own.label, imported=None, entries=entries, source=own.terms[0].source
        )
    assert imported is not None  # noqa: S101  # one of the two was found
    entries = [
        Entry(one.code, one.name, f"/taxonomies/{namespace}/{one.code}", 1 if one.parent else 0)
        for one in imported.terms
    ]
    return page(request, "taxonomy.html", heading=imported.title, imported=imported, entries=entries, source=None)


async def term(request: Request) -> Response:
    """One term, and the public records that carry it.

    Raises:
        NotFound: there is none of that code.
        BadCursor: the page asked for belongs to another list.
    """
    site, namespace = site_of(request), request.path_params["namespace"]
    own, imported = _named(site, namespace)
    found = _own_definition(own, request.path_params["code"]) if own else None
    found = found or (_imported_definition(imported, request.path_params["code"]) if imported else None)
    if found is None:
        raise NotFound("no such term")
    records: Listing | None = None
    if found.facet is not None:
        records = listing(request, RecordFilter(facets=((found.facet, found.code),)))
    return page(
        request,
        "term.html",
        term=found,
        namespace=namespace,
        taxonomy_title=own.label if own else imported.title if imported else "",
        listing=records,
    )


def _named(site: Site, namespace: str) -> tuple[Vocabulary | None, Taxonomy | None]:
    own = next((one for one in terms.ALL if one.name == namespace), None)
    imported = None if own else known_taxonomy(site, namespace)
    if own is None and imported is None:
        raise NotFound("no such taxonomy")
    return own, imported


def _own_entry(own: Vocabulary, one: Term) -> Entry:
    return Entry(one.code, one.label, f"/taxonomies/{own.name}/{one.code}", 1 if one.parent else 0)


def _own_definition(own: Vocabulary, code: str) -> Definition | None:
    one = own.find(code)
    if one is None:
        return None
    above = own.find(one.parent) if one.parent else None
    parent = _own_entry(own, above) if above else None
    return Definition(one.code, one.label, one.source, None, None, parent, one.maps_to, _FACETS.get(own.name))


def _imported_definition(imported: Taxonomy, code: str) -> Definition | None:
    by_code = {one.code: one for one in imported.terms}
    one = by_code.get(code)
    if one is None:
        return None
    above = by_code.get(one.parent or "")
    parent = Entry(above.code, above.name, f"/taxonomies/{imported.namespace}/{above.code}", 0) if above else None
    source = f"{imported.title}, release {imported.version}"
    return Definition(one.code, one.name, source, one.description, one.url, parent, (), _TECHNIQUE)
