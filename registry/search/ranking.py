"""From matches to an answer: order, pages by keyset, snippets."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from heapq import nlargest
from itertools import chain, compress, islice
from math import log2

from registry.domain.errors import InvalidInput, Problem
from registry.domain.pages import Keyset
from registry.domain.record import RecordUid
from registry.domain.search import NO_SNIPPET, Hit, Query, SearchRequest, SearchResult, SearchSort, Snippet
from registry.domain.search_fields import COUNTED
from registry.search import bits, counting
from registry.search.matching import Documents, Matching
from registry.search.scoring import DIGITS, Scores, scores
from registry.search.snapshot import Snapshot
from registry.search.snippets import Marker

# What an answer is sorted by, falling; then uid, falling, so that the newest of equals comes first; then where it is.
_Place = tuple[float | int, str, int, int]
_SCORED = (SearchSort.RELEVANCE, SearchSort.RECENCY)
_HALF_LIFE_DAYS = 365
_LEAST_SCORE = 10**-DIGITS
# Of a segment of which less than one document in so many matches, the matches are sorted and not the segment walked.
_FEW = 64


def search(snapshot: Snapshot, request: SearchRequest) -> SearchResult:
    """A page of the matches in *snapshot*.

    Raises:
        InvalidInput: a facet that is not counted.
    """
    check(request)
    matching = Matching(snapshot)
    matched = matching.documents(request.query)
    found = scores(snapshot, matching, request.query, matched) if request.sort in _SCORED else None
    best = _best(snapshot, matched, request, found)
    shown = best[: request.limit]
    told = {(at, one): float(key) for key, _, at, one in shown}
    if request.sort is not SearchSort.RELEVANCE:
        told = _scores_of(snapshot, matching, request.query, shown)
    marker = Marker(request.query) if request.snippets else None
    buckets, undated = counting.histogram(snapshot, matched) if request.histogram else ((), 0)
    return SearchResult(
        tuple(
            Hit(RecordUid(uid), told.get((at, one), 0.0), _snippet(snapshot, marker, at, one), (key, uid))
            for key, uid, at, one in shown
        ),
        total=counting.total(matched),
        has_next=len(best) > request.limit,
        facets=counting.facets(snapshot, matching, request.query, matched, request.facets),
        histogram=buckets,
        undated=undated,
    )


def check(request: SearchRequest) -> None:
    """Refuse a facet that is not counted.

    Raises:
        InvalidInput: so it is.
    """
    if not set(request.facets) <= set(COUNTED):
        raise InvalidInput([Problem(("facets",), "UNKNOWN_FIELD", f"counted are: {', '.join(COUNTED)}")])


def uids(snapshot: Snapshot, query: Query, sort: SearchSort) -> tuple[RecordUid, ...]:
    """The uids of all matches in *snapshot*, in order."""
    matching = Matching(snapshot)
    matched = matching.documents(query)
    found = scores(snapshot, matching, query, matched) if sort in _SCORED else None
    return tuple(RecordUid(uid) for _, uid, _, _ in sorted(_places(snapshot, matched, sort, found), reverse=True))


def among(snapshot: Snapshot, query: Query, uids: Collection[RecordUid]) -> frozenset[RecordUid]:
    """Those of *uids* that match."""
    found: list[str] = []
    for segment, documents in zip(snapshot.segments, Matching(snapshot).documents(query), strict=True):
        places = segment.columns.by_uid
        asked = bits.of([places[uid] for uid in uids if uid in places], segment.size)
        found += map(segment.columns.uids.__getitem__, bits.documents(documents & asked))
    return frozenset(map(RecordUid, found))


def newest(snapshot: Snapshot, query: Query, limit: int) -> tuple[RecordUid, ...]:
    """The uids of the matches in *snapshot*, the newest *limit* of them: uids rise with time."""
    matched = Matching(snapshot, is_bounded=False).documents(query)
    found = chain.from_iterable(
        map(segment.columns.uids.__getitem__, bits.documents(documents))
        for segment, documents in zip(snapshot.segments, matched, strict=True)
    )
    return tuple(RecordUid(uid) for uid in nlargest(limit, found))


def _best(snapshot: Snapshot, matched: Documents, request: SearchRequest, found: Scores | None) -> list[_Place]:
    """The first places after the position of the request, one more than it asks for."""
    wanted = request.limit + 1
    if found is None or request.sort is SearchSort.RECENCY or not any(scores for _, scores in found.found):
        return nlargest(wanted, _columns_first(snapshot, matched, request, found))
    best = _by_score(snapshot, found, request.position, wanted)
    if len(best) < wanted:
        holding = [
            bits.of(documents, segment.size)
            for (documents, _), segment in zip(found.found, snapshot.segments, strict=True)
        ]
        rest = [all_of & ~held for all_of, held in zip(matched, holding, strict=True)]
        best += nlargest(wanted - len(best), _walked(snapshot, rest, None, request.position, wanted))
    return best


def _columns_first(
    snapshot: Snapshot, matched: Documents, request: SearchRequest, found: Scores | None
) -> Iterator[_Place]:
    match request.sort:
        case SearchSort.RECENCY:
            return _after(request.position, _places(snapshot, matched, request.sort, found))
        case SearchSort.RELEVANCE:
            return _walked(snapshot, matched, None, request.position, request.limit + 1)
        case sort:
            return _walked(snapshot, matched, sort, request.position, request.limit + 1)


def _by_score(snapshot: Snapshot, found: Scores, position: Keyset | None, wanted: int) -> list[_Place]:
    """The best *wanted* of documents with a score, or fewer if there are no more."""
    key = float("inf") if position is None else float(position[0])
    # Scores are compared as they are told, so those that round to the same are equal.
    margin = _LEAST_SCORE
    below = [
        [score for score in scores if score <= key + margin] if position is not None else scores
        for _, scores in found.found
    ]
    # Of those that round to the key itself, any number may stand before the position.
    beside = sum(score >= key - margin for scores in below for score in scores) if position is not None else 0
    highest = nlargest(wanted + beside, chain.from_iterable(below))
    if not highest:
        return []
    least = highest[-1] - margin
    places = (
        (round(score, DIGITS), uids[document], at, document)
        for at, (documents, scores) in enumerate(found.found)
        for uids in (snapshot.segments[at].columns.uids,)
        for document, score in zip(documents, scores, strict=True)
        if least <= score <= key + margin
    )
    return nlargest(wanted, _after(position, places))


def _walked(
    snapshot: Snapshot, matched: Documents, sort: SearchSort | None, position: Keyset | None, wanted: int
) -> Iterator[_Place]:
    """The first *wanted* matches of each segment by a column, or by uid alone, after a position."""
    for at, (segment, documents) in enumerate(zip(snapshot.segments, matched, strict=True)):
        columns = segment.columns
        keys, order = columns.keys(sort), columns.order(sort)
        start = 0
        if position is not None:
            start = bisect_left(order.keys, -float(position[0]), key=lambda key: -key)
        if documents.bit_count() * _FEW < segment.size:
            places: Iterator[_Place] = ((keys[one], columns.uids[one], at, one) for one in bits.documents(documents))
            yield from nlargest(wanted, _after(position, places))
            continue
        mask = bits.mask(documents, segment.size)
        rest, masked = islice(order.documents, start, None), islice(order.documents, start, None)
        chosen = compress(rest, map(mask.__getitem__, masked))
        walked = ((keys[one], columns.uids[one], at, one) for one in chosen)
        yield from islice(_after(position, walked), wanted)


def _places(snapshot: Snapshot, matched: Documents, sort: SearchSort, found: Scores | None) -> Iterator[_Place]:
    """Every match, in no order."""
    for at, (segment, documents) in enumerate(zip(snapshot.segments, matched, strict=True)):
        columns = segment.columns
        if found is None:
            keys = columns.keys(sort)
            yield from ((keys[one], columns.uids[one], at, one) for one in bits.documents(documents))
            continue
        scored = found.of(at)
        for one in bits.documents(documents):
            score = scored.get(one, 0.0)
            key = recency(score, columns.day(one)) if sort is SearchSort.RECENCY else score
            yield key, columns.uids[one], at, one


def _after(position: Keyset | None, places: Iterator[_Place]) -> Iterator[_Place]:
    if position is None:
        return places
    after = position[0], position[1]
    return (place for place in places if (place[0], place[1]) < after)


def recency(score: float, day: int) -> float:
    """The logarithm of the score, halved with every year of age, up to a constant: which day is the newest one, or
    today, does not change the order."""
    return round(log2(max(score, _LEAST_SCORE)) + day / _HALF_LIFE_DAYS, DIGITS)


def day_of(key: float) -> int:
    """The day of a match without a score that is sorted by *key*."""
    return round((key - log2(_LEAST_SCORE)) * _HALF_LIFE_DAYS)


def _scores_of(
    snapshot: Snapshot, matching: Matching, query: Query, shown: list[_Place]
) -> dict[tuple[int, int], float]:
    """The rounded scores of what is shown."""
    wanted = [
        bits.of([one for _, _, where, one in shown if where == at], segment.size)
        for at, segment in enumerate(snapshot.segments)
    ]
    found = scores(snapshot, matching, query, wanted)
    return {(at, one): score for at in range(len(wanted)) for one, score in found.of(at).items()}


def _snippet(snapshot: Snapshot, marker: Marker | None, at: int, document: int) -> Snippet:
    return NO_SNIPPET if marker is None else marker.snippet(snapshot.segments[at].body(document))
