"""Reading a query text into a bounded tree.

    words "a phrase" jail* jailbrake~   AND OR NOT -word ( )
    provider:"Open AI" misuse:(fraud OR cyber) severity:>=3 occurred:2024..2026 after:2026-01 before:2026-02-03

Words side by side must all match. At most 1,000 characters, 64 terms, 16 levels, 8 prefixes and 4 fuzzy words; reading
a text takes time in proportion to its length. Whatever is typed, the only error is ``BadQuery``.
"""

from __future__ import annotations

import re
from itertools import pairwise

from registry.domain.errors import BadQuery
from registry.domain.query.faults import Fault
from registry.domain.query.fields import field_named, read_field, unknown_field
from registry.domain.query.repairing import column_of, repaired
from registry.domain.query.tokens import Sign, Token, Unclosed, single_spaced, tokens, visible
from registry.domain.search import All, AnyOf, DateOf, DateRange, Everything, Fuzzy, Not, Phrase, Prefix, Query, Word
from registry.domain.words import spans, words_in

MAX_LENGTH = 1000
MAX_TERMS = 64
MAX_LEVELS = 16
MAX_PREFIXES = 8
MIN_PREFIX = 3
MAX_FUZZY = 4
MIN_FUZZY = 4

_COMPARED = re.compile(r"(severity|occurred|published)(?:>=|<=|[<>=])[0-9].*", re.IGNORECASE)


def parse(text: str) -> Query:
    """The tree that *text* means; ``Everything`` for an empty text.

    Raises:
        BadQuery: with the column, counted from 1 in *text*, and the nearest valid query, which there is wherever the
            text has a word.
    """
    whole = visible(text[:MAX_LENGTH])
    try:
        if len(text) > MAX_LENGTH or len(whole) > MAX_LENGTH:
            raise _too_long(whole)
        return _read(whole)
    except Fault as fault:
        suggestion = repaired(whole, fault, _read, MAX_LENGTH, MAX_TERMS)
        raise BadQuery(fault.message, column=column_of(text, fault.begin), suggestion=suggestion) from None


def _read(text: str) -> Query:
    return _Reader(text).query()


def _too_long(text: str) -> Fault:
    """Told behind the last whole word that there is room for."""
    end = max(text.rfind(" ", 0, MAX_LENGTH), 0) or MAX_LENGTH
    return Fault(f"a query has at most {MAX_LENGTH} characters", end, len(text), instead=" ")


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
        self._scope = ""

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
        for of in DateOf:
            _check_dates([(place, one) for place, one in zip(places, items, strict=True) if _is_of(one, of)])
        return items[0] if len(items) == 1 else All(_flat(items, All))

    def _one(self) -> Query:
        token = self._take()
        match token.sign:
            case Sign.NOT:
                self._deepen(token)
                inner = self._one()
                self._level -= 1
                return Not(inner)
            case Sign.OPEN | Sign.SCOPE:
                return self._group(token)
            case Sign.WORD | Sign.PHRASE | Sign.FIELD if self._scope:
                return self._value(token)
            case Sign.PHRASE:
                return self._phrase(token)
            case Sign.WORD:
                return self._word(token)
            case Sign.FIELD:
                return self._field(token)
            case Sign.CLOSE:
                raise Fault("a word is missing before this parenthesis", token.begin, token.end, instead=" ")
            case Sign.END:
                raise self._missing()
            case _:
                raise Fault(f"{token.text} stands between two words", token.begin, token.end, instead=" ")

    def _missing(self) -> Fault:
        """Told for the operator that waits for a word: the sign before the end."""
        before = self._tokens[self._at - 2]
        return Fault("a word is missing after this", before.begin, before.end, instead=" ")

    def _group(self, opening: Token) -> Query:
        self._deepen(opening)
        outer = self._scope
        if opening.sign is Sign.SCOPE:
            if outer:
                message = f"these are values of {outer}: no other field stands among them"
                raise Fault(message, opening.begin, opening.end, instead="(")
            if field_named(opening.field) is None:
                raise unknown_field(opening)
            self._scope = opening.field
        if self._next.sign is Sign.CLOSE:
            raise Fault("there is nothing between these parentheses", opening.begin, self._next.end, instead=" ")
        found = self._either()
        if self._take().sign is not Sign.CLOSE:
            whole = self._text[opening.begin :]
            raise Fault("this parenthesis is not closed", opening.begin, len(self._text), instead=f"{whole})")
        self._level -= 1
        self._scope = outer
        return found

    def _value(self, token: Token) -> Query:
        """What stands in parentheses behind a field is a value of it."""
        if token.sign is Sign.FIELD and field_named(token.field) is not None:
            message = f"these are values of {self._scope}: no other field stands among them"
            raise Fault(message, token.begin, token.end, instead=f'"{token.text}"' if token.text else " ")
        text = self._text[token.begin : token.end] if token.sign is Sign.FIELD else token.text
        self._count(token, 1)
        try:
            return read_field(Token(Sign.FIELD, token.begin, token.end, text, self._scope, quoted=token.quoted))
        except Fault as fault:
            if fault.instead is not None:
                fault.instead = fault.instead.removeprefix(f"{field_named(self._scope)}:")
            raise

    def _field(self, token: Token) -> Query:
        following = self._next
        if not token.text and not token.quoted and following.sign in {Sign.WORD, Sign.PHRASE, Sign.OPEN}:
            message = f"a value is missing after {token.field}:"
            raise Fault(message, token.begin, following.begin, instead=f"{token.field}:")
        self._count(token, 1)
        return read_field(token)

    def _phrase(self, token: Token) -> Query:
        words = tuple(single_spaced(token.text).split())
        terms = words_in(" ".join(words))
        if not terms:
            message = "there is no letter or digit between these quotation marks"
            raise Fault(message, token.begin, token.end, instead=" ")
        self._count(token, len(terms))
        return Phrase(words)

    def _word(self, token: Token) -> Query:
        if "*" in token.text or "\uff0a" in token.text:
            return self._prefix(token)
        if token.text.endswith(("~", "\uff5e")):
            return self._near(token)
        terms = words_in(token.text)
        if not terms:
            instead = " OR " if token.text in {"|", "||"} else " "
            raise Fault("there is no letter or digit in this", token.begin, token.end, instead=instead)
        compared = _COMPARED.fullmatch(token.text)
        if compared is not None:
            field = compared[1].lower()
            instead = f"{field}:{token.text[len(field) :]}"
            raise Fault(f"a colon stands behind {field}", token.begin, token.end, instead=instead)
        self._count(token, len(terms))
        return Word(token.text)

    def _prefix(self, token: Token) -> Query:
        begin, _, rest = token.text.replace("\uff0a", "*").partition("*")
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
        word = token.text.rstrip("~\uff5e")
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
            raise Fault(f"a query has at most {MAX_TERMS} words", token.begin, len(self._text), instead=" ")

    def _deepen(self, token: Token) -> None:
        self._level += 1
        if self._level > MAX_LEVELS:
            raise Fault(f"a query has at most {MAX_LEVELS} levels", token.begin, token.end, instead=" ")


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


def _is_of(item: Query, of: DateOf) -> bool:
    return isinstance(item, DateRange) and item.of is of


def _check_dates(items: list[tuple[Token, Query]]) -> None:
    """Refuse ranges side by side that leave no day between them."""
    starts = [(item.start, token) for token, item in items if isinstance(item, DateRange) and item.start]
    ends = [(item.end, token) for token, item in items if isinstance(item, DateRange) and item.end]
    if not starts or not ends:
        return
    (start, first), (end, second) = max(starts, key=lambda pair: pair[0]), min(ends, key=lambda pair: pair[0])
    if start >= end:
        later = max(first, second, key=lambda token: token.begin)
        raise Fault("no day is both after and before these dates", later.begin, later.end, instead=" ")
