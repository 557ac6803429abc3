"""BM25 over the live documents: how well each matches."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress
from operator import add

from registry.domain.search import Query
from registry.search import bits
from registry.search.matching import Documents, Matching, scored
from registry.search.segment import Postings
from registry.search.snapshot import Snapshot

K1 = 1.2
B = 0.75
# Scores are told, and compared, with so many digits behind the point.
DIGITS = 6
# Of postings of which less than one in so many matches, each match is looked up.
_FEW = 16


class Scores:
    """By segment, documents, and their scores, not rounded; documents that are left out score 0."""

    def __init__(self, found: list[tuple[Sequence[int], Sequence[float]]]) -> None:
        self.found = found

    def of(self, at: int) -> dict[int, float]:
        """The scores of one segment, rounded."""
        documents, scores = self.found[at]
        return {document: round(score, DIGITS) for document, score in zip(documents, scores, strict=True)}


def scores(snapshot: Snapshot, matching: Matching, query: Query, matched: Documents) -> Scores:
    """The scores of *matched* by the words of *query*."""
    leaves = list(dict.fromkeys(scored(query)))
    return any_of(snapshot, [matching.postings(leaf) for leaf in leaves], matched)


def any_of(snapshot: Snapshot, leaves: Sequence[list[Postings]], matched: Documents) -> Scores:
    """The scores of *matched* by any of *leaves*, each given by segment."""
    weights = [rarity(snapshot, leaf) * (K1 + 1) for leaf in leaves]
    return Scores(
        [
            _of_segment(snapshot, at, [leaf[at] for leaf in leaves], weights, matched[at])
            for at in range(len(snapshot.segments))
        ]
    )


def _of_segment(
    snapshot: Snapshot, at: int, leaves: list[Postings], weights: list[float], matched: int
) -> tuple[Sequence[int], Sequence[float]]:
    columns, size = snapshot.segments[at].columns, snapshot.segments[at].size
    fixed, by_length = K1 * (1 - B), K1 * B / snapshot.mean_length
    norms = {length: fixed + by_length * length for length in columns.distinct_lengths}
    found: tuple[Sequence[int], Sequence[float]] = (), ()
    held = 0
    for postings, weight in zip(leaves, weights, strict=True):
        common = postings.bits & matched
        if not common:
            continue
        documents = found[0] if common == held else _documents(postings, common)
        counts = _counts(postings, common, documents, size)
        lengths = map(norms.__getitem__, map(columns.lengths.__getitem__, documents))
        parts = [weight * count / (count + norm) for count, norm in zip(counts, lengths, strict=True)]
        if common == held:
            found = documents, list(map(add, found[1], parts))
        elif held:
            total = dict(zip(*found, strict=True))
            for document, part in zip(documents, parts, strict=True):
                total[document] = total.get(document, 0.0) + part
            found = list(total), list(total.values())
            # Documents are not in order any more, so that those of the next leaf are not found in the same places.
            held = -1
        else:
            found, held = (documents, parts), common
    return found


def rarity(snapshot: Snapshot, leaf: list[Postings]) -> float:
    """The weight of a word by the number of live documents that hold it."""
    return rarity_of(
        sum((one.bits & live).bit_count() for one, live in zip(leaf, snapshot.live, strict=True)), snapshot
    )


def rarity_of(holding: int, snapshot: Snapshot) -> float:
    """The weight of a word that *holding* live documents hold."""
    return math.log(1 + (snapshot.count - holding + 0.5) / (holding + 0.5))


def _documents(postings: Postings, common: int) -> Sequence[int]:
    return postings.documents if common == postings.bits else bits.documents(common)


def _counts(postings: Postings, common: int, documents: Sequence[int], size: int) -> Sequence[float]:
    """How often each of *documents*, which are those in *common*, holds the word."""
    if common == postings.bits:
        return postings.counts
    if len(documents) * _FEW < len(postings.documents):
        at, counts = 0, []
        for document in documents:
            at = bisect_left(postings.documents, document, at)
            counts.append(postings.counts[at])
        return counts
    wanted = bits.mask(common, size)
    return list(compress(postings.counts, map(wanted.__getitem__, postings.documents)))
