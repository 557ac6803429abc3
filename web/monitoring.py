"""Counting what somebody known asks for, and what is refused to whom; written down by ``service.monitoring``."""

from __future__ import annotations

from dataclasses import replace

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.domain.account import parse_key
from registry.domain.actor import ANONYMOUS, Actor
from registry.domain.errors import CommonsError, Unauthenticated
from registry.domain.event import EventName
from registry.ports import Registry
from registry.service import monitoring

_RATE_LIMITED = 429


class Monitoring:
    """Stands around ``Authentication``: sees who was let in, and who was not. Strangers are not counted."""

    def __init__(self, app: ASGIApp, *, registry: Registry) -> None:
        self._app = app
        self._registry = registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def seen(message: Message) -> None:
            # GraphQL answers by itself where a budget is used up.
            if message["type"] == "http.response.start" and message["status"] == _RATE_LIMITED:
                self._registry.tally.refuse(EventName.RATE_REFUSED, self._who(scope))
            await send(message)

        try:
            await self._app(scope, receive, seen)
        except CommonsError as error:
            self._note(scope, error)
            raise
        finally:
            if "actor" in scope["state"]:
                self._registry.tally.request(scope["state"]["actor"], self._registry.clock.now())

    def _note(self, scope: Scope, error: CommonsError) -> None:
        if isinstance(error, Unauthenticated) and "actor" not in scope["state"]:
            subject = _named_key(scope)
            self._registry.tally.refuse(EventName.CREDENTIAL_REFUSED, self._who(scope), subject=subject)
        else:
            monitoring.note_refused(self._registry, self._who(scope), error)

    def _who(self, scope: Scope) -> Actor:
        known: Actor | None = scope["state"].get("actor")
        return known or replace(ANONYMOUS, address=scope["state"].get("address"))


def _named_key(scope: Scope) -> str | None:
    """The key that a credential names, whole and well-formed as it is; never its secret."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            parsed = parse_key(value.decode("latin-1").partition(" ")[2].strip())
            return None if parsed is None else f"key:{parsed[0]}"
    return None
