"""Bytes on a socket, for what no HTTP client agrees to send."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit


def exchange(address: str, sent: bytes, *, seconds: float = 60.0) -> bytes:
    """What the server at *address* answers to *sent*, until it ends the connection."""
    place = urlsplit(address)
    answer = b""
    with socket.create_connection((place.hostname, place.port), timeout=seconds) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                answer += piece
    return answer
