"""The first page: search, how much there is, and what is new."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS
from registry.domain.pages import PageRequest, RecordFilter
from registry.domain.vocabulary import Kind
from registry.service import find
from web.pages.caching import page
from web.pages.cards import cards
from web.pages.wording import PLURALS
from web.site import site_of

_LATEST = 6
_LATEST_OTHERS = 3


async def home(request: Request) -> Response:
    """The same page for everybody."""
    site = site_of(request)
    registry = site.registry
    counts = [(PLURALS[kind], kind, find.count(registry, ANONYMOUS, RecordFilter(kinds=(kind,)))) for kind in Kind]
    latest = find.page(registry, ANONYMOUS, RecordFilter(kinds=(Kind.INCIDENT,)), request=PageRequest(_LATEST))
    # Lessons come first; where there are none yet, measures are the next best thing to learn from.
    for kind in (Kind.LESSON, Kind.MITIGATION):
        others = find.page(registry, ANONYMOUS, RecordFilter(kinds=(kind,)), request=PageRequest(_LATEST_OTHERS))
        if others.items:
            break
    return page(
        request,
        "home.html",
        counts=counts,
        latest=cards(site, ANONYMOUS, latest.items),
        others=cards(site, ANONYMOUS, others.items),
        others_kind=(others_kind := kind if others.items else Kind.LESSON),
        others_label=PLURALS[others_kind],
    )
