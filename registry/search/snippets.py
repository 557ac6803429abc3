"""Snippets: the stretch of a text that holds most of the query's words, with those words marked."""

from __future__ import annotations

import re
from bisect import bisect_left

from registry.domain.search import Phrase, Prefix, Query, Snippet, Word
from registry.domain.words import folded
from registry.search import analysis
from registry.search.matching import scored

LENGTH = 240
_READ = 20_000
_MARKS = 400
_EDGE = 30
_LEAD = 60
_REST = re.compile(r"[^\W_]+")


class Marker:
    """Makes the snippets of one query."""

    def __init__(self, query: Query) -> None:
        exact: set[str] = set()
        begins: list[str] = []
        for leaf in scored(query):
            match leaf:
                case Word(text):
                    exact.update(analysis.terms(text))
                case Phrase(words):
                    exact.update(analysis.terms(" ".join(words)))
                case Prefix(text):
                    begins.append(folded(text))
                    exact.update(analysis.terms(text))
        self._exact = frozenset(exact)
        self._begins = tuple(begins)
        # A stem differs from its words in the last letter at most (polic-i, polic-y): good enough to find candidates.
        self._heads = sorted({term[:-1] if len(term) > 2 else term for term in exact} | set(begins))

    def snippet(self, body: str) -> Snippet:
        """At most about 240 characters of *body*; its beginning where nothing matches."""
        text = body[:_READ]
        marks = self._marks(text)
        begin, end = _window(text, marks)
        pieces: list[tuple[str, bool]] = []
        if begin > 0:
            pieces.append(("… ", False))
        at = begin
        for first, last in marks:
            if first < at or last > end:
                continue
            if first > at:
                pieces.append((text[at:first], False))
            pieces.append((text[first:last], True))
            at = last
        if at < end:
            pieces.append((text[at:end], False))
        if end < len(text):
            pieces.append((" …", False))
        return Snippet(tuple(pieces))

    def _marks(self, text: str) -> list[tuple[int, int]]:
        if text.isascii():
            return sorted(self._ascii_marks(text.lower()))[:_MARKS]
        marks: list[tuple[int, int]] = []
        for first, last, term in analysis.spans(text):
            if term in self._exact or term.startswith(self._begins):
                if marks and first <= marks[-1][1]:
                    marks[-1] = marks[-1][0], last
                else:
                    marks.append((first, last))
        return marks[:_MARKS]

    def _ascii_marks(self, text: str) -> set[tuple[int, int]]:
        marks: set[tuple[int, int]] = set()
        for head in self._heads:
            at = text.find(head)
            while at >= 0:
                word = _REST.match(text, at)
                if word and not (at and text[at - 1].isalnum()) and self._is_match(word.group()):
                    marks.add(word.span())
                at = text.find(head, at + len(head))
        return marks

    def _is_match(self, word: str) -> bool:
        return word.startswith(self._begins) or not self._exact.isdisjoint(analysis.terms(word))


def _window(text: str, marks: list[tuple[int, int]]) -> tuple[int, int]:
    """Where the snippet begins and ends: the first stretch with the most different marked words."""
    if len(text) <= LENGTH:
        return 0, len(text)
    best, best_kinds = 0, 0
    starts = [first for first, _ in marks]
    for at, first in enumerate(starts):
        until = bisect_left(starts, first + LENGTH - _LEAD - _EDGE, at)
        kinds = len({text[begin:end].lower() for begin, end in marks[at:until]})
        if kinds > best_kinds:
            best, best_kinds = first, kinds
    begin = max(0, min(best - _LEAD, len(text) - LENGTH)) if best_kinds else 0
    end = min(begin + LENGTH, len(text))
    return _at_word(text, begin), _before_word(text, begin, end, marks)


def _at_word(text: str, begin: int) -> int:
    if begin == 0:
        return 0
    space = text.find(" ", begin, begin + _EDGE)
    return begin if space < 0 else space + 1


def _before_word(text: str, begin: int, end: int, marks: list[tuple[int, int]]) -> int:
    if end == len(text):
        return end
    space = text.rfind(" ", max(begin, end - _EDGE), end)
    if space > 0:
        return space
    return next((first for first, last in marks if first < end < last and first > begin), end)
