"""Segments become one behind the updates: whatever comes meanwhile, no update is lost and no erased word comes back."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from registry.domain.errors import SearchUnavailable
from registry.domain.query.parsing import parse
from registry.domain.search import Everything, SearchRequest, Word
from registry.search.engine import Damaged
from registry.search.merger import Merger
from registry.search.merging import Merge
from registry.search.whoosh_index import WhooshIndex
from tests.forking import Forked, programs
from tests.search import corpus
from tests.search.test_durability import files_in

_ROOT = Path(__file__).parents[2]
_A_SEGMENT = 12
_SEGMENTS = 6
_WAIT_SECONDS = 120

Open = Callable[[], WhooshIndex]


@pytest.fixture
def open_index(tmp_path: Path) -> Iterator[Open]:
    """Opens the same index of Whoosh once more, as another process would; closes it after the test."""
    opened: list[WhooshIndex] = []

    def open_it() -> WhooshIndex:
        opened.append(WhooshIndex(tmp_path / "index"))
        return opened[-1]

    yield open_it
    for index in opened:
        index.close()


@contextmanager
def _nobody_merges(tmp_path: Path, *indexes: WhooshIndex) -> Iterator[None]:
    """As if another process merged: no thread of *indexes* begins to, nor is about to when the block ends."""
    with (tmp_path / "index" / "merging").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
        assert all(index.merger.wait(_WAIT_SECONDS) for index in indexes)


def _fill(index: WhooshIndex) -> int:
    """Write six segments of one tier; returns the position."""
    entries = corpus.entries(_A_SEGMENT * _SEGMENTS)
    for begin in range(0, len(entries), _A_SEGMENT):
        index.apply(entries[begin : begin + _A_SEGMENT], position=begin + 1)
    index.apply([corpus.public(3, "secretword"), *corpus.entries(30)[20:]], position=1000)
    return 1000


def _places(tmp_path: Path) -> list[str]:
    return [path.name for path in tmp_path.glob("index/build-*/*/merging-*")]


def _holding(tmp_path: Path, *words: bytes) -> list[str]:
    return [path.name for path in files_in(tmp_path / "index") if any(word in path.read_bytes() for word in words)]


def _at(number: int, do: Callable[[], object]) -> Callable[[], None]:
    """A pause that does something when it is called for so many times."""
    calls = iter(range(1, 1 << 30))

    def pause() -> None:
        if next(calls) == number:
            do()

    return pause


def _pauses_of_a_merge(index: WhooshIndex) -> int:
    count = 0

    def pause() -> None:
        nonlocal count
        count += 1

    merge = index.next_merge([])
    assert merge is not None
    merge.write(pause)
    merge.drop()
    return count


@pytest.mark.parametrize("share", [0, 0.5, 1])
@pytest.mark.parametrize("by_another", [False, True])
def test_an_erasure_in_the_midst_of_a_merge_leaves_no_word(
    open_index: Open, tmp_path: Path, share: float, by_another: bool
) -> None:
    index = open_index()
    eraser = open_index() if by_another else index
    with _nobody_merges(tmp_path, index, eraser):
        position = _fill(index)
        last = _pauses_of_a_merge(index)
        merge = index.next_merge([])
        assert merge is not None
        held: list[str] = []

        def erase() -> None:
            eraser.apply([corpus.removed(3)], position=position + 1)
            held.extend(_holding(tmp_path, b"secretword", corpus.uid(3).encode()))

        with pytest.raises(Damaged):
            merge.write(_at(max(1, int(share * last)), erase))
        index.put_in_place(merge)

    assert ([], [], []) == (held, _holding(tmp_path, b"secretword", corpus.uid(3).encode()), _places(tmp_path))
    assert 71 == index.search(SearchRequest(Everything())).total == eraser.search(SearchRequest(Everything())).total


def test_an_erasure_between_the_writing_and_the_placing_of_a_merge_leaves_no_word(
    open_index: Open, tmp_path: Path
) -> None:
    index = open_index()
    with _nobody_merges(tmp_path, index):
        position = _fill(index)
        merge = index.next_merge([])
        assert merge is not None
        merge.write(lambda: None)

        index.apply([corpus.removed(3)], position=position + 1)

        assert [] == _holding(tmp_path, b"secretword", corpus.uid(3).encode())
        index.put_in_place(merge)
    assert ([], []) == (_holding(tmp_path, b"secretword", corpus.uid(3).encode()), _places(tmp_path))
    assert 71 == index.search(SearchRequest(Everything())).total


def test_an_erasure_spares_a_merge_that_has_nothing_of_the_record(open_index: Open, tmp_path: Path) -> None:
    index = open_index()
    with _nobody_merges(tmp_path, index):
        position = _fill(index)
        index.apply([corpus.public(500, "secretpublic")], position=position + 1)
        before = index.standing()
        merge = index.next_merge([])
        assert merge is not None

        merge.write(_at(2, lambda: index.apply([corpus.removed(500)], position=position + 2)))
        index.put_in_place(merge)

    assert (72, True) == (index.search(SearchRequest(Everything())).total, index.standing() < before)
    assert [] == _holding(tmp_path, b"secretpublic", corpus.uid(500).encode())


def test_what_changes_during_a_merge_is_not_undone_by_it(open_index: Open, tmp_path: Path) -> None:
    index, other = open_index(), open_index()
    with _nobody_merges(tmp_path, index):
        position = _fill(index)
        before = index.standing()
        merge = index.next_merge([])
        assert merge is not None
        changed = [corpus.public(number, f"changed n{number}") for number in range(1, 20)]
        hidden = [corpus.hidden(number, "hidden now") for number in range(40, 50)]

        def change() -> None:
            index.apply(changed, position=position + 1)
            index.apply(hidden, position=position + 2)
            index.apply([corpus.public(60, "changed last")], position=position + 3)

        merge.write(_at(5, change))
        index.put_in_place(merge)

    for each in (index, other):
        found = [each.search(SearchRequest(query)).total for query in (Word("changed"), Everything(), Word("n19"))]
        assert ([20, 62, 1], position + 3) == (found, each.position())
    assert index.standing() < before + 2
    assert 62 == open_index().search(SearchRequest(Everything())).total


def test_a_rebuild_during_a_merge_wins(open_index: Open, tmp_path: Path) -> None:
    index = open_index()
    with _nobody_merges(tmp_path, index):
        _fill(index)
        merge = index.next_merge([])
        assert merge is not None

        with pytest.raises(Damaged):
            merge.write(_at(5, lambda: index.rebuild(corpus.entries(7), position=2000)))
        index.put_in_place(merge)

    assert (7, 2000) == (index.search(SearchRequest(Everything())).total, index.position())
    assert (1, []) == (len(list(tmp_path.glob("index/build-*"))), _places(tmp_path))


def test_merging_behind_changes_no_answer(open_index: Open, tmp_path: Path) -> None:
    index = open_index()
    chooser = random.Random(3)
    entries = corpus.entries(300)
    words = corpus.words(300)
    latest = {entry.uid: entry for entry in entries}
    for position in range(1, 60):
        chosen = chooser.sample(entries, k=chooser.choice((1, 10, 30)))
        chosen = [corpus.public(int(one.uid[-12:], 16), " ".join(chooser.sample(words, 9))) for one in chosen]
        index.apply(chosen if position > 1 else entries, position=position)
        latest.update({one.uid: one for one in chosen if position > 1})

    assert index.merger.wait(_WAIT_SECONDS)

    at_once = WhooshIndex(tmp_path / "at-once")
    at_once.rebuild(latest.values(), position=59)
    for text in (words[0], f"{words[1]} OR {words[2]}", f"{words[5][:3]}*", f'"{words[0]} {words[1]}"'):
        request = SearchRequest(parse(text), limit=50, facets=("misuse",))
        assert at_once.search(request) == index.search(request)
    assert index.standing() <= 12
    at_once.close()


_KILLED = """
import signal, sys
from pathlib import Path
from registry.search.whoosh_index import WhooshIndex

index = WhooshIndex(Path(sys.argv[1]))
merge = index.next_merge([])
calls = iter(range(1 << 30))
def pause():
    if next(calls) == int(sys.argv[2]):
        print("in the midst", flush=True)
        signal.pause()
merge.write(pause)
print("written", flush=True)
signal.pause()
"""


@pytest.mark.parametrize("pause", [60, 1 << 20])
def test_what_a_killed_merge_leaves_is_removed_and_the_merge_done_later(
    open_index: Open, tmp_path: Path, pause: int
) -> None:
    index = open_index()
    with _nobody_merges(tmp_path, index):
        position = _fill(index)
        before = index.standing()
        with Forked("loaded-python", "-c", _KILLED, str(tmp_path / "index"), str(pause)) as process:
            process.stdout.readline()
            os.kill(process.pid, signal.SIGKILL)
    assert 1 == len(_places(tmp_path))

    again = open_index()
    assert 72 == again.search(SearchRequest(Everything())).total
    again.apply(corpus.entries(72)[30:45], position=position + 1)
    assert again.merger.wait(_WAIT_SECONDS)

    assert ([], True) == (_places(tmp_path), again.standing() < before)
    assert (72, 72) == tuple(each.search(SearchRequest(Everything())).total for each in (again, index))


def test_an_erasure_removes_what_killed_writers_left(open_index: Open, tmp_path: Path) -> None:
    index = open_index()
    index.apply(corpus.entries(20), position=1)
    shelf = next(tmp_path.glob("index/build-*/public"))
    left = [
        shelf / "MAIN_0123456789abcdef.pst",
        shelf / "_MAIN_9.toc.1234.5",
        shelf / "recent.jsonl.new",
        shelf / "MAIN.tmp" / "x.ctmp",
        shelf / "merging-abc" / "MAIN_0123456789abcdef.trm",
        shelf / "merging-abc.gone" / "MAIN_0123456789abcdef.trm",
        tmp_path / "index" / "build-0123" / "public" / "MAIN_0123456789abcdef.trm",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("secretword")

    index.apply([corpus.removed(900)], position=2)

    assert ([], 20) == (_holding(tmp_path, b"secretword"), index.search(SearchRequest(Everything())).total)


_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from registry.domain.search import Everything, SearchRequest
from registry.search.whoosh_index import WhooshIndex
from tests.search import corpus

def change(begin):
    index.apply([corpus.public(number, f"again {number} " + "many words " * 40) for number in range(begin, begin + 20)],
                position=begin)

index = WhooshIndex(Path(sys.argv[1]))
change(1)
largest = max(path.stat().st_size for path in Path(sys.argv[1]).rglob("*") if path.is_file())
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2 * largest, resource.RLIM_INFINITY))
for begin in range(21, 181, 20):
    change(begin)
print(index.merger.wait(120), index.standing() >= 6, index.search(SearchRequest(Everything())).total, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
begin = 181
while index.standing() >= 6:
    change(begin)
    index.merger.wait(120)
    begin += 20
print(index.search(SearchRequest(Everything())).total == begin - 1, list(Path(sys.argv[1]).rglob("merging-*")))
"""


def test_a_merge_for_which_there_is_no_room_is_no_error_and_is_done_later(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(programs() / "loaded-python"), "-c", _FULL_DISK, str(tmp_path / "index")],
        cwd=_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ["True True 180", "True []"] == done.stdout.splitlines()


class _Watched:
    """An index between a merger and the real one; tells what was put in its place, and does something beforehand."""

    def __init__(self, index: WhooshIndex, *, first: Callable[[], None], is_free: bool = True) -> None:
        self.placed: list[int] = []
        self.refused = threading.Event()
        self._index = index
        self._first: list[Callable[[], None]] = [first]
        self._is_free = is_free

    def tidy(self) -> None:
        self._index.tidy()

    def standing(self) -> int:
        return self._index.standing() if self._is_free else 99

    def next_merge(self, busy: Sequence[Merge]) -> Merge | None:
        found = self._index.next_merge(busy)
        if self._first:
            self._first.pop()()
        return found

    def put_in_place(self, merge: Merge) -> None:
        if not self._is_free:
            self.refused.set()
            raise SearchUnavailable("another process writes")
        self._index.put_in_place(merge)
        self.placed.append(merge.count)


def test_a_small_merge_is_done_in_the_midst_of_a_large_one(open_index: Open, tmp_path: Path) -> None:
    index = open_index()
    with _nobody_merges(tmp_path, index):
        for begin in range(0, 300, 50):
            index.apply(corpus.entries(300)[begin : begin + 50], position=begin + 1)

        def add_small_segments() -> None:
            for begin in range(1000, 1060, 10):
                index.apply([corpus.public(number, "small") for number in range(begin, begin + 10)], position=begin)
            merger.wake()

        watched = _Watched(index, first=add_small_segments)
        merger = Merger(watched, tmp_path / "merging")
        merger.wake()

        assert merger.wait(_WAIT_SECONDS)

    assert [60, 300] == watched.placed
    assert (360, 2) == (index.search(SearchRequest(Everything())).total, index.standing())


def test_a_merger_that_waits_for_its_turn_holds_nobody_up_for_good_and_can_be_stopped(
    open_index: Open, tmp_path: Path
) -> None:
    index = open_index()
    with _nobody_merges(tmp_path, index):
        _fill(index)
        watched = _Watched(index, first=lambda: None, is_free=False)
        merger = Merger(watched, tmp_path / "merging")
        merger.wake()
        assert watched.refused.wait(_WAIT_SECONDS)

        merger.make_room()
        assert not merger.wait(0)
        merger.stop()

        assert merger.wait(0)
        assert ([], []) == (watched.placed, _places(tmp_path))
        assert 72 == index.search(SearchRequest(Everything())).total
