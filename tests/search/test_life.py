"""An index on full disks, killed at any moment: the old one serves, and it mends itself."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from registry import search
from registry.domain.errors import SearchUnavailable
from registry.domain.search import Everything, SearchRequest
from registry.ports import SearchIndex
from registry.settings import Settings
from tests.forking import Forked, programs
from tests.search import corpus
from tests.search.engines import OpenIndex

_ROOT = Path(__file__).parents[2]

_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from registry.domain.errors import SearchUnavailable
from registry.domain.search import Everything, SearchRequest
from tests.search import corpus
from tests.search.engines import ENGINES

def told(do):
    try:
        do()
    except SearchUnavailable:
        return "unavailable"
    return "done"

index = ENGINES[sys.argv[2]](Path(sys.argv[1]))
index.apply(corpus.entries(20), position=20)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.RLIM_INFINITY))
print(told(lambda: index.apply(corpus.entries(200), position=21)))
print(told(lambda: index.rebuild(corpus.entries(200), position=22)))
print(index.position(), index.search(SearchRequest(Everything())).total)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(told(lambda: index.apply(corpus.entries(200), position=23)))
print(index.position(), index.search(SearchRequest(Everything())).total)
"""

_REBUILDER = """
import sys
from pathlib import Path
from tests.search import corpus
from tests.search.engines import ENGINES

index = ENGINES[sys.argv[2]](Path(sys.argv[1]))
position = index.position()
while True:
    print("begun", flush=True)
    position += 1
    index.rebuild(corpus.entries(60), position=position)
    position += 1
    index.apply([corpus.public(500, "a record that changes"), corpus.removed(61)], position=position)
    print(position, flush=True)
"""


def test_on_a_full_disk_the_old_index_serves_and_takes_in_more_once_there_is_room(engine: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(programs() / "loaded-python"), "-c", _FULL_DISK, str(tmp_path / "index"), engine],
        cwd=_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ["unavailable", "unavailable", "20 20", "done", "23 200"] == done.stdout.splitlines()


@pytest.mark.parametrize("seed", range(2))
def test_a_rebuild_killed_at_any_moment_leaves_an_index_that_serves(
    engine: str, open_index: OpenIndex, tmp_path: Path, seed: int
) -> None:
    _kill_rebuilds(engine, open_index, tmp_path / "index", seed, times=2)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 104))
def test_many_kills_leave_an_index_that_serves(engine: str, open_index: OpenIndex, tmp_path: Path, seed: int) -> None:
    _kill_rebuilds(engine, open_index, tmp_path / "index", seed, times=25)


def _kill_rebuilds(engine: str, open_index: OpenIndex, directory: Path, seed: int, *, times: int) -> None:
    chooser = random.Random(seed)
    index = open_index(directory)
    index.apply(corpus.entries(60), position=1)
    index.close()
    for _ in range(times):
        told = _told_before_a_kill(engine, directory, after_seconds=chooser.random() * 0.6)

        index = open_index(directory)

        assert index.position() >= told
        assert _count(index) in {60, 61}
        index.apply([corpus.public(600, "later"), corpus.removed(500)], position=index.position() + 1)
        assert 61 == _count(index)
        index.apply([corpus.removed(600)], position=index.position() + 1)
        assert 60 == _count(index)
        index.close()
    index = open_index(directory)
    index.rebuild(corpus.entries(60), position=10_000)
    assert 1 == len(list(directory.glob("build-*")))


def _told_before_a_kill(engine: str, directory: Path, *, after_seconds: float) -> int:
    """Run the program that rebuilds, kill it some time after it began, and return the last position it told."""
    with Forked("loaded-python", "-c", _REBUILDER, str(directory), engine) as process:
        process.stdout.readline()
        time.sleep(after_seconds)
        os.kill(process.pid, signal.SIGKILL)
        told = [int(line) for line in process.stdout.read().split() if line.isdecimal()]
    return max([0, *told])


def _count(index: SearchIndex) -> int:
    return index.search(SearchRequest(Everything())).total


def test_an_index_that_is_gone_is_not_taken_for_an_empty_one(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.apply(corpus.entries(20), position=20)
    before = _count(index)
    index.close()
    shutil.rmtree(tmp_path / "index")

    with pytest.raises(SearchUnavailable):
        _count(index)

    assert 20 == before


@pytest.mark.parametrize("is_filled", [True, False])
def test_without_an_index_nothing_is_found_only_where_there_is_nothing(
    engine: str, tmp_path: Path, *, is_filled: bool
) -> None:
    opened = search.open_index(Settings(data_dir=tmp_path, search=engine), is_filled=lambda: is_filled)

    found = "unavailable"
    with suppress(SearchUnavailable):
        found = str(_count(opened))
    opened.rebuild(corpus.entries(20), position=20)
    rebuilt = _count(opened)
    opened.close()

    assert ("unavailable" if is_filled else "0", 20) == (found, rebuilt)


def test_damage_is_told_in_the_log_once(
    open_index: OpenIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = open_index(tmp_path / "index")
    first.apply(corpus.entries(20), position=20)
    first.close()
    for path in (tmp_path / "index").glob("build-*/public/*"):
        path.write_bytes(b"")
    index = open_index(tmp_path / "index")

    for _ in range(3):
        with pytest.raises(SearchUnavailable):
            _count(index)

    assert ["registry.search.life"] == [line.name for line in caplog.records]
