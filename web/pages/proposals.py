"""How to suggest a correction of a record: pages have no sign-in, so this tells the ways that have."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain.errors import NotFound
from web.authentication import actor_of
from web.pages.caching import page
from web.pages.cards import address_of, card
from web.pages.record import find_record
from web.site import site_of


async def correction(request: Request) -> Response:
    """What to do to have a published record corrected, with its own number and revision in the examples.

    Raises:
        NotFound: no such record, none that the asker may see, or one that takes no corrections now.
    """
    site, actor = site_of(request), actor_of(request)
    ref = request.path_params["ref"]
    found = find_record(site, actor, ref)
    if found.number is not None and ref != found.number:
        return RedirectResponse(f"{address_of(found)}/correction", 308)
    shown = card(found, None)
    if not found.is_out or found.head.public is None or found.number is None:
        raise NotFound("this record takes no corrections now")
    said = {
        "uid": found.uid,
        "expectedRevision": found.revision,
        "reason": "…",
        "changes": [{"path": ["severity"], "value": "4"}],
    }
    return page(
        request,
        "correction.html",
        card=shown,
        address=address_of(found),
        variables=json.dumps({"input": said}, ensure_ascii=False, indent=2),
    )
