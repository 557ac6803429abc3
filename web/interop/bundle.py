"""One record as a bundle of STIX 2.1."""

from __future__ import annotations

from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.domain.interop import stix
from registry.service.interop import reading
from web.authentication import actor_of
from web.pages.caching import by_reader
from web.pages.record import find_record
from web.pages.techniques import technique
from web.site import site_of


async def record_stix(request: Request) -> Response:
    """The record that the address names; of what is gone, its ids as revoked.

    Raises:
        NotFound: no such record, or none that the asker may see or that is given to anybody.
    """
    return await by_reader(_record_stix, reading.version)(request)


async def _record_stix(request: Request) -> Response:
    site, actor = site_of(request), actor_of(request)
    found = find_record(site, actor, request.path_params["ref"])
    told = await anyio.to_thread.run_sync(partial(reading.one, site.registry, actor, found.uid))
    body = stix.bundle(told, name_of=lambda code: technique(site, code).name)
    headers = {"X-Robots-Tag": "noindex"}
    return JSONResponse(body, 200 if told.is_told else 410, headers, stix.MEDIA_TYPE)
