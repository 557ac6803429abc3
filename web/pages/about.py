"""What this node is and how it decides."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from web.pages.caching import page


async def about(request: Request) -> Response:
    """The same page for everybody."""
    return page(request, "about.html")
