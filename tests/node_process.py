"""A node as its operator runs it: ``commons`` in processes of its own, which a test may kill at any moment."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts
from registry.service.keys import create_key
from registry.service.members import add_member
from registry.settings import load
from tests.forking import Forked, programs

# Bounds for what never comes: a machine that does other things too may be many times as slow as usual.
_START_SECONDS = 120.0
_COMMAND_SECONDS = 300.0


def commons(*arguments: str) -> Any:
    """Run one command to its end and return what it answered as JSON."""
    done = subprocess.run(
        [str(programs() / "commons"), *arguments, "--json"],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=_COMMAND_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@contextmanager
def opened(data_dir: Path) -> Iterator[Registry]:
    """The registry of a node, in this process."""
    registry = open_registry(load(data_dir, {}))
    yield registry
    close_registry(registry)


def found_node(data_dir: Path) -> dict[str, str]:
    """A new node with a submitter and a reviewer of different organisations; their keys by role."""
    commons("init", "--data-dir", str(data_dir))
    keys = {}
    with opened(data_dir) as registry:
        for slug, role in (("acme", Role.SUBMITTER), ("watch", Role.REVIEWER)):
            accounts.add_organisation(
                registry, LOCAL_OPERATOR, slug=slug, name=slug.title(), kind=OrganisationKind.PROVIDER
            )
            made = add_member(
                registry, LOCAL_OPERATOR, organisation_slug=slug, name="Somebody", roles=frozenset({role})
            )
            keys[role.value] = create_key(
                registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label="test"
            ).text
    return keys


class NodeProcess:
    """``commons serve`` on a port of its own."""

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        settings: Mapping[str, str] | None = None,
        host: str = "127.0.0.1",
        namespace: Path | None = None,
    ) -> None:
        """Start it with these settings in its environment, and wait until it answers.

        Args:
            data_dir: of the node.
            port: to listen on; 0 takes a free one.
            settings: by name.
            host: to listen on.
            namespace: the network that it runs in, where that is not the one of this process.
        """
        arguments = ["serve", "--host", host, "--port", str(port), "--data-dir", str(data_dir), "--json"]
        environment = _environment() | {f"COMMONS_{name.upper()}": value for name, value in (settings or {}).items()}
        # Beside the data, so that what the node says is looked through when the test ends.
        with data_dir.with_name(f"{data_dir.name}.log").open("ab") as log:
            self._process = Forked(
                "commons", *arguments, environment=environment, stderr=log.fileno(), namespace=namespace
            )
        try:
            self.address = self._told_address()
            self._wait_until_live()
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def kill(self) -> None:
        """End it as a loss of power does to a process: at once and without a word."""
        self._process.end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        self._process.end(signal.SIGTERM)

    def _told_address(self) -> str:
        readable, _, _ = select.select([self._process.stdout], [], [], _START_SECONDS)
        assert readable, "the server told no address"
        told = ""
        while not told.endswith("}\n"):
            line = self._process.stdout.readline()
            assert line, "the server ended without telling an address"
            told += line
        return str(json.loads(told)["address"])

    def _wait_until_live(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.address}/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError("the server does not answer")


@contextmanager
def serving(data_dir: Path, **settings: str) -> Iterator[NodeProcess]:
    """A running node, stopped at the end; it may be killed meanwhile."""
    process = NodeProcess(data_dir, settings=settings)
    try:
        yield process
    finally:
        process.stop()


def ask(client: httpx.Client, document: str, variables: dict[str, Any] | None = None) -> Any:
    """The data of a GraphQL answer without errors."""
    answer = client.post("/graphql", json={"query": document, "variables": variables or {}})
    body = answer.raise_for_status().json()
    assert "errors" not in body, body["errors"]
    return body["data"]


def _environment() -> dict[str, str]:
    """Without settings of whoever runs the tests, and without limits: tests ask more than people do."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMMONS_")}
    return kept | {"COMMONS_LIMITS": "false"}
