"""Which documents a query matches: the bits of documents by segment.

Whatever is counted is counted over the live documents, never over deleted ones that no merge has removed yet. So
answers depend on what the index holds, not on its history.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import and_, or_
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
from registry.search import analysis, bits
from registry.search.columns import MONTH, NOT_KNOWN, Columns
from registry.search.expansion import beginning, near
from registry.search.segment import NONE, Postings, Segment, postings_of
from registry.search.snapshot import Snapshot

_EPOCH = date(1970, 1, 1).toordinal()
_MICROSECONDS_A_DAY = 86_400_000_000

Documents: TypeAlias = "list[int]"
Leaf: TypeAlias = "Word | Phrase | Prefix | Fuzzy"


class Matching:
    """Evaluates queries on one snapshot; keeps what it has read, so it serves one search only.

    *is_bounded* says that a prefix or a fuzzy word stands for fifty words at most, the most frequent ones. Where that
    would let one reader notice what only others may see, every word counts.
    """

    def __init__(self, snapshot: Snapshot, *, is_bounded: bool = True) -> None:
        self._snapshot = snapshot
        self._is_bounded = is_bounded
        self._leaves: dict[Leaf, list[Postings]] = {}

    def documents(self, query: Query) -> Documents:
        """By segment, the live documents that match."""
        return [self._within(at, query) & live for at, live in enumerate(self._snapshot.live)]

    def postings(self, leaf: Leaf) -> list[Postings]:
        """By segment, the documents that hold the words of *leaf*, deleted ones included, and how often."""
        found = self._leaves.get(leaf)
        if found is None:
            found = self._leaves[leaf] = self._read(leaf)
        return found

    def _within(self, at: int, query: Query) -> int:
        """The matches in one segment; deleted documents may be among them."""
        segment = self._snapshot.segments[at]
        match query:
            case Everything():
                return self._snapshot.live[at]
            case Word() | Phrase() | Prefix() | Fuzzy():
                return self.postings(query)[at].bits
            case FieldIs(field, value):
                return _having(segment.columns, field, value)
            case SeverityRange(low, high):
                values = (_having(segment.columns, "severity", str(one)) for one in range(low, high + 1))
                return reduce(or_, values, 0)
            case DateRange(start, end, DateOf.OCCURRED):
                return _occurred(segment.columns, start, end)
            case DateRange(start, end):
                return _published(segment.columns, start, end)
            case Not(item):
                return self._snapshot.live[at] & ~self._within(at, item)
            case All(items):
                return reduce(and_, (self._within(at, item) for item in items))
            case AnyOf(items):
                return reduce(or_, (self._within(at, item) for item in items))
            case _:
                assert_never(query)

    def _read(self, leaf: Leaf) -> list[Postings]:
        match leaf:
            case Prefix(text):
                pairs = analysis.terms(text)
                # Pairs of characters, as in Chinese, stand for themselves: what follows them does not matter.
                if len(pairs) != 1:
                    return self._in_order(pairs)
                return self._together(beginning(self._snapshot, text, is_bounded=self._is_bounded))
            case Fuzzy(text):
                pairs = analysis.terms(text)
                if len(pairs) != 1:
                    return self._in_order(pairs)
                return self._together(near(self._snapshot, text, is_bounded=self._is_bounded))
            case Word(text):
                return self._in_order(analysis.terms(text))
            case Phrase(words):
                return self._in_order(analysis.terms(" ".join(words)))

    def _together(self, terms: list[str]) -> list[Postings]:
        """Any of *terms*, counted together."""
        return [_sum(segment, terms) for segment in self._snapshot.segments]

    def _in_order(self, terms: list[str]) -> list[Postings]:
        """*terms* one behind the other."""
        if len(terms) == 1:
            return [segment.postings(terms[0]) for segment in self._snapshot.segments]
        return [_following(segment, terms) if terms else NONE for segment in self._snapshot.segments]


def scored(query: Query) -> Iterator[Leaf]:
    """The words of *query* that a match may hold, in order; not those that are excluded."""
    match query:
        case Word() | Phrase() | Prefix() | Fuzzy():
            yield query
        case All(items) | AnyOf(items):
            for item in items:
                yield from scored(item)
        case _:
            return


def _having(columns: Columns, field: str, value: str) -> int:
    folded, size = value.casefold(), len(columns.uids)
    if field == "number":
        return bits.of(columns.numbers.get(folded, ()), size)
    return reduce(or_, (one.within(size) for one in columns.named.get((field, folded), ())), 0)


def _occurred(columns: Columns, start: date | None, end: date | None) -> int:
    """The documents of whole months at once, of those that are cut one by one."""
    low, high = (start or date.min).toordinal(), (end or date.max).toordinal() - (end is not None)
    size, found = len(columns.uids), 0
    for _, month in columns.places_of(MONTH):
        first, last = _days_of(month.spelled)
        if low <= first and last <= high:
            found |= month.within(size)
        elif low <= last and first <= high:
            within = bits.documents(month.within(size))
            found |= bits.of([one for one in within if low <= columns.occurred[one] <= high], size)
    return found


def _published(columns: Columns, start: date | None, end: date | None) -> int:
    """The documents that came out on or after *start* and before *end*."""
    low = (start.toordinal() - _EPOCH) * _MICROSECONDS_A_DAY if start else 0
    behind = (end.toordinal() - _EPOCH) * _MICROSECONDS_A_DAY if end else sys.maxsize
    known = max(low, NOT_KNOWN + 1)
    within = [one for one, at in enumerate(columns.published) if known <= at < behind]
    return bits.of(within, len(columns.uids))


def _days_of(month: str) -> tuple[int, int]:
    """The first and the last day of a month, counted from the year 1."""
    first = date.fromisoformat(f"{month}-01")
    if (first.year, first.month) == (date.max.year, date.max.month):
        return first.toordinal(), date.max.toordinal()
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.toordinal(), after.toordinal() - 1


def _sum(segment: Segment, terms: list[str]) -> Postings:
    total: dict[int, float] = {}
    for term in terms:
        postings = segment.postings(term)
        for document, count in zip(postings.documents, postings.counts, strict=True):
            total[document] = total.get(document, 0.0) + count
    return postings_of(total.items(), segment.size)


def _following(segment: Segment, terms: list[str]) -> Postings:
    """How often *terms* follow one another in each document where they do."""
    candidates = reduce(and_, (segment.postings(term).bits for term in dict.fromkeys(terms)))
    return postings_of(segment.in_order(terms, candidates), segment.size)
