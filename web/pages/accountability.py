"""How a node gives account of itself: what it counts, what it stores about people, and who decides."""

from __future__ import annotations

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain import retention
from registry.domain.actor import ANONYMOUS
from registry.service import transparency as counting
from registry.service.cases import deadlines
from web.pages.caching import page
from web.pages.notice import OUTCOMES, WISHES
from web.site import site_of


async def transparency(request: Request) -> Response:
    """What was asked, decided and taken down, year by year; the same for everybody."""
    registry = site_of(request).registry
    counts = await anyio.to_thread.run_sync(lambda: counting.counts(registry, ANONYMOUS))
    words = {"wishes": WISHES, "outcomes": OUTCOMES, "deadlines": deadlines(registry.settings)}
    return page(request, "transparency.html", 200, counts=counts, **words)


async def privacy(request: Request) -> Response:
    """What is stored, why, and how long."""
    settings = site_of(request).registry.settings
    tables = list(retention.everything(settings.model_dump()))
    contact = settings.privacy_contact or settings.contact
    return page(request, "privacy.html", 200, tables=tables, contact=contact, takes_reports=settings.anonymous_reports)


async def governance(request: Request) -> Response:
    """Who decides about principles, vocabularies, members and records."""
    settings = site_of(request).registry.settings
    return page(request, "governance.html", 200, words=settings.governance, deadlines=deadlines(settings))
