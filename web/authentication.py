"""Who makes a request: ``Authorization: Bearer <key>``, or else the session's cookie, or else nobody.

Never a key in a URL. A key and a session of two different people in one request are refused: one of them is a mistake.
"""

from __future__ import annotations

from dataclasses import replace

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from registry.domain.actor import ANONYMOUS, Actor
from registry.domain.errors import Unauthenticated
from registry.ports import Registry
from registry.service import authentication, limits, sessions
from registry.service.sessions import SignedIn
from web.client_address import Proxies
from web.session_cookie import SessionCookie

_THREADS = 4
# What is asked for by the token of the settings is no key of anybody.
_OPEN = ("/static/", "/health/", "/metrics")
_NOBODY = SignedIn(ANONYMOUS, "")


class Authentication:
    """Puts the ``Actor`` into ``request.state.actor``, for every path but static files, health and figures.

    Beside it ``request.state.address`` is where the request comes from, and ``request.state.signed_in_as`` the name
    that a person signed in with, empty for keys and strangers.
    """

    def __init__(self, app: ASGIApp, *, registry: Registry, cookie: SessionCookie) -> None:
        self._app = app
        self._registry = registry
        self._cookie = cookie
        self._proxies = Proxies(registry.settings.trusted_proxies, header=registry.settings.trusted_proxy_header)
        self._threads = anyio.CapacityLimiter(_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            is_open = scope["path"].startswith(_OPEN)
            state = scope.setdefault("state", {})
            address = state["address"] = self._proxies.address_of(scope)
            who = _NOBODY if is_open else await self._who(scope, address)
            state["signed_in_as"] = who.name
            state["actor"] = replace(who.actor, address=address, request_id=state.get("request_id"))
        await self._app(scope, receive, send)

    async def _who(self, scope: Scope, address: str | None) -> SignedIn:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        secret = self._cookie.held(scope)
        if not given and not secret:
            return _NOBODY
        try:
            text = _bearer(given) if given else None
            return await anyio.to_thread.run_sync(self._authenticated, text, secret, limiter=self._threads)
        except Unauthenticated:
            limits.note_failure(self._registry, address=address)
            raise

    def _authenticated(self, text: str | None, secret: str) -> SignedIn:
        signed_in = sessions.authenticate_session(self._registry, secret)
        if text is None:
            return signed_in or _NOBODY
        actor = authentication.authenticate(self._registry, text)
        if signed_in is not None and not _is_same(actor, signed_in.actor):
            raise Unauthenticated("the key and the session in this request are of different members")
        return SignedIn(actor, "")


def actor_of(request: Request) -> Actor:
    """Who makes *request*."""
    actor: Actor = request.state.actor
    return actor


def signed_in_as(request: Request) -> str:
    """The name that the person who makes *request* signed in with; empty for keys and strangers."""
    name: str = request.state.signed_in_as
    return name


def _is_same(one: Actor, other: Actor) -> bool:
    return (one.person, one.organisation) == (other.person, other.organisation)


def _bearer(given: list[bytes]) -> str:
    scheme, _, text = given[0].decode("latin-1").partition(" ")
    if len(given) != 1 or scheme.lower() != "bearer" or not text:
        raise Unauthenticated("this credential cannot be read", hint="send it as: Authorization: Bearer <key>")
    return text.strip()
