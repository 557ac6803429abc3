"""The words and signs of a query text, found in one pass."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

_QUOTES = frozenset('"\u201c\u201d\u201e\u201f\u00ab\u00bb')


class Sign(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    WORD = auto()
    PHRASE = auto()
    FIELD = auto()
    END = auto()


_OPERATORS = {"AND": Sign.AND, "OR": Sign.OR, "NOT": Sign.NOT}


@dataclass(frozen=True, slots=True)
class Token:
    """A token between two places of the text, counted from 0. A field's value is its ``text``, quoted or not."""

    sign: Sign
    begin: int
    end: int
    text: str = ""
    field: str = ""
    quoted: bool = False


class Unclosed(Exception):
    """A quotation mark at ``begin`` has no partner."""

    def __init__(self, begin: int) -> None:
        super().__init__(begin)
        self.begin = begin


def tokens(text: str) -> list[Token]:
    """The tokens of *text*; the last one is ``END``.

    Raises:
        Unclosed: a quotation mark has no partner.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        if is_space(text[at]):
            at += 1
            continue
        token = _token_at(text, at)
        found.append(token)
        at = token.end
    found.append(Token(Sign.END, len(text), len(text)))
    return found


def is_space(character: str) -> bool:
    """Whether it parts words: white space and control characters."""
    return character.isspace() or unicodedata.category(character) == "Cc"


def is_quote(character: str) -> bool:
    """Whether it begins or ends a phrase."""
    return character in _QUOTES


def _token_at(text: str, at: int) -> Token:
    character = text[at]
    if character == "(":
        return Token(Sign.OPEN, at, at + 1)
    if character == ")":
        return Token(Sign.CLOSE, at, at + 1)
    if is_quote(character):
        end = _closing(text, at)
        return Token(Sign.PHRASE, at, end, text[at + 1 : end - 1], quoted=True)
    if character == "-" and at + 1 < len(text) and not is_space(text[at + 1]) and text[at + 1] != ")":
        return Token(Sign.NOT, at, at + 1)
    return _word_at(text, at)


def _word_at(text: str, at: int) -> Token:
    end = at
    while end < len(text) and not is_space(text[end]) and text[end] not in "()" and not is_quote(text[end]):
        end += 1
    word = text[at:end]
    if word in _OPERATORS:
        return Token(_OPERATORS[word], at, end, word)
    field, colon, value = word.partition(":")
    if not colon or not (field.isascii() and field.replace("_", "").isalpha()) or value.startswith("//"):
        return Token(Sign.WORD, at, end, word)
    if value or end == len(text) or not is_quote(text[end]):
        return Token(Sign.FIELD, at, end, value, field.lower())
    close = _closing(text, end)
    return Token(Sign.FIELD, at, close, text[end + 1 : close - 1], field.lower(), quoted=True)


def _closing(text: str, at: int) -> int:
    """The place behind the quotation mark that closes the one at *at*."""
    for end in range(at + 1, len(text)):
        if is_quote(text[end]):
            return end + 1
    raise Unclosed(at)
