"""Many submissions in one go: killed half-way and resumed, each is stored once; broken lines disturb no others."""

from __future__ import annotations

import hashlib
import json
import os
import random
import socket
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from registry.domain.pages import RecordFilter
from registry.domain.policy import EVERYTHING
from registry.domain.vocabulary import Kind
from tests.forking import programs
from tests.node_process import NodeProcess, commons, found_node, opened


def line(at: int) -> str:
    """A submission of this number; no two of them look alike."""
    words = hashlib.sha256(str(at).encode()).hexdigest()
    content = {"title": f"Flood {words[:10]} {words[10:20]} {words[20:30]}", "summary": f"{words[30:]} flood"}
    return json.dumps({"kind": "incident", "content": content, "marking": {"tlp": "CLEAR"}})


def _free_port() -> int:
    """One that the system gives to nobody who asks for any, so that it is still free when the node starts again."""
    first_given = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.SystemRandom().randrange(first_given // 2, first_given)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def _room_for(data_dir: Path, records: int) -> Iterator[None]:
    """Meanwhile the store takes so many and no more, whoever is quicker: the node, the sender or the test."""
    with closing(sqlite3.connect(data_dir / "registry.db", isolation_level=None, timeout=60)) as connection:
        connection.execute(
            f"CREATE TRIGGER room BEFORE INSERT ON records WHEN (SELECT count(*) FROM records) >= {records} "
            "BEGIN SELECT RAISE(ROLLBACK, 'no more room'); END"
        )
        yield
        connection.execute("DROP TRIGGER room")


def _count(data_dir: Path) -> int:
    with opened(data_dir) as registry, registry.storage.read() as reader:
        return reader.records.count(RecordFilter(kinds=(Kind.INCIDENT,)), visible=EVERYTHING)


def _sender(file: Path, port: int, key: str) -> subprocess.Popen[str]:
    environment = os.environ | {"COMMONS_KEY": key, "COMMONS_URL": f"http://127.0.0.1:{port}"}
    return subprocess.Popen(
        [str(programs() / "commons"), "submit", "--bulk", str(file), "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _answers(sender: subprocess.Popen[str], *, most: int | None = None) -> list[dict[str, Any]]:
    """The next answers, at most so many; all that come if that is not said."""
    assert sender.stdout is not None
    found: list[dict[str, Any]] = []
    while most is None or len(found) < most:
        text = sender.stdout.readline()
        if not text:
            break
        found.append(json.loads(text))
    return found


def _kill_and_resume(data_dir: Path, file: Path, records: int, random_: random.Random) -> list[dict[str, Any]]:
    """Send all, kill the node half-way and start it again, then the sender, and send all once more.

    The node works on 32 lines at once: there is room for so many more than are waited for, and never for the last ones.
    """
    key, port = found_node(data_dir)["submitter"], _free_port()
    file.write_text("".join(line(at) + "\n" for at in range(records)))
    node = NodeProcess(data_dir, port)
    try:
        with _sender(file, port, key) as sender:
            with _room_for(data_dir, records // 2):
                first = _answers(sender, most=random_.randint(records // 4, records * 2 // 5))
                node.kill()
            with _room_for(data_dir, records * 3 // 4):
                node = NodeProcess(data_dir, port)
                first += _answers(sender, most=records // 8)
                sender.kill()
                first += _answers(sender)
        with _sender(file, port, key) as sender:
            *again, summary = _answers(sender)
    finally:
        node.stop()
    assert 0 == sender.returncode
    assert summary["complete"]
    assert [one["uid"] for one in first] == [one["uid"] for one in again[: len(first)]]
    return again


def _check_each_stored_once(data_dir: Path, records: int) -> None:
    random_ = random.Random(seed := random.SystemRandom().randrange(2**32))
    print(f"seed {seed}")  # noqa: T201  # pytest shows it where the test fails

    answers = _kill_and_resume(data_dir, data_dir.with_name("many.ndjson"), records, random_)

    assert list(range(1, records + 1)) == [one["line"] for one in answers]
    assert records == len({one["uid"] for one in answers}) == _count(data_dir)
    assert {"replayed", "stored"} == {one["status"] for one in answers}
    assert [] == commons("verify", "--data-dir", str(data_dir))["faults"]


def test_many_submissions_are_stored_once_though_node_and_sender_are_killed(tmp_path: Path) -> None:
    _check_each_stored_once(tmp_path / "data", 136)


@pytest.mark.soak
def test_ten_thousand_submissions_are_stored_once_though_node_and_sender_are_killed(tmp_path: Path) -> None:
    _check_each_stored_once(tmp_path / "data", 10_000)


@pytest.mark.soak
def test_a_hundred_thousand_lines_every_tenth_broken_are_checked_in_flat_memory(tmp_path: Path) -> None:
    data_dir, lines = tmp_path / "data", 100_000
    key = found_node(data_dir)["submitter"]
    body = "".join("{\n" if at % 10 == 9 else line(at) + "\n" for at in range(lines)).encode()
    node = NodeProcess(data_dir)
    memory = Memory(node.pid)
    begun = time.monotonic()

    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    statuses: Counter[tuple[int, str]] = Counter()
    address = f"{node.address}/bulk?mode=validate"
    with memory, httpx.stream("POST", address, content=body, headers=headers, timeout=60) as answer:
        for text in answer.iter_lines():
            found = json.loads(text)
            if "complete" not in found:
                statuses[found["line"] % 10, found["status"]] += 1
    node.stop()

    print(f"{time.monotonic() - begun:.0f} seconds, memory {memory.first} to {memory.most} kB")  # noqa: T201
    assert (True, lines) == (found["complete"], found["lines"])
    assert {(at, "error" if at == 0 else "valid"): lines // 10 for at in range(10)} == statuses
    assert memory.most - memory.first < 60_000


class Memory:
    """What a process holds in memory, in kB: at first, and at most while the block runs."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.first = self.most = self._held()
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> None:
        self._watch.start()

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            self.most = max(self.most, self._held())

    def _held(self) -> int:
        status = Path(f"/proc/{self._pid}/status").read_text()
        return next(int(text.split()[1]) for text in status.splitlines() if text.startswith("VmRSS:"))
