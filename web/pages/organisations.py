"""Organisations and the records they own. Nothing here ranks anybody: reports are not rates."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS
from registry.domain.pages import RecordFilter
from registry.service import accounts, find
from web.pages.caching import page
from web.pages.lists import listing
from web.site import site_of


async def organisations(request: Request) -> Response:
    """Every organisation, by name."""
    registry = site_of(request).registry
    found = sorted(accounts.organisations(registry, ANONYMOUS), key=lambda one: one.name.casefold())
    counted = [(one, find.count(registry, ANONYMOUS, RecordFilter(owner=one.id))) for one in found]
    return page(request, "organisations.html", organisations=counted)


async def organisation(request: Request) -> Response:
    """One organisation and its public records.

    Raises:
        NotFound: there is none of that name.
        BadCursor: the page asked for belongs to another list.
    """
    found = accounts.organisation(site_of(request).registry, ANONYMOUS, request.path_params["slug"])
    return page(
        request, "organisation.html", organisation=found, listing=listing(request, RecordFilter(owner=found.id))
    )
