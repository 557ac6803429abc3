"""The dearest queries that the language allows stay within a budget."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.domain.query.parsing import MAX_FUZZY, MAX_LEVELS, MAX_PREFIXES, MAX_TERMS, parse
from registry.domain.search import IndexEntry, SearchRequest
from registry.ports import SearchIndex
from tests.effort import BOUND, Effort
from tests.search import corpus
from tests.search.engines import ENGINES

_KNOWN = corpus.words(4000)


@pytest.fixture(scope="module")
def full_index(engine: str, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """An index of 400 documents with many words."""
    index = ENGINES[engine](tmp_path_factory.mktemp("hostile"))
    made = corpus.documents(400, length=120, vocabulary=4000)
    index.rebuild((IndexEntry(corpus.uid(at), one, None) for at, one in enumerate(made)), position=1)
    return index


@pytest.mark.parametrize(
    "text",
    [
        " OR ".join(_KNOWN[:MAX_TERMS]),
        " ".join(f"-{word}" for word in _KNOWN[:MAX_TERMS]),
        " OR ".join(f"{begin}*" for begin in ("bab", "beb", "bib", "dad", "kak", "lal", "mam", "mum")[:MAX_PREFIXES]),
        " OR ".join(f"{word}~" for word in ("babababa", "dedededi", "kokokoku", "mimimima")[:MAX_FUZZY]),
        f'"{" ".join(_KNOWN[:3] * 20)}"',
        "-(" * (MAX_LEVELS // 2) + _KNOWN[0] + ")" * (MAX_LEVELS // 2),
        f"{'a' * 900}*",
    ],
)
def test_no_query_takes_more_than_its_budget(full_index: SearchIndex, text: str) -> None:
    request = SearchRequest(parse(text), limit=100, facets=("kind", "provider", "misuse", "year"))

    with Effort() as effort:
        result = full_index.search(request)

    assert BOUND > effort.spent
    assert 0 <= result.total <= 400


def test_a_long_word_in_a_document_is_found_by_its_beginning(search_index: SearchIndex, tmp_path: Path) -> None:
    search_index.apply([corpus.public(1, "x", "a" * 20_000)], position=1)

    assert 1 == search_index.search(SearchRequest(parse("a" * 300))).total
