"""Words to terms: those of plain Latin letters are brought to their Porter stem, others stay as they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from registry.domain import words
from registry.domain.search import SearchDocument
from registry.search.engine import porter_stem

BLANK_LINE = re.compile(r"\n\s*\n")
# Shorter words are not suggested, and longer ones are no words.
_SPELLED = range(3, 40)
_STEMMED = re.compile(r"[a-z]{3,}")
# How often a label is written into what is indexed, so that a name counts for more than a word in passing. Measured:
# docs/relevance.md. What a title counts, ``domain.indexing`` says.
_LABEL_TIMES = 2


@dataclass(frozen=True, slots=True)
class Analysed:
    """The terms of a text.

    Attributes:
        counts: how often each term stands in it.
        sequence: the terms in order, a space around each, and a line feed between passages, so that no phrase reaches
            from one into the next.
        spellings: its words as they are compared, but not stemmed.
    """

    counts: Counter[str]
    sequence: str
    spellings: frozenset[str]


def of_document(document: SearchDocument) -> Analysed:
    """All that a record is found by, its labels counted as often as they are worth."""
    return analysed("\n\n".join((document.text, *document.labels * _LABEL_TIMES)))


def analysed(text: str) -> Analysed:
    """The terms of *text*, its passages parted by blank lines."""
    counts: Counter[str] = Counter()
    spellings: set[str] = set()
    passages: list[str] = []
    for passage in BLANK_LINE.split(text):
        found = words.words_in(passage)
        stems = [_stem(word) for word in found]
        counts.update(stems)
        spellings.update(found)
        passages.append(f" {' '.join(stems)} ")
    return Analysed(counts, "\n".join(passages), frozenset(filter(_is_spelled, spellings)))


def count_in_order(wanted: list[str], sequence: str) -> int:
    """How often *wanted*, one or more terms, stand one behind the other in the ``sequence`` of a text."""
    sought, found = f" {' '.join(wanted)} ", 0
    at = sequence.find(sought)
    while at >= 0:
        found += 1
        at = sequence.find(sought, at + 1)
    return found


def terms(text: str) -> list[str]:
    """The terms of *text*, in order."""
    return [_stem(word) for word in words.words_in(text)]


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Every term of *text* with where it begins and ends there; pairs of characters overlap."""
    for begin, end, word in words.spans(text):
        yield begin, end, _stem(word)


def _is_spelled(word: str) -> bool:
    """Whether *word* is one that somebody may have misspelt: not a number, and no pair of characters."""
    return len(word) in _SPELLED and not word.isdecimal()


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    if not _STEMMED.fullmatch(word):
        return word
    stem: str = porter_stem(word)
    return stem
