"""The two servers of a run: a node with the corpus, and the floor on a copy of its rows."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from registry import settings as node_settings
from registry import signing
from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts, follow, keys, members, node
from registry.settings.limits import LimitSettings
from tests.benchmarks import corpus, floor, importing

_START_SECONDS = 60
# Requests are counted as always, but no benchmark exhausts a budget.
_BUDGETS = {
    f"COMMONS_{name.upper()}": str(10**12)
    for name in LimitSettings.model_fields
    if name.endswith(("_cost_per_minute", "_cost_per_hour", "_writes_per_minute", "_writes_per_hour"))
}


@dataclass(frozen=True, slots=True)
class Built:
    """A filled data directory, a submitter's key, and how long building the index took."""

    data_dir: Path
    key: str
    index_seconds: float


@dataclass(frozen=True, slots=True)
class Server:
    """A running server process on loopback."""

    port: int
    pid: int


def build(root: Path, records: int) -> Built:
    """Make a node in *root* with *records* public records, in the store and in the index."""
    data_dir = root / "node"
    data_dir.mkdir()
    settings = node_settings.load(data_dir, {})
    node_settings.write(settings)
    signing.create(settings.node_key_path)
    registry = open_registry(settings)
    try:
        key = _submitter(registry)
        importing.fill(registry, list(corpus.contents(records)))
        started = time.perf_counter()
        follow.reindex(registry, SYSTEM)
        return Built(data_dir, key, time.perf_counter() - started)
    finally:
        close_registry(registry)


def _submitter(registry: Registry) -> str:
    node.initialise(registry, LOCAL_OPERATOR, slug="node", name="Benchmark node")
    organisation = accounts.add_organisation(
        registry, LOCAL_OPERATOR, slug="sender", name="Sender", kind=OrganisationKind.PROVIDER
    )
    member = members.add_member(
        registry, LOCAL_OPERATOR, organisation_slug="sender", name="Sender", roles=frozenset({Role.SUBMITTER})
    )
    key = keys.create_key(
        registry, LOCAL_OPERATOR, person=member.person, organisation_id=organisation.id, label="benchmark"
    )
    return key.text


@contextlib.contextmanager
def serve_node(built: Built) -> Iterator[Server]:
    """The node, as an operator starts it."""
    port = free_port()
    commons = Path(sys.executable).with_name("commons")
    command = [str(commons), "serve", "--data-dir", str(built.data_dir), "--port", str(port)]
    with started(command, port, _BUDGETS) as server:
        yield server


@contextlib.contextmanager
def serve_floor(built: Built, root: Path) -> Iterator[Server]:
    """The floor, on a copy of the node's rows, with the same server settings."""
    database = root / "floor.db"
    registry = open_registry(node_settings.load(built.data_dir, {}))
    try:
        registry.storage.backup(database)
    finally:
        close_registry(registry)
    floor.prepare(database)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "tests.benchmarks.floor:create", "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning"]
    with started(command, port, {"FLOOR_DB": str(database)}) as server:
        yield server


@contextlib.contextmanager
def started(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
    """A server with these in its environment, once it listens on *port*; ended with the block."""
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def memory(pid: int, name: str) -> float:
    """A figure of the kernel about a process, such as ``VmRSS`` or ``VmHWM``, in MiB; 0 once it has ended."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return 0.0 if found is None else int(found[1]) / 1024


def processor_seconds(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
