"""Four nodes in processes of their own that sync over HTTP while they are killed and their links are cut.

``FOUR_NODES_SEED`` tells the same story again: the same people do the same things, as far as the nodes answer alike.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.federation.holdings import differences, files_with, holdings, unexpected_refusals
from tests.federation.namespaces import are_available, run_apart
from tests.federation.processes import RealNode, befriend, found, release, running
from tests.federation.relays import Link, Relay
from tests.federation.story import Story
from tests.node_process import commons

# A bound for what never comes.
_REST_SECONDS = 240.0
_LOOK_SECONDS = 1.0
NAMES = ("a", "b", "c", "d")


def wait_for_nothing(left: Callable[[], list[str]], nodes: Sequence[RealNode] = ()) -> None:
    """Until nothing is left of what must not be; operators of *nodes* let pass what is held for its mass."""
    deadline = time.monotonic() + _REST_SECONDS
    while there := left():
        assert time.monotonic() < deadline, "\n".join(there)
        for node in nodes:
            release(node)
        time.sleep(_LOOK_SECONDS)


def erased_words(story: Story, nodes: Sequence[RealNode]) -> list[str]:
    """The words of all records that are erased where they began."""
    held = {node.name: holdings(node).records for node in nodes}
    states = ((one, held[one.home.name].get(one.uid)) for one in story.records)
    return [word for one, record in states if record and record.state == "erased" for word in one.words]


def some_seed() -> int:
    """That of an earlier story, or a new one."""
    return int(os.environ.get("FOUR_NODES_SEED") or random.SystemRandom().randrange(2**32))


def some_relay(_: str) -> Link:
    return Relay()


def run(folder: Path, *, seed: int, disturbances: int, link: Callable[[str], Link] = some_relay) -> None:
    """A story with so many kills and partitions, and all that must hold after it."""
    print(f"seed {seed}")  # noqa: T201  # pytest shows it where the test fails
    with running(folder, *NAMES, link=link) as nodes:
        story = Story(random.Random(seed), nodes)
        for node in nodes:
            for other in nodes:
                if other is not node and story.random.random() < 0.5:
                    story.change_circle()
        for at in range(disturbances):
            story.edit()
            story.disturb()
            for _ in range(story.random.randint(1, 3)):
                story.edit()
            story.mend()
            if at == disturbances // 2:
                backed_up = nodes[1]
                commons("backup", str(folder / "backup"), "--with-key", "--data-dir", str(backed_up.data_dir))
        story.mend(all_=True)

        wait_for_nothing(lambda: differences(nodes), nodes)
        words = erased_words(story, nodes)
        wait_for_nothing(lambda: [one for node in nodes for one in files_with(node, words)])
        assert [] == unexpected_refusals(nodes)
        _a_late_node_has_all(folder, nodes, link("e"))
        _a_backup_brings_nothing_back(folder, nodes, backed_up, words)
        print(story.done, "lost", story.lost, "erased", len(words))  # noqa: T201


def _a_late_node_has_all(folder: Path, nodes: list[RealNode], link: Link) -> None:
    late = found(folder, "e", link)
    try:
        late.start()
        befriend(late, nodes)
        wait_for_nothing(lambda: differences([*nodes, late]), [*nodes, late])
    finally:
        late.kill()
        late.relay.close()


def _a_backup_brings_nothing_back(folder: Path, nodes: list[RealNode], node: RealNode, words: Sequence[str]) -> None:
    node.kill()
    erasures = folder / f"{node.data_dir.name}.erasures.jsonl"
    kept = shutil.copy(erasures, folder / "kept.jsonl")
    restored = folder / f"{node.name}-restored"
    commons("restore", str(folder / "backup"), "--data-dir", str(restored), "--erasures", str(kept))
    node.data_dir = restored
    node.start()
    others = [one for one in nodes if one is not node]

    def left() -> list[str]:
        return [one for one in differences(nodes) if one.startswith(f"{node.name} of ")]

    wait_for_nothing(left, nodes)
    wait_for_nothing(lambda: files_with(node, words))
    assert [] == differences(others)


@pytest.mark.simulation
def test_four_nodes_that_die_and_part_agree_in_the_end(tmp_path: Path) -> None:
    run(tmp_path, seed=some_seed(), disturbances=4)


@pytest.mark.soak
def test_four_nodes_that_die_and_part_a_hundred_times_agree_in_the_end(tmp_path: Path) -> None:
    run(tmp_path, seed=some_seed(), disturbances=100)


def run_in_networks_of_their_own(folder: Path, *, disturbances: int) -> None:
    if not are_available():
        pytest.skip("this machine lets nobody make network namespaces")
    said = ("--folder", str(folder), "--seed", str(some_seed()), "--disturbances", str(disturbances))
    run_apart("tests.federation.apart", *said)


@pytest.mark.simulation
def test_four_nodes_in_networks_of_their_own_agree_in_the_end(tmp_path: Path) -> None:
    run_in_networks_of_their_own(tmp_path, disturbances=2)


@pytest.mark.soak
def test_four_nodes_in_networks_of_their_own_agree_after_many_kills_and_cuts(tmp_path: Path) -> None:
    run_in_networks_of_their_own(tmp_path, disturbances=40)
