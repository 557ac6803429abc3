"""Reading a query text into a bounded tree.

    words "a phrase" jail* jailbrake~   AND OR NOT -word ( )
    provider:"Open AI" severity:>=3 after:2026-01 before:2026-02-03

Words side by side must all match. At most 1,000 characters, 64 terms, 16 levels, 8 prefixes and 4 fuzzy words; reading
a text takes time in proportion to its length. Whatever is typed, the only error is ``BadQuery``.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from registry.domain.errors import BadQuery
from registry.domain.query.fields import Fault, read_field
from registry.domain.query.tokens import Sign, Token, Unclosed, is_space, tokens
from registry.domain.search import All, AnyOf, DateRange, Everything, Fuzzy, Not, Phrase, Prefix, Query, Word
from registry.domain.words import spans, words_in

MAX_LENGTH = 1000
MAX_TERMS = 64
MAX_LEVELS = 16
MAX_PREFIXES = 8
MIN_PREFIX = 3
MAX_FUZZY = 4
MIN_FUZZY = 4

_REPAIRS = 8


def parse(text: str) -> Query:
    """The tree that *text* means; ``Everything`` for an empty text.

    Raises:
        BadQuery: with the column, counted from 1 in the text in NFC, and a valid query that is near, if there is one.
    """
    if len(text) > MAX_LENGTH:
        raise BadQuery(f"a query has at most {MAX_LENGTH} characters", column=MAX_LENGTH + 1)
    normal = unicodedata.normalize("NFC", text)
    try:
        return _Reader(normal).query()
    except Fault as fault:
        raise BadQuery(fault.message, column=fault.begin + 1, suggestion=_repaired(normal, fault)) from None


def _repaired(text: str, fault: Fault) -> str | None:
    """*text* with one fault after the other repaired, if that leads anywhere."""
    for _ in range(_REPAIRS):
        if fault.instead is None:
            return None
        text = " ".join(f"{text[: fault.begin]}{fault.instead}{text[fault.end :]}".split())
        if not text or len(text) > MAX_LENGTH:
            return None
        try:
            _Reader(text).query()
        except Fault as next_fault:
            fault = next_fault
        else:
            return text
    return None


class _Reader:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        try:
            self._tokens = tokens(text)
        except Unclosed as unclosed:
            message = "this quotation mark has no partner"
            closed = f'"{text[unclosed.begin + 1 :].rstrip()}"'
            raise Fault(message, unclosed.begin, len(text), instead=closed if len(closed) > 2 else "") from None
        self._text = text
        self._at = 0
        self._level = 0
        self._terms = 0
        self._prefixes = 0
        self._fuzzy = 0

    def query(self) -> Query:
        """The whole text."""
        if self._next.sign is Sign.END:
            return Everything()
        found = self._either()
        if self._next.sign is Sign.CLOSE:
            raise Fault("this parenthesis closes nothing", self._next.begin, self._next.end, instead=" ")
        return found

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _either(self) -> Query:
        items = [self._together()]
        while self._next.sign is Sign.OR:
            self._take()
            items.append(self._together())
        return items[0] if len(items) == 1 else AnyOf(_flat(items, AnyOf))

    def _together(self) -> Query:
        places = [self._next]
        items = [self._one()]
        while self._next.sign not in {Sign.OR, Sign.CLOSE, Sign.END}:
            if self._next.sign is Sign.AND:
                self._take()
            places.append(self._next)
            items.append(self._one())
        _check_dates(list(zip(places, items, strict=True)))
        return items[0] if len(items) == 1 else All(_flat(items, All))

    def _one(self) -> Query:
        token = self._take()
        match token.sign:
            case Sign.NOT:
                self._deepen(token)
                inner = self._one()
                self._level -= 1
                return Not(inner)
            case Sign.OPEN:
                return self._group(token)
            case Sign.PHRASE:
                return self._phrase(token)
            case Sign.WORD:
                return self._word(token)
            case Sign.FIELD:
                self._count(token, 1)
                return read_field(token)
            case Sign.CLOSE:
                raise Fault("a word is missing before this parenthesis", token.begin, token.end, instead=" ")
            case Sign.END:
                raise self._missing(token)
            case _:
                raise Fault(f"{token.text} stands between two words", token.begin, token.end, instead=" ")

    def _missing(self, end: Token) -> Fault:
        """Told for the operator that waits for a word: the sign before the end."""
        if self._at < 2:
            return Fault("a word is missing", end.begin, end.end)
        before = self._tokens[self._at - 2]
        return Fault("a word is missing after this", before.begin, before.end, instead=" ")

    def _group(self, opening: Token) -> Query:
        self._deepen(opening)
        if self._next.sign is Sign.CLOSE:
            raise Fault("there is nothing between these parentheses", opening.begin, self._next.end, instead=" ")
        found = self._either()
        if self._take().sign is not Sign.CLOSE:
            whole = self._text[opening.begin :]
            raise Fault("this parenthesis is not closed", opening.begin, len(self._text), instead=f"{whole})")
        self._level -= 1
        return found

    def _phrase(self, token: Token) -> Query:
        words = tuple("".join(" " if is_space(character) else character for character in token.text).split())
        terms = words_in(" ".join(words))
        if not terms:
            message = "there is no letter or digit between these quotation marks"
            raise Fault(message, token.begin, token.end, instead=" ")
        self._count(token, len(terms))
        return Phrase(words)

    def _word(self, token: Token) -> Query:
        if "*" in token.text:
            return self._prefix(token)
        if token.text.endswith("~"):
            return self._near(token)
        terms = words_in(token.text)
        if not terms:
            raise Fault("there is no letter or digit in this", token.begin, token.end, instead=" ")
        self._count(token, len(terms))
        return Word(token.text)

    def _prefix(self, token: Token) -> Query:
        begin, _, rest = token.text.partition("*")
        letters = "".join(character for character in begin if character.isalnum())
        if rest.strip("*"):
            raise Fault(
                "* stands at the end of a word only", token.begin, token.end, instead=f"{begin}*" if letters else " "
            )
        if not letters:
            raise Fault("* stands for the end of a word that has begun", token.begin, token.end, instead=" ")
        if not _is_one_word(begin):
            raise Fault("* wants one word of letters and digits before it", token.begin, token.end, instead=begin)
        if len(letters) < MIN_PREFIX:
            message = f"* wants at least {MIN_PREFIX} letters or digits before it"
            raise Fault(message, token.begin, token.end, instead=begin)
        self._count(token, 1)
        self._prefixes += 1
        if self._prefixes > MAX_PREFIXES:
            raise Fault(f"a query has at most {MAX_PREFIXES} words with *", token.begin, token.end, instead=begin)
        return Prefix(begin)

    def _near(self, token: Token) -> Query:
        word = token.text.rstrip("~")
        terms = words_in(word)
        if not terms:
            raise Fault("~ stands behind a word", token.begin, token.end, instead=" ")
        if len(terms) > 1 or not _is_one_word(word):
            raise Fault("~ wants one word of letters and digits before it", token.begin, token.end, instead=word)
        if len(terms[0]) < MIN_FUZZY:
            message = f"~ wants at least {MIN_FUZZY} letters or digits before it"
            raise Fault(message, token.begin, token.end, instead=word)
        self._count(token, 1)
        self._fuzzy += 1
        if self._fuzzy > MAX_FUZZY:
            raise Fault(f"a query has at most {MAX_FUZZY} words with ~", token.begin, token.end, instead=word)
        return Fuzzy(word)

    def _count(self, token: Token, terms: int) -> None:
        self._terms += terms
        if self._terms > MAX_TERMS:
            raise Fault(f"a query has at most {MAX_TERMS} words", token.begin, token.end)

    def _deepen(self, token: Token) -> None:
        self._level += 1
        if self._level > MAX_LEVELS:
            raise Fault(f"a query has at most {MAX_LEVELS} levels", token.begin, token.end)


def _is_one_word(text: str) -> bool:
    found = list(spans(text))
    return bool(found) and found[0][0] == 0 and found[-1][1] == len(text) and _are_joined(found)


def _are_joined(found: list[tuple[int, int, str]]) -> bool:
    return all(second[0] <= first[1] for first, second in pairwise(found))


def _flat(items: list[Query], kind: type[All | AnyOf]) -> tuple[Query, ...]:
    flat: list[Query] = []
    for item in items:
        flat.extend(item.items if isinstance(item, All | AnyOf) and isinstance(item, kind) else (item,))
    return tuple(flat)


def _check_dates(items: list[tuple[Token, Query]]) -> None:
    """Refuse ``after`` and ``before`` side by side that leave no day between them."""
    starts = [(item.start, token) for token, item in items if isinstance(item, DateRange) and item.start]
    ends = [(item.end, token) for token, item in items if isinstance(item, DateRange) and item.end]
    if not starts or not ends:
        return
    (start, first), (end, second) = max(starts, key=lambda pair: pair[0]), min(ends, key=lambda pair: pair[0])
    if start >= end:
        later = max(first, second, key=lambda token: token.begin)
        raise Fault("no day is both after and before these dates", later.begin, later.end, instead=" ")
