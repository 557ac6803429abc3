"""Nodes of a simulation: each a real store and application, with a key, a clock and ids that follow from the seed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import OKPKey
from starlette.applications import Starlette

from registry.domain.account import Organisation
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Actor, Role
from registry.domain.change import LOG_ID
from registry.domain.federation.peer import NodeKeyEntry, Peer, PeerState
from registry.domain.record import GroupSlug, OrganisationId
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Outbound, Reader, Registry, Storage, Unit
from registry.service import groups, node
from registry.service.federation import signing
from registry.settings import Settings
from registry.signing import NodeKey
from registry.storage.store import open_storage
from tests.clocks import CountingIds, FixedClock
from tests.federation.simulation.plan import Crash
from tests.web.node import Furnished, Node, open_node
from web.app import create_app

GROUPS = ("circle", "square")


@dataclass(frozen=True, slots=True)
class Skewed:
    """A clock that is off by some seconds."""

    true: FixedClock
    seconds: int

    def now(self) -> datetime:
        """What this clock shows."""
        return self.true.now() + timedelta(seconds=self.seconds)


@dataclass(slots=True)
class Brittle:
    """A store whose process dies at one of the next units: before its commit, or right behind it.

    Attributes:
        fuse: how many units are begun before; ``None`` where it lives on.
    """

    inner: Storage
    fuse: int | None = None
    behind: bool = False

    @contextmanager
    def begin(self) -> Iterator[Unit]:
        """See the port."""
        dies = self.fuse == 0
        self.fuse = None if self.fuse is None or dies else self.fuse - 1
        with self.inner.begin() as unit:
            yield unit
            if dies and not self.behind:
                raise Crash
        if dies:
            raise Crash

    def read(self) -> AbstractContextManager[Reader]:
        """See the port."""
        return self.inner.read()

    def backup(self, target: Path) -> None:
        """See the port."""
        self.inner.backup(target)

    def close(self) -> None:
        """See the port."""
        self.inner.close()


@dataclass(slots=True)
class Simulated:
    """One node; the wire and the plan decide whether it can be reached.

    Attributes:
        asks: the nodes that it pulls from, by name.
        lies: whether it does not keep to the protocol.
    """

    name: str
    node: Node
    app: Starlette
    storage: Brittle
    lies: bool = False
    asks: list[str] = field(default_factory=list)
    backup: Path | None = None

    @property
    def registry(self) -> Registry:
        """Its registry."""
        return self.node.registry

    @property
    def dns(self) -> str:
        """What names it on the wire."""
        return self.registry.settings.node_name

    @property
    def owner(self) -> Actor:
        """Who hands records in: of an organisation that belongs to every group here."""
        return replace(self.node.submitter, groups=frozenset(map(GroupSlug, GROUPS)))

    @property
    def operators(self) -> tuple[Actor, Actor]:
        """Who blocks a record, and who erases it."""
        first = replace(self.node.reviewer, roles=frozenset({Role.OPERATOR, Role.LEAD_REVIEWER}))
        return first, replace(self.node.institute, roles=frozenset({Role.OPERATOR}))

    def sign(self) -> bool:
        """Sign all that was published; whether anything happened since it last did."""
        has_signed = False
        while signing.sign_changes(self.registry, SYSTEM):
            has_signed = True
        return has_signed

    def back_up(self) -> None:
        """Keep a copy of the store as it is."""
        target = self.registry.settings.data_dir / "backup.sqlite"
        target.unlink(missing_ok=True)
        self.storage.backup(target)
        self.backup = target

    def restore(self) -> None:
        """Go back to the copy, as ``commons restore`` does."""
        assert self.backup is not None
        path = self.registry.settings.database_path
        self.storage.inner.close()
        for old in path.parent.glob(path.name + "*"):
            old.unlink()
        shutil.copy(self.backup, path)
        self.storage.inner = open_storage(self.registry.settings)
        node.after_restore(self.registry, LOCAL_OPERATOR)


def seeded_key(seed: int, name: str) -> NodeKey:
    """The key of a node: the same in every run of the seed."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return NodeKey(OKPKey.import_key(pem))


def furnish(folder: Path) -> Furnished:
    """A store that everybody has moved into, to be copied for each node."""
    made = Settings(data_dir=folder / "furnished", limits=False)
    with open_node(made, FixedClock(), CountingIds()) as opened:
        return Furnished(made.database_path, (opened.submitter, opened.reviewer, opened.institute))


@dataclass(slots=True)
class Ground:
    """Where nodes are founded."""

    seed: int
    folder: Path
    furnished: Furnished
    clock: FixedClock
    stack: ExitStack
    max_hops: int
    ids: CountingIds = field(default_factory=lambda: CountingIds(begin=1000))

    def found(self, name: str, *, skew: int, outbound: Outbound) -> Simulated:
        """A node ``<name>.test``, with two groups that its own submitters belong to."""
        made = Settings(
            data_dir=self.folder / name,
            limits=False,
            node_name=f"{name}.test",
            short_name=name.upper(),
            base_url=f"https://{name}.test",
            federation_max_hops=self.max_hops,
        )
        made.data_dir.mkdir()
        shutil.copy(self.furnished.store, made.database_path)
        opened = self.stack.enter_context(open_node(made, Skewed(self.clock, skew), self.ids, self.furnished))
        storage = Brittle(opened.registry.storage)
        # What a restore puts in its place is closed too.
        self.stack.callback(storage.close)
        wired = replace(opened.registry, storage=storage, outbound=outbound, key=seeded_key(self.seed, name))
        with storage.begin() as unit:
            unit.meta.put(LOG_ID, f"log{name}00000000")
        for slug in GROUPS:
            groups.add_group(wired, LOCAL_OPERATOR, slug=slug, name=slug.title())
            groups.join(wired, LOCAL_OPERATOR, slug=slug, organisation_slug="acme")
        return Simulated(name, replace(opened, registry=wired), create_app(wired), storage)


def introduce(here: Simulated, others: Sequence[Simulated], ids: CountingIds) -> None:
    """Let *here* trust the *others*, as after ``sync add`` and ``sync confirm``."""
    now = here.registry.clock.now()
    with here.storage.begin() as unit:
        for other in others:
            short, key = other.registry.settings.short_name, other.registry.key.public
            slug, organisation = f"node-{short.lower()}", OrganisationId(ids.uid())
            unit.accounts.add_organisation(Organisation(organisation, slug, other.dns, OrganisationKind.OTHER, now))
            peer = Peer(
                dns=other.dns,
                short_name=short,
                title=other.dns,
                base_url=other.registry.settings.base_url,
                state=PeerState.ACTIVE,
                organisation=organisation,
                keys=(NodeKeyEntry(key.kid, key.x),),
                added_at=now,
                pulls=other.name in here.asks,
            )
            unit.peers.add(peer)
