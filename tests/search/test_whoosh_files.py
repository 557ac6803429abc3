"""Whoosh's files: damage is noticed, a manifest that does not fit is not believed, a rebuild heals."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain.errors import SearchUnavailable
from registry.domain.search import Everything, SearchRequest, Word
from registry.search.whoosh_index import WhooshIndex
from tests.search import corpus
from tests.search.engines import OpenIndex
from tests.search.test_durability import files_in


@pytest.fixture
def open_index() -> Iterator[OpenIndex]:
    """Opens an index of Whoosh in a directory; closes it after the test."""
    opened: list[WhooshIndex] = []

    def open_in(directory: Path) -> WhooshIndex:
        opened.append(WhooshIndex(directory))
        return opened[-1]

    yield open_in
    for index in opened:
        index.close()


@pytest.mark.parametrize("damage", ["truncated", "overwritten", "deleted"])
@pytest.mark.parametrize("suffix", [".trm", ".pst", ".col", ".toc", "recent.jsonl", "manifest.json"])
def test_a_damaged_file_is_noticed_and_healed_by_a_rebuild(
    open_index: OpenIndex, tmp_path: Path, suffix: str, damage: str
) -> None:
    index = open_index(tmp_path / "index")
    index.apply(corpus.entries(20), position=20)
    index.close()
    path = next(path for path in files_in(tmp_path / "index") if path.name.endswith(suffix))
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
    for path in files_in(tmp_path / "index"):
        if path.suffix == ".pst":
            os.truncate(path, 0)
    index.close()

    with pytest.raises(SearchUnavailable):
        index.search(SearchRequest(Word(corpus.words(300)[0])))

    assert 0 == index.position()


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


def test_the_files_of_the_public_index_do_not_change_with_hidden_records(open_index: OpenIndex, tmp_path: Path) -> None:
    search_index = open_index(tmp_path / "index")
    search_index.apply(corpus.entries(5), position=1)
    before = {path.name for path in tmp_path.glob("index/*/public/*")}

    search_index.apply([corpus.hidden(70, "secret")], position=2)

    assert before == {path.name for path in tmp_path.glob("index/*/public/*")}
