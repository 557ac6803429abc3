"""Whether this node answers, and whether it may be sent requests. Tells strangers nothing that is not public."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.domain.actor import ANONYMOUS
from registry.domain.errors import CommonsError
from registry.ports import Registry
from registry.service import find, import_watch
from web.site import site_of

_HEADERS = {"Cache-Control": "no-store"}


async def live(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "live"}, headers=_HEADERS)


async def ready(request: Request) -> Response:
    """The store can be read; says whether the index has taken in all that is public, and sources are read in time."""
    registry = site_of(request).registry
    try:
        behind = is_index_behind(registry)
        overdue = import_watch.is_overdue(registry, ANONYMOUS)
    except CommonsError as error:
        return JSONResponse({"status": "unavailable", "code": error.code}, 503, _HEADERS)
    parts = {"index": "behind" if behind else "current", "imports": "overdue" if overdue else "current"}
    return JSONResponse({"status": "ready", **parts}, headers=_HEADERS)


def is_index_behind(registry: Registry) -> bool:
    """Whether the newest public change is not in the index yet. Drafts move nothing here."""
    newest = find.public_seq(registry, ANONYMOUS)
    rows = find.public_changes(registry, ANONYMOUS, after=newest - 1, limit=1) if newest else ()
    return bool(rows) and registry.index.position() < rows[-1].seq
