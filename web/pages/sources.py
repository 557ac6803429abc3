"""Whose public records are in the registry, for everybody; and for a source itself, what was wrong with its own."""

from __future__ import annotations

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.domain.actor import ANONYMOUS
from registry.domain.errors import BadCursor
from registry.domain.licence import terms_of
from registry.domain.pages import MAX_PAGE, Page, PageRequest
from registry.service import import_feedback
from registry.service.import_feedback import Told
from registry.service.source_list import public_sources
from web.pages.caching import PRIVATE, page
from web.site import site_of

_LIST = "import_feedback"


async def sources(request: Request) -> Response:
    """Every source of which a record is public, with its terms."""
    registry = site_of(request).registry
    found = await anyio.to_thread.run_sync(lambda: public_sources(registry, ANONYMOUS))
    return page(request, "sources.html", sources=found, terms_of=terms_of)


async def findings(request: Request) -> Response:
    """What a source is told of its own records, to be read.

    Raises:
        NotFound: the link is none that works.
    """
    told = await _told(request)
    source, secret = request.path_params["source"], request.path_params["secret"]
    address = f"/sources/{source}/findings/{secret}"
    return _kept_private(
        page(request, "source_findings.html", source=source, found=told, address=address, next=_next(request, told))
    )


async def findings_json(request: Request) -> Response:
    """The same for a program: a page of findings, and the address of the next one.

    Raises:
        NotFound: as ``findings``.
    """
    told = await _told(request)
    after = _next(request, told)
    body = {
        "source": request.path_params["source"],
        "findings": [one.as_dict() for one in told.items],
        "next": None if after is None else site_of(request).url(f"{request.url.path}?after={after}"),
    }
    return _kept_private(JSONResponse(body))


async def _told(request: Request) -> Page[Told]:
    registry, said = site_of(request).registry, request.path_params
    asked = _asked(request)
    return await anyio.to_thread.run_sync(
        lambda: import_feedback.findings(registry, ANONYMOUS, said["source"], said["secret"], asked)
    )


def _asked(request: Request) -> PageRequest:
    cursor = request.query_params.get("after")
    if not cursor:
        return PageRequest(MAX_PAGE)
    try:
        position = site_of(request).registry.cursors.open(cursor, _LIST, request.path_params["source"])
    except BadCursor:
        raise BadCursor(path=("after",)) from None
    return PageRequest(MAX_PAGE, position)


def _next(request: Request, told: Page[Told]) -> str | None:
    if not told.has_next:
        return None
    return site_of(request).registry.cursors.seal(told.positions[-1], _LIST, request.path_params["source"])


def _kept_private(response: Response) -> Response:
    """The address is a secret: nobody keeps the answer, and no search engine lists it."""
    response.headers.update({"Cache-Control": PRIVATE, "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"})
    return response
