"""The doors by which nodes tell each other that there is something new: a ping, and a stream of events.

Neither says what: that is asked for at the log.
"""

from __future__ import annotations

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from registry.ports import Registry
from registry.service.federation import news
from registry.service.federation.news import Heard
from web.federation import answer_with, require_first, verified_node
from web.nodes import Nodes, nodes_of
from web.site import site_of
from web.streaming import end_with_client

HEARTBEAT_SECONDS = 15.0
# How long a stream lasts; who listens goes on with another.
_LASTS_SECONDS = 3600.0
_SEND_SECONDS = 30.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # Proxies would keep events back until there are enough.
    (b"x-accel-buffering", b"no"),
]


async def ping(request: Request) -> Response:
    """Hear from a node that it has something new; the node is asked soon.

    Raises:
        Unauthenticated: no node that is asked or answered signed the request.
    """
    registry, body = site_of(request).registry, await request.body()

    def work() -> Response:
        actor, signed = verified_node(registry, request, body, is_told=True)
        # A flood of them writes nothing.
        if not news.is_pinged(registry, actor):
            require_first(registry, actor, signed)
            news.note_ping(registry, actor)
        return answer_with(registry, {"for": signed.nonce})

    return await anyio.to_thread.run_sync(work, limiter=nodes_of(request).threads)


async def stream(request: Request) -> Response:
    """Events for the node that asks, each of which says that there is something new for it.

    Raises:
        Unauthenticated: no node that is answered signed the request.
        HttpFailure: it has as many streams as it may have.
    """
    registry, nodes = site_of(request).registry, nodes_of(request)
    body, last_id = await request.body(), request.headers.get("last-event-id")

    def work() -> tuple[str, str, Heard]:
        actor, signed = verified_node(registry, request, body)
        require_first(registry, actor, signed)
        return signed.kid, actor.node or "", news.begin_stream(registry, actor, last_id)

    kid, dns, begun = await anyio.to_thread.run_sync(work, limiter=nodes.threads)
    return _Stream(registry, nodes, kid, dns, begun)


class _Stream(Response):
    """Server-sent events until the client goes, the node is answered no more, or the server stops."""

    def __init__(self, registry: Registry, nodes: Nodes, kid: str, dns: str, begun: Heard) -> None:
        super().__init__()
        self._registry, self._nodes = registry, nodes
        self._kid, self._dns, self._begun = kid, dns, begun

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        with self._nodes.streaming(self._dns):
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            if scope["method"] != "HEAD":
                async with anyio.create_task_group() as group:
                    group.start_soon(end_with_client, receive, group)
                    with anyio.move_on_after(_LASTS_SECONDS):
                        await self._tell(send)
                    group.cancel_scope.cancel()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send) -> None:
        heard: Heard | None = self._begun
        pause = self._registry.settings.job_poll_seconds
        await _say(send, _event("resync", self._begun) if self._begun.is_resync else b": open\n\n")
        said_at = anyio.current_time()
        while heard is not None and not self._nodes.stopping.is_set():
            heard = await anyio.to_thread.run_sync(
                news.listen, self._registry, self._kid, self._dns, heard.position, limiter=self._nodes.threads
            )
            if heard is None:
                return
            is_quiet = anyio.current_time() - said_at >= HEARTBEAT_SECONDS
            if heard.is_some or is_quiet:
                await _say(send, _event("new", heard) if heard.is_some else b":\n\n")
                said_at = anyio.current_time()
            with anyio.move_on_after(pause):
                await self._nodes.stopping.wait()


async def _say(send: Send, text: bytes) -> None:
    with anyio.fail_after(_SEND_SECONDS):
        await send({"type": "http.response.body", "body": text, "more_body": True})


def _event(name: str, heard: Heard) -> bytes:
    return f"id: {heard.id}\nevent: {name}\ndata: {name}\n\n".encode()
