"""Nodes as their operators run them, ``commons serve`` in processes of their own, and relays between them that a test
cuts: to a node, a relay is the network.

A node is known by the address of its relay, so that it can be started again on any port. Who asks stands in the
``User-Agent`` of each request, which names the address of the asking node.
"""

from __future__ import annotations

import re
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts, groups
from registry.service.federation import guarding, peering
from registry.service.keys import create_key
from registry.service.members import add_member
from registry.settings import load
from tests.node_process import NodeProcess, commons

CIRCLE = "circle"
_HEAD_BYTES = 1 << 16
_ASKER = re.compile(rb"^user-agent: .*\(\+(http://[^)\s]+)\)", re.IGNORECASE | re.MULTILINE)
_PEOPLE = (("acme", Role.SUBMITTER), ("watch", Role.LEAD_REVIEWER), ("house", Role.OPERATOR))
# Quick enough for a test, slow enough that four nodes do not keep a processor busy with asking.
_SETTINGS = {
    "outbound_allow_networks": "127.0.0.0/8",
    "federation_poll_seconds": "0.4",
    "job_poll_seconds": "0.2",
    "index_poll_seconds": "0.3",
}


class Cut(StrEnum):
    """What becomes of a connection over a cut link: it is closed, or nothing ever comes."""

    REFUSES = "refuses"
    HANGS = "hangs"


class Relay:
    """Passes connections on to a node, but those of askers whose link is cut."""

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

    def cut(self, asker: str, how: Cut) -> None:
        """Cut the link for the node with this address; what is on its way is lost."""
        with self._lock:
            self._cuts[asker] = how
        self._drop(asker)

    def heal(self, asker: str) -> None:
        """Mend it; whoever hangs is let go."""
        with self._lock:
            self._cuts.pop(asker, None)
        self._drop(asker)

    def close(self) -> None:
        """Take no more connections, and end all."""
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


@dataclass(slots=True)
class RealNode:
    """A node in a data directory of its own, running or not.

    Attributes:
        keys: of its people, by role.
    """

    name: str
    data_dir: Path
    relay: Relay
    keys: dict[str, str] = field(default_factory=dict)
    process: NodeProcess | None = None

    @property
    def dns(self) -> str:
        """What names it."""
        return f"{self.name}.example"

    @property
    def organisation(self) -> str:
        """What stands for it at other nodes."""
        return f"node-{self.name * 3}"

    def start(self) -> None:
        """Run it, and wait until it serves."""
        settings = _SETTINGS | {"base_url": self.relay.address}
        self.process = NodeProcess(self.data_dir, settings=settings)
        self.relay.target = self.process.address

    def kill(self) -> None:
        """End it as a loss of power does to a process."""
        process, self.process, self.relay.target = self.process, None, None
        if process is not None:
            process.kill()

    @contextmanager
    def opened(self) -> Iterator[Registry]:
        """Its registry in this process, as a command of its operator has it."""
        environ = {f"COMMONS_{name.upper()}": value for name, value in _SETTINGS.items()}
        registry = open_registry(load(self.data_dir, environ))
        try:
            yield registry
        finally:
            close_registry(registry)

    def ask(self, query: str, *, by: str, **variables: Any) -> Any:
        """The data of an answer without errors to one of its people.

        Raises:
            httpx.TransportError: it does not run, or ended meanwhile.
        """
        process = self.process
        if process is None:
            raise httpx.ConnectError("it does not run")
        headers = {"Authorization": f"Bearer {self.keys[by]}"}
        said = {"query": query, "variables": variables}
        answer = httpx.post(f"{process.address}/graphql", json=said, headers=headers, timeout=120, trust_env=False)
        body = answer.raise_for_status().json()
        assert "errors" not in body, body["errors"]
        return body["data"]


def found(folder: Path, name: str) -> RealNode:
    """A new node ``<name>.example`` with a submitter, a lead reviewer, an operator and a group; it does not run."""
    data_dir, relay = folder / name, Relay()
    own = ("--node-name", f"{name}.example", "--short-name", name.upper() * 3, "--base-url", relay.address)
    commons("init", "--data-dir", str(data_dir), *own)
    node = RealNode(name, data_dir, relay)
    with node.opened() as registry:
        for slug, role in _PEOPLE:
            accounts.add_organisation(
                registry, LOCAL_OPERATOR, slug=slug, name=slug.title(), kind=OrganisationKind.PROVIDER
            )
            made = add_member(
                registry, LOCAL_OPERATOR, organisation_slug=slug, name="Somebody", roles=frozenset({role})
            )
            node.keys[role.value] = create_key(
                registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label="test"
            ).text
        groups.add_group(registry, LOCAL_OPERATOR, slug=CIRCLE, name="Circle")
        groups.join(registry, LOCAL_OPERATOR, slug=CIRCLE, organisation_slug="acme")
    return node


def befriend(one: RealNode, others: list[RealNode]) -> None:
    """Let a node and each of *others*, which run, trust each other. Their groups of one name belong together."""
    pairs = [(one, others), *((other, [one]) for other in others)]
    for here, known in pairs:
        with here.opened() as registry:
            for there in known:
                with there.opened() as others_registry:
                    fingerprint = others_registry.key.fingerprint
                peering.add(registry, LOCAL_OPERATOR, there.relay.address)
                peering.confirm(registry, LOCAL_OPERATOR, there.dns, fingerprint)
                peering.change(registry, LOCAL_OPERATOR, there.dns, groups={CIRCLE: CIRCLE})


def release(node: RealNode) -> int:
    """Let pass what a node holds because so much would go by it, as its operator does who has looked; of how many."""
    with closing(sqlite3.connect(f"file:{node.data_dir / 'registry.db'}?mode=ro", uri=True, timeout=30)) as db:
        held = [dns for (dns,) in db.execute("SELECT dns FROM peers WHERE hold IS NOT NULL")]
    if not held:
        return 0
    with node.opened() as registry:
        for dns in held:
            guarding.release(registry, LOCAL_OPERATOR, dns)
    return len(held)


@contextmanager
def running(folder: Path, *names: str) -> Iterator[list[RealNode]]:
    """Nodes that run and trust each other; whatever of them runs is killed at the end."""
    with ExitStack() as stack:
        nodes: list[RealNode] = []
        for name in names:
            node = found(folder, name)
            stack.callback(node.relay.close)
            stack.callback(node.kill)
            node.start()
            befriend(node, nodes)
            nodes.append(node)
        yield nodes
