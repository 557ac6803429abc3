"""From a request to an answer: order, pages by keyset, snippets."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import tantivy

from registry.domain.pages import Keyset
from registry.domain.record import RecordUid
from registry.domain.search import NO_SNIPPET, Hit, Query, SearchRequest, SearchResult, SearchSort, Snippet
from registry.search.ranking import check, day_of, recency
from registry.search.snippets import Marker
from registry.search.tantivy import counting
from registry.search.tantivy.engine import SCHEMA
from registry.search.tantivy.fields import (
    body,
    day_order,
    halves,
    number_of,
    published_order,
    severity_order,
    uid_of,
)
from registry.search.tantivy.matching import Leaf, Matching, both, up_to
from registry.search.tantivy.scoring import Judge, Place
from registry.search.tantivy.snapshot import Address, Snapshot

_SCORED = (SearchSort.RELEVANCE, SearchSort.RECENCY)


@dataclass(frozen=True, slots=True)
class _Column:
    """What a list is sorted by where no score counts.

    Attributes:
        coarse: the column that tantivy sorts by: the value, and as much of the uid as there is room for.
        exact: the column of the value; ``None`` where all have the value 0.
        coarse_of: what ``coarse`` holds, by the value and the first half of the uid.
        key_of, value_of: a value as the key of a place, and back.
    """

    coarse: str
    exact: str | None
    coarse_of: Callable[[int, int], int]
    key_of: Callable[[int], float | int] = int
    value_of: Callable[[float], int] = int


_UNSCORED = {
    SearchSort.RELEVANCE: _Column("high", None, lambda _, high: high, key_of=float),
    SearchSort.RECENCY: _Column("by_day", "day", day_order, lambda day: recency(0.0, day), day_of),
    SearchSort.PUBLISHED: _Column("by_published", "published", published_order),
    SearchSort.OCCURRED: _Column("by_occurred", "occurred", day_order),
    SearchSort.SEVERITY: _Column("by_severity", "severity", severity_order),
}


def search(snapshot: Snapshot, request: SearchRequest) -> SearchResult:
    """See ``ports.SearchIndex``."""
    check(request)
    matching = Matching(snapshot)
    leaves = matching.leaves(request.query)
    judge = Judge(snapshot, leaves, by_recency=request.sort is SearchSort.RECENCY)
    places, total = _page(snapshot, matching, request, judge, leaves)
    shown = places[: request.limit]
    if leaves and request.sort not in _SCORED:
        shown = _with_scores(snapshot, judge, shown)
    facets = counting.facets(snapshot, matching, request.query, request.facets)
    buckets, undated = counting.histogram(snapshot, matching, request.query, total) if request.histogram else ((), 0)
    marker = Marker(request.query) if request.snippets else None
    hits = tuple(
        Hit(uid := place.uid, place.score, _snippet(snapshot, marker, place.address), (place.key, uid))
        for place in shown
    )
    return SearchResult(hits, total, len(places) > request.limit, facets, buckets, undated)


def uids(snapshot: Snapshot, query: Query, sort: SearchSort) -> tuple[RecordUid, ...]:
    """The uids of all matches in *snapshot*, in order."""
    request = SearchRequest(query, sort, limit=max(snapshot.count, 1))
    matching = Matching(snapshot)
    leaves = matching.leaves(query)
    judge = Judge(snapshot, leaves, by_recency=sort is SearchSort.RECENCY)
    places, _ = _page(snapshot, matching, request, judge, leaves)
    return tuple(place.uid for place in places)


def among(snapshot: Snapshot, query: Query, uids: Collection[RecordUid]) -> frozenset[RecordUid]:
    """Those of *uids* that match."""
    wanted = tantivy.Query.term_set_query(SCHEMA, "uid", list(uids))
    hits, _ = snapshot.found(both(Matching(snapshot).query(query), wanted), len(uids))
    addresses = [address for _, address in hits]
    return frozenset(map(uid_of, snapshot.column("high", addresses), snapshot.column("low", addresses)))


def newest(snapshot: Snapshot, query: Query, limit: int) -> tuple[RecordUid, ...]:
    """The uids of the matches in *snapshot*, the newest *limit* of them: uids rise with time."""
    matched = Matching(snapshot, is_bounded=False).query(query)
    places = _in_order(snapshot, matched, _UNSCORED[SearchSort.RELEVANCE], limit, None)
    return tuple(place.uid for place in places)


def best(
    snapshot: Snapshot, query: tantivy.Query, judge: Judge, wanted: int, after: Keyset | None = None
) -> tuple[list[Place], int]:
    """The first *wanted* matches behind *after* by what *judge* says, and how many match; *query* is scored."""
    # Several times as many at once: asking again costs more than looking at some in vain.
    fetched = 8 * wanted + 40
    while True:
        hits, total = snapshot.found(query, fetched, count=True)
        places, is_certain = judge.best(hits, wanted, after)
        if is_certain or len(hits) >= total:
            return places, total
        fetched *= 4


def _page(
    snapshot: Snapshot, matching: Matching, request: SearchRequest, judge: Judge, leaves: list[Leaf]
) -> tuple[list[Place], int]:
    """The places of a page and one more, if there is one; and the total."""
    wanted = request.limit + 1
    if leaves and request.sort in _SCORED:
        return best(snapshot, matching.ranking(request.query, leaves), judge, wanted, request.position)
    query = matching.query(request.query)
    places = _in_order(snapshot, query, _UNSCORED[request.sort], wanted, request.position)
    return places, snapshot.total(query)


def _in_order(
    snapshot: Snapshot, query: tantivy.Query, column: _Column, wanted: int, after: Keyset | None
) -> list[Place]:
    """The first *wanted* matches behind *after*, sorted by *column*; without scores."""
    if after is not None:
        value, high = column.value_of(float(after[0])), halves(str(after[1]))[0]
        query = both(query, up_to(column.coarse, column.coarse_of(value, high)))
    fetched = wanted + 10
    while True:
        hits, _ = snapshot.found(query, fetched, by=column.coarse)
        places = _sorted(snapshot, [address for _, address in hits], column, after)
        if len(hits) < fetched:
            return places[:wanted]
        if len(places) >= wanted and _coarse(places[wanted - 1], column) > hits[-1][0]:
            return places[:wanted]
        fetched *= 4


def _coarse(place: Place, column: _Column) -> int:
    return column.coarse_of(column.value_of(place.key), place.number >> 64)


def _sorted(snapshot: Snapshot, addresses: list[Address], column: _Column, after: Keyset | None) -> list[Place]:
    values = snapshot.column(column.exact, addresses) if column.exact else [0] * len(addresses)
    numbers = map(number_of, snapshot.column("high", addresses), snapshot.column("low", addresses))
    places = [
        Place(column.key_of(value), number, address, 0.0)
        for value, number, address in zip(values, numbers, addresses, strict=True)
    ]
    if after is not None:
        behind = after[0], number_of(*halves(str(after[1])))
        places = [place for place in places if (place.key, place.number) < behind]
    return sorted(places, key=lambda place: (place.key, place.number), reverse=True)


def _with_scores(snapshot: Snapshot, judge: Judge, places: list[Place]) -> list[Place]:
    lengths = snapshot.column("length", [place.address for place in places])
    return [
        replace(place, score=judge.score(place.address, length)) for place, length in zip(places, lengths, strict=True)
    ]


def _snippet(snapshot: Snapshot, marker: Marker | None, address: Address) -> Snippet:
    if marker is None:
        return NO_SNIPPET
    return marker.snippet(body(snapshot.source(address)))
