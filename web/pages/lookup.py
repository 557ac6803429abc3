"""Records that name a web address as a source: one article may serve many."""

from __future__ import annotations

from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.errors import InvalidInput
from registry.domain.pages import MAX_PAGE
from registry.domain.record import Record
from registry.service import sources
from web.authentication import actor_of
from web.pages.caching import page
from web.pages.cards import cards
from web.site import site_of


async def lookup(request: Request) -> Response:
    """The records that the reader may see, the newest first, and the form to ask for another address."""
    site, actor = site_of(request), actor_of(request)
    url = request.query_params.get("url", "").strip()
    found: tuple[Record, ...] = ()
    problem, status = None, 200
    if url:
        ask = partial(sources.by_source, site.registry, actor, url, first=MAX_PAGE)
        try:
            found = await anyio.to_thread.run_sync(ask, limiter=site.searches)
        except InvalidInput as error:
            problem, status = error.problems[0].message, 400
    shown = cards(site, actor, found)
    return page(request, "lookup.html", status, url=url, cards=shown, problem=problem, most=MAX_PAGE)
