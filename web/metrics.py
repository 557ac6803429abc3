"""The node's figures in the text format of Prometheus, for whoever has the token of the settings."""

from __future__ import annotations

import hmac

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import SYSTEM
from registry.domain.errors import NotFound, Unauthenticated
from registry.domain.metrics import MEDIA_TYPE, text_of
from registry.ports import Registry
from registry.service import limits
from registry.service.figures import figures
from web.site import site_of

PATH = "/metrics"


async def metrics(request: Request) -> Response:
    """The figures as they are now.

    Raises:
        NotFound: the settings name no token, so that there is no such page.
        Unauthenticated: the request does not bear it.
    """
    registry = site_of(request).registry
    given = request.headers.get("authorization", "")
    body = await anyio.to_thread.run_sync(_text, registry, given, request.state.address)
    return Response(body, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def _text(registry: Registry, given: str, address: str | None) -> str:
    token = registry.settings.metrics_token
    if token is None:
        raise NotFound("there is no such page")
    if not hmac.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode()):
        limits.note_failure(registry, address=address)
        raise Unauthenticated("this needs the token of the node's figures", hint="send it as: Authorization: Bearer …")
    return text_of(figures(registry, SYSTEM))
