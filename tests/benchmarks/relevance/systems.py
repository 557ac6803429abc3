"""What answers the queries: the engines of the registry, and simpler ones that differ from them and from each other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import islice, product
from pathlib import Path

from registry.domain.errors import BadQuery
from registry.domain.loosening import any_word as any_word_of
from registry.domain.loosening import respelt, single_words
from registry.domain.query import parse
from registry.domain.search import AnyOf, Query, SearchRequest, Word
from registry.domain.widening import FEW, widened
from registry.domain.words import words_in
from registry.ports import SearchIndex
from tests.benchmarks.relevance.records import Known
from tests.search.engines import ENGINES

# As the search page does: spellings of a word, and ways to put them together.
_SPELLINGS, _TRIED = 3, 6
# The names of the best records for a text, the best first; never more than the number.
System = Callable[[str, int], list[str]]

_FTS = """
CREATE VIRTUAL TABLE words USING fts5(name UNINDEXED, title, body, labels, tokenize = 'porter unicode61');
"""
_RANKED = "SELECT name FROM words WHERE words MATCH ? ORDER BY bm25(words, 0, 2.0, 1.0, 1.0), name LIMIT ?"


@contextmanager
def engines(known: Sequence[Known], root: Path) -> Iterator[Mapping[str, SearchIndex]]:
    """Each engine of the registry with these records, by its name."""
    with ExitStack() as stack:
        opened: dict[str, SearchIndex] = {}
        for name, open_index in ENGINES.items():
            opened[name] = stack.enter_context(closing(open_index(root / name)))
            opened[name].rebuild((one.entry for one in known), position=1)
        yield opened


def asked(index: SearchIndex, known: Sequence[Known]) -> System:
    """An engine as people ask it: the text is read as a query, and sorted by relevance."""
    return lambda text, limit: _hits(index, known, _read(text), limit)


def page(index: SearchIndex, known: Sequence[Known]) -> System:
    """What a searcher sees: the matches, and where they are few, those behind them that have some of the words."""
    return lambda text, limit: _page(index, known, _read(text), limit)


def mended(index: SearchIndex, known: Sequence[Known]) -> System:
    """The page after its first suggestion of another spelling was taken, where it makes one."""

    def rank(text: str, limit: int) -> list[str]:
        query = _read(text)
        return _page(index, known, query if _count(index, query) else _respelt(index, query), limit)

    return rank


def any_word(index: SearchIndex, known: Sequence[Known]) -> System:
    """An engine asked for records with any of the words."""

    def rank(text: str, limit: int) -> list[str]:
        words = tuple(Word(word) for word in dict.fromkeys(words_in(text)))
        return _hits(index, known, AnyOf(words), limit)

    return rank


@contextmanager
def sqlite_fts(known: Sequence[Known]) -> Iterator[Mapping[str, System]]:
    """SQLite's full text with stems and BM25: records with all of the words, and with any of them."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(_FTS)
        rows = [(one.name, one.document.title, one.document.text, " ".join(one.document.labels)) for one in known]
        db.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", rows)

        def ranking(operator: str) -> System:
            def rank(text: str, limit: int) -> list[str]:
                quoted = operator.join(f'"{word}"' for word in words_in(text))
                return [row[0] for row in db.execute(_RANKED, (quoted, limit))]

            return rank

        yield {"fts5 all words": ranking(" AND "), "fts5 any word": ranking(" OR ")}


def title_overlap(known: Sequence[Known]) -> System:
    """The share of words that the text and a title have in common."""
    titles = [(one.name, frozenset(words_in(one.document.title))) for one in known]

    def rank(text: str, limit: int) -> list[str]:
        words = frozenset(words_in(text))
        shares = ((len(words & title) / len(words | title), name) for name, title in titles if words & title)
        return [name for _, name in sorted(shares, key=lambda one: (-one[0], one[1]))[:limit]]

    return rank


def _read(text: str) -> Query:
    try:
        return parse(text)
    except BadQuery as error:
        raise ValueError(f"{text} is no query: {error}") from error


def _page(index: SearchIndex, known: Sequence[Known], query: Query, limit: int) -> list[str]:
    matches = _hits(index, known, query, limit)
    wider = widened(query, lambda one: _count(index, one)) if len(matches) < FEW else None
    return matches if wider is None else (matches + _hits(index, known, wider, limit))[:limit]


def _respelt(index: SearchIndex, query: Query) -> Query:
    """The first that finds something; where none does, any of the words so spelt."""
    near = {
        word: spellings
        for word in single_words(query)
        if not _count(index, Word(word)) and (spellings := index.near(word, limit=_SPELLINGS))
    }
    if not near:
        return query
    ways = islice(product(*near.values()), _TRIED)
    tried = [respelt(query, dict(zip(near, way, strict=True))) for way in ways]
    return next((one for one in tried if _count(index, one)), any_word_of(tried[0]) or tried[0])


def _count(index: SearchIndex, query: Query) -> int:
    return index.search(SearchRequest(query, limit=1, snippets=False)).total


def _hits(index: SearchIndex, known: Sequence[Known], query: Query, limit: int) -> list[str]:
    names = {one.entry.uid: one.name for one in known}
    result = index.search(SearchRequest(query, limit=limit, snippets=False))
    return [names[hit.uid] for hit in result.hits]
