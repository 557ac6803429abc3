"""Several whole nodes in one process, and the network between them, which a test may cut, delay or replay.

Everything of a node is real: store, index, application, signatures. Only the wire is a call.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpx

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.change import LOG_ID
from registry.domain.errors import FetchFailed
from registry.domain.federation.peer import Peer
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid
from registry.ports import Outbound, Registry
from registry.ports.archives import ArchiveLimits, Member, Spoilt, Wanted
from registry.ports.outbound import FetchRequest, FetchResponse, Mail
from registry.service.federation import peering, pulling, rotating, signing
from registry.service.federation.pulling import Pulled
from registry.settings import Settings
from registry.storage.store import open_storage
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.node_keys import new_key
from tests.web.node import Furnished, Node, open_node
from web.app import create_app

Change = Callable[[httpx.Response], httpx.Response]


@dataclass(slots=True)
class Net:
    """The wire: requests by host name.

    Attributes:
        cut: hosts that nobody reaches.
        seen: every request that was sent, with its headers.
        change: what happens to answers on their way, by host.
    """

    clients: dict[str, Client] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    seen: list[FetchRequest] = field(default_factory=list)
    change: dict[str, Change] = field(default_factory=dict)

    def send(self, request: FetchRequest) -> FetchResponse:
        """Send one request, and bring back what came."""
        host = urlsplit(request.url).hostname or ""
        self.seen.append(request)
        if host in self.cut or host not in self.clients:
            raise FetchFailed("there is no answer", reason="NO_ANSWER")
        sent = dict(request.headers)
        answer = self.clients[host].request(request.method, request.url, headers=sent, content=request.body or b"")
        answer = self.change[host](answer) if host in self.change else answer
        return FetchResponse(answer.status_code, request.url, dict(answer.headers), answer.content)


class Wired(Outbound):
    """``ports.Outbound`` of a node on that wire."""

    def __init__(self, net: Net, own: Outbound) -> None:
        self._net = net
        self._own = own

    def fetch(
        self,
        request: FetchRequest,
        *,
        into: BinaryIO | None = None,
        begun: Callable[[FetchResponse], None] | None = None,
    ) -> FetchResponse:
        """See the port; nothing here is written into files."""
        assert into is None
        assert begun is None
        return self._net.send(request)

    def check(self, request: FetchRequest) -> None:
        """See the port."""
        self._own.check(request)

    def unpack(
        self, file: BinaryIO, name: str, limits: ArchiveLimits, *, wanted: Wanted | None = None
    ) -> Iterator[Member | Spoilt]:
        """See the port."""
        return self._own.unpack(file, name, limits, wanted=wanted)

    def send(self, mail: Mail) -> None:
        """See the port."""
        self._own.send(mail)

    @property
    def sends_mail(self) -> bool:
        """See the port."""
        return self._own.sends_mail


@dataclass(frozen=True, slots=True)
class Sister:
    """One node of several, with the people of ``tests.web.node``."""

    node: Node
    client: Client

    @property
    def registry(self) -> Registry:
        """Its registry."""
        return self.node.registry

    @property
    def dns(self) -> str:
        """What names it."""
        return self.registry.settings.node_name

    def sign(self) -> None:
        """Sign all that was published."""
        while signing.sign_changes(self.registry, SYSTEM) or rotating.sign_anew(self.registry, SYSTEM):
            pass

    def pull(self, other: Sister) -> Pulled:
        """Let *other* sign, and take in what it has."""
        other.sign()
        done = pulling.pull(self.registry, SYSTEM, other.dns)
        self.sign()
        return done

    def peer(self, other: Sister) -> Peer:
        """What it knows of *other*."""
        return next(one for one in peering.peers(self.registry, LOCAL_OPERATOR) if one.dns == other.dns)

    def record(self, uid: RecordUid) -> Record | None:
        """The record as it is stored here."""
        with self.registry.storage.read() as reader:
            return reader.records.get(uid, visible=EVERYTHING)

    def refused(self, other: Sister) -> list[str]:
        """Why what *other* gave was not taken."""
        with self.registry.storage.read() as reader:
            return [one.reason for one in reader.refusals.of(other.dns, limit=100)]


@dataclass(slots=True)
class Sisterhood:
    """All nodes of a test."""

    net: Net
    clock: FixedClock
    ids: CountingIds
    furnished: Furnished
    folder: Path
    stack: ExitStack

    def found(self, name: str, **settings: Any) -> Sister:
        """A node ``<name>.test`` whose numbers begin with the name three times, such as AAA."""
        folder = self.folder / name
        made = Settings(
            data_dir=folder,
            limits=False,
            node_name=f"{name}.test",
            short_name=name.upper() * 3,
            base_url=f"https://{name}.test",
            **settings,
        )
        folder.mkdir()
        shutil.copy(self.furnished.store, made.database_path)
        opened = self.stack.enter_context(open_node(made, self.clock, self.ids, self.furnished))
        wired = replace(opened.registry, outbound=Wired(self.net, opened.registry.outbound), key=new_key())
        with wired.storage.begin() as unit:
            unit.meta.put(LOG_ID, f"log{name}00000000")
        node = replace(opened, registry=wired)
        client = self.stack.enter_context(Client(create_app(wired)))
        self.net.clients[made.node_name] = client
        return Sister(node, client)

    def restored(self, sister: Sister, backup: Path) -> Sister:
        """The node as it was when *backup* was made of its store."""
        settings = sister.registry.settings
        sister.registry.storage.close()
        for kept in settings.data_dir.glob(f"{settings.database_path.name}*"):
            kept.unlink()
        shutil.copy(backup, settings.database_path)
        storage = open_storage(settings)
        self.stack.callback(storage.close)
        back = Sister(replace(sister.node, registry=replace(sister.registry, storage=storage)), sister.client)
        client = self.net.clients[settings.node_name] = self.client_of(back)
        return replace(back, client=client)

    def client_of(self, sister: Sister) -> Client:
        """A client of an application of its own over the registry of *sister*."""
        return self.stack.enter_context(Client(create_app(sister.registry)))

    def befriend(self, one: Sister, other: Sister) -> None:
        """Let two nodes trust each other."""
        for here, there in ((one, other), (other, one)):
            peering.add(here.registry, LOCAL_OPERATOR, there.registry.settings.base_url)
            peering.confirm(here.registry, LOCAL_OPERATOR, there.dns, there.registry.key.fingerprint)

    def friends(self, *names: str) -> tuple[Sister, ...]:
        """Nodes of which each trusts all others."""
        found = tuple(map(self.found, names))
        for at, one in enumerate(found):
            for other in found[at + 1 :]:
                self.befriend(one, other)
        return found


@contextmanager
def sisterhood(folder: Path, furnished: Furnished, clock: FixedClock, ids: CountingIds) -> Iterator[Sisterhood]:
    """Room for nodes, each of which is closed at the end."""
    with ExitStack() as stack:
        yield Sisterhood(Net(), clock, ids, furnished, folder, stack)


def marked(tlp: str, **more: Any) -> Mapping[str, Any]:
    """A marking for ``factories.content``."""
    return {"tlp": tlp, **more}
