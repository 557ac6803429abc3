"""Our query tree as queries of tantivy: one that tells what matches, and one that brings likely ones first."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, assert_never

import tantivy
from tantivy import Occur

from registry.domain.search import (
    All,
    AnyOf,
    DateOf,
    DateRange,
    Everything,
    FieldIs,
    Fuzzy,
    Not,
    Phrase,
    Prefix,
    Query,
    SeverityRange,
    Word,
)
from registry.search import analysis
from registry.search.matching import scored
from registry.search.tantivy.engine import SCHEMA
from registry.search.tantivy.expansion import beginning, near
from registry.search.tantivy.fields import having_of
from registry.search.tantivy.snapshot import Snapshot

Words: TypeAlias = "Word | Phrase | Prefix | Fuzzy"
_EPOCH = date(1970, 1, 1)
_DAY_MICROSECONDS = 86_400_000_000
_LATEST = 1 << 60


@dataclass(frozen=True, slots=True)
class Leaf:
    """Words that count for the score.

    Attributes:
        query: what matches.
        weighed: the same, scored by tantivy with the weight of live documents.
        rarity: that weight.
        is_one: whether it is one term or phrase; several terms, of a prefix, are counted together by us, and one by one
            by tantivy.
    """

    query: tantivy.Query
    weighed: tantivy.Query
    rarity: float
    is_one: bool = True


class Matching:
    """Compiles queries for one snapshot; serves one search only.

    *is_bounded* says that a prefix or a fuzzy word stands for fifty words at most, the most frequent ones. Where that
    would let one reader notice what only others may see, every word counts.
    """

    def __init__(self, snapshot: Snapshot, *, is_bounded: bool = True) -> None:
        self._snapshot = snapshot
        self._is_bounded = is_bounded
        self._terms: dict[Words, tuple[list[str], bool]] = {}

    def query(self, query: Query) -> tantivy.Query:
        """What matches; its scores mean nothing."""
        match query:
            case Everything():
                return tantivy.Query.all_query()
            case Word() | Phrase() | Prefix() | Fuzzy():
                return self._words(query)
            case FieldIs(field, value):
                return tantivy.Query.term_query(SCHEMA, "having", having_of(field, value), "basic")
            case SeverityRange(low, high):
                return between("severity", max(low, 0), high)
            case DateRange(start, end, DateOf.OCCURRED):
                return between("occurred", start.toordinal() if start else 0, (end or date.max).toordinal() - bool(end))
            case DateRange(start, end):
                return between("published", _midnight(start) if start else 0, _midnight(end) - 1 if end else _LATEST)
            case Not(item):
                return tantivy.Query.boolean_query(
                    [(Occur.Must, tantivy.Query.all_query()), (Occur.MustNot, self.query(item))]
                )
            case All(items):
                return self._all(items)
            case AnyOf(items):
                return any_of(self.query(item) for item in items)
            case _:
                assert_never(query)

    def leaves(self, query: Query) -> list[Leaf]:
        """The words of *query* that count for the score, each once."""
        return [self.leaf(words) for words in dict.fromkeys(scored(query))]

    def leaf(self, words: Words) -> Leaf:
        """What *words* count for the score."""
        terms, are_in_order = self._terms_of(words)
        if len(terms) == 1:
            return self.term(terms[0])
        query = self._words(words)
        rarity = self.rarity(self._snapshot.total(query))
        if are_in_order:
            return Leaf(query, _boosted(query, rarity, sum(map(self._rarity_held, terms))), rarity)
        queries = {term: _term_query(term) for term in terms}
        weighed = any_of(_boosted(query, rarity, self._rarity_held(term)) for term, query in queries.items())
        return Leaf(any_of(queries.values()), weighed, rarity, is_one=False)

    def term(self, term: str) -> Leaf:
        """What one term counts for the score."""
        query, rarity = _term_query(term), self.rarity(self._snapshot.holding(term))
        if not self._snapshot.has_deleted:
            return Leaf(query, query, rarity)
        return Leaf(query, _boosted(query, rarity, self._rarity_held(term)), rarity)

    def ranking(self, query: Query, leaves: list[Leaf]) -> tantivy.Query:
        """What matches, scored by *leaves*, which are those of *query*."""
        plain = _plain(query)
        if plain is None:
            filtered = tantivy.Query.const_score_query(self.query(query), 0.0)
            return tantivy.Query.boolean_query(
                [(Occur.Must, filtered), *((Occur.Should, leaf.weighed) for leaf in leaves)]
            )
        occur, others = plain
        parts = [(occur, leaf.weighed) for leaf in leaves]
        if others:
            rest = self._all(others)
            parts.append((Occur.Must, tantivy.Query.const_score_query(rest, 0.0)))
        return tantivy.Query.boolean_query(parts)

    def rarity(self, holding: int) -> float:
        """The weight of words that *holding* live documents hold."""
        return _rarity(holding, self._snapshot.count)

    def _rarity_held(self, term: str) -> float:
        return _rarity(self._snapshot.held_by(term), self._snapshot.held)

    def _all(self, items: Iterable[Query]) -> tantivy.Query:
        wanted = [self.query(item) for item in items if not isinstance(item, Not)]
        unwanted = [self.query(item.item) for item in items if isinstance(item, Not)]
        return tantivy.Query.boolean_query(
            [
                *((Occur.Must, one) for one in wanted or [tantivy.Query.all_query()]),
                *((Occur.MustNot, one) for one in unwanted),
            ]
        )

    def _words(self, words: Words) -> tantivy.Query:
        terms, are_in_order = self._terms_of(words)
        if not terms:
            return tantivy.Query.empty_query()
        if not are_in_order:
            return tantivy.Query.term_set_query(SCHEMA, "text", terms)
        if len(terms) == 1:
            return _term_query(terms[0])
        return tantivy.Query.phrase_query(SCHEMA, "text", [*terms])

    def _terms_of(self, words: Words) -> tuple[list[str], bool]:
        """The terms that *words* mean, and whether they must follow one another; otherwise any of them matches."""
        found = self._terms.get(words)
        if found is None:
            found = self._terms[words] = self._read_terms(words)
        return found

    def _read_terms(self, words: Words) -> tuple[list[str], bool]:
        match words:
            case Prefix(text) | Fuzzy(text):
                own = analysis.terms(text)
                if len(own) != 1:
                    # Pairs of characters, as in Chinese, stand for themselves: what is like them does not matter.
                    return own, True
                expanded = beginning if isinstance(words, Prefix) else near
                return expanded(self._snapshot, text, is_bounded=self._is_bounded), False
            case Word(text):
                return analysis.terms(text), True
            case Phrase(several):
                return analysis.terms(" ".join(several)), True


def any_of(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    """What any of *queries* matches."""
    return tantivy.Query.boolean_query([(Occur.Should, query) for query in queries])


def both(first: tantivy.Query, second: tantivy.Query) -> tantivy.Query:
    """What both match."""
    return tantivy.Query.boolean_query([(Occur.Must, first), (Occur.Must, second)])


def between(column: str, low: int, high: int) -> tantivy.Query:
    """Values of a column of whole numbers from *low* to *high*, both included."""
    return tantivy.Query.range_query(SCHEMA, column, tantivy.FieldType.Integer, low, high)


def up_to(column: str, high: int) -> tantivy.Query:
    """Values of a column without signs up to *high*, which is included."""
    return tantivy.Query.range_query(SCHEMA, column, tantivy.FieldType.Unsigned, 0, high)


def _term_query(term: str) -> tantivy.Query:
    return tantivy.Query.term_query(SCHEMA, "text", term, "freq")


def _boosted(query: tantivy.Query, rarity: float, taken: float) -> tantivy.Query:
    """*query* with the weight *rarity*, where tantivy takes another one."""
    return tantivy.Query.boost_query(query, rarity / taken) if taken else query


def _rarity(holding: int, count: int) -> float:
    return math.log(1 + (count - holding + 0.5) / (holding + 0.5))


def _midnight(day: date) -> int:
    """The beginning of *day* in microseconds since 1970."""
    return max((day - _EPOCH).days, 0) * _DAY_MICROSECONDS


def _plain(query: Query) -> tuple[Occur, tuple[Query, ...]] | None:
    """How the words of *query* go together, and what else must match; ``None`` where they stand deeper."""
    match query:
        case Word() | Phrase() | Prefix() | Fuzzy():
            return Occur.Must, ()
        case All(items):
            others = tuple(item for item in items if not isinstance(item, (Word, Phrase, Prefix, Fuzzy)))
            return None if any(True for item in others for _ in scored(item)) else (Occur.Must, others)
        case AnyOf(items) if all(isinstance(item, (Word, Phrase, Prefix, Fuzzy)) for item in items):
            return Occur.Should, ()
        case _:
            return None
