"""The demo: its own directory, sample records through review, fresh keys, commands that run."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import ANONYMOUS, SYSTEM, Actor
from registry.domain.errors import SearchUnavailable, Unauthenticated
from registry.domain.pages import RecordFilter
from registry.domain.record import State
from registry.service import authentication, find, follow, search
from registry.settings import load
from tests.forking import programs
from tests.web.cli.commons import commons
from web.demo.start import IMPORTED, RECORDS, WHAT, Prepared, prepare

ADDRESS = "http://127.0.0.1:8000"


def start(place: Path) -> Prepared:
    """One start of the demo, up to where it would serve."""
    return prepare(place, address=ADDRESS, environ={})


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Prepared]:
    """A demo that was started once, and what that told; nobody writes to it."""
    place = tmp_path_factory.mktemp("first") / "demo"
    return place, start(place)


@pytest.fixture
def demo(first: tuple[Path, Prepared], tmp_path: Path) -> Path:
    """A copy of it."""
    made = tmp_path / "demo"
    shutil.copytree(first[0], made)
    for beside in first[0].parent.glob("demo.*"):
        shutil.copy(beside, tmp_path)
    return made


def actor_with(key: str, data_dir: Path) -> Actor:
    """Whoever the node takes the holder of *key* for."""
    registry = open_registry(load(data_dir, {}))
    try:
        return authentication.authenticate(registry, key)
    finally:
        close_registry(registry)


def states_of(data_dir: Path, key: str) -> dict[State, int]:
    """How many records are in each state, as the holder of *key* sees them."""
    actor = actor_with(key, data_dir)
    registry = open_registry(load(data_dir, {}))
    counts = {state: find.count(registry, actor, RecordFilter(states=(state,))) for state in State}
    close_registry(registry)
    return {state: count for state, count in counts.items() if count}


def brought_in() -> int:
    """How many records the demo has: its own, the usage guidelines, and those of its invented source."""
    own, imported = (json.loads(path.read_text(encoding="utf-8")) for path in (RECORDS, IMPORTED))
    return len(own) + 1 + len(imported["records"])


def test_the_sample_records_are_public_but_for_one_in_review_and_one_withdrawn(
    first: tuple[Path, Prepared], demo: Path
) -> None:
    _, shown = first

    # All but two.
    expected = {State.PUBLISHED: brought_in() - 2, State.IN_REVIEW: 1, State.WITHDRAWN: 1}
    assert expected == states_of(demo, shown.reviewer_key)
    assert commons("verify", "--data-dir", demo).code == 0


def test_a_second_start_adds_no_record_and_gives_new_keys(first: tuple[Path, Prepared], demo: Path) -> None:
    _, shown = first
    second = start(demo)

    records = commons("verify", "--data-dir", demo, "--json").json["records"]
    # All of them, and the usage guidelines.
    assert records == brought_in()
    assert shown.submitter_key != second.submitter_key
    assert actor_with(second.submitter_key, demo) != ANONYMOUS
    for old in (shown.submitter_key, shown.reviewer_key):
        with pytest.raises(Unauthenticated):
            actor_with(old, demo)


def test_a_start_that_broke_off_is_completed_by_the_next(demo: Path) -> None:
    (demo / "demo.json").write_text('{"records": null}')
    before = commons("verify", "--data-dir", demo, "--json").json

    start(demo)

    after = commons("verify", "--data-dir", demo, "--json").json
    assert (before["records"], before["revisions"]) == (after["records"], after["revisions"])


def test_the_demo_leaves_a_node_of_somebody_else_alone(node: Path) -> None:
    done = commons("serve", "--demo", "--port", "0", "--data-dir", node)

    assert done.code == 2
    assert "was not made by the demo" in done.err
    assert commons("verify", "--data-dir", node, "--json").json["changes"] == 4


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_the_demo_serves_this_machine_only(tmp_path: Path, host: str) -> None:
    done = commons("serve", "--demo", "--host", host, "--data-dir", tmp_path / "demo")

    assert done.code == 2
    assert not (tmp_path / "demo").exists()


@pytest.mark.skipif(shutil.which("curl") is None, reason="the printed commands need curl")
def test_the_printed_commands_run_as_they_are_and_an_interrupt_ends_quietly(tmp_path: Path) -> None:
    arguments = [str(programs() / "commons"), "serve", "--demo", "--port", "0", "--data-dir", str(tmp_path / "demo")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        lines = []
        for line in server.stdout:
            lines.append(line)
            if line.startswith("COMMONS_KEY="):
                break
        text = "".join(lines)
        script = text[text.index("export COMMONS_URL") :].replace("The same from the command line:", "")
        environ = os.environ | {"PATH": f"{programs()}:{os.environ['PATH']}"}
        tried = subprocess.run(
            ["sh", "-eu", "-c", script], env=environ, capture_output=True, text=True, timeout=300, check=False
        )
        server.send_signal(signal.SIGINT)
        server.wait(90)
        said = server.stderr.read()

    assert tried.returncode == 0, tried.stderr
    assert all(line.startswith("warning: ADVICE_") for line in tried.stderr.splitlines())
    assert '"totalCount":1' in tried.stdout
    assert re.search(r"draft-[0-9a-f]{6}: submitted", tried.stdout)
    assert WHAT in text
    assert (server.returncode, said) == (0, "")


def test_what_the_demo_brings_is_found_before_anybody_is_told_that_it_serves(demo: Path) -> None:
    registry = open_registry(load(demo, {}))
    found = search.search(registry, ANONYMOUS, "deepfake").total
    left = follow.catch_up(registry, SYSTEM)
    close_registry(registry)

    assert (True, 0) == (found > 0, left)


def test_a_node_that_was_just_made_finds_nothing_and_says_so(node: Path) -> None:
    registry = open_registry(load(node, {}))
    found = search.search(registry, ANONYMOUS, "deepfake").total
    close_registry(registry)

    assert 0 == found


def test_a_node_whose_index_is_gone_does_not_say_that_nothing_is_found(demo: Path) -> None:
    shutil.rmtree(demo / "index", ignore_errors=True)
    registry = open_registry(load(demo, {}))
    with pytest.raises(SearchUnavailable):
        search.search(registry, ANONYMOUS, "deepfake")

    follow.reindex(registry, SYSTEM)
    found = search.search(registry, ANONYMOUS, "deepfake").total
    close_registry(registry)

    assert found > 0
