"""Two nodes for benchmarks: one with the corpus, signed, and one that trusts it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry import settings as node_settings
from registry import signing as node_keys
from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.federation.peer import NodeKeyEntry, Peer, PeerState
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts, node
from registry.service.federation import signing
from tests.benchmarks import corpus, importing


@contextmanager
def new_node(root: Path, name: str, port: int = 80) -> Iterator[Registry]:
    """An empty node ``<name>.example`` in a folder of that name, whose address is *port* of loopback."""
    data_dir = root / name
    data_dir.mkdir()
    own = {"node_name": f"{name}.example", "short_name": name.upper(), "base_url": f"http://127.0.0.1:{port}"}
    settings = node_settings.load(data_dir, {}).model_copy(update=own)
    node_settings.write(settings)
    node_keys.create(settings.node_key_path)
    registry = open_registry(settings)
    try:
        node.initialise(registry, LOCAL_OPERATOR, slug="node", name="Benchmark node")
        yield registry
    finally:
        close_registry(registry)


def fill(registry: Registry, records: int) -> None:
    """Import the corpus, and sign it."""
    importing.fill(registry, list(corpus.contents(records)))
    while signing.sign_changes(registry, SYSTEM):
        pass


def introduce(at: Registry, other: Registry) -> Peer:
    """Let one node trust the other and give it all that was imported, as it does once operators have compared keys."""
    own = other.settings
    organisation = accounts.add_organisation(
        at, LOCAL_OPERATOR, slug=f"node-{own.short_name.lower()}", name=own.node_name, kind=OrganisationKind.OTHER
    )
    peer = Peer(
        dns=own.node_name,
        short_name=own.short_name,
        title=own.title,
        base_url=own.base_url,
        state=PeerState.ACTIVE,
        organisation=organisation.id,
        keys=(NodeKeyEntry(other.key.public.kid, other.key.public.x),),
        added_at=at.clock.now(),
        imports=True,
    )
    with at.storage.begin() as unit:
        unit.peers.add(peer)
    return peer
