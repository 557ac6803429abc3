"""Words that are no names: those that English texts write in small letters.

``words.txt`` was counted in the documentation of the Python library and its packages, in the texts of this
project and of the sources it reads, with words of the press added by hand; regular endings are left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from registry.domain.screening.word_lists import COMMON

_WORDS_FILE = Path(__file__).with_name("words.txt")
_ENDINGS = (
    ("edly", ""),
    ("edly", "e"),
    ("ingly", ""),
    ("ily", "y"),
    ("ied", "y"),
    ("ier", "y"),
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("er", ""),
    ("er", "e"),
)
# As in hugging, stopped and biggest.
_DOUBLED = re.compile(r"([a-z]+?([b-df-hj-np-tv-z]))\2(?:ing|ed|er)")


@cache
def english_words() -> frozenset[str]:
    """Words that English texts write in small letters; without regular endings."""
    return frozenset(_WORDS_FILE.read_text(encoding="ascii").split())


def is_english(word: str) -> bool:
    """Whether *word*, in small letters, is one that English texts write so, with a regular ending or not."""
    words = english_words()
    if word in words or word in COMMON or word.endswith("n't"):
        return True
    if "-" in word:
        return all(is_english(part) for part in word.split("-") if part)
    return any(word[: -len(end)] + rest in words for end, rest in _ENDINGS if word.endswith(end)) or bool(
        (doubled := _DOUBLED.fullmatch(word)) and doubled[1] in words
    )


def folded(text: str) -> str:
    """*text* in small letters and without accents, character by character, so that it has the same length."""
    if text.isascii():
        return text.lower()
    return "".join(_folded(one) for one in text)


@cache
def _folded(character: str) -> str:
    low = character.lower()
    base = unicodedata.normalize("NFKD", low)[:1]
    return "'" if character in "\u2019\u02bc" else base if len(base) == 1 else character
