"""One segment of a Whoosh index, opened: immutable, its columns in memory, shared by threads.

Deletions are not in here: they belong to a generation, and a ``Snapshot`` takes them off.
"""

from __future__ import annotations

import threading
import weakref
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from registry.domain.canonical import JsonValue
from registry.domain.search import SearchDocument
from registry.search.engine import SCHEMA, Damaged, FileStorage, SegmentReader, TermNotFound, files

NOT_KNOWN = -1
_EPOCH = date(1970, 1, 1).toordinal()
_CACHED_POSTINGS_A_DOCUMENT = 20


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents that hold a term, and how often."""

    documents: array[int]
    counts: array[float]


_NONE = Postings(array("I"), array("f"))


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


class Columns:
    """What is known of every document without reading its text; lists are indexed by document.

    ``published`` counts microseconds since 1970, ``occurred`` days since the year 1; -1 where it is not known.
    """

    def __init__(self, rows: Iterator[bytes]) -> None:
        self.uids: list[str] = []
        self.lengths = array("L")
        self.published = array("q")
        self.occurred = array("l")
        self.severity = array("b")
        self.facets: dict[str, list[tuple[str, ...]]] = {}
        self.measures: dict[str, dict[int, float]] = {}
        self.having: dict[tuple[str, str], array[int]] = {}
        self._shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        for row in rows:
            self._take(row)
        del self._shared
        for column in self.facets.values():
            column.extend([()] * (len(self.uids) - len(column)))

    def day(self, document: int) -> int:
        """When it occurred, or where that is not known was published, in days since the year 1; 0 for neither."""
        if self.occurred[document] != NOT_KNOWN:
            return self.occurred[document]
        published = self.published[document]
        return 0 if published == NOT_KNOWN else _EPOCH + published // 86_400_000_000

    def _take(self, row: bytes) -> None:
        uid, length, published, occurred, severity, kind, number, pairs, measures = orjson.loads(row)
        document = len(self.uids)
        for measure, days in measures:
            self.measures.setdefault(measure, {})[document] = days
        self.uids.append(uid)
        self.lengths.append(length)
        self.published.append(NOT_KNOWN if published is None else published)
        self.occurred.append(NOT_KNOWN if occurred is None else occurred)
        self.severity.append(NOT_KNOWN if severity is None else severity)
        values: dict[str, dict[str, str]] = {"kind": {kind: kind}}
        if severity is not None:
            values["severity"] = {str(severity): str(severity)}
        for facet, value in pairs:
            values.setdefault(facet, {}).setdefault(value.casefold(), value)
        for facet, spellings in values.items():
            column = self.facets.setdefault(facet, [])
            column.extend([()] * (document - len(column)))
            spelled = tuple(spellings.values())
            column.append(self._shared.setdefault(spelled, spelled))
            for value in spellings:
                self.having.setdefault((facet, value), array("I")).append(document)
        if number is not None:
            self.having.setdefault(("number", number.casefold()), array("I")).append(document)


class Segment:
    """Postings, columns and texts of one segment.

    A Whoosh reader moves one file position for all who use it, so every read of it is under a lock; what was
    read is kept and needs none. Every file is opened here, because a later merge removes them from the disk.

    Raises:
        Damaged: a file is damaged, or a merge removed it.
    """

    def __init__(self, storage: FileStorage, described: Any) -> None:
        self.name: str = described.segment_id()
        self.size: int = described.doc_count_all()
        self._lock = threading.Lock()
        with files():
            self._reader = SegmentReader(storage, SCHEMA, described)
            self._finalizer = weakref.finalize(self, self._reader.close)
            self.columns = Columns(iter(self._reader.column_reader("facts", translate=False)))
        if len(self.columns.uids) != self.size:
            raise Damaged("the column does not fit the segment")
        if self.size:
            self.body(0)
        self._decode = SCHEMA["text"].format.decoder("positions")
        self._postings: dict[str, Postings] = {}
        self._room = 1000 + _CACHED_POSTINGS_A_DOCUMENT * self.size

    def close(self) -> None:
        """Close the files now rather than when nobody uses the segment any more."""
        self._finalizer()

    def body(self, document: int) -> str:
        """The text of a document, for snippets."""
        with self._lock, files():
            return str(self._reader.stored_fields(document)["body"])

    def postings(self, term: str) -> Postings:
        """The documents with *term*, deleted ones included."""
        found = self._postings.get(term)
        if found is None:
            with self._lock, files():
                found = self._read(term)
                self._room -= len(found.documents) + 10
                if self._room < 0:
                    self._postings.clear()
                    self._room = 1000 + _CACHED_POSTINGS_A_DOCUMENT * self.size
                self._postings[term] = found
        return found

    def positions(self, term: str, documents: set[int]) -> dict[int, list[int]]:
        """Where *term* stands in those of *documents* that hold it, counted in terms from 0."""
        found: dict[int, list[int]] = {}
        with self._lock, files():
            for ids, _, values in self._blocks(term, with_values=True):
                if not documents.isdisjoint(ids):
                    found.update(
                        (i, self._decode(value)) for i, value in zip(ids, values, strict=True) if i in documents
                    )
        return found

    def terms_with(self, prefix: str, *, limit: int) -> list[str]:
        """The first *limit* terms that begin with *prefix*, sorted."""
        found: list[str] = []
        with self._lock, files():
            for term in self._reader.expand_prefix("text", prefix):
                if len(found) == limit:
                    break
                found.append(term.decode())
        return found

    def read_through(self) -> None:
        """Read every posting and every text once; raises ``Damaged`` if it cannot."""
        with self._lock, files():
            for field, term in list(self._reader.all_terms()):
                if field == "text":
                    for _, _, values in self._blocks(term.decode(), with_values=True):
                        for value in values:
                            self._decode(value)
        for document in range(self.size):
            self.body(document)

    def _read(self, term: str) -> Postings:
        documents, counts = array("I"), array("f")
        for ids, weights, _ in self._blocks(term, with_values=False):
            documents.extend(ids)
            counts.extend(weights)
        return Postings(documents, counts) if documents else _NONE

    def _blocks(self, term: str, *, with_values: bool) -> Iterator[tuple[Any, Any, Any]]:
        # The matcher hands out one posting a call; its blocks, read whole, are several times quicker.
        try:
            matcher = self._reader._terms.matcher("text", term.encode(), SCHEMA["text"].format)  # noqa: SLF001
        except TermNotFound:
            return
        while matcher.is_active():
            matcher.id()
            matcher.weight()
            if with_values:
                matcher.value()
            yield matcher._ids, matcher._weights, matcher._values  # noqa: SLF001
            matcher._next_block()  # noqa: SLF001
