"""HTTP/1.1 as uvicorn speaks it, with bounds on the head of a request: the parser itself has none."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """Ends a connection whose request line and headers are too large, or take too long to arrive."""

    max_head_bytes = 64 * 1024
    head_seconds = 20.0

    _head_bytes: int | None = 0  # None while a body arrives
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Whoever connects must speak."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives before the end of the headers."""
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            self._watch()
        super().data_received(data)
        if self._head_bytes is not None and self._head_bytes > self.max_head_bytes:
            self._end(_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._head_bytes = None
        self._unwatch()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What follows is the head of the next request."""
        self._head_bytes = 0
        super().on_message_complete()

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.head_seconds, self._end, _TOO_SLOW)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, answer: bytes) -> None:
        self._unwatch()
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
