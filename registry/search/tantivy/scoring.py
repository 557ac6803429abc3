"""Scores that depend on live documents alone, reckoned for those only that may come first by tantivy's.

tantivy's score of a word differs from ours by what it takes for the lengths only, so that either bounds the other:
what it puts far enough below the last of a page does not belong on it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import tantivy

from registry.domain.pages import Keyset
from registry.domain.record import RecordUid
from registry.search.ranking import recency
from registry.search.scoring import DIGITS, K1, B
from registry.search.tantivy.engine import SCHEMA
from registry.search.tantivy.fields import halves, number_of, uid_of
from registry.search.tantivy.frequencies import norm_of, parts_of, read_off
from registry.search.tantivy.matching import Leaf, any_of, both
from registry.search.tantivy.snapshot import Address, Found, Snapshot

# tantivy reckons in 32 bits; our scores have six digits.
_NOISE = 1e-5
# It rounds lengths down, by less than a ninth, which makes scores greater by less than that.
_ROUNDED = 8 / 9
# Looked at beside those that are wanted.
_MORE = 12
_LAST = 4096
# Of so many words the frequencies are read off at once.
_READ_OFF = 2

_At = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A match: what it is sorted by (falling, then its uid), where it is, its score.

    Attributes:
        number: the uid as a number, which compares as its text does.
    """

    key: float | int
    number: int
    address: Address
    score: float

    @property
    def uid(self) -> RecordUid:
        return uid_of(self.number >> 64, self.number & (1 << 64) - 1)


class Judge:
    """Scores documents of one snapshot by *leaves*; serves one search only."""

    def __init__(self, snapshot: Snapshot, leaves: Sequence[Leaf], *, by_recency: bool = False) -> None:
        self._snapshot = snapshot
        self.leaves = leaves
        self._by_recency = by_recency
        self._parts: dict[int, list[list[float]]] = {}
        self._known: dict[_At, float | None] = {}
        self._read: dict[tuple[int, float, tuple[float, ...]], float] = {}
        self._apart: list[dict[_At, float]] = [{} for _ in leaves[:-_READ_OFF]]
        self._ratio = snapshot.drift([leaf.query for leaf in leaves])
        self._is_readable = all(leaf.is_one and leaf.rarity for leaf in leaves)
        self._least = min(1.0, self._ratio) * _ROUNDED if all(leaf.is_one for leaf in leaves) else 0.0

    def score(self, address: Address, length: int, taken: float | None = None) -> float:
        """BM25 of a document of *length* terms, as the other engine reckons it; *taken* is what tantivy scores it."""
        at = address.segment_ord, address.doc
        found = self._known.get(at)
        if found is None:
            found = self._known[at] = self._read_score(length, taken, at) if taken and self._is_readable else None
        if found is None:
            found = self._known[at] = round(sum(self.shares(address, length)), DIGITS)
        return found

    def shares(self, address: Address, length: int) -> list[float]:
        """What each of the leaves adds to the score; 0 where it does not stand there."""
        return self._shares(length, [self._snapshot.explained(leaf.query, address)[0] for leaf in self.leaves])

    def _shares(self, length: int, frequencies: Sequence[int]) -> list[float]:
        norm = K1 * (1 - B) + K1 * B * length / self._snapshot.mean_length
        return [
            leaf.rarity * (K1 + 1) * frequency / (frequency + norm)
            for leaf, frequency in zip(self.leaves, frequencies, strict=True)
        ]

    def _read_score(self, length: int, taken: float, at: _At) -> float | None:
        """The score of a document that tantivy scores *taken*; ``None`` where it does not tell for certain."""
        apart = tuple(scores.get(at, 0.0) for scores in self._apart)
        known = self._read.get(key := (length, taken, apart))
        if known is None:
            frequencies = self._frequencies(length, taken, apart)
            if frequencies is None:
                return None
            known = self._read[key] = round(sum(self._shares(length, frequencies)), DIGITS)
        return known

    def _frequencies(self, length: int, taken: float, apart: tuple[float, ...]) -> list[int] | None:
        """How often each of the leaves stands in a document, of which tantivy scores the first ones *apart*."""
        parts = self._parts_for(length)
        first: list[int] = []
        for score, of_leaf in zip(apart, parts, strict=False):
            read = read_off(score, [of_leaf], noise=score)
            if read is None:
                return None
            first += read
        rest = taken - sum(of_leaf[frequency] for frequency, of_leaf in zip(first, parts, strict=False))
        last = read_off(rest, parts[-_READ_OFF:], noise=taken)
        return None if last is None else first + last

    def _parts_for(self, length: int) -> list[list[float]]:
        """What each of the leaves adds to tantivy's score of a document of *length* terms, by its frequency."""
        found = self._parts.get(length)
        if found is None:
            norm = norm_of(length, self._snapshot.mean_length / self._ratio)
            found = self._parts[length] = [parts_of(leaf.rarity, norm) for leaf in self.leaves]
        return found

    def best(self, hits: list[Found], wanted: int, after: Keyset | None) -> tuple[list[Place], bool]:
        """The first *wanted* of *hits* behind *after*, and whether none that tantivy puts behind them can be better.

        *hits* are all that match, or those that tantivy puts first.
        """
        best: list[Place] = []
        at, size = self._first_behind(hits, after), wanted + _MORE
        while at < len(hits):
            chunk = hits[at : at + size]
            if len(best) == wanted and self._most(chunk[0][0]) < best[-1].key:
                return best, True
            best = sorted(
                (*best, *self._taken(chunk, after, best[-1].key if len(best) == wanted else None)), key=_order
            )
            best = best[: -wanted - 1 : -1]
            at, size = at + size, min(2 * size, _LAST)
        return best, bool(hits) and len(best) == wanted and self._most(hits[-1][0]) < best[-1].key

    def _taken(self, hits: list[Found], after: Keyset | None, least: float | None) -> Iterator[Place]:
        """Those of *hits* behind *after* whose key may be *least* or more."""
        addresses = [address for _, address in hits]
        days = self._snapshot.column("day", addresses) if self._by_recency else [0] * len(hits)
        if least is not None:
            kept = [self._key(self._above(taken), day) >= least for (taken, _), day in zip(hits, days, strict=True)]
            hits, days, addresses = (list(compress(one, kept)) for one in (hits, days, addresses))
        high, low, lengths = (self._snapshot.column(name, addresses) for name in ("high", "low", "length"))
        self._score_apart(high, low)
        behind = None if after is None else (after[0], number_of(*halves(str(after[1]))))
        for (taken, address), first, second, length, day in zip(hits, high, low, lengths, days, strict=True):
            score = self.score(address, length, taken)
            place = Place(self._key(score, day), number_of(first, second), address, score)
            if behind is None or _order(place) < behind:
                yield place

    def _score_apart(self, high: Sequence[int], low: Sequence[int]) -> None:
        """Let tantivy score the documents of these uids by each of the leaves that are not read off together."""
        if not self._apart or not self._is_readable or not high:
            return
        # A set of terms is sought by a walk over all of them: dearer than so few lookups.
        these = [tantivy.Query.term_query(SCHEMA, "uid", uid, "basic") for uid in map(uid_of, high, low)]
        filtered = tantivy.Query.const_score_query(any_of(these), 0.0)
        for leaf, scores in zip(self.leaves, self._apart, strict=False):
            hits, _ = self._snapshot.found(both(filtered, leaf.weighed), len(high))
            scores.update(((address.segment_ord, address.doc), score) for score, address in hits)

    def _first_behind(self, hits: list[Found], after: Keyset | None) -> int:
        """Where in *hits* the first one stands that may come behind *after*."""
        if after is None or self._by_recency:
            return 0
        return bisect_left(hits, -float(after[0]), key=lambda hit: -self._below(hit[0]))

    def _key(self, score: float, day: int) -> float:
        return recency(score, day) if self._by_recency else score

    def _most(self, taken: float) -> float:
        """What the key of a match is at most that tantivy scores *taken* or less."""
        return self._key(self._above(taken), self._snapshot.newest_day if self._by_recency else 0)

    def _above(self, taken: float) -> float:
        return taken * max(1.0, self._ratio) * (1 + _NOISE) + _NOISE

    def _below(self, taken: float) -> float:
        return taken * self._least * (1 - _NOISE) - _NOISE


def _order(place: Place) -> tuple[float | int, int]:
    return place.key, place.number
