"""Organisations, what they recorded, what others recorded of them, and what they say of others' records.

Nothing here ranks anybody: reports are not rates.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from registry.domain.account import Organisation
from registry.domain.actor import ANONYMOUS
from registry.domain.pages import MAX_PAGE, PageRequest, RecordFilter
from registry.domain.record import OrganisationId
from registry.domain.vocabulary import Kind
from registry.service import accounts, find
from web.pages.caching import page
from web.pages.cards import Card, cards
from web.pages.lists import listing
from web.pages.search_state import SearchState
from web.site import Site, site_of

_MOST_BY_OTHERS = 6
_MOST_STATEMENTS = 6
_RECORDS = tuple(kind for kind in Kind if kind is not Kind.STATEMENT)


async def organisations(request: Request) -> Response:
    """Every organisation, by name."""
    registry = site_of(request).registry
    found = sorted(accounts.organisations(registry, ANONYMOUS), key=lambda one: one.name.casefold())
    counted = [(one, find.count(registry, ANONYMOUS, RecordFilter(owner=one.id))) for one in found]
    return page(request, "organisations.html", organisations=counted)


async def organisation(request: Request) -> Response:
    """One organisation: its public records, those of others about its systems, and its statements, each apart.

    Raises:
        NotFound: there is none of that name.
        BadCursor: the page asked for belongs to another list.
    """
    site = site_of(request)
    found = accounts.organisation(site.registry, ANONYMOUS, request.path_params["slug"])
    named = RecordFilter(kinds=_RECORDS, facets=(("provider", found.name),))
    by_others = find.count(site.registry, ANONYMOUS, named) - _count(site, found.id, named)
    return page(
        request,
        "organisation.html",
        organisation=found,
        listing=listing(request, RecordFilter(owner=found.id, kinds=_RECORDS)),
        by_others=_by_others(site, found, named) if by_others else (),
        by_others_total=by_others,
        by_others_all=SearchState(chosen=(("provider", found.name),)).url,
        statements=_statements(site, found.id),
        statements_total=_count(site, found.id, RecordFilter(kinds=(Kind.STATEMENT,))),
    )


def _count(site: Site, owner: OrganisationId, wanted: RecordFilter) -> int:
    own = RecordFilter(owner=owner, kinds=wanted.kinds, facets=wanted.facets)
    return find.count(site.registry, ANONYMOUS, own)


def _by_others(site: Site, found: Organisation, named: RecordFilter) -> tuple[Card, ...]:
    """The newest records of others that name it as the provider of a system."""
    newest = find.page(site.registry, ANONYMOUS, named, request=PageRequest(MAX_PAGE))
    others = [one for one in newest.items if one.owner != found.id]
    return cards(site, ANONYMOUS, others[:_MOST_BY_OTHERS])


def _statements(site: Site, owner: OrganisationId) -> tuple[Card, ...]:
    wanted = RecordFilter(owner=owner, kinds=(Kind.STATEMENT,))
    newest = find.page(site.registry, ANONYMOUS, wanted, request=PageRequest(_MOST_STATEMENTS))
    return cards(site, ANONYMOUS, newest.items)
