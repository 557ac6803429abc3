"""A writer that is killed loses nothing that it has told; damage is noticed, and a rebuild heals it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from registry.domain.errors import SearchUnavailable
from registry.domain.query.parsing import parse
from registry.domain.search import Everything, SearchRequest, Word
from tests.forking import Forked
from tests.search import corpus
from tests.search.engines import OpenIndex

_WRITER = """
import sys
from pathlib import Path
from tests.search import corpus
from tests.search.engines import ENGINES

index = ENGINES[sys.argv[2]](Path(sys.argv[1]))
position = index.position()
while True:
    position += 1
    index.apply([corpus.public(position, f"record{position} common"), corpus.hidden(20000 + position, "draft")],
                position=position)
    print(position, flush=True)
"""


def test_a_writer_killed_at_any_moment_loses_nothing_it_has_told(
    engine: str, open_index: OpenIndex, tmp_path: Path
) -> None:
    chooser = random.Random(5)
    told = 0
    for _ in range(4):
        with Forked("loaded-python", "-c", _WRITER, str(tmp_path / "index"), engine) as process:
            told = int(process.stdout.readline())
            time.sleep(chooser.random() * 0.2)
            os.kill(process.pid, signal.SIGKILL)
            told = max([told, *(int(line) for line in process.stdout.read().split())])

        index = open_index(tmp_path / "index")

        position = index.position()
        assert position >= told > 0
        missing = [
            number
            for number in range(1, position + 1)
            if 1 != index.search(SearchRequest(Word(f"record{number}"))).total
        ]
        assert [] == missing
        assert position <= index.search(SearchRequest(Word("common"))).total <= position + 1
        index.close()

    index = open_index(tmp_path / "index")
    index.apply([corpus.public(position + 1, "again common")], position=position + 1)
    assert position + 1 == index.search(SearchRequest(Word("common"))).total


def test_a_restart_continues_where_the_index_was(open_index: OpenIndex, tmp_path: Path) -> None:
    first = open_index(tmp_path / "index")
    first.apply(corpus.entries(30), position=17)
    request = SearchRequest(parse("provider:openai"), facets=("kind",))
    answer = first.search(request)
    first.close()

    second = open_index(tmp_path / "index")

    assert (17, answer) == (second.position(), second.search(request))


def test_a_second_process_reads_what_the_first_writes(open_index: OpenIndex, tmp_path: Path) -> None:
    writer, reader = open_index(tmp_path / "index"), open_index(tmp_path / "index")
    for number in range(1, 40):
        writer.apply([corpus.public(number, "misuse")], position=number)
        assert (number, number) == (reader.search(SearchRequest(Word("misuse"))).total, reader.position())

    writer.rebuild([corpus.public(1, "rebuilt")], position=50)

    assert (1, 50) == (reader.search(SearchRequest(Word("rebuilt"))).total, reader.position())


def test_a_directory_deleted_while_it_runs_finds_not_nothing_and_is_built_again(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    index = open_index(tmp_path / "index")
    index.apply(corpus.entries(20), position=20)
    index.search(SearchRequest(Everything()))

    shutil.rmtree(tmp_path / "index")

    for _ in range(2):
        with pytest.raises(SearchUnavailable):
            index.search(SearchRequest(Everything()))
    assert 0 == index.position()
    index.rebuild(corpus.entries(20), position=20)
    assert (20, 20) == (index.position(), index.search(SearchRequest(Everything())).total)


def test_a_failed_rebuild_leaves_the_old_index_in_its_place(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.apply(corpus.entries(3), position=3)

    with pytest.raises(ZeroDivisionError):
        index.rebuild((corpus.public(1 // (number - 2), "x") for number in (3, 2)), position=9)

    assert (3, 3) == (index.position(), index.search(SearchRequest(Everything())).total)
    index.apply([corpus.public(9, "more")], position=4)
    assert (4, 4) == (index.position(), index.search(SearchRequest(Everything())).total)


def files_in(directory: Path) -> list[Path]:
    """Every file that holds anything."""
    return sorted(path for path in directory.rglob("*") if path.is_file() and path.stat().st_size)


def test_after_an_erasure_no_file_holds_the_words_of_the_record(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.apply([corpus.hidden(500, "secretdraftword"), *corpus.entries(30)], position=1)
    index.apply([corpus.public(500, "secretpublicword")], position=2)
    index.apply([corpus.public(500, "secretrevisedword")], position=3)

    index.apply([corpus.removed(500)], position=4)
    index.apply([corpus.removed(500)], position=4)

    assert 30 == index.search(SearchRequest(Everything())).total
    assert [] == [path.name for path in files_in(tmp_path / "index") if b"secret" in path.read_bytes()]
    assert [] == [path.name for path in files_in(tmp_path / "index") if corpus.uid(500).encode() in path.read_bytes()]
