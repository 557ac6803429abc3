"""BM25 over the live documents: how well each matches."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import compress

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
    """By segment, documents and their scores, not rounded; documents that are left out score 0."""

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


def any_of(snapshot: Snapshot, leaves: Iterable[list[Postings]], matched: Documents) -> Scores:
    """The scores of *matched* by any of *leaves*, each given by segment."""
    found: list[dict[int, float]] = [{} for _ in snapshot.segments]
    alone: list[tuple[Sequence[int], Sequence[float]]] = [((), ()) for _ in snapshot.segments]
    for ordinal, leaf in enumerate(leaves):
        weight = rarity(snapshot, leaf) * (K1 + 1)
        for at, postings in enumerate(leaf):
            documents, counts = _matched(postings, matched[at], snapshot.segments[at].size)
            parts = _parts(snapshot, at, documents, counts, weight)
            if ordinal == 0:
                alone[at] = documents, parts
                continue
            total = found[at]
            if ordinal == 1:
                total.update(zip(*alone[at], strict=True))
            for document, part in zip(documents, parts, strict=True):
                total[document] = total.get(document, 0.0) + part
            alone[at] = (), ()
    return Scores(
        [(list(total), list(total.values())) if total else of_one for total, of_one in zip(found, alone, strict=True)]
    )


def rarity(snapshot: Snapshot, leaf: list[Postings]) -> float:
    """The weight of a word by the number of live documents that hold it."""
    return rarity_of(
        sum((one.bits & live).bit_count() for one, live in zip(leaf, snapshot.live, strict=True)), snapshot
    )


def rarity_of(holding: int, snapshot: Snapshot) -> float:
    """The weight of a word that *holding* live documents hold."""
    return math.log(1 + (snapshot.count - holding + 0.5) / (holding + 0.5))


def _matched(postings: Postings, matched: int, size: int) -> tuple[Sequence[int], Sequence[float]]:
    """The postings of documents in *matched*."""
    common = postings.bits & matched
    if common == postings.bits:
        return postings.documents, postings.counts
    count = common.bit_count()
    if count * _FEW < len(postings.documents):
        documents = bits.documents(common)
        at = 0
        counts = array("f")
        for document in documents:
            at = bisect_left(postings.documents, document, at)
            counts.append(postings.counts[at])
        return documents, counts
    wanted = bits.mask(common, size)
    chosen = bytes(map(wanted.__getitem__, postings.documents))
    return list(compress(postings.documents, chosen)), list(compress(postings.counts, chosen))


def _parts(
    snapshot: Snapshot, at: int, documents: Sequence[int], counts: Sequence[float], weight: float
) -> list[float]:
    columns = snapshot.segments[at].columns
    lengths = columns.lengths
    fixed, by_length = K1 * (1 - B), K1 * B / snapshot.mean_length
    norms = {length: fixed + by_length * length for length in columns.distinct_lengths}
    return [
        weight * count / (count + norms[lengths[document]]) for document, count in zip(documents, counts, strict=True)
    ]
