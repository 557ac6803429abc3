"""Watched usage policies: pages of providers, the versions that were seen of them, and what changed between two.

Pure. A change makes a draft that somebody completes; nothing is read into the words of a page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from enum import StrEnum
from typing import Any, NewType

from registry.domain.canonical import Document
from registry.domain.page_text import evidence, normalised
from registry.domain.record import OrganisationId, RecordUid

WatchId = NewType("WatchId", str)

MAX_DIFF = 12_000
# A page with fewer letters is a shell that a script fills, or an error; nothing is told from it.
MIN_LETTERS = 200
# After so many attempts in a row that failed, the operators are told.
TOLD_AFTER = 7
# So many drafts of one page may wait for somebody; a page that never stands still makes no more.
MAX_OPEN_DRAFTS = 5
# Of older texts only the hash is kept.
MAX_TEXTS = 20
_MAX_LINES = 4000
_LONGEST_LINE = 300
_SENTENCE = re.compile(r"(?<=[.;!?])\s")
# What a new version takes over from the one before it; what a version says of itself stands in the page alone.
_TAKEN_OVER = ("provider", "title", "summary", "product_scope", "clauses")


class Outcome(StrEnum):
    """What a check of a page found."""

    FIRST = "first"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    SEEN_BEFORE = "seen_before"
    TOO_MANY = "too_many"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Watch:
    """One page that is looked at.

    Attributes:
        organisation: who owns the drafts: the provider's, or the node's own.
        provider: whose policy it is, as drafts name it.
        previous: the newest record of the policy that the node knows of, if any.
        sha256: of the normalised text seen last; ``None`` before the first.
        returns: how often the page went back to a text seen before.
        failures: attempts in a row that failed, with the stable word of the last in ``error``.
    """

    id: WatchId
    url: str
    organisation: OrganisationId
    title: str
    provider: str
    created_at: datetime
    previous: RecordUid | None = None
    sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    checked_at: datetime | None = None
    changed_at: datetime | None = None
    returns: int = 0
    failures: int = 0
    failing_since: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """One text that stood on a page; kept as evidence, at most 200,000 bytes of it.

    Attributes:
        sha256: of the normalised text.
        letters: of the whole text.
        text: empty of all but the newest versions.
        draft: the record that was made of it; none of the first text, which changed nothing.
    """

    watch: WatchId
    sha256: str
    seen_at: datetime
    last_seen_at: datetime
    letters: int
    text: str
    draft: RecordUid | None = None


def seen(watch: Watch, text: str, now: datetime) -> SeenVersion:
    """*text* as a version of the page."""
    print_ = hashlib.sha256(normalised(text).encode()).hexdigest()
    return SeenVersion(watch.id, print_, now, now, len(text), evidence(text))


def outcome_of(watch: Watch, version: SeenVersion, *, is_known: bool) -> Outcome:
    """What it means that the page says this now; *is_known* tells that it has said it before."""
    if watch.sha256 == version.sha256:
        return Outcome.UNCHANGED
    if is_known:
        return Outcome.SEEN_BEFORE
    return Outcome.FIRST if watch.sha256 is None else Outcome.CHANGED


def difference(before: SeenVersion, after: SeenVersion) -> str:
    """What changed between two texts, as a unified diff of sentences, at most 12,000 characters."""
    first, second = (tuple(_lines(one.text)) for one in (before, after))
    lines = unified_diff(first, second, f"seen {before.seen_at:%Y-%m-%d}", f"seen {after.seen_at:%Y-%m-%d}", n=1)
    kept: list[str] = []
    size = 0
    for line in (one.rstrip("\n") for one in lines):
        size += len(line) + 1
        if size > MAX_DIFF:
            return "\n".join([*kept, "… and more; the node keeps both texts."])
        kept.append(line)
    return "\n".join(kept)


def draft_documents(
    watch: Watch, version: SeenVersion, diff: str, *, before: Document | None
) -> tuple[Document, Document, Document]:
    """Content, restricted part and marking of a draft for a version that was seen; all clauses are those of before."""
    day = f"{version.seen_at:%Y-%m-%d}"
    taken: dict[str, Any] = {name: before[name] for name in _TAKEN_OVER if before is not None and name in before}
    content: dict[str, Any] = {
        "provider": watch.provider,
        "title": watch.title,
        "summary": f"The version of this policy that was first seen on {day}. Not described yet.",
        **taken,
        "version": day,
        "url": watch.url,
        "archived_sha256": version.sha256,
    }
    restricted: dict[str, Any] = {"notes": _notes(version, diff, has_clauses="clauses" in taken)}
    return content, restricted, {"tlp": "RED", "provenance": "original"}


def _notes(version: SeenVersion, diff: str, *, has_clauses: bool) -> str:
    told = "The clauses are those of the version before: " if has_clauses else "It has no clauses yet: "
    head = f"The page changed; seen at {version.seen_at:%Y-%m-%d %H:%M} UTC. {told}read the page and complete them."
    return f"{head}\n\n{diff}" if diff else head


def _lines(text: str) -> Sequence[str]:
    return tuple(_pieces(text))[:_MAX_LINES]


def _pieces(text: str) -> Iterator[str]:
    """Sentences, so that a page without breaks of lines still differs in parts only."""
    for line in text.split("\n"):
        for sentence in _SENTENCE.split(line):
            yield from (sentence[at : at + _LONGEST_LINE] for at in range(0, len(sentence), _LONGEST_LINE))
