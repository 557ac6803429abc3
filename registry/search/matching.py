"""Which documents a query matches and how well: sets of documents by segment, BM25 over the live documents.

Document counts and the mean length are those of the live documents, never of deleted ones that no merge has removed
yet. So scores depend on what the index holds, not on its history.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from functools import reduce
from itertools import chain
from typing import TypeAlias, assert_never

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
from registry.domain.words import folded, is_near
from registry.search import analysis
from registry.search.segment import NOT_KNOWN, Segment
from registry.search.snapshot import Snapshot

K1 = 1.2
B = 0.75
MAX_EXPANSIONS = 50
_EPOCH = date(1970, 1, 1).toordinal()
_DAY = 86_400_000_000
_MAX_CANDIDATES = 1000
_MAX_NEIGHBOURS = 50_000

Documents: TypeAlias = "list[AbstractSet[int]]"
Counts: TypeAlias = "list[dict[int, float]]"


class Matching:
    """Evaluates queries on one snapshot; keeps the postings it has read, so it serves one search only."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._counts: dict[Query, Counts] = {}

    def documents(self, query: Query) -> Documents:
        """By segment, the live documents that match."""
        match query:
            case Everything():
                return list(self._snapshot.live)
            case Word() | Phrase() | Prefix() | Fuzzy():
                return [counts.keys() for counts in self.counts(query)]
            case FieldIs(field, value):
                return [self._having(segment, field, value) - gone for segment, gone in self._segments()]
            case SeverityRange(low, high):
                return self._between("severity", low, high + 1)
            case DateRange():
                return self._between(*span_of(query))
            case Not(item):
                inner = self.documents(item)
                return [live - matched for live, matched in zip(self._snapshot.live, inner, strict=True)]
            case All(items):
                return [_all_of(of_segment) for of_segment in self._by_segment(items)]
            case AnyOf(items):
                return [frozenset().union(*of_segment) for of_segment in self._by_segment(items)]
            case _:
                assert_never(query)

    def counts(self, query: Word | Phrase | Prefix | Fuzzy) -> Counts:
        """By segment, how often the words of *query* stand in each live document that holds them."""
        found = self._counts.get(query)
        if found is None:
            found = self._counts[query] = self._count(query)
        return found

    def scores(self, query: Query, matched: Documents) -> list[dict[int, float]]:
        """BM25 of every matched document, rounded to six digits; 0 for a query without words."""
        scores: list[dict[int, float]] = [dict.fromkeys(documents, 0.0) for documents in matched]
        for leaf in dict.fromkeys(scored(query)):
            counts = self.counts(leaf)
            holding = sum(len(one) for one in counts)
            self.add(scores, counts, self.rarity(holding))
        return [{document: round(score, 6) for document, score in found.items()} for found in scores]

    def rarity(self, holding: int) -> float:
        """The weight of a term that *holding* live documents hold."""
        return math.log(1 + (self._snapshot.count - holding + 0.5) / (holding + 0.5))

    def add(self, scores: list[dict[int, float]], counts: Counts, rarity: float) -> None:
        """Add to *scores*, by segment, what a term of this weight is worth where it stands so often."""
        for segment, of_segment, found in zip(self._snapshot.segments, counts, scores, strict=True):
            self._add(found, of_segment, rarity, segment.columns.lengths)

    def term_counts(self, term: str) -> Counts:
        """By segment, how often *term* stands in each live document that holds it."""
        return self._term(term)

    def _add(self, scores: dict[int, float], counts: dict[int, float], rarity: float, lengths: array[int]) -> None:
        boost, fixed, by_length = rarity * (K1 + 1), K1 * (1 - B), K1 * B / self._snapshot.mean_length
        for document in scores.keys() & counts.keys():
            count = counts[document]
            scores[document] += boost * count / (count + fixed + by_length * lengths[document])

    def _by_segment(self, items: tuple[Query, ...]) -> Iterator[tuple[AbstractSet[int], ...]]:
        """The documents of each item, segment by segment. *items* are one or more."""
        return zip(*(self.documents(item) for item in items), strict=True)

    def _segments(self) -> Iterator[tuple[Segment, frozenset[int]]]:
        return zip(self._snapshot.segments, self._snapshot.deleted, strict=True)

    def _between(self, column: str, low: int, end: int) -> Documents:
        low = max(low, NOT_KNOWN + 1)
        return [
            {document for document, value in enumerate(getattr(segment.columns, column)) if low <= value < end} - gone
            for segment, gone in self._segments()
        ]

    @staticmethod
    def _having(segment: Segment, field: str, value: str) -> set[int]:
        return set(segment.columns.having.get((field, value.casefold()), ()))

    def _count(self, query: Word | Phrase | Prefix | Fuzzy) -> Counts:
        match query:
            case Prefix(text):
                pairs = analysis.terms(text)
                # Pairs of characters, as in Chinese, stand for themselves: what follows them does not matter.
                return self._sum(self._expanded(text)) if len(pairs) == 1 else self._in_order(pairs)
            case Fuzzy(text):
                return self._sum(self._near(text))
            case Word(text):
                return self._in_order(analysis.terms(text))
            case Phrase(words):
                return self._in_order(analysis.terms(" ".join(words)))

    def _term(self, term: str) -> Counts:
        found: Counts = []
        for segment, gone in self._segments():
            postings = segment.postings(term)
            counts = dict(zip(postings.documents, postings.counts, strict=True))
            for document in gone & counts.keys():
                del counts[document]
            found.append(counts)
        return found

    def _sum(self, terms: list[str]) -> Counts:
        total: Counts = [{} for _ in self._snapshot.segments]
        for term in terms:
            for into, counts in zip(total, self._term(term), strict=True):
                for document, count in counts.items():
                    into[document] = into.get(document, 0.0) + count
        return total

    def _in_order(self, terms: list[str]) -> Counts:
        if not terms:
            return [{} for _ in self._snapshot.segments]
        counts = [self._term(term) for term in terms]
        if len(terms) == 1:
            return counts[0]
        return [
            _following(segment, terms, reduce(lambda left, right: left & right, (set(one[at]) for one in counts)))
            for at, segment in enumerate(self._snapshot.segments)
        ]

    def _expanded(self, text: str) -> list[str]:
        """Terms for a prefix: those that begin with it and the stem of it, the most frequent fifty."""
        begin = folded(text)
        found = set(chain.from_iterable(s.terms_with(begin, limit=_MAX_CANDIDATES) for s in self._snapshot.segments))
        return self._frequent(found | set(analysis.terms(text)))

    def _near(self, text: str) -> list[str]:
        """Terms for a fuzzy word: those near to it or to its stem, the most frequent fifty."""
        word = folded(text)
        forms = {word, *analysis.terms(text)}
        begins = chain.from_iterable(s.terms_with(word[:1], limit=_MAX_NEIGHBOURS) for s in self._snapshot.segments)
        return self._frequent(forms | {term for term in begins if any(is_near(form, term) for form in forms)})

    def _frequent(self, terms: set[str]) -> list[str]:
        frequent = [
            (-sum(len(counts) for counts in self._term(term)), term) for term in sorted(terms)[:_MAX_CANDIDATES]
        ]
        return [term for holding, term in sorted(frequent)[:MAX_EXPANSIONS] if holding]


def span_of(query: DateRange) -> tuple[str, int, int]:
    """The column that *query* is about, the first value that matches, and the first behind those."""
    start, end = (None if day is None else day.toordinal() for day in (query.start, query.end))
    if query.of is DateOf.OCCURRED:
        return "occurred", start or 0, 10**7 if end is None else end
    low, high = (None if day is None else (day - _EPOCH) * _DAY for day in (start, end))
    return "published", low or 0, 10**18 if high is None else high


def scored(query: Query) -> Iterator[Word | Phrase | Prefix | Fuzzy]:
    """The words of *query* that a match may hold, in order; not those that are excluded."""
    match query:
        case Word() | Phrase() | Prefix() | Fuzzy():
            yield query
        case All(items) | AnyOf(items):
            for item in items:
                yield from scored(item)
        case _:
            return


def _all_of(sets: tuple[AbstractSet[int], ...]) -> AbstractSet[int]:
    return reduce(lambda left, right: left & right, sorted(sets, key=len))


def _following(segment: Segment, terms: list[str], candidates: set[int]) -> dict[int, float]:
    """How often *terms* follow one another in each of the *candidates* where they do."""
    if not candidates:
        return {}
    places = {term: segment.positions(term, candidates) for term in dict.fromkeys(terms)}
    found: dict[int, float] = {}
    for document in candidates:
        starts = set(places[terms[0]][document])
        for offset, term in enumerate(terms[1:], start=1):
            starts &= {place - offset for place in places[term][document]}
        if starts:
            found[document] = float(len(starts))
    return found
