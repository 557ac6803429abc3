"""What an index should answer, found out in the plainest way: by looking at every document."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from registry.domain.record import RecordUid
from registry.domain.search import (
    All,
    AnyOf,
    DateRange,
    Everything,
    FieldIs,
    Fuzzy,
    IndexEntry,
    Not,
    Phrase,
    Prefix,
    Query,
    SearchDocument,
    SearchSort,
    SeverityRange,
    Word,
)
from registry.domain.words import folded, is_near, words_in
from registry.search.analysis import BLANK_LINE, terms

_MOST = 50


@dataclass(frozen=True)
class Known:
    """A document, read: its passages as terms, its words, its values by field as it spells them."""

    document: SearchDocument
    passages: tuple[tuple[str, ...], ...]
    words: frozenset[str]
    values: dict[str, tuple[str, ...]]

    @property
    def terms(self) -> Counter[str]:
        """How often each term stands in it."""
        return Counter(term for passage in self.passages for term in passage)

    def holds(self, wanted: list[str]) -> int:
        """How often *wanted* stand one behind the other."""
        starts = (passage[at : at + len(wanted)] for passage in self.passages for at in range(len(passage)))
        return sum(list(start) == wanted for start in starts) if wanted else 0

    def has(self, field: str, value: str) -> bool:
        """Whether a field has a value, whatever its case."""
        if field == "number":
            return (self.document.number or "").casefold() == value.casefold()
        return value.casefold() in {one.casefold() for one in self.values.get(field, ())}


class Reference:
    """One index: public, or what is not public, where *is_bounded* is ``False``."""

    def __init__(self, *, is_bounded: bool = True) -> None:
        self.known: dict[RecordUid, Known] = {}
        self._most = _MOST if is_bounded else None

    def put(self, uid: RecordUid, document: SearchDocument | None) -> None:
        """Bring one record up to date."""
        self.known.pop(uid, None)
        if document is not None:
            self.known[uid] = _read(document)

    def matches(self, query: Query) -> set[RecordUid]:
        """The records that match."""
        return {uid for uid, one in self.known.items() if self._is_match(query, one)}

    def uids(self, query: Query, sort: SearchSort) -> list[RecordUid]:
        """Every match in order, for an order that does not depend on scores."""
        return sorted(
            self.matches(query), key=lambda uid: (self._key(sort, self.known[uid].document), uid), reverse=True
        )

    def score(self, query: Query, uid: RecordUid) -> float:
        """BM25 of a match, by the words that are not excluded."""
        mean = sum(one.terms.total() for one in self.known.values()) / len(self.known) or 1.0
        found = 0.0
        for leaf in dict.fromkeys(_leaves(query)):
            holding = sum(1 for one in self.known.values() if self._count(leaf, one))
            count = self._count(leaf, self.known[uid])
            if count:
                rarity = math.log(1 + (len(self.known) - holding + 0.5) / (holding + 0.5))
                length = self.known[uid].terms.total()
                found += rarity * 2.2 * count / (count + 1.2 * (0.25 + 0.75 * length / mean))
        return found

    def counted(self, uids: Iterable[RecordUid], axis: str | None) -> Counter[str]:
        """How many of *uids* have each value of an axis, without case."""
        return Counter(value for uid in uids for value in self.values(uid, axis))

    def spelled(self, uids: Iterable[RecordUid], field: str) -> dict[str, str]:
        """Each value as most of *uids* spell it, the first by alphabet of equals."""
        counts = Counter(one for uid in uids for one in self.known[uid].values.get(field, ()))
        found: dict[str, str] = {}
        for one in sorted(counts, key=lambda one: (-counts[one], one)):
            found.setdefault(one.casefold(), one)
        return found

    def values(self, uid: RecordUid, axis: str | None) -> tuple[str, ...]:
        """The values of an axis: of a time, of a counted field, or of none at all."""
        if axis is None:
            return ("",)
        day = self.known[uid].document.occurred_on
        if axis in {"month", "quarter", "year"}:
            return () if day is None else (_time(axis, day),)
        return tuple(one.casefold() for one in self.known[uid].values.get(axis, ()))

    def cells(
        self, uids: Iterable[RecordUid], rows: str, columns: str | None, measure: str | None
    ) -> dict[tuple[str, str], tuple[int, float | None, int]]:
        """By row and column, how many, the median of the measure, and how many have it."""
        found: dict[tuple[str, str], list[float | None]] = {}
        for uid in uids:
            measured = dict(self.known[uid].document.measures).get(measure or "")
            for row in self.values(uid, rows):
                for column in self.values(uid, columns):
                    found.setdefault((row, column), []).append(measured)
        days = {cell: [one for one in of_cell if one is not None] for cell, of_cell in found.items()}
        return {
            cell: (len(of_cell), median(days[cell]) if days[cell] else None, len(days[cell]))
            for cell, of_cell in found.items()
        }

    def near(self, word: str) -> set[str]:
        """The words of texts that are near to another."""
        return {one for known in self.known.values() for one in known.words if is_near(word, one)} - {word}

    def _is_match(self, query: Query, one: Known) -> bool:
        match query:
            case Everything():
                return True
            case Word() | Phrase() | Prefix() | Fuzzy():
                return self._count(query, one) > 0
            case FieldIs(field, value):
                return one.has(field, value)
            case SeverityRange(low, high):
                return one.document.severity is not None and low <= one.document.severity <= high
            case DateRange(start, end):
                day = one.document.occurred_on
                return day is not None and (start is None or start <= day) and (end is None or day < end)
            case Not(item):
                return not self._is_match(item, one)
            case All(items):
                return all(self._is_match(item, one) for item in items)
            case AnyOf(items):
                return any(self._is_match(item, one) for item in items)

    def _count(self, leaf: Word | Phrase | Prefix | Fuzzy, one: Known) -> int:
        match leaf:
            case Phrase(words):
                return one.holds(terms(" ".join(words)))
            case Word(text):
                return one.holds(terms(text))
            case _:
                own = terms(leaf.text)
                return one.holds(own) if len(own) != 1 else sum(one.terms[term] for term in self._expanded(leaf))

    def _expanded(self, leaf: Prefix | Fuzzy) -> list[str]:
        """The terms that a prefix or a fuzzy word stands for."""
        begin, own = folded(leaf.text), terms(leaf.text)
        spelled = {word for one in self.known.values() for word in one.words}
        stems = Counter(term for one in self.known.values() for term in one.terms)
        if isinstance(leaf, Prefix):
            chosen = {word for word in spelled if word.startswith(begin)}
            found = {term for term in stems if term.startswith(begin)}
        else:
            chosen = {word for word in spelled if is_near(begin, word)}
            found = {term for term in stems for form in (begin, *own) if is_near(form, term)}
        found |= {term for word in chosen for term in terms(word)} | set(own)
        return sorted((term for term in found if stems[term]), key=lambda term: (-stems[term], term))[: self._most]

    @staticmethod
    def _key(sort: SearchSort, document: SearchDocument) -> float:
        match sort:
            case SearchSort.PUBLISHED:
                return -1.0 if document.published_at is None else document.published_at.timestamp()
            case SearchSort.OCCURRED:
                return -1.0 if document.occurred_on is None else document.occurred_on.toordinal()
            case SearchSort.SEVERITY:
                return -1.0 if document.severity is None else document.severity
            case _:
                raise ValueError(sort)


def _read(document: SearchDocument) -> Known:
    text = "\n\n".join((document.text, *document.labels, *document.labels))
    values: dict[str, dict[str, str]] = {"kind": {document.kind: document.kind}}
    if document.severity is not None:
        values["severity"] = {str(document.severity): str(document.severity)}
    for field, value in document.facets:
        values.setdefault(field, {}).setdefault(value.casefold(), value)
    return Known(
        document,
        tuple(tuple(terms(passage)) for passage in BLANK_LINE.split(text)),
        frozenset(word for word in words_in(text) if 3 <= len(word) < 40 and not word.isdecimal()),
        {field: tuple(spelled.values()) for field, spelled in values.items()},
    )


def _leaves(query: Query) -> list[Word | Phrase | Prefix | Fuzzy]:
    match query:
        case Word() | Phrase() | Prefix() | Fuzzy():
            return [query]
        case All(items) | AnyOf(items):
            return [leaf for item in items for leaf in _leaves(item)]
        case _:
            return []


def _time(axis: str, day: date) -> str:
    return {
        "month": f"{day.year}-{day.month:02}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": str(day.year),
    }[axis]


def both(entries: Iterable[IndexEntry], public: Reference, restricted: Reference) -> None:
    """Bring both indexes up to date."""
    for entry in entries:
        public.put(entry.uid, entry.public)
        restricted.put(entry.uid, entry.restricted)
