"""Nodes in network namespaces of their own, where the machine lets a user make some: real addresses, real routes.

A cut link is a route that leads nowhere, so what is on its way is lost as it is in a network, in both directions, and
nobody is told that a connection ended. Everything stands in namespaces that go with the process: nothing of the
machine's own network changes, and nobody outside reaches the nodes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.federation.relays import Cut
from tests.node_process import NodeProcess

NETWORK = "10.77.0"
_PORT = 8000
_UNSHARE = ("unshare", "--map-root-user", "--net", "--mount")


def are_available() -> bool:
    """Whether this machine lets this user make network namespaces with interfaces in them."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    made = "mount -t tmpfs none /run && ip netns add x && ip link add name y type bridge && ip link add v type veth"
    return subprocess.run([*_UNSHARE, "sh", "-c", made], capture_output=True, check=False).returncode == 0


def run_apart(module: str, *arguments: str) -> None:
    """Run a module of the tests in a network of its own."""
    subprocess.run([*_UNSHARE, sys.executable, "-m", module, *arguments], check=True)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


@dataclass(slots=True)
class Ground:
    """The network between the nodes, and this process at the end of it.

    Attributes:
        cuts: how the link of an asker to who is asked is cut, by their addresses.
    """

    wires: list[Wire] = field(default_factory=list)
    cuts: dict[tuple[str, str], Cut] = field(default_factory=dict)

    def lay(self) -> None:
        """Make the bridge that all nodes hang on. The namespaces get names under a ``/run`` of their own."""
        subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
        _ip("link", "set", "lo", "up")
        _ip("link", "add", "name", "bridge", "type", "bridge")
        _ip("addr", "add", f"{NETWORK}.254/24", "dev", "bridge")
        _ip("link", "set", "bridge", "up")

    def wire(self, name: str) -> Wire:
        """A namespace that hangs on the bridge."""
        made = Wire(self, name, f"{NETWORK}.{len(self.wires) + 1}")
        _ip("netns", "add", name)
        _ip("link", "add", f"to-{name}", "type", "veth", "peer", "name", "outside", "netns", name)
        _ip("link", "set", f"to-{name}", "master", "bridge", "up")
        for said in (
            ("link", "set", "lo", "up"),
            ("addr", "add", f"{made.host}/24", "dev", "outside"),
            ("link", "set", "outside", "up"),
        ):
            _ip("-n", name, *said)
        self.wires.append(made)
        return made

    def route(self, one: Wire, other: Wire) -> None:
        """Let the routes between two nodes be what their cuts say; a cut in one direction keeps answers away too."""
        for here, there in ((one, other), (other, one)):
            subprocess.run(["ip", "-n", here.name, "route", "flush", "exact", f"{there.host}/32"], check=True)
            if self.cuts.get((here.address, there.address)) is Cut.REFUSES:
                _ip("-n", here.name, "route", "add", "unreachable", f"{there.host}/32")
            elif self.cuts.get((there.address, here.address)) is Cut.HANGS:
                # Where it is asked, since connecting by such a route fails at once.
                _ip("-n", here.name, "route", "add", "blackhole", f"{there.host}/32")


@dataclass(slots=True)
class Wire:
    """The network of one node. See :class:`tests.federation.relays.Link`."""

    ground: Ground
    name: str
    host: str

    @property
    def address(self) -> str:
        """Where others find the node."""
        return f"http://{self.host}:{_PORT}"

    def serve(self, data_dir: Path, settings: Mapping[str, str]) -> NodeProcess:
        """Run the node in its namespace."""
        return NodeProcess(data_dir, _PORT, settings=settings, host=self.host, namespace=Path("/run/netns", self.name))

    def ended(self) -> None:
        """Its namespace stays: who asks is refused."""

    def cut(self, asker: str, how: Cut) -> None:
        """Cut the link for the node with this address."""
        self._set(asker, how)

    def heal(self, asker: str) -> None:
        """Mend it."""
        self._set(asker, None)

    def close(self) -> None:
        """It goes with this process."""

    def _set(self, asker: str, how: Cut | None) -> None:
        if how is None:
            self.ground.cuts.pop((asker, self.address), None)
        else:
            self.ground.cuts[asker, self.address] = how
        (other,) = (one for one in self.ground.wires if one.address == asker)
        self.ground.route(self, other)
