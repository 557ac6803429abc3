"""What is between a node and others, and can be cut: relays on this machine. To a node, a relay is the network.

Behind a relay a node is known by the address of its relay, so that it can be started again on any port. Who asks stands
in the ``User-Agent`` of each request, which names the address of the asking node.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tests.node_process import NodeProcess

_HEAD_BYTES = 1 << 16
_ASKER = re.compile(rb"^user-agent: .*\(\+(http://[^)\s]+)\)", re.IGNORECASE | re.MULTILINE)


class Cut(StrEnum):
    """What becomes of a connection over a cut link: it is closed, or nothing ever comes."""

    REFUSES = "refuses"
    HANGS = "hangs"


class Link(Protocol):
    """What is between a node and all others."""

    @property
    def address(self) -> str:
        """Where others find the node, whether it runs or not."""
        ...

    def serve(self, data_dir: Path, settings: Mapping[str, str]) -> NodeProcess:
        """Run the node behind it, and wait until it serves."""
        ...

    def ended(self) -> None:
        """The node does not run any more."""
        ...

    def cut(self, asker: str, how: Cut) -> None:
        """Cut the link for the node with this address; what is on its way is lost."""
        ...

    def heal(self, asker: str) -> None:
        """Mend it; whoever hangs is let go."""
        ...

    def close(self) -> None:
        """Take no more connections, and end all."""
        ...


class Relay:
    """Passes connections on to a node, but those of askers whose link is cut. See :class:`Link`."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        port: int = self._listening.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.target: str | None = None
        """Where the node listens; ``None`` while it does not run."""
        self._cuts: dict[str, Cut] = {}
        self._open: dict[socket.socket, str] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def serve(self, data_dir: Path, settings: Mapping[str, str]) -> NodeProcess:
        """Run the node on any port."""
        process = NodeProcess(data_dir, settings=settings)
        self.target = process.address
        return process

    def ended(self) -> None:
        """Whoever asks is refused."""
        self.target = None

    def cut(self, asker: str, how: Cut) -> None:
        """See the protocol."""
        with self._lock:
            self._cuts[asker] = how
        self._drop(asker)

    def heal(self, asker: str) -> None:
        """See the protocol."""
        with self._lock:
            self._cuts.pop(asker, None)
        self._drop(asker)

    def close(self) -> None:
        """See the protocol."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for asker in set(self._open.values()):
            self._drop(asker)

    def _drop(self, asker: str) -> None:
        with self._lock:
            found = [one for one, whose in self._open.items() if whose == asker]
        for one in found:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._attend, args=(connection,), name="relayed", daemon=True).start()

    def _attend(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = self._head(connection)
            named = _ASKER.search(head)
            asker = "" if named is None else named[1].decode()
            with self._lock:
                how = self._cuts.get(asker)
                self._open[connection] = asker
            try:
                if how is Cut.HANGS:
                    connection.recv(1)
                elif how is None:
                    self._pass_on(connection, head, asker)
            finally:
                with self._lock:
                    del self._open[connection]

    def _head(self, connection: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _HEAD_BYTES:
            more = connection.recv(_HEAD_BYTES)
            if not more:
                break
            head += more
        return head

    def _pass_on(self, connection: socket.socket, head: bytes, asker: str) -> None:
        parts = urlsplit(self.target or "")
        if parts.hostname is None or parts.port is None:
            return
        with socket.create_connection((parts.hostname, parts.port), timeout=30) as beyond:
            beyond.settimeout(None)
            with self._lock:
                self._open[beyond] = asker
            try:
                beyond.sendall(head)
                answering = threading.Thread(target=_pump, args=(beyond, connection), daemon=True)
                answering.start()
                _pump(connection, beyond)
                answering.join()
            finally:
                with self._lock:
                    del self._open[beyond]


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Hand on what comes until it ends; then tell the other side that no more comes."""
    with suppress(OSError):
        while piece := source.recv(_HEAD_BYTES):
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
