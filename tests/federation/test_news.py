"""Pings and streams: who has something new says so, and nothing else; nothing hidden shows by it."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from starlette.types import Message

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.record import Record
from registry.service.federation import news, peering, pulling
from registry.service.federation.identity import PING_PATH, STREAM_PATH
from registry.service.federation.news import Pinger
from registry.signing_requests import sign_request
from tests.clocks import FixedClock
from tests.factories import content
from tests.federation.test_syncing import grouped, published_to
from tests.federation.world import Sister, Sisterhood
from web.app import create_app

# Only a test that fails waits so long.
PATIENCE_SECONDS = 60.0


def signed(sister: Sister, other: Sister, method: str, path: str, body: bytes = b"") -> dict[str, str]:
    """The headers of a request of *sister* to *other*."""
    registry, url = sister.registry, other.registry.settings.base_url + path
    nonce, now = registry.ids.token(32), registry.clock.now()
    return dict(sign_request(registry.key, method=method, url=url, body=body, now=now, nonce=nonce))


def begun(sister: Sister) -> Pinger:
    """A pinger that has looked once: it tells of what comes from now on."""
    sister.sign()
    pinger = Pinger()
    assert 0 == pinger.ping_due(sister.registry, SYSTEM)
    return pinger


def pings(sisters: Sisterhood, sister: Sister) -> int:
    """How often *sister* was told that there is something new."""
    url = sister.registry.settings.base_url + PING_PATH
    return sum(request.url == url for request in sisters.net.seen)


def test_who_is_told_of_something_new_asks_soon(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    other.pull(one)
    pinger = begun(one)
    clock.advance(seconds=6)
    assert 0 == pulling.pull_due(other.registry, SYSTEM)

    record = one.node.publish(content(title="First"))
    one.sign()
    told = pinger.ping_due(one.registry, SYSTEM)
    asked = pulling.pull_due(other.registry, SYSTEM)

    assert (1, 1) == (told, asked)
    assert other.record(record.uid) is not None
    assert (None, 0) == (other.peer(one).pinged_at, pinger.ping_due(one.registry, SYSTEM))


def test_many_changes_are_one_ping_and_a_flood_of_pings_is_one_question(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    other.pull(one)
    pinger = begun(one)
    for title in ("First", "Second", "Third"):
        one.node.publish(content(title=title))
        one.sign()
        pinger.ping_due(one.registry, SYSTEM)
    assert 1 == pings(sisters, other)

    for _ in range(20):
        answer = other.client.post(
            other.registry.settings.base_url + PING_PATH,
            headers=signed(one, other, "POST", PING_PATH, b"{}"),
            content=b"{}",
        )
        assert 200 == answer.status_code
    asked = [pulling.pull_due(other.registry, SYSTEM) for _ in range(3)]
    clock.advance(seconds=6)
    asked.append(pulling.pull_due(other.registry, SYSTEM))
    asked.append(pulling.pull_due(other.registry, SYSTEM))

    assert [0, 0, 0, 1, 0] == asked


def test_nobody_is_told_of_what_is_not_for_them(sisters: Sisterhood) -> None:
    one, other, member = sisters.friends("a", "b", "c")
    owner = grouped(one, "circle", "node-ccc")
    pinger = begun(one)

    one.node.publish(content(marking={"tlp": "RED"}))
    published_to(one, owner, tlp="AMBER", audience="circle")
    one.sign()

    assert 1 == pinger.ping_due(one.registry, SYSTEM)
    assert (0, 1) == (pings(sisters, other), pings(sisters, member))


def test_who_does_not_answer_is_told_less_often_and_keeps_nobody_waiting(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, deaf, other = sisters.friends("a", "b", "c")
    pinger = begun(one)
    sisters.net.cut.add(deaf.dns)
    told = []
    for title in ("First", "Second", "Third"):
        one.node.publish(content(title=title))
        one.sign()
        told.append(pinger.ping_due(one.registry, SYSTEM))
        clock.advance(seconds=6)

    assert ([2, 1, 2], 3) == (told, pings(sisters, other))


def test_a_ping_of_a_stranger_or_a_node_that_is_not_asked_does_nothing(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    stranger = sisters.found("c")
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, pulls=False)
    url = other.registry.settings.base_url + PING_PATH

    answers = [
        other.client.post(url, headers=signed(sister, other, "POST", PING_PATH)).status_code
        for sister in (one, stranger)
    ]

    assert ([200, 401], None) == (answers, other.peer(one).pinged_at)


def test_a_node_that_is_asked_and_not_answered_may_say_that_it_has_something(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, serves=False)
    headers = signed(one, other, "POST", PING_PATH)

    answers = [other.client.post(f"https://b.test{PING_PATH}", headers=headers).status_code for _ in range(2)]

    assert [200, 200] == answers
    assert sisters.clock.now() == other.peer(one).pinged_at
    pulling.pull(other.registry, SYSTEM, one.dns)
    assert 401 == other.client.post(f"https://b.test{PING_PATH}", headers=headers).status_code
    assert None is other.peer(one).pinged_at


class Listener:
    """Listens to the stream of a node, as a client that says when it has heard enough."""

    def __init__(self, sister: Sister, other: Sister, last_id: str | None = None) -> None:
        self.sister = sister
        self.other = other
        self.text = ""
        self.status = 0
        headers = signed(sister, other, "GET", STREAM_PATH) | ({"last-event-id": last_id} if last_id else {})
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": STREAM_PATH,
            "raw_path": STREAM_PATH.encode(),
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("192.0.2.1", 1),
            "state": {},
        }

    def hear(self, until: str, *, meanwhile: Any = None) -> str:
        """Listen until *until* was said or the stream ends; *meanwhile* is done once it is open."""
        app = create_app(self.other.registry)

        async def listen() -> None:
            heard = anyio.Event()
            is_begun = False

            async def receive() -> Message:
                nonlocal is_begun
                if not is_begun:
                    is_begun = True
                    return {"type": "http.request", "body": b"", "more_body": False}
                await heard.wait()
                return {"type": "http.disconnect"}

            async def send(message: Message) -> None:
                nonlocal meanwhile
                self.status = message.get("status", self.status)
                self.text += message.get("body", b"").decode()
                if until in self.text:
                    heard.set()
                elif self.text and meanwhile is not None:
                    act, meanwhile = meanwhile, None
                    await anyio.to_thread.run_sync(act, app)

            with anyio.fail_after(PATIENCE_SECONDS):
                await app(self._scope, receive, send)

        anyio.run(listen)
        return self.text

    @property
    def last_id(self) -> str:
        """The id of the last event."""
        return next(line[4:] for line in reversed(self.text.splitlines()) if line.startswith("id: "))


@pytest.fixture
def pair(sisters: Sisterhood) -> tuple[Sister, Sister]:
    """A node, and another that listens to it; streams look often."""
    one, other = sisters.found("a", job_poll_seconds=0.01), sisters.found("b")
    sisters.befriend(one, other)
    return one, other


def published(sister: Sister, **marking: Any) -> Record:
    """A record that is signed."""
    record = sister.node.publish(content(marking=marking) if marking else content())
    sister.sign()
    return record


def test_a_stream_tells_that_there_is_something_and_goes_on_behind_its_last_event(
    pair: tuple[Sister, Sister],
) -> None:
    one, other = pair
    published(one, tlp="RED")
    first = Listener(other, one)

    told = first.hear("event: new", meanwhile=lambda _app: published(one))
    published(one)
    again = Listener(other, one, first.last_id).hear("event: new")

    assert (200, 1, 1) == (first.status, told.count("data: new"), again.count("data: new"))
    assert first.last_id not in again


def test_a_place_of_another_log_is_told_so(pair: tuple[Sister, Sister]) -> None:
    one, other = pair

    told = Listener(other, one, "nonsense").hear("event: resync")

    assert "event: resync\ndata: resync\n\n" in told
    assert "event: new" not in told


def test_a_stream_ends_when_the_node_is_answered_no_more_and_when_the_server_stops(
    pair: tuple[Sister, Sister],
) -> None:
    one, other = pair

    paused = Listener(other, one)
    paused.hear("never", meanwhile=lambda _app: peering.change(one.registry, LOCAL_OPERATOR, other.dns, paused=True))
    peering.change(one.registry, LOCAL_OPERATOR, other.dns, paused=False)
    stopped = Listener(other, one)
    stopped.hear("never", meanwhile=lambda app: anyio.from_thread.run_sync(app.state.nodes.stopping.set))

    assert [": open\n\n"] * 2 == [paused.text, stopped.text]


def test_what_is_hidden_makes_no_event(pair: tuple[Sister, Sister]) -> None:
    one, other = pair
    one.sign()
    with one.registry.storage.read() as reader:
        begin = reader.envelopes.last()
        published(one, tlp="RED")
    owner = grouped(one, "circle")
    published_to(one, owner, tlp="AMBER", audience="circle")
    one.sign()

    heard = news.listen(one.registry, other.registry.key.fingerprint, other.dns, begin)

    assert heard is not None
    assert (False, True) == (heard.is_some, heard.position > begin)


def test_as_many_streams_run_as_a_node_may_have(pair: tuple[Sister, Sister]) -> None:
    one, other = pair
    refused: list[int] = []

    def fill(app: Any) -> None:
        nodes = app.state.nodes
        with nodes.streaming(other.dns):
            third = Listener(other, one)
            app_of_third = create_app(one.registry)
            app_of_third.state.nodes = nodes
            answer = anyio.run(_status, app_of_third, third)
            refused.append(answer)
        anyio.from_thread.run_sync(nodes.stopping.set)

    Listener(other, one).hear("never", meanwhile=fill)

    assert [429] == refused


async def _status(app: Any, listener: Listener) -> int:
    """What the node answers to who may not listen."""
    found: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if "status" in message:
            found.append(message["status"])

    await app(listener._scope, receive, send)  # of the same file
    return found[0]
