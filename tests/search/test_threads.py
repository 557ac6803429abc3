"""Several threads ask while one writes: each answer is one that a single thread would have got."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from registry.domain.query.parsing import parse
from registry.domain.search import SearchRequest, SearchResult, SearchSort
from registry.ports import SearchIndex
from tests.search import corpus


@pytest.fixture
def harsh_switching() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def _requests() -> list[SearchRequest]:
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
    entries = corpus.entries(120)
    for begin in range(0, 120, 10):
        search_index.apply(entries[begin : begin + 10], position=begin + 1)
    requests = _requests()
    expected = [search_index.search(request) for request in requests]

    # Each asks before the first write and after it, however the threads take turns.
    begun, is_written = threading.Barrier(5), threading.Event()

    def ask(seed: int) -> list[tuple[int, SearchResult]]:
        chooser = random.Random(seed)
        found: list[tuple[int, SearchResult]] = []
        while len(found) < 200 or not is_written.is_set():
            at = chooser.randrange(len(requests))
            found.append((at, search_index.search(requests[at])))
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
                search_index.apply([*chosen, corpus.hidden(1000 + position, "draft")], position=position)
                is_written.set()
        finally:
            is_written.set()
    for one in asked:
        for at, answer in one.result():
            assert expected[at] == answer
