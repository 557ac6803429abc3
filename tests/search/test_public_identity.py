"""Answers to strangers depend on what is public, not on what is hidden and not on how it came into the index."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from registry.domain.query.parsing import parse
from registry.domain.search import IndexEntry, SearchRequest, SearchResult, SearchSort
from registry.ports import SearchIndex
from tests.search import corpus
from tests.search.engines import ENGINES, OpenIndex

_COMMON = corpus.words(300)
_QUERIES = (
    "",
    _COMMON[0],
    f"{_COMMON[1]} {_COMMON[4]}",
    f"{_COMMON[2]} OR {_COMMON[9]} OR {_COMMON[40]}",
    f'"{_COMMON[0]} {_COMMON[1]}"',
    f"{_COMMON[3][:3]}* -{_COMMON[0]}",
    f"{_COMMON[5]} provider:openai severity:>=2",
    "hiddenword",
    "hid*",
)


def answers(index: SearchIndex) -> list[SearchResult]:
    """Everything a stranger can learn by a set of searches."""
    return [
        index.search(SearchRequest(parse(query), sort=sort, limit=15, facets=("kind", "provider", "misuse", "year")))
        for query in _QUERIES
        for sort in SearchSort
    ]


@pytest.fixture(scope="module")
def expected(engine: str, tmp_path_factory: pytest.TempPathFactory) -> list[SearchResult]:
    """The answers of an index that holds the same public records and was built in one go."""
    index = ENGINES[engine](tmp_path_factory.mktemp("identity"))
    index.rebuild(corpus.entries(60), position=1)
    found = answers(index)
    index.close()
    return found


@pytest.mark.parametrize("size", [1, 7, 60])
def test_batches_do_not_show(search_index: SearchIndex, expected: list[SearchResult], size: int) -> None:
    entries = corpus.entries(60)
    for begin in range(0, len(entries), size):
        search_index.apply(entries[begin : begin + size], position=begin)

    assert expected == answers(search_index)


def test_hidden_records_do_not_show(search_index: SearchIndex, expected: list[SearchResult]) -> None:
    for number, entry in enumerate(corpus.entries(60)):
        secret = f"hiddenword {' '.join(_COMMON[:20])} " * 5
        search_index.apply([corpus.hidden(500 + number, "hiddenword", secret, severity=5), entry], position=number)
        search_index.apply([corpus.hidden(900 + number, secret)], position=number)

    assert expected == answers(search_index)
    assert 120 == len(search_index.hidden_matches(parse("hiddenword"), limit=500))


@pytest.mark.parametrize("seed", range(3))
def test_earlier_revisions_and_withdrawn_records_do_not_show(
    open_index: OpenIndex, tmp_path: Path, expected: list[SearchResult], seed: int
) -> None:
    chooser = random.Random(seed)
    index = open_index(tmp_path / "index")
    entries = corpus.entries(60)
    earlier = [
        IndexEntry(entry.uid, other.public, None)
        for entry, other in zip(entries, corpus.entries(60, seed=seed + 50), strict=True)
    ]
    withdrawn = [corpus.public(700 + number, "hiddenword withdrawn", _COMMON[number]) for number in range(20)]
    history = [*earlier, *withdrawn]
    chooser.shuffle(history)
    history += [*entries, *(corpus.removed(700 + number) for number in range(20))]
    while history:
        size = chooser.randrange(1, 12)
        index.apply(history[:size], position=1)
        history = history[size:]

    assert expected == answers(index)
