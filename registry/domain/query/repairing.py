"""From a text that cannot be read to the nearest that can."""

from __future__ import annotations

import re
from typing import Protocol

from registry.domain.query.faults import Fault
from registry.domain.query.tokens import OPERATORS, visible
from registry.domain.words import words_in

_REPAIRS = 8
_WORD = re.compile(r"[^\W_]+")
_FIELD = re.compile("[A-Za-z_-]+[:\uff1a]")


class Read(Protocol):
    """Reads a text, or raises ``Fault``."""

    def __call__(self, text: str, /) -> object: ...


def repaired(text: str, fault: Fault, read: Read, max_length: int, max_terms: int) -> str | None:
    """*text* with one fault after the other repaired, as far as a few repairs lead; else its words alone, if any."""
    mended = text
    for _ in range(_REPAIRS):
        if fault.instead is None:
            break
        mended = " ".join(f"{mended[: fault.begin]}{fault.instead}{mended[fault.end :]}".split())
        if not mended or len(mended) > max_length:
            break
        try:
            read(mended)
        except Fault as next_fault:
            fault = next_fault
        else:
            return mended
    return _words_of(text, max_length, max_terms)


def column_of(text: str, place: int) -> int:
    """The column, from 1, in *text* of a place, from 0, in what is visible of it."""
    if text.isascii():
        return place + 1
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        if len(visible(text[: middle + 1])) > place:
            high = middle
        else:
            low = middle + 1
    return low + 1


def _words_of(text: str, max_length: int, max_terms: int) -> str | None:
    words: list[str] = []
    length = terms = 0
    for word in _WORD.findall(_FIELD.sub(" ", text)):
        length += len(word) + 1
        terms += len(words_in(word))
        if length > max_length or terms > max_terms:
            break
        words.append(word.lower() if word in OPERATORS else word)
    return " ".join(words) or None
