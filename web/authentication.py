"""Who makes a request: ``Authorization: Bearer <key>``, and nobody where there is none. Never a key in a URL."""

from __future__ import annotations

from dataclasses import replace

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from registry.domain.actor import ANONYMOUS, Actor
from registry.domain.errors import Unauthenticated
from registry.ports import Registry
from registry.service import authentication

_THREADS = 4
_OPEN = ("/static/", "/health/")


class Authentication:
    """Puts the ``Actor`` into ``request.state.actor``, for every path but static files and health."""

    def __init__(self, app: ASGIApp, *, registry: Registry) -> None:
        self._app = app
        self._registry = registry
        self._threads = anyio.CapacityLimiter(_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            is_open = scope["path"].startswith(_OPEN)
            state = scope.setdefault("state", {})
            actor = ANONYMOUS if is_open else await self._actor(scope)
            client = scope.get("client")
            state["actor"] = replace(actor, address=client[0] if client else None, request_id=state.get("request_id"))
        await self._app(scope, receive, send)

    async def _actor(self, scope: Scope) -> Actor:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if not given:
            return ANONYMOUS
        text = _bearer(given)
        return await anyio.to_thread.run_sync(authentication.authenticate, self._registry, text, limiter=self._threads)


def actor_of(request: Request) -> Actor:
    """Who makes *request*."""
    actor: Actor = request.state.actor
    return actor


def _bearer(given: list[bytes]) -> str:
    scheme, _, text = given[0].decode("latin-1").partition(" ")
    if len(given) != 1 or scheme.lower() != "bearer" or not text:
        raise Unauthenticated("this credential cannot be read", hint="send it as: Authorization: Bearer <key>")
    return text.strip()
