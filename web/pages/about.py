"""What this node is and how it decides."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS
from registry.service import guidelines
from web.pages.caching import page
from web.site import site_of


async def about(request: Request) -> Response:
    """The same page for everybody."""
    found = guidelines.current(site_of(request).registry, ANONYMOUS)
    return page(request, "about.html", 200, guidelines=found)
