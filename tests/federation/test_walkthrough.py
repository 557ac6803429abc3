"""Two nodes are set up by what docs/federation.md says, word for word, as somebody does who has read nothing else."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import DOCS, blocks
from tests.forking import programs
from tests.node_process import NodeProcess

# Within the tests a node listens wherever there is room; it then tells others that address.
PORTS = {"north": 8701, "south": 8702}
SETTINGS = {"outbound_allow_networks": "127.0.0.0/8"}


def run(text: str, place: Path) -> str:
    """What a block says, in a shell that has the program; serving is left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMMONS_")}
    environ = kept | {"PATH": f"{programs()}:{os.environ['PATH']}", "COMMONS_OUTBOUND_ALLOW_NETWORKS": "127.0.0.0/8"}
    lines = [line for line in text.splitlines() if not line.startswith("commons serve")]
    done = subprocess.run(
        ["sh", "-eu", "-c", "\n".join(lines)],
        cwd=place,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def known_to_south(place: Path) -> dict[str, Any]:
    """What the one node tells of the other."""
    (known,) = json.loads(run("commons sync list --data-dir south --json", place))
    return dict(known)


# A dozen programs start one after another; and a port that a node has left may be anybody's by the time it starts anew.
@pytest.mark.soak
def test_two_nodes_that_are_set_up_as_the_guide_says_sync(tmp_path: Path) -> None:
    init, trust, pull, choose, again = (one.text for one in blocks(DOCS / "federation.md") if one.language == "bash")
    run(init, tmp_path)
    with ExitStack() as running:
        nodes = {name: NodeProcess(tmp_path / name, settings=SETTINGS) for name in PORTS}
        for name, port in PORTS.items():
            running.callback(nodes[name].stop)
            trust = trust.replace(f"http://127.0.0.1:{port}", nodes[name].address)

        run(trust, tmp_path)
        told = run(pull, tmp_path)
        before = known_to_south(tmp_path)
        run(choose, tmp_path)
        port = int(nodes["north"].address.rpartition(":")[2])
        nodes["north"].stop()
        running.callback(NodeProcess(tmp_path / "north", port, settings=SETTINGS).stop)
        acts_for = run(again, tmp_path)
        after = known_to_south(tmp_path)

    assert "north.example" in told
    assert ("active", 0, None) == (before["state"], before["remaining"], before["last_error"])
    assert (["incident"], 600, None) == (after["kinds"], after["every_seconds"], after["last_error"])
    assert before["fingerprint"] != after["fingerprint"]
    assert "this node acts for it" in acts_for
