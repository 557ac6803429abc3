"""Watched usage policies: all for operators, for a member those of their organisation."""

from __future__ import annotations

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.service import policy_watch
from web.authentication import actor_of
from web.pages.caching import page
from web.pages.me import for_members
from web.site import site_of

PATH = "/policies/watched"


@for_members(PATH)
async def watched(request: Request) -> Response:
    """The pages, how they were found last, and the drafts that their changes made."""
    registry, actor = site_of(request).registry, actor_of(request)
    found = await anyio.to_thread.run_sync(lambda: policy_watch.watched(registry, actor))
    return page(request, "watched.html", watched=found)
