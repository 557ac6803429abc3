"""Killed at any moment, a node loses no match of a saved search, and tells each under one id and in one entry."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Actor, Role, member
from registry.domain.policy import EVERYTHING
from registry.domain.record import RecordUid
from registry.domain.saved_search import SavedSearch, SavedSearchId, delivery_id
from registry.domain.vocabulary import OrganisationKind
from registry.domain.webhook import WebhookState
from registry.ports import Registry
from registry.service import accounts, delivering, follow, saved_searches, webhooks
from registry.service.members import add_member
from tests import factories
from tests.node_process import NodeProcess, commons, opened

HERE = "127.0.0.1/32"
PATIENCE_SECONDS = 120.0
QUICK = {"job_poll_seconds": "0.02", "index_poll_seconds": "0.02"}
SOURCE = factories.source("atlas", organisation=OrganisationKind.RESEARCH, trusted=True)


@dataclass
class Receiver:
    """What a webhook was sent: for each try its id and what it says."""

    url: str = ""
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def matches(self) -> list[tuple[str, str]]:
        """The id and the record of every try that tells of a match."""
        found = list(self.told)
        return [(sent, said["data"]["uid"]) for sent, said in found if said["type"] == "search:match"]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that answers challenges and takes everything."""
    receiver = Receiver()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # a name of the standard library's
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.told.append((self.headers["Webhook-Id"], said))
            body = json.dumps({"challenge": said["data"].get("challenge", "")}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


def _found_node(data_dir: Path, receiver: Receiver) -> SavedSearch:
    """A node with a saved search that tells the receiver."""
    commons("init", "--data-dir", str(data_dir))
    settings = data_dir / "commons.toml"
    settings.write_text(f'{settings.read_text()}\noutbound_allow_networks = ["{HERE}"]\n')
    with opened(data_dir) as registry:
        actor = _submitter(registry)
        made = webhooks.create(registry, actor, url=receiver.url, changes=["erase"])
        delivering.deliver_next(registry, SYSTEM)
        (webhook,) = webhooks.webhooks(registry, actor)
        assert WebhookState.ACTIVE is webhook.state
        # What matches a search already is asked of the index, which nobody has built so far.
        follow.catch_up(registry, SYSTEM)
        search = saved_searches.save(registry, actor, name="Floods", text="flood", address="q=flood")
        return saved_searches.change(registry, actor, search.id, webhook=made.webhook.id)


def _submitter(registry: Registry) -> Actor:
    accounts.add_organisation(registry, LOCAL_OPERATOR, slug="acme", name="Acme", kind=OrganisationKind.PROVIDER)
    made = add_member(
        registry, LOCAL_OPERATOR, organisation_slug="acme", name="Somebody", roles=frozenset({Role.SUBMITTER})
    )
    return member(made.person, made.organisation, made.roles)


def _publish(registry: Registry, first: int, count: int) -> None:
    """Publish records that match, one in each transaction, and as many that do not."""
    for at in range(first, first + count):
        words = hashlib.sha256(str(at).encode()).hexdigest()
        for word in ("flood", "drought"):
            upstream = {"source": "atlas", "id": f"{word}-{at}", "sha256": words}
            title = f"A {word} {words[:10]} {words[10:20]}"
            made = factories.content(title=title, summary=f"{words[20:40]} {word}.", upstream=upstream)
            factories.take_in(registry, LOCAL_OPERATOR, SOURCE, [made])


def _kill_while_telling(data_dir: Path, random_: random.Random, receiver: Receiver, *, first: int, count: int) -> None:
    """Publish *count* matches while the node serves, and kill it somewhere meanwhile."""
    node = NodeProcess(data_dir, settings=QUICK)
    with opened(data_dir) as registry:
        publishing = threading.Thread(target=_publish, args=(registry, first, count))
        kill_at = len(receiver.told) + random_.randint(0, count)
        publishing.start()
        while len(receiver.told) < kill_at and publishing.is_alive():
            time.sleep(0.0005)
        node.kill()
        publishing.join()
    _let_leases_end(data_dir)


def _let_leases_end(data_dir: Path) -> None:
    """As if the two minutes had gone by in which nobody sends what the killed node was sending."""
    with closing(sqlite3.connect(data_dir / "registry.db", timeout=60)) as connection, connection:
        connection.execute("UPDATE deliveries SET lease_until = NULL WHERE state = 'waiting'")


def _settle(data_dir: Path, receiver: Receiver, search: SavedSearch, expected: set[str]) -> list[str]:
    """Serve until everything was told; the ids of the entries of the feed, over all its pages."""
    node = NodeProcess(data_dir, settings=QUICK)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while {uid for _, uid in receiver.matches()} != expected and time.monotonic() < deadline:
            time.sleep(0.02)
        found: list[str] = []
        path: str | None = f"{node.address}/s/{search.token}.json"
        while path is not None:
            told = httpx.get(path, timeout=60).raise_for_status().json()
            found += [one["id"] for one in told["items"]]
            following = told.get("next_url")
            path = None if following is None else node.address + following[following.index("/s/") :]
        return found
    finally:
        node.stop()


def _expected(data_dir: Path, search: SavedSearchId) -> dict[str, str]:
    """The uids of the records that match, each with the id that tells of it."""
    with opened(data_dir) as registry, registry.storage.read() as reader:
        uids: list[RecordUid] = []
        while portion := reader.records.uids(after=uids[-1] if uids else None, limit=500):
            uids += portion
        records = reader.records.many(uids, visible=EVERYTHING).values()
        return {
            str(one.uid): delivery_id(search, one)
            for one in records
            if one.head.public is not None and "flood" in str(one.head.public.document.get("title", ""))
        }


def _check(tmp_path: Path, *, kills: int, count: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  # pytest shows it where the test fails
    random_, data_dir = random.Random(seed), tmp_path / "data"
    with receiving() as receiver:
        search = _found_node(data_dir, receiver)
        for at in range(kills):
            _kill_while_telling(data_dir, random_, receiver, first=at * count, count=count)
        expected = _expected(data_dir, search.id)
        entries = _settle(data_dir, receiver, search, set(expected))

    assert kills * count == len(expected)
    # None is lost, and every repeat bears the id of the first try.
    assert {(told, uid) for uid, told in expected.items()} == set(receiver.matches())
    assert {f"urn:uuid:{uid}": 1 for uid in expected} == Counter(entries)


def test_a_killed_node_loses_no_match_and_repeats_none_under_another_id(tmp_path: Path) -> None:
    _check(tmp_path, kills=2, count=6)


@pytest.mark.soak
def test_a_node_killed_twenty_times_loses_no_match(tmp_path: Path) -> None:
    _check(tmp_path, kills=20, count=60)
