"""From matches to an answer: order, pages by keyset, facet counts, snippets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from heapq import nlargest
from itertools import chain

from registry.domain.errors import InvalidInput, Problem
from registry.domain.facets import FACETS
from registry.domain.record import RecordUid
from registry.domain.search import NO_SNIPPET, FacetCount, Hit, Query, SearchRequest, SearchResult, SearchSort, Snippet
from registry.search.matching import Documents, Matching
from registry.search.snapshot import Snapshot
from registry.search.snippets import Marker

COUNTED = ("kind", "severity", *FACETS)

# What an answer is sorted by, falling; then uid, falling, so that the newest of equals comes first; then where it is.
_Place = tuple[float | int, str, int, int]


def search(snapshot: Snapshot, request: SearchRequest) -> SearchResult:
    """A page of the matches in *snapshot*.

    Raises:
        InvalidInput: a facet that is not counted, or a limit below 1.
    """
    unknown = [name for name in request.facets if name not in COUNTED]
    if unknown:
        raise InvalidInput([Problem(("facets",), "UNKNOWN_FIELD", f"counted are: {', '.join(COUNTED)}")])
    matching = Matching(snapshot)
    matched = matching.documents(request.query)
    scores = matching.scores(request.query, matched) if request.sort is SearchSort.RELEVANCE else None
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

    hits = tuple(
        Hit(RecordUid(uid), scores[at][document], snippet(at, document), (key, uid))
        for key, uid, at, document in best[: request.limit]
    )
    return SearchResult(
        hits,
        total=sum(len(documents) for documents in matched),
        has_next=len(best) > request.limit,
        facets={name: _facet(snapshot, matched, name) for name in request.facets},
    )


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
            yield from ((score, uids[document], at, document) for document, score in scores[at].items())
            continue
        keys = {
            SearchSort.PUBLISHED: columns.published,
            SearchSort.OCCURRED: columns.occurred,
            SearchSort.SEVERITY: columns.severity,
        }[sort]
        yield from ((keys[document], uids[document], at, document) for document in documents)


def _facet(snapshot: Snapshot, matched: Documents, name: str) -> tuple[FacetCount, ...]:
    """How many matches have each value, spellings that differ in case counted together under the commonest one."""
    counts: Counter[str] = Counter()
    for segment, documents in zip(snapshot.segments, matched, strict=True):
        counts.update(_values(segment.columns.facets.get(name), documents))
    merged: dict[str, FacetCount] = {}
    for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        shown = merged.get(value.casefold(), FacetCount(value, 0))
        merged[value.casefold()] = FacetCount(shown.value, shown.count + count)
    return tuple(sorted(merged.values(), key=lambda one: (-one.count, one.value)))


def _values(column: list[tuple[str, ...]] | None, documents: AbstractSet[int]) -> Iterator[str]:
    return iter(()) if column is None else chain.from_iterable(map(column.__getitem__, documents))
