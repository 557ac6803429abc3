"""The wire between simulated nodes: each request goes through the whole application of the node that answers.

What happens to a request or an answer on its way is the plan's; what honest nodes answer is shown to a witness first.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.types import Message

from registry.domain.errors import FetchFailed
from registry.ports.outbound import FetchRequest, FetchResponse
from registry.service.federation.identity import BUCKETS_PATH, LOG_PATH, RECORDS_PATH
from tests.federation.simulation.plan import Crash
from tests.federation.world import Net, Wired


class Trouble(Enum):
    """What happens to an answer on its way."""

    LOST = auto()
    LATE = auto()
    DOUBLED = auto()
    OLD = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Lie = Callable[[str, FetchRequest, Answer], Answer]
# Where nodes are told of records.
_TOLD = (LOG_PATH, RECORDS_PATH, BUCKETS_PATH)


class Watching(Protocol):
    """Judges what honest nodes tell."""

    def saw(self, sender: str, asker: str, answer: Mapping[str, Any]) -> None:
        """Raise ``Broken`` if *asker* may not have what *sender* answers."""
        ...


@dataclass(slots=True)
class Wire:
    """All connections.

    Attributes:
        apps: who answers, by DNS name.
        cut: pairs of nodes that do not reach each other.
        troubles: share of answers that something happens to.
        witness: told of each answer of an honest node: who sends, who asked, and what.
        liars: what the answers of those become that do not keep to the protocol.
        meanwhile: what happens elsewhere before a late answer comes.
    """

    random: Random
    loop: asyncio.AbstractEventLoop
    witness: Watching
    apps: dict[str, Starlette] = field(default_factory=dict)
    cut: set[frozenset[str]] = field(default_factory=set)
    troubles: float = 0.0
    meanwhile: Callable[[], None] = lambda: None
    liars: dict[str, Lie] = field(default_factory=dict)
    sent: int = 0
    _last: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def send(self, asker: str, request: FetchRequest) -> FetchResponse:
        """Bring a request to the node that it is for, and its answer back.

        Raises:
            FetchFailed: there is no way, or the answer was lost.
        """
        host = urlsplit(request.url).hostname or ""
        if host not in self.apps or frozenset({asker, host}) in self.cut:
            raise FetchFailed("there is no answer", reason="NO_ANSWER")
        trouble = self.random.choice(list(Trouble)) if self.random.random() < self.troubles else None
        if trouble is Trouble.DOUBLED:
            self._ask(host, asker, request)
        answer = self._ask(host, asker, request)
        if trouble is Trouble.OLD:
            # Whoever stands on the way can repeat what it saw.
            answer = self._last.get((asker, host), answer)
        self._last[asker, host] = answer
        if trouble is Trouble.LATE:
            self.meanwhile()
        if trouble is Trouble.LOST:
            raise FetchFailed("the answer was lost", reason="NO_ANSWER")
        return FetchResponse(answer.status, request.url, dict(answer.headers), answer.body)

    def _ask(self, host: str, asker: str, request: FetchRequest) -> Answer:
        try:
            answer = called(self.loop, self.apps[host], request)
        except Crash:
            raise FetchFailed("the node died", reason="NO_ANSWER") from None
        self.sent += 1
        if host in self.liars:
            return self.liars[host](asker, request, answer)
        if urlsplit(request.url).path.startswith(_TOLD) and answer.status == 200:
            self.witness.saw(host, asker, json.loads(answer.body))
        return answer


class Line(Wired):
    """``ports.Outbound`` of one node on that wire."""

    def __init__(self, wire: Wire, dns: str, inner: Any) -> None:
        super().__init__(Net(), inner)
        self._wire = wire
        self._dns = dns

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
        return self._wire.send(self._dns, request)


def called(loop: asyncio.AbstractEventLoop, app: Starlette, request: FetchRequest) -> Answer:
    """Send *request* to an application in this process."""
    parts = urlsplit(request.url)
    body = request.body or b""
    headers = {"host": parts.netloc, "content-length": str(len(body)), **request.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": (parts.hostname, parts.port or 443),
        "client": ("127.0.0.1", 1),
        "state": {},
    }
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    loop.run_until_complete(app(scope, receive, send))
    start = messages[0]
    told = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(one.get("body", b"") for one in messages[1:]))
