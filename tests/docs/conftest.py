"""One real node with the sample records, for all documents."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.forking import programs

_PROGRAMS = Path(sys.executable).parent
_STOP_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Demo:
    """A node that serves the sample records at ``url``, and its two keys."""

    url: str
    submitter: str
    reviewer: str

    def environment(self) -> dict[str, str]:
        """What the documents tell their readers to set."""
        own = {"COMMONS_URL": self.url, "SUBMITTER": self.submitter, "REVIEWER": self.reviewer}
        return clean_environment() | own


def clean_environment() -> dict[str, str]:
    """The environment without settings of a node; the project's programs are found first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMMONS_") and name != "PORT"}
    return kept | {"PATH": os.pathsep.join((str(programs()), str(_PROGRAMS), os.environ["PATH"]))}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """``commons serve --demo`` on a free port, from its first start to a clean end."""
    place = tmp_path_factory.mktemp("node") / "demo"
    command = [str(programs() / "commons"), "serve", "--demo", "--port", "0", "--data-dir", str(place), "--json"]
    # All the documents ask at once, from one address.
    roomy = {"COMMONS_ANONYMOUS_COST_PER_MINUTE": "100000000", "COMMONS_ANONYMOUS_COST_PER_HOUR": "100000000"}
    with subprocess.Popen(command, env=clean_environment() | roomy, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield _told(server)
        finally:
            server.terminate()
            code = server.wait(_STOP_SECONDS)
    assert 0 == code


def _told(server: subprocess.Popen[str]) -> Demo:
    """What the node tells once it answers: one JSON document over several lines."""
    assert server.stdout is not None
    lines: list[str] = []
    while not lines or lines[-1] != "}\n":
        line = server.stdout.readline()
        assert line, "the node has ended"
        lines.append(line)
    told = json.loads("".join(lines))
    return Demo(told["address"], told["submitter_key"], told["reviewer_key"])
