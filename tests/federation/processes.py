"""Nodes as their operators run them: ``commons serve`` in processes of their own, which a test kills."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from tests.federation.relays import Link
from tests.node_process import NodeProcess, commons

CIRCLE = "circle"
_PEOPLE = (("acme", Role.SUBMITTER), ("watch", Role.LEAD_REVIEWER), ("house", Role.OPERATOR))
# Quick enough for a test, slow enough that four nodes do not keep a processor busy with asking.
_SETTINGS = {
    "outbound_allow_networks": "127.0.0.0/8,10.77.0.0/24",
    "federation_poll_seconds": "0.4",
    "job_poll_seconds": "0.2",
    "index_poll_seconds": "0.3",
}


@dataclass(slots=True)
class RealNode:
    """A node in a data directory of its own, running or not.

    Attributes:
        keys: of its people, by role.
    """

    name: str
    data_dir: Path
    relay: Link
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
        self.process = self.relay.serve(self.data_dir, _SETTINGS | {"base_url": self.relay.address})

    def kill(self) -> None:
        """End it as a loss of power does to a process."""
        process, self.process = self.process, None
        self.relay.ended()
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


def found(folder: Path, name: str, relay: Link) -> RealNode:
    """A new node ``<name>.example`` with a submitter, a lead reviewer, an operator and a group; it does not run."""
    data_dir = folder / name
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
def running(folder: Path, *names: str, link: Callable[[str], Link]) -> Iterator[list[RealNode]]:
    """Nodes that run and trust each other; whatever of them runs is killed at the end."""
    with ExitStack() as stack:
        nodes: list[RealNode] = []
        for name in names:
            node = found(folder, name, link(name))
            stack.callback(node.relay.close)
            stack.callback(node.kill)
            node.start()
            befriend(node, nodes)
            nodes.append(node)
        yield nodes
