"""The words and signs of a query text, found in one pass. Full-width forms of the signs mean the same."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

_QUOTES = frozenset('"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02')
_OPENING = frozenset("(\uff08")
_CLOSING = frozenset(")\uff09")
_MINUS = frozenset("-\uff0d\u2212")
_LETTER = "A-Za-z_\uff21-\uff3a\uff3f\uff41-\uff5a"
_FIELD = re.compile(f"([{_LETTER}][{_LETTER}-]*)[:\uff1a](.*)", re.DOTALL)
# What joins letters of some scripts, and is seen there.
_JOINERS = frozenset("\u200c\u200d")


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
    SCOPE = auto()
    END = auto()


OPERATORS = {"AND": Sign.AND, "OR": Sign.OR, "NOT": Sign.NOT}


@dataclass(frozen=True, slots=True)
class Token:
    """A token between two places of the text, counted from 0. A field's value is its ``text``, quoted or not; a scope
    is a field and the parenthesis that opens behind it."""

    sign: Sign
    begin: int
    end: int
    text: str = ""
    field: str = ""
    quoted: bool = False

    @property
    def opens(self) -> bool:
        """Whether a parenthesis is open behind it."""
        return self.sign in {Sign.OPEN, Sign.SCOPE}

    @classmethod
    def of_field(cls, field: str, value: str) -> Token | None:
        """The token of a field with this value; ``None`` where it must stand in quotation marks."""
        try:
            found = tokens(f"{field}:{value}")
        except Unclosed:
            return None
        return found[0] if len(found) == 2 and found[0].sign is Sign.FIELD and not found[0].quoted else None


class Unclosed(Exception):
    """A quotation mark at ``begin`` has no partner."""

    def __init__(self, begin: int) -> None:
        super().__init__(begin)
        self.begin = begin


def visible(text: str) -> str:
    """*text* in NFC without what nobody sees in it: marks of direction, zero-width characters. Half of a pair of
    surrogates is no character, and becomes one that stands for none."""
    if text.isascii():
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    seen = (
        character
        for at, character in enumerate(whole)
        if unicodedata.category(character) != "Cf" or (character in _JOINERS and _joins(whole, at))
    )
    return unicodedata.normalize("NFC", "".join(seen))


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


def single_spaced(text: str) -> str:
    """*text* with one space wherever something parts words."""
    return " ".join("".join(" " if is_space(character) else character for character in text).split())


def _joins(text: str, at: int) -> bool:
    beside = (text[at - 1], text[at + 1]) if 0 < at < len(text) - 1 else ()
    return bool(beside) and not any(one.isascii() or unicodedata.category(one)[0] not in "LM" for one in beside)


def _token_at(text: str, at: int) -> Token:
    character = text[at]
    if character in _OPENING:
        return Token(Sign.OPEN, at, at + 1)
    if character in _CLOSING:
        return Token(Sign.CLOSE, at, at + 1)
    if is_quote(character):
        end = _closing(text, at)
        return Token(Sign.PHRASE, at, end, text[at + 1 : end - 1], quoted=True)
    following = text[at + 1 : at + 2]
    if character in _MINUS and following and not is_space(following) and following not in _CLOSING:
        return Token(Sign.NOT, at, at + 1)
    return _word_at(text, at)


def _word_at(text: str, at: int) -> Token:
    end = at
    while end < len(text) and not _parts(text[end]):
        end += 1
    word = text[at:end]
    if word in OPERATORS:
        return Token(OPERATORS[word], at, end, word)
    matched = _FIELD.fullmatch(word)
    if matched is None or matched[2].startswith("//"):
        return Token(Sign.WORD, at, end, word)
    field, value = _folded(matched[1]), matched[2]
    following = text[end : end + 1]
    if value or not following or is_space(following) or following in _CLOSING:
        return Token(Sign.FIELD, at, end, value, field)
    if following in _OPENING:
        return Token(Sign.SCOPE, at, end + 1, field=field)
    close = _closing(text, end)
    return Token(Sign.FIELD, at, close, text[end + 1 : close - 1], field, quoted=True)


def _parts(character: str) -> bool:
    return is_space(character) or character in _OPENING or character in _CLOSING or is_quote(character)


def _folded(field: str) -> str:
    return unicodedata.normalize("NFKC", field).lower().replace("-", "_")


def _closing(text: str, at: int) -> int:
    """The place behind the quotation mark that closes the one at *at*."""
    for end in range(at + 1, len(text)):
        if is_quote(text[end]):
            return end + 1
    raise Unclosed(at)
