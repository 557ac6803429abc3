"""Files of tantivy: damage is noticed, a commit that no manifest knows is believed if whole, nothing is left over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain.errors import SearchUnavailable
from registry.domain.record import RecordUid
from registry.domain.search import Everything, IndexEntry, Phrase, SearchRequest
from registry.search.tantivy.index import TantivyIndex
from tests.search import corpus
from tests.search.test_durability import files_in

_SUFFIXES = (".term", ".idx", ".pos", ".store", ".fast", ".fieldnorm", ".del", "meta.json", "manifest.json")


def _filled(directory: Path) -> TantivyIndex:
    """An index of twenty records, two of which were changed."""
    index = TantivyIndex(directory)
    index.apply(corpus.entries(20), position=19)
    index.apply([corpus.public(3, "changed"), corpus.public(4, "changed")], position=20)
    return index


@pytest.mark.parametrize("damage", ["truncated", "overwritten", "deleted"])
@pytest.mark.parametrize("suffix", _SUFFIXES)
def test_a_damaged_file_is_noticed_and_healed_by_a_rebuild(tmp_path: Path, suffix: str, damage: str) -> None:
    _filled(tmp_path / "index").close()
    path = next(path for path in files_in(tmp_path / "index") if path.name.endswith(suffix))
    body = path.read_bytes()
    path.unlink()
    if damage != "deleted":
        path.write_bytes(body[: len(body) // 2] if damage == "truncated" else b"\0" * len(body))

    index = TantivyIndex(tmp_path / "index")

    assert 0 == index.position()
    if path.exists() or suffix != "manifest.json":
        with pytest.raises(SearchUnavailable):
            index.search(SearchRequest(Everything()))
        with pytest.raises(SearchUnavailable):
            index.apply([corpus.public(1, "x")], position=21)
    index.rebuild(corpus.entries(20), position=20)
    assert (20, 20) == (index.position(), index.search(SearchRequest(Everything())).total)


def test_a_commit_that_the_manifest_does_not_know_is_not_doubled(tmp_path: Path) -> None:
    index, other = TantivyIndex(tmp_path / "index"), TantivyIndex(tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    index.apply([corpus.public(1, "kept")], position=1)
    earlier = manifest.read_bytes()
    index.apply([corpus.public(2, "lost sight of"), corpus.hidden(3, "lost sight of")], position=2)
    manifest.write_bytes(earlier)

    for late in (TantivyIndex(tmp_path / "index"), other):
        assert 1 == late.position()
    other.apply([corpus.public(2, "lost sight of"), corpus.removed(3)], position=2)

    assert (2, 2) == (other.search(SearchRequest(Everything())).total, other.position())
    assert () == other.hidden_matches(Everything(), limit=9)


def test_an_index_of_another_engine_or_version_is_built_anew(tmp_path: Path) -> None:
    _filled(tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"schema":', '"schema":9'))

    assert 0 == TantivyIndex(tmp_path / "index").position()


def test_no_file_stays_that_no_segment_uses(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index")
    for position in range(1, 30):
        index.apply(corpus.entries(3), position=position)

    names = {path.name.partition(".")[0] for path in (tmp_path / "index").glob("*/public/*.*") if path.name[0] != "."}

    assert len(names - {"meta"}) <= 9
    assert 3 == index.search(SearchRequest(Everything())).total


class _Stopping(TantivyIndex):
    """Tells what another reader sees after every step of a change, and dies behind the last that it is to take."""

    def __init__(self, directory: Path, *, steps: int = 9) -> None:
        super().__init__(directory)
        self.seen: list[tuple[int, int]] = []
        self._reader = TantivyIndex(directory)
        self._steps = steps

    def _commits(self, build: str, entries: dict[RecordUid, IndexEntry]) -> Iterator[tuple[str, bool]]:
        for step in super()._commits(build, entries):
            yield step
            self.seen.append((self._reader.search(SearchRequest(Everything())).total, self._reader.position()))
            if len(self.seen) == self._steps:
                raise KeyboardInterrupt


def test_a_change_is_found_before_tantivy_merges(tmp_path: Path) -> None:
    _filled(tmp_path / "index")
    index = _Stopping(tmp_path / "index")

    index.apply([corpus.public(70, "more")], position=21)

    assert [(21, 21)] * 2 == index.seen


def test_what_is_erased_is_not_found_before_it_leaves_the_files(tmp_path: Path) -> None:
    _filled(tmp_path / "index")
    index = _Stopping(tmp_path / "index")

    index.apply([corpus.removed(5)], position=21)

    assert [(19, 20), (19, 21)] == index.seen


def test_a_writer_that_dies_before_words_leave_the_files_lets_the_next_one_see_to_it(tmp_path: Path) -> None:
    index = _filled(tmp_path / "index")
    index.apply([corpus.public(70, "secretword")], position=21)
    with pytest.raises(KeyboardInterrupt):
        _Stopping(tmp_path / "index", steps=1).apply([corpus.removed(70)], position=22)

    late = TantivyIndex(tmp_path / "index")
    assert 21 == late.position()
    late.apply([corpus.removed(70)], position=22)

    assert (20, 22) == (late.search(SearchRequest(Everything())).total, late.position())
    assert [] == [path.name for path in files_in(tmp_path / "index") if b"secretword" in path.read_bytes()]


def test_no_phrase_reaches_from_one_passage_into_the_next(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index")
    index.apply([corpus.public(1, "the first passage ends\n\nhere begins another\n\n\n\nand one more")], position=1)

    found = [
        index.search(SearchRequest(Phrase(words))).total
        for words in (("passage", "ends"), ("ends", "here"), ("here", "begins"), ("another", "and"), ("one", "more"))
    ]

    assert [1, 0, 1, 0, 1] == found


def test_an_erasure_in_one_shelf_leaves_the_files_of_the_other(tmp_path: Path) -> None:
    index = _filled(tmp_path / "index")
    index.apply([corpus.hidden(70, "draft")], position=21)
    before = {path.stat().st_ino for path in tmp_path.glob("index/*/restricted/*.store")}

    index.apply([corpus.removed(5)], position=22)

    assert before == {path.stat().st_ino for path in tmp_path.glob("index/*/restricted/*.store")}
    assert (corpus.uid(70),) == index.hidden_matches(Everything(), limit=9)
    assert (19, 1) == (index.search(SearchRequest(Everything())).total, len(list(tmp_path.glob("index/build-*"))))
