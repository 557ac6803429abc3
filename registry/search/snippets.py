"""Snippets: the stretch of a text that holds most of the query's words, with those words marked.

A body is what snippets are made of: the title, the text without it, and the labels, a line each. The title is never
shown, and labels only where nothing of the text matched.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from registry.domain.search import Fuzzy, Phrase, Prefix, Query, Snippet, Word
from registry.domain.shortening import shortened
from registry.domain.words import folded, is_near
from registry.search import analysis
from registry.search.matching import scored

LENGTH = 240
_READ = 20_000
_MARKS = 400
_EDGE = 30
_LEAD = 60
_LONGEST_LABEL = 120
_REST = re.compile(r"[^\W_]+")
_OPEN_END = re.compile(r"[\w)\]]$")


def body_of(title: str, text: str, labels: Sequence[str]) -> str:
    """What snippets of a document with these are made from."""
    while text.startswith(f"{title}\n"):
        text = text[len(title) :].lstrip()
    passages = [one for one in map(_in_one_line, analysis.BLANK_LINE.split(text)) if one]
    prose = " ".join(f"{one} ·" if _OPEN_END.search(one[-1]) else one for one in passages).removesuffix(" ·")
    return "\n".join((" ".join(title.split()), prose, *(" ".join(label.split()) for label in labels)))


def _in_one_line(passage: str) -> str:
    # All white space but the blank counts as not printable; to look for it is cheaper than to part the words.
    if passage.isprintable() and "  " not in passage:
        return passage.strip()
    return " ".join(passage.split())


class Marker:
    """Makes the snippets of one query."""

    def __init__(self, query: Query) -> None:
        exact: set[str] = set()
        begins: list[str] = []
        near: set[str] = set()
        for leaf in scored(query):
            match leaf:
                case Word(text):
                    exact.update(analysis.terms(text))
                case Phrase(words):
                    exact.update(analysis.terms(" ".join(words)))
                case Prefix(text):
                    begins.append(folded(text))
                    exact.update(analysis.terms(text))
                case Fuzzy(text):
                    near.update((folded(text), *analysis.terms(text)))
        self._exact = frozenset(exact)
        self._begins = tuple(begins)
        self._near = tuple(near)
        # A stem differs from its words in the last letter at most (polic-i, polic-y): good enough to find candidates.
        heads = {term[:-1] if len(term) > 2 else term for term in exact}
        self._heads = sorted(heads | set(begins) | {one[:1] for one in near})
        self._known: dict[str, bool] = {}

    def snippet(self, body: str) -> Snippet:
        """At most about 240 characters of *body*; its beginning where nothing matches."""
        prose, _, labels = body.partition("\n")[2].partition("\n")
        text = prose[:_READ]
        marks = self._marks(text)
        if not marks and labels and (label := self._label(labels[:_READ].split("\n"))):
            shown, at = label
            begin = shortened(text, LENGTH - len(shown))
            return Snippet(((f"{begin} · " if begin else "", False), *_pieces(shown, at, 0, len(shown))))
        begin_at, end = _window(text, marks)
        pieces = _pieces(text, marks, begin_at, end)
        before = (("… ", False),) if begin_at > 0 else ()
        after = ((" …", False),) if end < len(text) else ()
        return Snippet((*before, *pieces, *after))

    def _label(self, labels: list[str]) -> tuple[str, list[tuple[int, int]]] | None:
        """The label with most of the words, and where; ``None`` where none has any."""
        cut = [label[:_LONGEST_LABEL] for label in labels]
        found = [(label, marks) for label in cut if (marks := self._marks(label))]
        return max(found, key=lambda one: len(one[1]), default=None)

    def _marks(self, text: str) -> list[tuple[int, int]]:
        if text.isascii():
            return sorted(self._ascii_marks(text.lower()))[:_MARKS]
        marks: list[tuple[int, int]] = []
        for first, last, term in analysis.spans(text):
            if term in self._exact or term.startswith(self._begins) or self._is_near(term):
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
                if word and not (at and text[at - 1].isalnum()) and self._is_known_match(word.group()):
                    marks.add(word.span())
                at = text.find(head, at + len(head))
        return marks

    def _is_known_match(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._is_match(word)
        return known

    def _is_match(self, word: str) -> bool:
        terms = analysis.terms(word)
        return (
            word.startswith(self._begins)
            or not self._exact.isdisjoint(terms)
            or any(self._is_near(term) for term in (word, *terms) if self._near)
        )

    def _is_near(self, term: str) -> bool:
        return any(is_near(one, term) for one in self._near)


def _pieces(text: str, marks: list[tuple[int, int]], begin: int, end: int) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
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
    return pieces


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
    # Where a sentence begins before the first mark, the snippet begins there too.
    sentence = text.find(". ", begin, begin + _LEAD)
    if sentence >= 0:
        return sentence + 2
    space = text.find(" ", begin, begin + _EDGE)
    return begin if space < 0 else space + 1


def _before_word(text: str, begin: int, end: int, marks: list[tuple[int, int]]) -> int:
    if end == len(text):
        return end
    space = text.rfind(" ", max(begin, end - _EDGE), end)
    if space > 0:
        return space
    return next((first for first, last in marks if first < end < last and first > begin), end)
