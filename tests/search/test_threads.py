"""Several threads ask while one writes: each answer is one that a single thread would have got."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

import pytest

from registry.domain.query.parsing import parse
from registry.domain.record import RecordUid
from registry.domain.search import Fuzzy, Query, SearchRequest, SearchSort, TableRequest
from registry.ports import SearchIndex
from tests.search import corpus

Ask: TypeAlias = "Callable[[SearchIndex], object]"


@pytest.fixture
def harsh_switching() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def _requests(count: int) -> list[Ask]:
    """Pages, lists, tables, suggestions and records that are alike, each asked of an index."""
    chooser = random.Random(5)
    known = corpus.words(300)
    asked: list[Ask] = [partial(_page, request) for request in _pages()]
    while len(asked) < count:
        word, query = chooser.choice(known[:40]), parse(chooser.choice(known[:40]))
        asked += [
            partial(_uids, query, chooser.choice(list(SearchSort))),
            partial(_table, TableRequest(query, "misuse", "month", "duration")),
            partial(_near, f"{word}x"),
            partial(_like, corpus.uid(chooser.randrange(1, 120))),
            partial(_page, SearchRequest(Fuzzy(word), facets=("misuse",), histogram=True)),
        ]
    return asked


def _uids(query: Query, sort: SearchSort, index: SearchIndex) -> object:
    return index.uids(query, sort)


def _table(request: TableRequest, index: SearchIndex) -> object:
    return index.table(request)


def _near(word: str, index: SearchIndex) -> object:
    return index.near(word)


def _like(uid: RecordUid, index: SearchIndex) -> object:
    return index.like(uid)


def _page(request: SearchRequest, index: SearchIndex) -> object:
    return index.search(request)


def _pages() -> list[SearchRequest]:
    chooser = random.Random(3)
    known = corpus.words(300)
    texts = ["provider:meta", "severity:>=2 country:DE"]
    texts += [f"{chooser.choice(known[:30])} {chooser.choice(known[:30])}" for _ in range(8)]
    texts += [f'"{chooser.choice(known[:9])} {chooser.choice(known[:9])}"' for _ in range(5)]
    texts += [f"{chooser.choice(known[:60])[:3]}* OR {chooser.choice(known)}" for _ in range(5)]
    return [SearchRequest(parse(text), sort=chooser.choice(list(SearchSort)), facets=("kind",)) for text in texts]


def test_four_threads_get_the_answers_of_one_while_a_writer_applies(
    search_index: SearchIndex, harsh_switching: None
) -> None:
    _ask_in_threads(search_index, _requests(30), times=150)


@pytest.mark.soak
def test_a_thousand_mixed_queries_a_thread_are_answered_as_by_one(
    search_index: SearchIndex, harsh_switching: None
) -> None:
    _ask_in_threads(search_index, _requests(200), times=1000)


def _ask_in_threads(index: SearchIndex, requests: list[Ask], *, times: int) -> None:
    entries = corpus.entries(120)
    for begin in range(0, 120, 10):
        index.apply(entries[begin : begin + 10], position=begin + 1)
    expected = [request(index) for request in requests]

    # Each asks before the first write and after it, however the threads take turns.
    begun, is_written = threading.Barrier(5), threading.Event()

    def ask(seed: int) -> list[tuple[int, object]]:
        chooser = random.Random(seed)
        found: list[tuple[int, object]] = []
        while len(found) < times or not is_written.is_set():
            at = chooser.randrange(len(requests))
            found.append((at, requests[at](index)))
            if len(found) == 1:
                begun.wait(60)
        return found

    with ThreadPoolExecutor(max_workers=4) as pool:
        asked = [pool.submit(ask, seed) for seed in range(4)]
        position = 200
        try:
            begun.wait(60)
            while not is_written.is_set() or not all(one.done() for one in asked):
                position += 1
                # The same public records again, and hidden ones: new segments and merges, but no other answers.
                chosen = random.Random(position).sample(entries, k=5)
                index.apply([*chosen, corpus.hidden(1000 + position, "draft")], position=position)
                is_written.set()
        finally:
            is_written.set()
    for one in asked:
        for at, answer in one.result():
            assert expected[at] == answer
