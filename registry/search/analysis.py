"""Text to terms: the same for documents, queries and the marks in snippets, so that the three agree.

A word is a run of letters, digits and marks. English-looking words are brought to their Porter stem; Chinese and
Japanese, which put no space between words, become overlapping pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from registry.search.engine import porter_stem

MAX_TERM_LENGTH = 64
# Stands between passages, so that no phrase reaches from one into the next. Never a term of a text.
BREAK = "\x1f"

_MARKS = "".join(chr(code) for code in range(0x300, 0xFFFF) if unicodedata.category(chr(code)).startswith("M"))
_WORD = re.compile(rf"[\w{_MARKS}]+")
_PAIRED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]+")
# Accents, Hebrew points and Arabic vowel signs: written or left out as people please.
_OPTIONAL_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]")
_BLANK_LINE = re.compile(r"\n\s*\n")
_STEMMED = re.compile(r"[a-z]{3,}")


def terms(text: str) -> list[str]:
    """The terms of *text*, in order."""
    if text.isascii():
        return [_term(word) for word in _WORD.findall(text.replace("_", " "))]
    return [term for _, _, term in spans(text)]


def passages(text: str) -> list[str]:
    """The terms of *text* with ``BREAK`` where a blank line parts passages."""
    found: list[str] = []
    for passage in _BLANK_LINE.split(text):
        if found:
            found.append(BREAK)
        found += terms(passage)
    return found


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Every term of *text* with where it begins and ends there; pairs of characters overlap."""
    for match in _WORD.finditer(text.replace("_", " ")):
        word, begin = match.group(), match.start()
        if word.isascii():
            yield begin, match.end(), _term(word)
        else:
            yield from _wide_spans(word, begin)


def folded(word: str) -> str:
    """*word* in the form in which letters are compared: no case, no accents, at most 64 characters."""
    if word.isascii():
        return word.lower()[:MAX_TERM_LENGTH]
    plain = _OPTIONAL_MARKS.sub("", unicodedata.normalize("NFKD", word))
    return unicodedata.normalize("NFC", plain.casefold())[:MAX_TERM_LENGTH]


@lru_cache(maxsize=100_000)
def _term(word: str) -> str:
    plain = folded(word)
    if not _STEMMED.fullmatch(plain):
        return plain
    stem: str = porter_stem(plain)
    return stem


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
    term = _term(word[first:last])
    if term:
        yield begin + first, begin + last, term
