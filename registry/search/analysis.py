"""Words to terms: those of plain Latin letters are brought to their Porter stem, others stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from registry.domain import words
from registry.search.engine import porter_stem

# Stands between passages, so that no phrase reaches from one into the next. Never a term of a text.
BREAK = "\x1f"

BLANK_LINE = re.compile(r"\n\s*\n")
_STEMMED = re.compile(r"[a-z]{3,}")


def terms(text: str) -> list[str]:
    """The terms of *text*, in order."""
    return [_stem(word) for word in words.words_in(text)]


def passages(text: str) -> list[str]:
    """The terms of *text* with ``BREAK`` where a blank line parts passages."""
    found: list[str] = []
    for passage in BLANK_LINE.split(text):
        if found:
            found.append(BREAK)
        found += terms(passage)
    return found


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Every term of *text* with where it begins and ends there; pairs of characters overlap."""
    for begin, end, word in words.spans(text):
        yield begin, end, _stem(word)


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    if not _STEMMED.fullmatch(word):
        return word
    stem: str = porter_stem(word)
    return stem
