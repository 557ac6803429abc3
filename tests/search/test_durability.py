"""A writer that is killed loses nothing that it has told; damage is noticed, and a rebuild heals it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from registry.domain.errors import SearchUnavailable
from registry.domain.query.parsing import parse
from registry.domain.search import Everything, SearchRequest, Word
from tests.search import corpus
from tests.search.conftest import OpenIndex

_WRITER = """
import sys
from pathlib import Path
from registry.search.whoosh_index import WhooshIndex
from tests.search import corpus

index = WhooshIndex(Path(sys.argv[1]))
position = index.position()
while True:
    position += 1
    index.apply([corpus.public(position, f"record{position} common"), corpus.hidden(20000 + position, "draft")],
                position=position)
    print(position, flush=True)
"""


def test_a_writer_killed_at_any_moment_loses_nothing_it_has_told(open_index: OpenIndex, tmp_path: Path) -> None:
    chooser = random.Random(5)
    told = 0
    for _ in range(4):
        command = [sys.executable, "-W", "ignore", "-c", _WRITER, str(tmp_path / "index")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
            assert process.stdout is not None
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


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file() and path.stat().st_size)


@pytest.mark.parametrize("damage", ["truncated", "overwritten", "deleted"])
@pytest.mark.parametrize("suffix", [".trm", ".pst", ".col", ".toc", "manifest.json"])
def test_a_damaged_file_is_noticed_and_healed_by_a_rebuild(
    open_index: OpenIndex, tmp_path: Path, suffix: str, damage: str
) -> None:
    index = open_index(tmp_path / "index")
    index.apply(corpus.entries(20), position=20)
    index.close()
    path = next(path for path in _files(tmp_path / "index") if path.name.endswith(suffix))
    body = path.read_bytes()
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(body[: len(body) // 2] if damage == "truncated" else b"\0" * len(body))

    index = open_index(tmp_path / "index")

    assert 0 == index.position()
    if path.exists() or suffix != "manifest.json":
        with pytest.raises(SearchUnavailable):
            index.search(SearchRequest(Everything()))
        with pytest.raises(SearchUnavailable):
            index.apply([corpus.public(1, "x")], position=21)
    index.rebuild(corpus.entries(20), position=20)
    assert (20, 20) == (index.position(), index.search(SearchRequest(Everything())).total)


def test_damage_while_it_runs_is_not_answered_wrongly(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.apply(corpus.entries(20), position=20)
    for path in _files(tmp_path / "index"):
        if path.suffix == ".pst":
            os.truncate(path, 0)
    index.close()

    with pytest.raises(SearchUnavailable):
        index.search(SearchRequest(Word(corpus.words(300)[0])))

    assert 0 == index.position()


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


def test_a_commit_that_the_manifest_does_not_know_is_not_doubled(open_index: OpenIndex, tmp_path: Path) -> None:
    index, other = open_index(tmp_path / "index"), open_index(tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    index.apply([corpus.public(1, "kept")], position=1)
    assert 1 == other.search(SearchRequest(Everything())).total
    earlier = manifest.read_bytes()
    index.apply([corpus.public(2, "lost sight of"), corpus.hidden(3, "lost sight of")], position=2)
    index.close()
    manifest.write_bytes(earlier)

    for late in (open_index(tmp_path / "index"), other):
        assert 1 == late.position()
    other.apply([corpus.public(2, "lost sight of"), corpus.removed(3)], position=2)

    assert (2, 2) == (other.search(SearchRequest(Everything())).total, other.position())
    assert () == other.hidden_matches(Everything(), limit=9)


def test_an_index_of_another_schema_is_rebuilt(open_index: OpenIndex, tmp_path: Path) -> None:
    open_index(tmp_path / "index").apply(corpus.entries(3), position=3)
    manifest = tmp_path / "index" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"schema":', '"schema":9'))

    assert 0 == open_index(tmp_path / "index").position()


def test_a_failed_rebuild_leaves_the_old_index_in_its_place(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.apply(corpus.entries(3), position=3)

    with pytest.raises(ZeroDivisionError):
        index.rebuild((corpus.public(1 // (number - 2), "x") for number in (3, 2)), position=9)

    assert (3, 3) == (index.position(), index.search(SearchRequest(Everything())).total)
    index.apply([corpus.public(9, "more")], position=4)
    assert (4, 4) == (index.position(), index.search(SearchRequest(Everything())).total)


def test_a_failed_rebuild_removes_nothing_while_it_cannot_be_told_what_is_in_use(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    index = open_index(tmp_path / "index")
    index.apply(corpus.entries(3), position=3)
    manifest = tmp_path / "index" / "manifest.json"
    sound = manifest.read_bytes()
    manifest.write_bytes(b"cannot be read at this moment")

    with pytest.raises(ZeroDivisionError):
        index.rebuild((corpus.public(1 // (number - 2), "x") for number in (3, 2)), position=9)
    manifest.write_bytes(sound)

    assert 3 == open_index(tmp_path / "index").search(SearchRequest(Everything())).total


@pytest.mark.parametrize("name", ["manifest.json.new", "writing"])
def test_a_folder_that_takes_no_file_is_told_as_unavailable(open_index: OpenIndex, tmp_path: Path, name: str) -> None:
    index = open_index(tmp_path / "index")
    (tmp_path / "index" / name).mkdir()

    with pytest.raises(SearchUnavailable):
        index.apply(corpus.entries(3), position=3)
    with pytest.raises(SearchUnavailable):
        index.rebuild(corpus.entries(3), position=3)
    (tmp_path / "index" / name).rmdir()
    index.rebuild(corpus.entries(3), position=3)

    assert (3, 3) == (index.position(), index.search(SearchRequest(Everything())).total)


def test_after_an_erasure_no_file_holds_the_words_of_the_record(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.apply([corpus.hidden(500, "secretdraftword"), *corpus.entries(30)], position=1)
    index.apply([corpus.public(500, "secretpublicword")], position=2)
    index.apply([corpus.public(500, "secretrevisedword")], position=3)

    index.apply([corpus.removed(500)], position=4)
    index.apply([corpus.removed(500)], position=4)

    assert 30 == index.search(SearchRequest(Everything())).total
    assert [] == [path.name for path in _files(tmp_path / "index") if b"secret" in path.read_bytes()]
    assert [] == [path.name for path in _files(tmp_path / "index") if corpus.uid(500).encode() in path.read_bytes()]
