"""Scores that depend on live documents alone, reckoned for those only that may come first by tantivy's.

tantivy's score of a word differs from ours by what it takes for the lengths only, so that either bounds the other:
what it puts far enough below the last of a page does not belong on it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.domain.pages import Keyset
from registry.search.ranking import recency
from registry.search.scoring import DIGITS, K1, B
from registry.search.tantivy.fields import uid_of
from registry.search.tantivy.frequencies import norm_of, parts_of, read_off
from registry.search.tantivy.matching import Leaf
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


@dataclass(frozen=True, slots=True)
class Place:
    """A match: what it is sorted by (falling, then its uid), where it is, its score."""

    key: float | int
    uid: str
    address: Address
    score: float


class Judge:
    """Scores documents of one snapshot by *leaves*; serves one search only."""

    def __init__(self, snapshot: Snapshot, leaves: Sequence[Leaf], *, by_recency: bool = False) -> None:
        self._snapshot = snapshot
        self.leaves = leaves
        self._by_recency = by_recency
        self._parts: dict[int, tuple[float, list[list[float]]]] = {}
        self._known: dict[tuple[int, int], float] = {}
        self._ratio = snapshot.drift([leaf.query for leaf in leaves])
        self._is_readable = all(leaf.is_one and leaf.rarity for leaf in leaves)
        self._least = min(1.0, self._ratio) * _ROUNDED if all(leaf.is_one for leaf in leaves) else 0.0

    def score(self, address: Address, length: int, taken: float | None = None) -> float:
        """BM25 of a document of *length* terms, as the other engine reckons it; *taken* is what tantivy scores it."""
        at = address.segment_ord, address.doc
        found = self._known.get(at)
        if found is None:
            found = self._known[at] = round(sum(self.shares(address, length, taken)), DIGITS)
        return found

    def shares(self, address: Address, length: int, taken: float | None = None) -> list[float]:
        """What each of the leaves adds to the score; 0 where it does not stand there."""
        norm = K1 * (1 - B) + K1 * B * length / self._snapshot.mean_length
        return [
            leaf.rarity * (K1 + 1) * frequency / (frequency + norm)
            for leaf, frequency in zip(self.leaves, self._frequencies(address, length, taken), strict=True)
        ]

    def _frequencies(self, address: Address, length: int, taken: float | None) -> list[int]:
        """How often each of the leaves stands in a document: read off its score, or explained."""
        if taken is None or not self._is_readable:
            return [self._snapshot.explained(leaf.query, address)[0] for leaf in self.leaves]
        norm, parts = self._parts_for(length)
        explained = [self._snapshot.explained(leaf.query, address)[0] for leaf in self.leaves[:-_READ_OFF]]
        rest = taken - sum(
            leaf.rarity * (K1 + 1) * frequency / (frequency + norm)
            for leaf, frequency in zip(self.leaves, explained, strict=False)
        )
        read = read_off(rest, parts, noise=taken)
        return self._frequencies(address, length, None) if read is None else explained + read

    def _parts_for(self, length: int) -> tuple[float, list[list[float]]]:
        """What tantivy adds below the line for documents of *length* terms, and the parts of what is read off there."""
        found = self._parts.get(length)
        if found is None:
            norm = norm_of(length, self._snapshot.mean_length / self._ratio)
            found = self._parts[length] = norm, [parts_of(leaf.rarity, norm) for leaf in self.leaves[-_READ_OFF:]]
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
        columns = [self._snapshot.column(name, addresses) for name in ("high", "low", "length", "day")]
        for (taken, address), high, low, length, day in zip(hits, *columns, strict=True):
            if least is not None and self._key(self._above(taken), day) < least:
                continue
            score = self.score(address, length, taken)
            place = Place(self._key(score, day), uid_of(high, low), address, score)
            if after is None or (place.key, place.uid) < (after[0], after[1]):
                yield place

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


def _order(place: Place) -> tuple[float | int, str]:
    return place.key, place.uid
