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
from registry.search.tantivy.snapshot import Snapshot

MAX_EXPANSIONS = 50
# No shorter word is taken for a misspelt one.
_SHORTEST = 3


def beginning(snapshot: Snapshot, text: str, *, is_bounded: bool) -> list[str]:
    """Terms for a prefix: those that begin with it, those of words that do, and its own."""
    begin = folded(text)
    spelled = _live(snapshot, snapshot.terms(begin, field="words"))
    found = {*snapshot.terms(begin), *_terms(spelled), *analysis.terms(text)}
    return _frequent(snapshot, found, is_bounded=is_bounded)


def near(snapshot: Snapshot, text: str, *, is_bounded: bool) -> list[str]:
    """Terms for a fuzzy word: those near to it or to its own, those of words near to it, and its own."""
    word, own = folded(text), analysis.terms(text)
    spelled = _live(snapshot, _neighbours(snapshot, word, "words"))
    alike = chain.from_iterable(_neighbours(snapshot, one, "text") for one in {word, *own})
    return _frequent(snapshot, {*alike, *_terms(spelled), *own}, is_bounded=is_bounded)


def suggestions(snapshot: Snapshot, word: str, limit: int) -> tuple[str, ...]:
    """See ``ports.SearchIndex.near``."""
    asked = folded(word)
    if len(asked) < _SHORTEST:
        return ()
    holding = {one: snapshot.holding(one, field="words") for one in _neighbours(snapshot, asked, "words")}
    found = [one for one, count in holding.items() if count and one != asked]
    return tuple(sorted(found, key=lambda one: (OSA.distance(asked, one), -holding[one], one))[:limit])


def _neighbours(snapshot: Snapshot, word: str, field: str) -> list[str]:
    """The terms of *field* that are near to *word* (``words.is_near``), those of deleted documents too."""
    known = list(snapshot.terms(word[:1], field=field))
    return [
        one for one, _, _ in process.extract(word, known, scorer=OSA.distance, score_cutoff=reach(word), limit=None)
    ]


def _live(snapshot: Snapshot, spelled: Iterable[str]) -> list[str]:
    """Those words that live documents hold."""
    return [one for one in spelled if snapshot.holding(one, field="words")] if snapshot.has_deleted else list(spelled)


def _terms(spelled: Iterable[str]) -> Iterable[str]:
    return chain.from_iterable(map(analysis.terms, spelled))


def _frequent(snapshot: Snapshot, terms: set[str], *, is_bounded: bool) -> list[str]:
    """The most frequent of *terms*, the first by alphabet of equals; all of them where they are not bounded."""
    holding = {term: snapshot.holding(term) for term in terms}
    found = sorted((term for term in terms if holding[term]), key=lambda term: (-holding[term], term))
    return found[:MAX_EXPANSIONS] if is_bounded else found
