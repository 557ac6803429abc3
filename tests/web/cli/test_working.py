"""The worker: imports what is due, several at once, and ends soon when it is told to."""

from __future__ import annotations

import io
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from importers import catalog
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.importing import RunState
from registry.domain.pages import PageRequest
from registry.service import importing
from registry.service.source_access import credential_of
from tests import factories
from tests.forking import programs
from tests.importers.hosting import hosting
from tests.outbound.hostile import Hostile, drips, says
from tests.web.cli.commons import commons
from web.cli.directory import opened

_SETTINGS = {
    "COMMONS_LIMITS": "false",
    "COMMONS_JOB_POLL_SECONDS": "0.05",
    "COMMONS_IMPORT_PAUSE_SECONDS": "0",
    "COMMONS_OUTBOUND_ALLOW_NETWORKS": "127.0.0.1/32",
}
# A program starts within it, also where there are others; a download that is let go on takes ten minutes.
_SOON = 120.0
_BUNDLE = json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": []}).encode()


@pytest.fixture
def reaching(node: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node whose imports may lead to this machine."""
    for name, value in _SETTINGS.items():
        monkeypatch.setenv(name, value)
    return node


def _add(node: Path, server: Hostile, *names: str) -> None:
    with opened(node) as registry:
        for name in names:
            row = factories.source(name, format="stix", urls=(server.url(f"/{name}"),))
            row = replace(row, hosts=frozenset({"127.0.0.1"}), every_hours=24)
            catalog.put_source(registry, LOCAL_OPERATOR, row)


def _states(node: Path, name: str) -> list[RunState]:
    with opened(node) as registry:
        return [one.state for one in importing.runs(registry, LOCAL_OPERATOR, name, PageRequest()).items]


def _is_under_way(node: Path, server: Hostile, names: list[str]) -> bool:
    """Whether all is done but for what hangs."""
    return "/slow" in server.paths and all(RunState.DONE in _states(node, one) for one in names)


@contextmanager
def _worker(node: Path) -> Iterator[subprocess.Popen[str]]:
    """One in a process of its own, ready."""
    command = [str(programs() / "commons"), "worker", "--data-dir", str(node), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ, text=True)
    assert process.stdout is not None
    try:
        assert select.select([process.stdout], [], [], _SOON)[0], "the worker is not ready"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_two_workers_import_each_source_once_and_end_when_told_though_one_hangs(reaching: Path) -> None:
    names = ["stix-a", "stix-b", "stix-c"]

    with hosting() as (server, site):
        site.put("/slow", drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"a"))
        for name in names:
            site.put(f"/{name}", says(_BUNDLE))
        _add(reaching, server, "slow", *names)
        with _worker(reaching) as first, _worker(reaching) as second:
            ends_at = time.monotonic() + _SOON
            while time.monotonic() < ends_at and not _is_under_way(reaching, server, names):
                time.sleep(0.1)
            began = time.monotonic()
            for process in (first, second):
                process.send_signal(signal.SIGTERM)
            codes = [process.wait(timeout=_SOON) for process in (first, second)]
            spent = time.monotonic() - began

    assert [[RunState.DONE]] * 3 == [_states(reaching, one) for one in names]
    assert [RunState.FAILED] == _states(reaching, "slow")
    assert [0, 0] == codes
    assert spent < _SOON
    assert ["/slow", *(f"/{name}" for name in names)] == sorted(server.paths, key=lambda path: (path != "/slow", path))
    assert not [one for one in (reaching / "imports").rglob("*") if one.is_file()]


def test_once_imports_what_is_due_and_ends(reaching: Path) -> None:
    with hosting() as (server, site):
        site.put("/stix-a", says(_BUNDLE))
        _add(reaching, server, "stix-a")

        done = [commons("worker", "--once", "--data-dir", reaching, "--json") for _ in range(2)]

    assert [(0, {"imported": 1}), (0, {"imported": 0})] == [(one.code, one.json) for one in done]
    assert [RunState.DONE] == _states(reaching, "stix-a")


def test_a_credential_is_read_from_stdin_and_never_shown(reaching: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hosting() as (server, _site):
        _add(reaching, server, "stix-a")
    monkeypatch.setattr(sys, "stdin", io.StringIO("sesame-secret\n"))

    kept = commons("source", "credential", "stix-a", "--user", "robot", "--data-dir", reaching, "--json")
    with opened(reaching) as registry:
        row = catalog.bound(registry, LOCAL_OPERATOR, "stix-a").source
        found = credential_of(registry, SYSTEM, row)
    removed = commons("source", "credential", "stix-a", "--remove", "--data-dir", reaching)
    with opened(reaching) as registry:
        left = credential_of(registry, SYSTEM, row)

    assert ("robot", "sesame-secret") == (found.basic if found else None)
    assert {"source": "stix-a", "host": "127.0.0.1"} == kept.json
    assert (0, None) == (removed.code, left)
    assert "sesame" not in kept.out + kept.err + removed.out + removed.err


def test_a_credential_of_nothing_is_refused(reaching: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hosting() as (server, _site):
        _add(reaching, server, "stix-a")
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))

    assert 1 == commons("source", "credential", "stix-a", "--header", "X-Key", "--data-dir", reaching).code
