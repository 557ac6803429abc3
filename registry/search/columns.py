"""What is known of every document of a segment without reading its text, in memory: counted, sorted and filtered by."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import date
from functools import cached_property

import orjson

from registry.domain.canonical import JsonValue
from registry.domain.search import SearchDocument, SearchSort
from registry.search import bits

NOT_KNOWN = -1
# The field of the month in which something occurred; no counted field has this name.
MONTH = "month"
_EPOCH = date(1970, 1, 1).toordinal()
_MICROSECONDS_A_DAY = 86_400_000_000
# What at least one document of so many has is kept as bits, which take eight times the room of a list at most.
_SHARE = 256


def facts_of(uid: str, document: SearchDocument, length: int) -> bytes:
    """The column value of a document of *length* terms; ``Columns`` reads it."""
    values: list[JsonValue] = [
        uid,
        length,
        None if document.published_at is None else int(document.published_at.timestamp() * 1_000_000),
        None if document.occurred_on is None else document.occurred_on.toordinal(),
        document.severity,
        document.kind,
        document.number,
        [list(pair) for pair in document.facets],
        [list(pair) for pair in document.measures],
    ]
    return orjson.dumps(values)


class Value:
    """A value of a field as some documents spell it, and these: as bits where they are many, else as a list."""

    __slots__ = ("bits", "documents", "field", "folded", "spelled")

    def __init__(self, field: str, spelled: str) -> None:
        self.field = field
        self.spelled = spelled
        self.folded = spelled.casefold()
        self.documents: array[int] | None = array("I")
        self.bits: int | None = None

    def settle(self, size: int) -> None:
        """Choose the form, once every document of a segment of *size* is known."""
        if self.documents is not None and len(self.documents) * _SHARE >= size:
            self.bits, self.documents = bits.of(self.documents, size), None

    def within(self, size: int) -> int:
        """The documents as bits."""
        return bits.of(self.documents or (), size) if self.bits is None else self.bits


class Order:
    """The documents of a segment, the greatest key first, then the greatest uid; *keys* fall along with them."""

    def __init__(self, documents: list[int], keys: list[int]) -> None:
        self.documents = documents
        self.keys = keys


class Columns:
    """Lists and arrays by document; values by field.

    ``published`` counts microseconds since 1970, ``occurred`` days since the year 1; -1 where it is not known.
    """

    def __init__(self, rows: Iterator[bytes]) -> None:
        self.uids: list[str] = []
        self.lengths = array("L")
        self.published = array("q")
        self.occurred = array("l")
        self.severity = array("b")
        self.measures: dict[str, dict[int, float]] = {}
        self.numbers: dict[str, list[int]] = {}
        self.values: list[Value] = []
        self.named: dict[tuple[str, str], list[Value]] = {}
        # The values of document n are those at offsets n to n + 1.
        self._offsets = array("I", (0,))
        self._at = array("I")
        self._places: dict[str, list[tuple[int, Value]]] = {}
        self._known: dict[tuple[str, str], int] = {}
        self._orders: dict[SearchSort | None, Order] = {}
        for row in rows:
            self._take(row)
        del self._known
        for value in self.values:
            value.settle(len(self.uids))

    @cached_property
    def total_length(self) -> int:
        """Of all documents together."""
        return sum(self.lengths)

    @cached_property
    def distinct_lengths(self) -> frozenset[int]:
        """Every length that a document has."""
        return frozenset(self.lengths)

    @cached_property
    def by_uid(self) -> dict[str, int]:
        """The document of each record: the last one of a record that has several, of which one at most is live."""
        return {uid: document for document, uid in enumerate(self.uids)}

    def day(self, document: int) -> int:
        """When it occurred, or where that is not known was published, in days since the year 1; 0 for neither."""
        if self.occurred[document] != NOT_KNOWN:
            return self.occurred[document]
        published = self.published[document]
        return 0 if published == NOT_KNOWN else _EPOCH + published // _MICROSECONDS_A_DAY

    def values_of(self, document: int) -> array[int]:
        """Where in ``values`` those of a document are."""
        return self._at[self._offsets[document] : self._offsets[document + 1]]

    def places_of(self, field: str) -> tuple[tuple[int, Value], ...]:
        """The values of a field, each with where in ``values`` it is."""
        return tuple(self._places.get(field, ()))

    def keys(self, sort: SearchSort | None) -> array[int]:
        """What documents are sorted by; the same of all for ``None``, which sorts by uid alone."""
        match sort:
            case SearchSort.PUBLISHED:
                return self.published
            case SearchSort.OCCURRED:
                return self.occurred
            case SearchSort.SEVERITY:
                return self.severity
            case _:
                return self._equal

    def order(self, sort: SearchSort | None) -> Order:
        """The documents sorted by ``keys`` and uid."""
        known = self._orders.get(sort)
        if known is None:
            column = self.keys(sort)
            documents = sorted(range(len(self.uids)), key=self.uids.__getitem__, reverse=True)
            documents.sort(key=column.__getitem__, reverse=True)
            known = self._orders[sort] = Order(documents, [column[document] for document in documents])
        return known

    @cached_property
    def _equal(self) -> array[int]:
        return array("b", bytes(len(self.uids)))

    def _take(self, row: bytes) -> None:
        uid, length, published, occurred, severity, kind, number, pairs, measures = orjson.loads(row)
        document = len(self.uids)
        self.uids.append(uid)
        self.lengths.append(length)
        self.published.append(NOT_KNOWN if published is None else published)
        self.occurred.append(NOT_KNOWN if occurred is None else occurred)
        self.severity.append(NOT_KNOWN if severity is None else severity)
        for measure, days in measures:
            self.measures.setdefault(measure, {})[document] = days
        if number is not None:
            self.numbers.setdefault(number.casefold(), []).append(document)
        taken = {self._value("kind", kind)}
        if severity is not None:
            taken.add(self._value("severity", str(severity)))
        if occurred is not None:
            taken.add(self._value(MONTH, date.fromordinal(occurred).isoformat()[:7]))
        folded: set[tuple[str, str]] = set()
        for field, spelled in pairs:
            at = self._value(field, spelled)
            name = field, self.values[at].folded
            # Who spells a value in two ways has it once.
            if name not in folded:
                folded.add(name)
                taken.add(at)
        for at in taken:
            documents = self.values[at].documents
            if documents is not None:
                documents.append(document)
        self._at.extend(taken)
        self._offsets.append(len(self._at))

    def _value(self, field: str, spelled: str) -> int:
        at = self._known.get((field, spelled))
        if at is None:
            at = self._known[field, spelled] = len(self.values)
            value = Value(field, spelled)
            self.values.append(value)
            self._places.setdefault(field, []).append((at, value))
            self.named.setdefault((field, value.folded), []).append(value)
        return at
