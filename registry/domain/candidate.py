"""One event told by several sources: what speaks for it, and what became of each pair that looks so.

Three things speak for it: an id that the whole field knows (CVE, GHSA, AIID, AVID, ATLAS, OECD), an address that few
records name, and a title that is alike near in time. None decides: reviewers do. Nothing here knows who may see what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from rapidfuzz import fuzz

from registry.domain.address import normalised
from registry.domain.canonical import Document
from registry.domain.content.base import earliest, latest
from registry.domain.facets import summary_of, title_of
from registry.domain.indexing import plain
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind
from registry.domain.words import words_in

# An address that more records name than these is a place where many things are told.
MOST_NAMING = 4
# From here on a pair is worth a reviewer's look: nine of ten are then the same (measured on public sources).
LEAST = 65

_MAX_TEXT = 3_000
_SAME_ID = 95
_SAME_ALIAS = 40
_SAME_ADDRESS = 50
_MORE_ADDRESSES = 15
_NEAR_DAYS = 60
_FAR_DAYS = 400
_ALIKE = 80
_OTHER_NUMBERS = 30
_SHORTEST_WORD = 3
_MOST_WORDS = 6
# What sources call records, in one form each. Every scheme is written by many publishers.
_SCHEMES = (
    ("cve", re.compile(r"\bCVE-(\d{4}-\d{4,10})\b", re.IGNORECASE)),
    ("ghsa", re.compile(r"\bGHSA((?:-[23456789cfghjmpqrvwx]{4}){3})\b", re.IGNORECASE)),
    ("atlas", re.compile(r"\bAML\.(CS\d{4,6})\b", re.IGNORECASE)),
    ("avid", re.compile(r"\bAVID-(\d{4}-[RV]?\d{1,6})\b", re.IGNORECASE)),
    ("aiid", re.compile(r"\bAIID[-: #]{1,2}(\d{1,6})\b|\bincidentdatabase\.ai/cite/(\d{1,6})\b", re.IGNORECASE)),
    ("oecd", re.compile(r"\boecd\.ai/(?:en/)?incidents/(\d{4}-\d{2}-\d{2}-[0-9a-f]{4})\b", re.IGNORECASE)),
    ("oecd", re.compile(r"\bOECD(?:-AIM)?[-: ](\d{4}-\d{2}-\d{2}-[0-9a-f]{4})\b", re.IGNORECASE)),
)  # fmt: skip


class CandidateReason(StrEnum):
    """What speaks for two records telling of the same."""

    SAME_ID = "same_id"
    SAME_ADDRESS = "same_address"
    SAME_ALIAS = "same_alias"
    SIMILAR_TITLE = "similar_title"


class CandidateState(StrEnum):
    """What became of a pair."""

    OPEN = "open"
    DISMISSED = "dismissed"
    LINKED = "linked"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class MergeCandidate:
    """Two records that may tell of the same event; kept once for a pair, the lower uid as *a*.

    Attributes:
        score: 0 to 100.
        decided_by: pseudonym of whoever decided; ``None`` while it is open.
    """

    a: RecordUid
    b: RecordUid
    score: int
    reasons: tuple[CandidateReason, ...]
    found_at: datetime
    state: CandidateState = CandidateState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What is compared of a public part.

    Attributes:
        ids: ids that the whole field knows, such as ``cve:2024-1234``.
        aliases: all other ids, in small letters.
        addresses: of its sources, in their normal form; none that is the record of an id.
    """

    kind: Kind
    title: str
    text: str
    ids: frozenset[str]
    aliases: frozenset[str]
    addresses: frozenset[str]
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much speaks for one event, and what."""

    score: int
    reasons: tuple[CandidateReason, ...]


def telling_of(kind: Kind, document: Document) -> Telling:
    """What is compared of the public part of a record of *kind*."""
    said = [str(one) for one in (*_list(document, "aliases"), *_own_id(document))]
    urls = [str(one["url"]) for one in _list(document, "sources") if "url" in one]
    ids = {found for text in (*said, *urls) for found in ids_in(text)}
    title = plain(title_of(kind, document)[:_MAX_TEXT])
    summary = plain(summary_of(kind, document)[:_MAX_TEXT])
    first, last = _days(document)
    return Telling(
        kind,
        " ".join(words_in(title)),
        " ".join(words_in(f"{title} {summary}"[:_MAX_TEXT])),
        frozenset(ids),
        frozenset(one.casefold() for one in said if _is_telling(one) and not any(ids_in(one))),
        frozenset(normalised(url) for url in urls if not any(ids_in(url))),
        first,
        last,
    )


def ids_in(text: str) -> Iterator[str]:
    """The ids in *text* that the whole field knows, each in one form."""
    for scheme, pattern in _SCHEMES:
        for found in pattern.finditer(text[:2_000]):
            yield f"{scheme}:{next(one for one in found.groups() if one is not None).strip('-').casefold()}"


def likeness(one: Telling, other: Telling, *, naming: int = 2) -> Likeness | None:
    """What speaks for the two telling of the same event; ``None`` where that is too little.

    Args:
        naming: how many records name the address that the fewest name of those they share.
    """
    if one.kind is not other.kind:
        return None
    title = _title_likeness(one.title, other.title)
    text = fuzz.token_set_ratio(one.text, other.text)
    apart = days_apart(one, other)
    reasons, score = [], 0.0
    if one.ids & other.ids:
        reasons.append(CandidateReason.SAME_ID)
        score = _SAME_ID
    shared = one.addresses & other.addresses
    if shared and naming <= MOST_NAMING:
        reasons.append(CandidateReason.SAME_ADDRESS)
        score = max(score, _SAME_ADDRESS + _MORE_ADDRESSES * (len(shared) - 1) + 0.5 * max(0.0, title - 40))
    if one.aliases & other.aliases:
        reasons.append(CandidateReason.SAME_ALIAS)
        score = max(score, _SAME_ALIAS + 0.5 * title)
    if title >= _ALIKE:
        reasons.append(CandidateReason.SIMILAR_TITLE)
        score = max(score, 0.6 * title + 0.3 * text if apart is None else title)
    if apart is not None and CandidateReason.SAME_ID not in reasons:
        score -= 0 if apart <= _NEAR_DAYS else 15 if apart <= _FAR_DAYS else 30
    if not reasons or score < LEAST:
        return None
    return Likeness(min(100, round(score)), tuple(reasons))


def _title_likeness(one: str, other: str) -> float:
    """0 to 100. Case 1 and case 2 are two cases, however alike the words are."""
    alike = 0.5 * fuzz.token_set_ratio(one, other) + 0.5 * fuzz.token_sort_ratio(one, other)
    numbers, others = (frozenset(re.findall(r"\d+", title)) for title in (one, other))
    return alike - _OTHER_NUMBERS if numbers and others and numbers != others else alike


def days_apart(one: Telling, other: Telling) -> int | None:
    """Days between the two, as near as they may be; ``None`` where a day is not known."""
    if one.first_day is None or one.last_day is None or other.first_day is None or other.last_day is None:
        return None
    return max((other.first_day - one.last_day).days, (one.first_day - other.last_day).days, 0)


def keys_of(telling: Telling) -> dict[bytes, str]:
    """Hashes by which others that tell of the same are found, each with the address that it stands for or ""."""
    words = sorted(
        {word for word in telling.title.split() if len(word) >= _SHORTEST_WORD}, key=lambda one: (-len(one), one)
    )
    keys = {_key(telling.kind, "id", one): "" for one in telling.ids}
    keys |= {_key(telling.kind, "alias", one): "" for one in telling.aliases}
    keys |= {_key(telling.kind, "address", one): one for one in telling.addresses}
    return keys | {_key(telling.kind, "word", one): "" for one in words[:_MOST_WORDS]}


def word_keys_of(telling: Telling) -> frozenset[bytes]:
    """Those of its keys that stand for words, of which several must be shared."""
    return frozenset(_key(telling.kind, "word", one) for one in telling.title.split())


def _key(kind: Kind, sort: str, value: str) -> bytes:
    return blake2b(f"{kind}\0{sort}\0{value}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def pair_of(one: RecordUid, other: RecordUid) -> tuple[RecordUid, RecordUid]:
    """The two in the order in which a pair is kept."""
    return (one, other) if one < other else (other, one)


def is_stronger(found: Likeness, kept: MergeCandidate) -> bool:
    """Whether something speaks for a pair that did not when somebody dismissed it: an id of the field."""
    return CandidateReason.SAME_ID in found.reasons and CandidateReason.SAME_ID not in kept.reasons


def _days(document: Document) -> tuple[date | None, date | None]:
    timeline: Any = document.get("timeline") or {}
    told = [str(one) for one in (timeline.get("started"), document.get("discovered")) if one]
    if not told and timeline.get("disclosed"):
        told = [str(timeline["disclosed"])]
    return (earliest(told[0]), latest(told[0])) if told else (None, None)


def _own_id(document: Document) -> list[Any]:
    upstream: Any = document.get("upstream") or {}
    url = upstream.get("url")
    return [*([upstream["id"]] if upstream else []), *([url] if url else [])]


def _is_telling(alias: str) -> bool:
    """Whether an id says more than a number: digits and letters, and not few."""
    return len(alias) >= 7 and bool(re.search(r"\d", alias)) and bool(re.search(r"[^\W\d_]", alias))


def _list(document: Document, name: str) -> list[Any]:
    found: Any = document.get(name)
    return list(found) if found else []
