"""From matches to an answer: order, pages by keyset, facet counts, snippets."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest
from math import log2

from registry.domain.errors import InvalidInput, Problem
from registry.domain.record import RecordUid
from registry.domain.search import NO_SNIPPET, Hit, Query, SearchRequest, SearchResult, SearchSort, Snippet
from registry.domain.search_fields import COUNTED
from registry.search import counting
from registry.search.matching import Documents, Matching
from registry.search.segment import Columns
from registry.search.snapshot import Snapshot
from registry.search.snippets import Marker

# What an answer is sorted by, falling; then uid, falling, so that the newest of equals comes first; then where it is.
_Place = tuple[float | int, str, int, int]
_SCORED = (SearchSort.RELEVANCE, SearchSort.RECENCY)
_HALF_LIFE_DAYS = 365
_LEAST_SCORE = 1e-6


def search(snapshot: Snapshot, request: SearchRequest) -> SearchResult:
    """A page of the matches in *snapshot*.

    Raises:
        InvalidInput: a facet that is not counted, or a limit below 1.
    """
    check(request)
    matching = Matching(snapshot)
    matched = matching.documents(request.query)
    scores = matching.scores(request.query, matched) if request.sort in _SCORED else None
    places = _places(snapshot, matched, request.sort, scores)
    if request.position is not None:
        after = request.position[0], request.position[1]
        places = (place for place in places if (place[0], place[1]) < after)
    best = nlargest(request.limit + 1, places)
    if scores is None:
        shown: list[set[int]] = [set() for _ in snapshot.segments]
        for _, _, at, document in best:
            shown[at].add(document)
        scores = matching.scores(request.query, list(shown))
    marker = Marker(request.query) if request.snippets else None

    def snippet(at: int, document: int) -> Snippet:
        return NO_SNIPPET if marker is None else marker.snippet(snapshot.segments[at].body(document))

    buckets, undated = counting.histogram(snapshot, matched) if request.histogram else ((), 0)
    hits = tuple(
        Hit(RecordUid(uid), scores[at][document], snippet(at, document), (key, uid))
        for key, uid, at, document in best[: request.limit]
    )
    return SearchResult(
        hits,
        total=sum(len(documents) for documents in matched),
        has_next=len(best) > request.limit,
        facets={name: counting.facet(snapshot, matching, request.query, name) for name in request.facets},
        histogram=buckets,
        undated=undated,
    )


def check(request: SearchRequest) -> None:
    """Raise ``InvalidInput`` where a facet is asked for that is not counted."""
    if not {*COUNTED}.issuperset(request.facets):
        raise InvalidInput([Problem(("facets",), "UNKNOWN_FIELD", f"counted are: {', '.join(COUNTED)}")])


def uids(snapshot: Snapshot, query: Query, sort: SearchSort) -> tuple[RecordUid, ...]:
    """The uids of all matches in *snapshot*, in order."""
    matching = Matching(snapshot)
    matched = matching.documents(query)
    scores = matching.scores(query, matched) if sort in _SCORED else None
    return tuple(RecordUid(place[1]) for place in sorted(_places(snapshot, matched, sort, scores), reverse=True))


def newest(snapshot: Snapshot, query: Query, limit: int) -> tuple[RecordUid, ...]:
    """The uids of the matches in *snapshot*, the newest *limit* of them: uids rise with time."""
    matched = Matching(snapshot).documents(query)
    uids = (
        segment.columns.uids[document]
        for segment, documents in zip(snapshot.segments, matched, strict=True)
        for document in documents
    )
    return tuple(RecordUid(uid) for uid in nlargest(limit, uids))


def _places(
    snapshot: Snapshot, matched: Documents, sort: SearchSort, scores: list[dict[int, float]] | None
) -> Iterator[_Place]:
    for at, (segment, documents) in enumerate(zip(snapshot.segments, matched, strict=True)):
        columns = segment.columns
        uids = columns.uids
        if scores is not None:
            weigh = _recency if sort is SearchSort.RECENCY else _relevance
            yield from (
                (weigh(columns, document, score), uids[document], at, document)
                for document, score in scores[at].items()
            )
            continue
        keys = {
            SearchSort.PUBLISHED: columns.published,
            SearchSort.OCCURRED: columns.occurred,
            SearchSort.SEVERITY: columns.severity,
        }[sort]
        yield from ((keys[document], uids[document], at, document) for document in documents)


def _relevance(_columns: Columns, _document: int, score: float) -> float:
    return score


def _recency(columns: Columns, document: int, score: float) -> float:
    return recency(score, columns.day(document))


def recency(score: float, day: int) -> float:
    """The logarithm of the score, halved with every year of age, up to a constant: which day is the newest one, or
    today, does not change the order."""
    return round(log2(max(score, _LEAST_SCORE)) + day / _HALF_LIFE_DAYS, 6)


def day_of(key: float) -> int:
    """The day of a ``recency`` without a score."""
    return round((key - log2(_LEAST_SCORE)) * _HALF_LIFE_DAYS)
