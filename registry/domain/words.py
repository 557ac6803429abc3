"""Text to words: the same for documents, queries and the marks in snippets, so that the three agree.

A word is a run of letters, digits and marks, compared without case and accents. Chinese and Japanese, which put no
space between words, become overlapping pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rapidfuzz.distance import OSA

MAX_WORD_LENGTH = 64
_LONG_WORD = 8

_MARKS = "".join(chr(code) for code in range(0x300, 0xFFFF) if unicodedata.category(chr(code)).startswith("M"))
_WORD = re.compile(rf"[\w{_MARKS}]+")
_PAIRED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]+")
# Accents, Hebrew points and Arabic vowel signs: written or left out as people please.
_OPTIONAL_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]")


def words_in(text: str) -> list[str]:
    """The words of *text* in order, folded."""
    if text.isascii():
        return [folded(word) for word in _WORD.findall(text.replace("_", " "))]
    return [word for _, _, word in spans(text)]


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Every word of *text*, folded, with where it begins and ends there; pairs of characters overlap."""
    for match in _WORD.finditer(text.replace("_", " ")):
        word, begin = match.group(), match.start()
        if word.isascii():
            yield begin, match.end(), folded(word)
        else:
            yield from _wide_spans(word, begin)


def folded(word: str) -> str:
    """*word* in the form in which words are compared: no case, no accents, at most 64 characters."""
    if word.isascii():
        return word.lower()[:MAX_WORD_LENGTH]
    plain = _OPTIONAL_MARKS.sub("", unicodedata.normalize("NFKD", word))
    return unicodedata.normalize("NFC", plain.casefold())[:MAX_WORD_LENGTH]


def is_near(word: str, other: str) -> bool:
    """Whether *other* begins with the letter that *word* begins with, and at most one letter is missing, added, another
    or in its neighbour's place; two where *word* has eight or more. Both are folded."""
    return word[:1] == other[:1] and OSA.distance(word, other, score_cutoff=reach(word)) <= reach(word)


def reach(word: str) -> int:
    """By how many letters a word that is near to *word* differs at most."""
    return 2 if len(word) >= _LONG_WORD else 1


def _wide_spans(word: str, begin: int) -> Iterator[tuple[int, int, str]]:
    done = 0
    for run in _PAIRED.finditer(word):
        if run.start() > done:
            yield from _one(word, done, run.start(), begin)
        first, last = run.span()
        for at in range(first, max(last - 1, first + 1)):
            yield begin + at, begin + min(at + 2, last), folded(word[at : min(at + 2, last)])
        done = last
    if done < len(word):
        yield from _one(word, done, len(word), begin)


def _one(word: str, first: int, last: int, begin: int) -> Iterator[tuple[int, int, str]]:
    plain = folded(word[first:last])
    if plain:
        yield begin + first, begin + last, plain
