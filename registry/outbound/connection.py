"""Connections to checked addresses, bounded in time and in bytes from the first byte to the last.

A name is never resolved here: what was checked is what is connected to. Certificates are checked against the name.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore


class Deadline:
    """A moment by which everything must be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left.

        Raises:
            httpcore.TimeoutException: none is.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return left


class BoundedStream(httpcore.NetworkStream):
    """A stream of which every operation ends by the deadline, and of which only so many bytes are read."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, max_bytes: int) -> None:
        self._stream = stream
        self._deadline = deadline
        self._left = max_bytes

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See ``httpcore.NetworkStream``."""
        if self._left <= 0:
            raise httpcore.RemoteProtocolError("more bytes than announced")
        body = self._stream.read(max_bytes, self._bounded(timeout))
        self._left -= len(body)
        return body

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See ``httpcore.NetworkStream``."""
        self._stream.write(buffer, self._bounded(timeout))

    def close(self) -> None:
        """See ``httpcore.NetworkStream``."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """See ``httpcore.NetworkStream``."""
        secured = self._stream.start_tls(ssl_context, server_hostname, self._bounded(timeout))
        return BoundedStream(secured, self._deadline, self._left)

    def get_extra_info(self, info: str) -> Any:
        """See ``httpcore.NetworkStream``."""
        return self._stream.get_extra_info(info)

    def _bounded(self, timeout: float | None) -> float:
        left = self._deadline.left
        return left if timeout is None else min(left, timeout)


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the addresses it was given, whatever host is asked for."""

    def __init__(self, addresses: Sequence[str], deadline: Deadline, max_bytes: int) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002  # what was checked is connected to
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Connect to the first of the addresses that answers."""
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            left = self._deadline.left
            bounded = left if timeout is None else min(left, timeout)
            try:
                stream = self._sockets.connect_tcp(address, port, bounded, socket_options=[_AT_ONCE])
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return BoundedStream(stream, self._deadline, self._max_bytes)
        raise failure


_AT_ONCE = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
