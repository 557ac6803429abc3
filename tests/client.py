"""A client that speaks HTTP to an ASGI application in this process, from tests that are not async."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import httpx
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

# httpx looks for this package at every request, which takes as long as most answers do, and nobody here has it.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

BASE_URL = "https://registry.test"


class Client:
    """Runs the application's lifespan in its own event loop, and sends requests to it.

    Errors that the application does not answer are raised here, unless *raise_app_exceptions* is false.
    """

    def __init__(self, app: Starlette, *, raise_app_exceptions: bool = True) -> None:
        self._app = app
        self._raise = raise_app_exceptions

    def __enter__(self) -> Self:
        """Start the application."""
        self._stack = contextlib.ExitStack()
        self._portal = self._stack.enter_context(start_blocking_portal(backend_options={"use_uvloop": True}))
        self._http = self._stack.enter_context(self._portal.wrap_async_context_manager(self._open()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Stop the application."""
        return self._stack.__exit__(kind, error, trace)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[httpx.AsyncClient]:
        async with self._app.router.lifespan_context(self._app) as state:

            async def app(scope: Scope, receive: Receive, send: Send) -> None:
                scope["state"] = dict(state or {})
                await self._app(scope, receive, send)

            transport = httpx.ASGITransport(app, raise_app_exceptions=self._raise)
            async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
                yield client

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Send one request; *options* are httpx's."""

        async def send() -> httpx.Response:
            return await self._http.request(method, url, **options)

        return self._portal.call(send)

    def get(self, url: str, **options: Any) -> httpx.Response:
        """Send a GET."""
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        """Send a POST."""
        return self.request("POST", url, **options)
