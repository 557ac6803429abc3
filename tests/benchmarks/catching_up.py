"""What it takes a new node to get all that another has, over HTTP, both as their operators start them.

``python -m tests.benchmarks.catching_up --records 100000``
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import orjson
from rich.console import Console

from registry.domain.actor import peer as peer_actor
from registry.domain.federation.peer import Peer
from registry.ports import Registry
from registry.service import candidates, delivering
from registry.service.federation import paging, serving
from tests.benchmarks import nodes
from tests.benchmarks.two_nodes import fill, introduce, new_node
from web.federation import item_document

_LOOK_SECONDS = 1.0
_IDLE_SECONDS = 0.1
_SAMPLE_PAGES = 5
_READY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """A new node that asks another for all it has, over HTTP.

    Attributes:
        records: how many it got.
        seconds: how long that took, from the start of the command to its end.
        index_seconds: how long it then took until it served, with all of them in its index.
        memory: resident MiB of the asking process, at each tenth of the way.
        peak: the most it had, in MiB.
        giving: the most that the answering process had, in MiB.
        page_bytes: of a page of 200 items, on the average of the first ones.
    """

    records: int
    seconds: float
    index_seconds: float
    memory: tuple[float, ...]
    peak: float
    giving: float
    page_bytes: int


def measure(root: Path, records: int) -> CaughtUp:
    """Let a new node ask another, which has *records*, for all of them, both as their operators start them."""
    root.mkdir()
    ports = {name: nodes.free_port() for name in ("there", "here")}
    with new_node(root, "there", ports["there"]) as there, new_node(root, "here", ports["here"]) as here:
        fill(there, records)
        page_bytes = _page_bytes(there, introduce(there, here))
        introduce(here, there)
        _let_rest(there)
        store = here.settings.database_path
    with _serving(root / "there", ports["there"]) as giver:
        _wait_until_idle(giver.pid)
        started = time.perf_counter()
        memory, peak = _pull(root / "here", store, records)
        seconds = time.perf_counter() - started
        giving = nodes.memory(giver.pid, "VmHWM")
    started = time.perf_counter()
    with _serving(root / "here", ports["here"]):
        _wait_until_ready(ports["here"])
        index_seconds = time.perf_counter() - started
    return CaughtUp(_held(store), seconds, index_seconds, memory, peak, giving, page_bytes)


def _page_bytes(there: Registry, asking: Peer) -> int:
    """Bytes of a page as it is sent, without compression: the mean of the first ones."""
    actor, cursor, sizes = peer_actor(asking.dns, asking.organisation, frozenset()), None, list[int]()
    for _ in range(_SAMPLE_PAGES):
        page = serving.log_page(there, actor, after=cursor, limit=paging.LIMIT)
        if len(page.items) < paging.LIMIT and sizes:
            break
        sizes.append(len(orjson.dumps(list(map(item_document, page.items)))))
        cursor = page.cursor
    return sum(sizes) // len(sizes)


def _let_rest(there: Registry) -> None:
    """Let it be as if the node had served for a while: nothing is left to do behind its log but to answer."""
    with there.storage.begin() as unit:
        head = unit.changes.head().seq
        for name in (candidates.POSITION, delivering.POSITION):
            unit.meta.put(name, str(head))
    # Nobody searches it.
    there.index.rebuild((), position=head)


def _wait_until_idle(pid: int) -> None:
    """Wait until a process does next to nothing: what it does at its start is over."""
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        before = nodes.processor_seconds(pid)
        time.sleep(1)
        if nodes.processor_seconds(pid) - before < _IDLE_SECONDS:
            return
    raise RuntimeError("the node does not come to rest")


# Nodes ask no address of the own machine unless they are told to; nobody asks by itself here.
_LOOPBACK = {
    "COMMONS_OUTBOUND_ALLOW_NETWORKS": "127.0.0.0/8",
    "COMMONS_FEDERATION_POLL_SECONDS": "86400",
    "COMMONS_LIMITS": "false",
    "COMMONS_DUMPS_EVERY_HOURS": "0",
}


def _command(name: str, data_dir: Path, *arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("commons")), name, *arguments, "--data-dir", str(data_dir)]


def _serving(data_dir: Path, port: int) -> AbstractContextManager[nodes.Server]:
    return nodes.started(_command("serve", data_dir, "--port", str(port)), port, _LOOPBACK)


def _pull(data_dir: Path, store: Path, records: int) -> tuple[tuple[float, ...], float]:
    """Run ``commons sync pull``; its memory at each tenth of the way, and at the most."""
    command = _command("sync", data_dir, "pull", "there.example")
    asking = subprocess.Popen(command, env={**os.environ, **_LOOPBACK}, stdout=subprocess.DEVNULL)
    found: list[float] = []
    peak = 0.0
    while asking.poll() is None:
        resident = nodes.memory(asking.pid, "VmRSS")
        peak = max(peak, nodes.memory(asking.pid, "VmHWM"))
        if resident and _held(store) * 10 > records * len(found) + records:
            found.append(resident)
        time.sleep(_LOOK_SECONDS)
    if asking.returncode:
        raise RuntimeError(f"the command ended with {asking.returncode}")
    return tuple(found), peak


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        answer = httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=_READY_SECONDS, trust_env=False)
        if answer.json().get("index") == "current":
            return
        time.sleep(_LOOK_SECONDS)
    raise RuntimeError("the index is not filled")


def _held(store: Path) -> int:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
        found: int = db.execute("SELECT count(*) FROM envelope_heads").fetchone()[0]
        return found


def tell(console: Console, done: CaughtUp) -> None:
    """Print what it took to catch up."""
    way = " ".join(f"{one:.0f}" for one in done.memory)
    rate = done.records / done.seconds
    console.print(
        f"a new node caught up with {done.records} records in {done.seconds:.1f} s over HTTP ({rate:.0f}/s), and "
        f"served them {done.index_seconds:.1f} s after its start; memory on the way {way} MiB, at the most "
        f"{done.peak:.0f}, of the node that gave {done.giving:.0f}; {done.page_bytes / 1024:.0f} KiB a page"
    )


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.catching_up")
    parser.add_argument("--records", type=int, default=10_000, help="size of the corpus")
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="commons-catching-up-") as folder:
        done = measure(Path(folder) / "http", options.records)
    tell(Console(width=200), done)
    if options.json:
        Path(options.json).write_text(json.dumps(asdict(done), indent=2))


if __name__ == "__main__":
    main()
