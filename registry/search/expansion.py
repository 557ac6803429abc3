"""The terms that a prefix or a fuzzy word stands for, and the words near to a misspelt one.

Both are sought among the words as texts spell them, and among terms. Only words of live documents count.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from registry.domain.words import folded, reach
from registry.search import analysis
from registry.search.snapshot import Snapshot

MAX_EXPANSIONS = 50
# No shorter word is taken for a misspelt one.
_SHORTEST = 3


def beginning(snapshot: Snapshot, text: str, *, is_bounded: bool) -> list[str]:
    """Terms for a prefix: those that begin with it, those of words that do, and its own."""
    begin = folded(text)
    spelled = _held(snapshot, _starting(snapshot, begin, "words"))
    found = {*_starting(snapshot, begin, "text"), *_terms(spelled), *analysis.terms(text)}
    return _frequent(snapshot, found, limit=MAX_EXPANSIONS if is_bounded else None)


def near(snapshot: Snapshot, text: str, *, is_bounded: bool) -> list[str]:
    """Terms for a fuzzy word: those near to it or to its own, those of words near to it, and its own."""
    word = folded(text)
    own = set(analysis.terms(text))
    spelled = _held(snapshot, _neighbours(snapshot, word, "words"))
    found = {*chain.from_iterable(_neighbours(snapshot, one, "text") for one in {word, *own}), *_terms(spelled), *own}
    return _frequent(snapshot, found, limit=MAX_EXPANSIONS if is_bounded else None)


def suggestions(snapshot: Snapshot, word: str, limit: int) -> tuple[str, ...]:
    """See ``ports.SearchIndex.near``."""
    asked = folded(word)
    if len(asked) < _SHORTEST:
        return ()
    by_distance: dict[int, list[str]] = {}
    for one in _neighbours(snapshot, asked, "words"):
        if one != asked:
            by_distance.setdefault(OSA.distance(asked, one), []).append(one)
    found: list[str] = []
    for distance in sorted(by_distance):
        if len(found) < limit:
            holding = {one: _holding(snapshot, one, "words") for one in by_distance[distance]}
            found += sorted((one for one in holding if holding[one]), key=lambda one: (-holding[one], one))
    return tuple(found[:limit])


def _starting(snapshot: Snapshot, begin: str, field: str) -> Iterable[str]:
    return chain.from_iterable(segment.terms_with(begin, field=field) for segment in snapshot.segments)


def _neighbours(snapshot: Snapshot, word: str, field: str) -> set[str]:
    """The terms of *field* that are near to *word* (``words.is_near``), those of deleted documents too."""
    found: set[str] = set()
    for segment in snapshot.segments:
        known = segment.terms_with(word[:1], field=field)
        alike = process.extract(word, known, scorer=OSA.distance, score_cutoff=reach(word), limit=None)
        found.update(one for one, _, _ in alike)
    return found


def _held(snapshot: Snapshot, spelled: Iterable[str]) -> list[str]:
    """Those words that live documents hold."""
    if not snapshot.has_deleted:
        return list(spelled)
    return [one for one in set(spelled) if _holding(snapshot, one, "words")]


def _terms(spelled: Iterable[str]) -> Iterable[str]:
    return chain.from_iterable(map(analysis.terms, spelled))


def _holding(snapshot: Snapshot, term: str, field: str) -> int:
    """How many live documents hold *term*."""
    if not snapshot.has_deleted:
        return sum(segment.frequency(term, field=field) for segment in snapshot.segments)
    return sum(
        (segment.postings(term, field=field).bits & live).bit_count()
        for segment, live in zip(snapshot.segments, snapshot.live, strict=True)
    )


def _frequent(snapshot: Snapshot, terms: set[str], *, limit: int | None) -> list[str]:
    """The most frequent *limit* of *terms*, the first by alphabet of equals; all where there is no limit."""
    holding = {term: _holding(snapshot, term, "text") for term in terms}
    return sorted((term for term in terms if holding[term]), key=lambda term: (-holding[term], term))[:limit]
