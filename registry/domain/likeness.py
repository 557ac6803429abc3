"""How much two records look alike, and why: shared sources, the same ids elsewhere, similar titles and texts.

Only public parts are compared, and of each text a bounded piece, so that a comparison takes a bounded time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidfuzz import fuzz

from registry.domain.address import address_key, alias_key
from registry.domain.canonical import Document
from registry.domain.facets import summary_of, title_of
from registry.domain.indexing import plain
from registry.domain.record import Record, RecordUid, Revision
from registry.domain.search import AnyOf, Query, Word
from registry.domain.vocabulary import Kind
from registry.domain.words import words_in

MAX_COMPARED = 50
MAX_TEXT = 5_000
# From here on whoever submits is asked; from the lower mark on, those who decide are shown it too.
POSSIBLE = 78
WORTH_A_LOOK = 60
_MAX_QUERY_WORDS = 12
_SHORTEST_QUERY_WORD = 3

_SAME_ALIAS = 95
_SIMILAR = 75
# One article tells of several incidents: by itself a shared source is no duplicate.
_SHARED_SOURCE = 60
_LOOKS_LIKE_NOTHING = 35
# Fewer words than these say too little: "spam wave" is in a hundred titles.
_TELLING_WORDS = 4


class Reason(StrEnum):
    """Why two records look alike."""

    SHARED_SOURCE = "shared_source"
    SAME_ALIAS = "same_alias"
    SIMILAR_TITLE = "similar_title"
    SIMILAR_TEXT = "similar_text"


@dataclass(frozen=True, slots=True)
class Features:
    """What is compared of a public part: words of title and summary, hashes of addresses and aliases."""

    title: tuple[str, ...]
    text: tuple[str, ...]
    sources: frozenset[bytes]
    aliases: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the same: how much it looks so, 0 to 100, and why."""

    uid: RecordUid
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A record that may be the same, as whoever asks may see it."""

    record: Record
    candidate: Candidate


def features_of(kind: Kind, document: Document) -> Features:
    """What is compared of the public part of a record of *kind*."""
    title = plain(title_of(kind, document)[:MAX_TEXT])
    summary = plain(summary_of(kind, document)[:MAX_TEXT])
    return Features(
        tuple(words_in(title)),
        tuple(words_in(f"{title} {summary}"[:MAX_TEXT])),
        frozenset(map(address_key, _addresses(document))),
        frozenset(map(alias_key, _aliases(document))),
    )


def keys_of(revision: Revision | None) -> frozenset[bytes]:
    """Hashes of all addresses and aliases that the public part of a revision names."""
    if revision is None or revision.public is None:
        return frozenset()
    return keys_in(revision.public.document)


def keys_in(document: Document) -> frozenset[bytes]:
    """Hashes of all addresses and aliases that a public part names."""
    return frozenset((*map(address_key, _addresses(document)), *map(alias_key, _aliases(document))))


def compare(uid: RecordUid, one: Features, other: Features) -> Candidate:
    """The record *uid*, which has the features *other*, as a candidate for a record with the features *one*."""
    title = _likeness(one.title, other.title)
    text = _likeness(one.text, other.text)
    similar = 0.5 * title + 0.5 * text
    score, reasons = similar, []
    if one.sources & other.sources:
        reasons.append(Reason.SHARED_SOURCE)
        share = max(0.0, similar - _LOOKS_LIKE_NOTHING) / (100 - _LOOKS_LIKE_NOTHING)
        score = max(score, _SHARED_SOURCE + (100 - _SHARED_SOURCE) * share)
    if one.aliases & other.aliases:
        reasons.append(Reason.SAME_ALIAS)
        score = max(score, _SAME_ALIAS)
    if title >= _SIMILAR:
        reasons.append(Reason.SIMILAR_TITLE)
    if text >= _SIMILAR:
        reasons.append(Reason.SIMILAR_TEXT)
    return Candidate(uid, min(100, round(score)), tuple(reasons))


def may_reach(least: int, one: Features, other: Features) -> bool:
    """Whether the score of the two may be *least* or more, however alike their texts are, which take the longest."""
    if one.sources & other.sources or one.aliases & other.aliases:
        return True
    return round(0.5 * _likeness(one.title, other.title) + 0.5 * 100) >= least


def best_of(found: Iterable[Candidate], *, least: int) -> tuple[Candidate, ...]:
    """Those with a score of *least* or more, each record once, the most alike first."""
    best: dict[RecordUid, Candidate] = {}
    for one in found:
        if one.score >= least and (one.uid not in best or one.score > best[one.uid].score):
            best[one.uid] = one
    return tuple(sorted(best.values(), key=lambda one: (-one.score, one.uid)))


def query_for(features: Features) -> Query | None:
    """A query that finds what may look alike: any of the longest words of the title; ``None`` without such words."""
    words = sorted({word for word in features.title if len(word) >= _SHORTEST_QUERY_WORD}, key=lambda word: -len(word))
    # Overlapping pairs of signs, where words are not parted by blanks, are short.
    chosen = words[:_MAX_QUERY_WORDS] or list(dict.fromkeys(features.title))[:_MAX_QUERY_WORDS]
    if not chosen:
        return None
    return Word(chosen[0]) if len(chosen) == 1 else AnyOf(tuple(map(Word, sorted(chosen))))


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """0 to 100, whatever the order of the words. That all words of the shorter text are in the longer one counts as
    far as the shorter one tells anything."""
    if not one or not other:
        return 0.0
    left, right = " ".join(one), " ".join(other)
    whole = fuzz.token_sort_ratio(left, right)
    if min(len(set(one)), len(set(other))) < _TELLING_WORDS:
        return whole
    return 0.5 * whole + 0.5 * fuzz.token_set_ratio(left, right)


def _addresses(document: Document) -> list[str]:
    sources: Any = document.get("sources") or ()
    return [one[name] for one in sources for name in ("url", "archive_url") if name in one]


def _aliases(document: Document) -> list[str]:
    aliases: Any = document.get("aliases") or ()
    upstream: Any = document.get("upstream")
    return [*aliases, *([upstream["id"]] if upstream else [])]
