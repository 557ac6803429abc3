"""Events, for operators: searched on a page, and exported line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlencode

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from registry.domain.errors import BadCursor, InvalidInput
from registry.domain.event import Event, EventFilter
from registry.domain.event_filter import filter_of
from registry.domain.event_lines import json_lines, table_lines
from registry.domain.pages import PageRequest
from registry.service import events as service
from web.authentication import actor_of
from web.pages.caching import PRIVATE, page
from web.pages.me import for_members
from web.site import site_of

PATH = "/admin/events"
FIELDS: dict[str, str] = {
    "name": "What happened, or how its name begins",
    "actor": "By whom",
    "organisation": "Id of the organisation",
    "key": "Id of the key",
    "address": "Network address",
    "subject": "About what",
    "request_id": "Id of the request",
    "since": "From (UTC), such as 2026-03-14 or 2026-03-14T15:00",
    "before": "Until before (UTC)",
}
_SHOWN = 50


@for_members(PATH)
async def events(request: Request) -> Response:
    """A page of them, newest first."""
    site, actor = site_of(request), actor_of(request)
    said = _said(request)
    try:
        wanted = filter_of(said)
        asked = _page_of(request, wanted)
    except InvalidInput as error:
        return page(request, "events.html", 400, fields=FIELDS, said=said, found=(), problems=error.problems, pages={})
    found = await anyio.to_thread.run_sync(lambda: service.page(site.registry, actor, wanted, asked))
    seal = site.registry.cursors.seal
    query = {name: value for name, value in said.items() if value}
    pages = {}
    if found.has_previous and found.positions:
        cursor = seal(found.positions[0], "events", wanted)
        pages["previous"] = f"{PATH}?{urlencode(query | {'newer': cursor})}"
    if found.has_next:
        cursor = seal(found.positions[-1], "events", wanted)
        pages["next"] = f"{PATH}?{urlencode(query | {'older': cursor})}"
    pages["export"] = urlencode(query)
    return page(request, "events.html", fields=FIELDS, said=said, found=found.items, problems=(), pages=pages)


async def events_ndjson(request: Request) -> Response:
    """All of them, oldest first, a JSON object a line."""
    return await _exported(request, json_lines, "application/x-ndjson", "events.ndjson")


async def events_csv(request: Request) -> Response:
    """All of them, oldest first, as a table."""
    return await _exported(request, table_lines, "text/csv; charset=utf-8", "events.csv")


async def _exported(
    request: Request, lines: Callable[[Iterable[Event]], Iterator[str]], media_type: str, name: str
) -> Response:
    registry, actor, wanted = site_of(request).registry, actor_of(request), filter_of(_said(request))
    walk = await anyio.to_thread.run_sync(lambda: service.export(registry, actor, wanted))
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines(walk), headers=headers, media_type=media_type)


def _said(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "") for name in FIELDS}


def _page_of(request: Request, wanted: EventFilter) -> PageRequest:
    cursors = site_of(request).registry.cursors
    for name in ("newer", "older"):
        cursor = request.query_params.get(name)
        if cursor:
            try:
                return PageRequest(_SHOWN, cursors.open(cursor, "events", wanted), backwards=name == "newer")
            except BadCursor:
                raise BadCursor(path=(name,)) from None
    return PageRequest(_SHOWN)
