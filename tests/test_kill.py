"""Killed at any moment, a node loses nothing it has acknowledged and recovers by itself."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from registry.domain.pages import RecordFilter
from registry.domain.policy import EVERYTHING
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind
from registry.search import open_index
from tests.node_process import NodeProcess, ask, commons, found_node, opened, serving

THREADS = 16
CATCH_UP_SECONDS = 120.0
SUBMIT = """mutation($input: SubmitIncidentInput!) {
  submitIncident(input: $input) { record { uid } userErrors { code message } }
}"""
MINE = 'query { search(query: "flood", scope: MINE, first: 100) { nodes { uid } } }'


@dataclass
class Flood:
    """Submissions sent by many threads at once, until all are acknowledged or the node is gone."""

    address: str
    key: str
    acknowledged: dict[int, str] = field(default_factory=dict)

    def send(self, wanted: list[int], *, kill_at: int | None = None, kill: Callable[[], None] | None = None) -> None:
        """Send those *wanted*; once *kill_at* of them are acknowledged, *kill* is called meanwhile."""
        waiting = list(wanted)
        threads = [threading.Thread(target=self._work, args=(waiting,)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        if kill is not None and kill_at is not None:
            while len(self.acknowledged) < kill_at and any(thread.is_alive() for thread in threads):
                time.sleep(0.0005)
            kill()
        for thread in threads:
            thread.join()

    def _work(self, waiting: list[int]) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=120) as client:
            while True:
                try:
                    at = waiting.pop()
                except IndexError:
                    return
                try:
                    data = ask(client, SUBMIT, {"input": submission(at)})
                except httpx.TransportError:
                    return
                assert data["submitIncident"]["userErrors"] == []
                self.acknowledged[at] = data["submitIncident"]["record"]["uid"]


def submission(at: int) -> dict[str, object]:
    """The submission of this number, with an idempotency key of its own; no two of them look alike."""
    words = hashlib.sha256(str(at).encode()).hexdigest()
    return {
        "content": {"title": f"Flood {words[:10]} {words[10:20]} {words[20:30]}", "summary": f"{words[30:]} flood"},
        "marking": {"tlp": "CLEAR"},
        "idempotencyKey": f"flood-{at}",
    }


def _found(data_dir: Path, uids: list[str]) -> list[str]:
    with opened(data_dir) as registry, registry.storage.read() as reader:
        return sorted(reader.records.many([RecordUid(uid) for uid in uids], visible=EVERYTHING))


def _count(data_dir: Path) -> int:
    with opened(data_dir) as registry, registry.storage.read() as reader:
        return reader.records.count(RecordFilter(kinds=(Kind.INCIDENT,)), visible=EVERYTHING)


def _wait_for_index(data_dir: Path, node: NodeProcess, key: str, *, records: int) -> None:
    """Until the index has taken in the whole log and the submitter finds the records (at most 100 are shown)."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    with opened(data_dir) as registry, registry.storage.read() as reader:
        head, settings = reader.changes.head().seq, registry.settings
    found = -1
    with httpx.Client(base_url=node.address, headers={"Authorization": f"Bearer {key}"}, timeout=120) as client:
        while time.monotonic() < deadline:
            index = open_index(settings)
            position = index.position()
            index.close()
            found = len(ask(client, MINE)["search"]["nodes"])
            if position >= head and found == min(records, 100):
                return
            time.sleep(0.1)
    raise AssertionError(f"the index is behind: {found} of {records} records found")


def _kill_and_recover(data_dir: Path, key: str, random_: random.Random, *, records: int) -> None:
    """Kill the node in the middle of *records* submissions more, restart it, and check that all is there."""
    before = _count(data_dir)
    wanted = list(range(before, before + records))
    with serving(data_dir) as node:
        flood = Flood(node.address, key)
        flood.send(wanted, kill_at=random_.randint(1, records - THREADS), kill=node.kill)
    acknowledged = flood.acknowledged

    with serving(data_dir) as again:
        assert sorted(acknowledged.values()) == _found(data_dir, list(acknowledged.values()))
        repeated = Flood(again.address, key)
        repeated.send(wanted)
        assert acknowledged == {at: repeated.acknowledged[at] for at in acknowledged}
        assert before + records == _count(data_dir)
        assert [] == commons("verify", "--data-dir", str(data_dir))["faults"]
        _wait_for_index(data_dir, again, key, records=before + records)


def test_a_killed_node_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  # pytest shows it where the test fails
    data_dir = tmp_path / "data"
    key = found_node(data_dir)["submitter"]

    _kill_and_recover(data_dir, key, random.Random(seed), records=60)


@pytest.mark.soak
def test_a_node_killed_twenty_times_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  # pytest shows it where the test fails
    data_dir, random_ = tmp_path / "data", random.Random(seed)
    key = found_node(data_dir)["submitter"]

    for _ in range(20):
        _kill_and_recover(data_dir, key, random_, records=200)


@pytest.mark.soak
def test_a_backup_taken_under_load_is_a_sound_node(tmp_path: Path) -> None:
    data_dir, backup, restored = tmp_path / "data", tmp_path / "backup", tmp_path / "restored"
    key = found_node(data_dir)["submitter"]
    with serving(data_dir) as node:
        flood = Flood(node.address, key)
        before = threading.Thread(target=flood.send, args=(list(range(600)),))
        before.start()
        while len(flood.acknowledged) < 100:
            time.sleep(0.01)
        certain = set(flood.acknowledged.values())
        commons("backup", str(backup), "--data-dir", str(data_dir))
        before.join()

    commons("restore", str(backup), "--data-dir", str(restored))

    assert sorted(certain) == _found(restored, sorted(certain))
    assert [] == commons("verify", "--data-dir", str(restored))["faults"]
    with serving(restored) as node:
        _wait_for_index(restored, node, key, records=_count(restored))
