"""Whether this node answers, and whether it may be sent requests. Tells strangers nothing that is not public."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.domain.actor import ANONYMOUS
from registry.domain.errors import CommonsError
from registry.ports import Registry
from registry.service import find, import_watch
from registry.service.index_state import state_of_index
from web.site import site_of

_HEADERS = {"Cache-Control": "no-store"}


async def live(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "live"}, headers=_HEADERS)


async def ready(request: Request) -> Response:
    """The store can be read; says whether the index answers, how many public changes it lacks, and whether sources are
    read in time.

    A node serves while its index is built anew: all but searching works, so that this is told and no fault.
    """
    registry = site_of(request).registry
    try:
        lacks, can_answer = index_behind(registry), registry.index.position() > 0
        overdue = import_watch.is_overdue(registry, ANONYMOUS)
    except CommonsError as error:
        return JSONResponse({"status": "unavailable", "code": error.code}, 503, _HEADERS)
    parts = {
        "index": ("behind" if can_answer else "building") if lacks else "current",
        "index_behind": lacks,
        "imports": "overdue" if overdue else "current",
    }
    return JSONResponse({"status": "building" if lacks and not can_answer else "ready", **parts}, headers=_HEADERS)


def index_behind(registry: Registry) -> int:
    """How many public changes are not in the index yet. Drafts move nothing here."""
    # What is published meanwhile is not told as lacking.
    public = find.public_seq(registry, ANONYMOUS)
    return max(0, public - state_of_index(registry)[1])
