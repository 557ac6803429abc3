"""What it takes a new node to get all that another has, over HTTP, both as their operators start them."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from tests.benchmarks import nodes
from tests.benchmarks.two_nodes import fill, introduce, new_node

_LOOK_SECONDS = 0.2
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
    """

    records: int
    seconds: float
    index_seconds: float
    memory: tuple[float, ...]
    peak: float
    giving: float


def measure(root: Path, records: int) -> CaughtUp:
    """Let a new node ask another, which has *records*, for all of them, both as their operators start them."""
    root.mkdir()
    ports = {name: nodes.free_port() for name in ("there", "here")}
    with new_node(root, "there", ports["there"]) as there, new_node(root, "here", ports["here"]) as here:
        fill(there, records)
        introduce(there, here)
        introduce(here, there)
        store = here.settings.database_path
    with _serving(root / "there", ports["there"]) as giver:
        started = time.perf_counter()
        memory, peak = _pull(root / "here", store, records)
        seconds = time.perf_counter() - started
        giving = nodes.memory(giver.pid, "VmHWM")
    started = time.perf_counter()
    with _serving(root / "here", ports["here"]):
        _wait_until_ready(ports["here"])
        index_seconds = time.perf_counter() - started
    return CaughtUp(_held(store), seconds, index_seconds, memory, peak, giving)


# Nodes ask no address of the own machine unless they are told to; nobody asks by itself here.
_LOOPBACK = {
    "COMMONS_OUTBOUND_ALLOW_NETWORKS": "127.0.0.0/8",
    "COMMONS_FEDERATION_POLL_SECONDS": "86400",
    "COMMONS_LIMITS": "false",
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
        f"{done.peak:.0f}, of the node that gave {done.giving:.0f}"
    )
