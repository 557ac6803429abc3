"""The newest documents, which stand in a file of their own: they answer as a segment does, and no moment loses them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain.errors import SearchUnavailable
from registry.domain.query.parsing import parse
from registry.domain.search import Everything, IndexEntry, SearchRequest, TableRequest, Word
from registry.search.whoosh_index import WhooshIndex
from tests.search import corpus
from tests.search.engines import OpenIndex

_MORE_THAN_A_SEGMENT = 80
_KNOWN = corpus.words(300)
_ASKED = (
    _KNOWN[0],
    f"{_KNOWN[2]} OR {_KNOWN[9]} OR {_KNOWN[40]}",
    f'"{_KNOWN[0]} {_KNOWN[1]}"',
    f"{_KNOWN[3][:3]}*",
    f"{_KNOWN[5]}~",
    f"misuse:fraud -{_KNOWN[1]}",
)


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


def _recent(tmp_path: Path) -> Path:
    return next(tmp_path.glob("index/build-*/public/recent.jsonl"))


def _segments(tmp_path: Path) -> set[str]:
    return {path.name for path in tmp_path.glob("index/build-*/public/*.trm")}


def test_records_taken_in_one_by_one_answer_as_if_taken_in_at_once(open_index: OpenIndex, tmp_path: Path) -> None:
    one_by_one, at_once = open_index(tmp_path / "index"), open_index(tmp_path / "at-once")
    older = [IndexEntry(entry.uid, corpus.document("older"), None) for entry in corpus.entries(5, seed=3)]
    entries = corpus.entries(_MORE_THAN_A_SEGMENT)

    for position, entry in enumerate([*older, *entries], start=1):
        one_by_one.apply([entry], position=position)
        assert {entry.uid} == one_by_one.matching(Everything(), [entry.uid])
    at_once.rebuild(entries, position=1)

    for text in _ASKED:
        request = SearchRequest(parse(text), facets=("misuse", "provider"), histogram=True)
        assert at_once.search(request) == one_by_one.search(request)
    axes = TableRequest(Everything(), "misuse", "country", "duration")
    assert at_once.table(axes) == one_by_one.table(axes)
    assert at_once.near(_KNOWN[4][:-1] + "x") == one_by_one.near(_KNOWN[4][:-1] + "x")
    assert [at_once.like(entry.uid) for entry in entries[-9:]] == [one_by_one.like(entry.uid) for entry in entries[-9:]]


def test_a_change_of_one_record_writes_no_segment(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.rebuild(corpus.entries(20), position=1)
    before = _segments(tmp_path)

    index.apply([corpus.public(3, "changed")], position=2)
    index.apply([corpus.public(4, "hidden"), corpus.hidden(4, "hidden")], position=3)

    assert before == _segments(tmp_path)
    assert (1, 19) == (
        index.search(SearchRequest(Word("changed"))).total,
        index.search(SearchRequest(Everything())).total,
    )


def test_a_writer_that_died_with_a_segment_written_and_the_file_not_emptied_doubles_nothing(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    index = open_index(tmp_path / "index")
    index.apply([corpus.public(1, "kept first"), corpus.public(2, "goes")], position=1)
    index.apply([corpus.hidden(2, "gone")], position=2)
    manifest = tmp_path / "index" / "manifest.json"
    before = manifest.read_bytes(), _recent(tmp_path).read_bytes()
    changes = [corpus.public(1, "kept second"), *(corpus.public(number, "kept") for number in range(10, 30))]
    index.apply(changes, position=3)
    index.close()
    assert _segments(tmp_path)

    manifest.write_bytes(before[0])
    _recent(tmp_path).write_bytes(before[1])
    again = open_index(tmp_path / "index")

    assert (2, 21) == (again.position(), again.search(SearchRequest(Word("kept"))).total)
    assert [1, 0] == [again.search(SearchRequest(Word(word))).total for word in ("first", "goes")]
    again.apply(changes, position=3)
    assert [0, 1, 21] == [again.search(SearchRequest(Word(word))).total for word in ("first", "second", "kept")]


def test_a_file_that_the_manifest_does_not_know_yet_is_believed(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.apply([corpus.public(1, "first")], position=1)
    manifest = tmp_path / "index" / "manifest.json"
    before = manifest.read_bytes()
    index.apply([corpus.public(2, "second")], position=2)
    index.close()

    manifest.write_bytes(before)
    again = open_index(tmp_path / "index")

    assert (1, 2) == (again.position(), again.search(SearchRequest(Everything())).total)


@pytest.mark.parametrize("damage", ["older", "deleted", "truncated", "overwritten", "one letter"])
def test_a_damaged_file_of_the_newest_documents_is_noticed_and_healed_by_a_rebuild(
    open_index: OpenIndex, tmp_path: Path, damage: str
) -> None:
    index = open_index(tmp_path / "index")
    index.apply([corpus.public(1, "first")], position=1)
    path = _recent(tmp_path)
    older = path.read_bytes()
    index.apply([corpus.public(2, "second")], position=2)
    index.close()
    body = path.read_bytes()
    damaged = {
        "older": older,
        "truncated": body[: len(body) // 2],
        "overwritten": b"\0" * len(body),
        "one letter": body.replace(b"second", b"secend"),
    }
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(damaged[damage])

    again = open_index(tmp_path / "index")

    assert 0 == again.position()
    with pytest.raises(SearchUnavailable):
        again.search(SearchRequest(Everything()))
    again.rebuild([corpus.public(1, "first")], position=3)
    assert (3, 1) == (again.position(), again.search(SearchRequest(Everything())).total)


def test_an_index_from_before_there_was_such_a_file_is_used_as_it_is(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.rebuild(corpus.entries(5), position=5)
    index.close()
    assert [] == list(tmp_path.rglob("recent.jsonl"))

    again = open_index(tmp_path / "index")

    assert (5, 5) == (again.position(), again.search(SearchRequest(Everything())).total)


def test_an_erasure_leaves_no_trace_of_a_record_that_only_came_out_of_the_restricted_index(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    index = open_index(tmp_path / "index")
    index.apply([corpus.hidden(7, "secretdraft")], position=1)
    index.apply([corpus.public(7, "secretpublic")], position=2)

    index.apply([corpus.removed(7)], position=3)

    held = [path.read_bytes() for path in (tmp_path / "index").rglob("*") if path.is_file()]
    assert [] == [body for body in held if b"secret" in body or corpus.uid(7).encode() in body]


def test_a_copy_of_the_directory_answers_the_same(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    index.rebuild(corpus.entries(20), position=1)
    index.apply([corpus.public(3, "changed")], position=2)

    shutil.copytree(tmp_path / "index", tmp_path / "copy")
    copy = open_index(tmp_path / "copy")

    request = SearchRequest(Everything(), limit=50)
    assert (2, index.search(request)) == (copy.position(), copy.search(request))
