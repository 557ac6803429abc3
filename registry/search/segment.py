"""One segment of an index, opened: immutable, its columns in memory, shared by threads.

Deletions are not in here: they belong to a generation, and a ``Snapshot`` takes them off.
"""

from __future__ import annotations

import threading
import weakref
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from registry.search import bits
from registry.search.analysis import count_in_order
from registry.search.columns import Columns
from registry.search.engine import SCHEMA, Damaged, FileStorage, SegmentReader, TermNotFound, blocks, files

# What is kept of postings that were read: of every segment at least so much, and more of a long one.
_KEPT_BYTES = 4 << 20
_KEPT_BYTES_A_DOCUMENT = 800
_OVERHEAD_BYTES = 300
_KEPT_TERMS = 50_000
# How many sequences are read before another thread may read.
_SEQUENCES_AT_ONCE = 256
# Of the terms that begin with some letters, no more are looked at.
MAX_TERMS = 100_000


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents that hold a term, rising, and how often each; ``bits`` are the same documents."""

    documents: array[int]
    counts: array[float]
    bits: int

    def count(self, document: int) -> float:
        """How often *document* holds the term."""
        at = bisect_left(self.documents, document)
        return self.counts[at] if at < len(self.documents) and self.documents[at] == document else 0.0


NONE = Postings(array("I"), array("f"), 0)


def postings_of(counts: Iterable[tuple[int, float]], size: int) -> Postings:
    """Postings of a segment of *size* documents, given in any order."""
    documents, often = array("I"), array("f")
    for document, count in sorted(counts):
        documents.append(document)
        often.append(count)
    return Postings(documents, often, bits.of(documents, size)) if documents else NONE


class Segment(Protocol):
    """Postings, columns and texts of some documents."""

    name: str
    size: int
    columns: Columns

    def close(self) -> None:
        """Close the files now rather than when nobody uses the segment any more."""

    def body(self, document: int) -> str:
        """The text of a document, for snippets."""

    def postings(self, term: str, *, field: str = "text") -> Postings:
        """The documents with *term*, deleted ones included."""

    def frequency(self, term: str, *, field: str = "text") -> int:
        """How many documents hold *term*, deleted ones included: as cheap for a common term as for a rare one."""

    def in_order(self, terms: list[str], documents: int) -> Iterator[tuple[int, int]]:
        """Those of *documents* in which *terms* stand one behind the other, and how often they do."""

    def terms_with(self, prefix: str, *, field: str = "text") -> tuple[str, ...]:
        """The first terms that begin with *prefix*, sorted; at most ``MAX_TERMS``."""

    def read_through(self) -> None:
        """Read every posting and every text once; raises ``Damaged`` if it cannot."""


def _with_pauses(rows: Iterable[bytes], pause: Callable[[], None]) -> Iterator[bytes]:
    for row in rows:
        pause()
        yield row


class FileSegment:
    """A segment in Whoosh's files.

    A Whoosh reader moves one file position for all who use it, so every read of it is under a lock, and so is keeping
    what was read; looking up what is kept needs none. Every file is opened here, because a later merge removes them
    from the disk.

    Raises:
        Damaged: a file is damaged, or a merge removed it.
    """

    def __init__(self, storage: FileStorage, described: Any, *, pause: Callable[[], None] | None = None) -> None:
        """*pause*, if any, is called between small portions of the reading."""
        self.name: str = described.segment_id()
        self.size: int = described.doc_count_all()
        self._lock = threading.Lock()
        with files():
            self._reader = SegmentReader(storage, SCHEMA, described)
            self._finalizer = weakref.finalize(self, self._reader.close)
            facts = self._reader.column_reader("facts", translate=False)
            self.columns = Columns(_with_pauses(facts, pause) if pause else iter(facts))
            self._sequences = self._reader.column_reader("sequence", translate=False)
        if len(self.columns.uids) != self.size:
            raise Damaged("the column does not fit the segment")
        if self.size:
            self.body(0)
        self._postings: dict[tuple[str, str], Postings] = {}
        self._frequencies: dict[tuple[str, str], int] = {}
        self._lexicon: dict[tuple[str, str], tuple[str, ...]] = {}
        self._room = self._kept_bytes

    @property
    def _kept_bytes(self) -> int:
        return _KEPT_BYTES + _KEPT_BYTES_A_DOCUMENT * self.size

    def close(self) -> None:
        """Close the files now rather than when nobody uses the segment any more."""
        with self._lock:
            self._finalizer()

    def body(self, document: int) -> str:
        """The text of a document, for snippets."""
        with self._lock, files():
            return str(self._reader.stored_fields(document)["body"])

    def postings(self, term: str, *, field: str = "text") -> Postings:
        """The documents with *term*, deleted ones included."""
        found = self._postings.get((field, term))
        if found is None:
            with self._lock, files():
                found = self._read(field, term)
                self._room -= 8 * len(found.documents) + self.size // 8 + _OVERHEAD_BYTES
                if self._room < 0:
                    self._postings.clear()
                    self._room = self._kept_bytes
                self._postings[field, term] = found
        return found

    def frequency(self, term: str, *, field: str = "text") -> int:
        """How many documents hold *term*, deleted ones included: as cheap for a common term as for a rare one."""
        found = self._frequencies.get((field, term))
        if found is None:
            with self._lock, files():
                found = int(self._reader.doc_frequency(field, term.encode()))
                if len(self._frequencies) > _KEPT_TERMS:
                    self._frequencies.clear()
                self._frequencies[field, term] = found
        return found

    def in_order(self, terms: list[str], documents: int) -> Iterator[tuple[int, int]]:
        """Those of *documents* in which *terms* stand one behind the other, and how often they do."""
        sought = f" {' '.join(terms)} ".encode()
        candidates = bits.documents(documents)
        for begin in range(0, len(candidates), _SEQUENCES_AT_ONCE):
            portion = candidates[begin : begin + _SEQUENCES_AT_ONCE]
            with self._lock, files():
                read = list(map(self._sequences.__getitem__, portion))
            for document, sequence in zip(portion, read, strict=True):
                if sought in sequence:
                    yield document, count_in_order(terms, sequence.decode())

    def terms_with(self, prefix: str, *, field: str = "text") -> tuple[str, ...]:
        """The first terms that begin with *prefix*, sorted; at most ``MAX_TERMS``."""
        found = self._lexicon.get((field, prefix))
        if found is None:
            with self._lock, files():
                read = self._reader.expand_prefix(field, prefix)
                found = tuple(term.decode() for term in islice(read, MAX_TERMS))
                if sum(map(len, self._lexicon.values())) > MAX_TERMS:
                    self._lexicon.clear()
                self._lexicon[field, prefix] = found
        return found

    def read_through(self) -> None:
        """Read every posting and every text once; raises ``Damaged`` if it cannot."""
        with self._lock, files():
            for field, term in list(self._reader.all_terms()):
                if field in {"text", "words"}:
                    for _ in self._blocks(field, term.decode()):
                        pass
            for sequence in self._sequences:
                sequence.decode()
        for document in range(self.size):
            self.body(document)

    def _read(self, field: str, term: str) -> Postings:
        documents, counts = array("I"), array("f")
        for ids, weights in self._blocks(field, term):
            documents.extend(ids)
            counts.extend(weights)
        return Postings(documents, counts, bits.of(documents, self.size)) if documents else NONE

    def _blocks(self, field: str, term: str) -> Iterator[tuple[Any, Any]]:
        try:
            matcher = self._reader._terms.matcher(field, term.encode(), SCHEMA[field].format)  # noqa: SLF001
        except TermNotFound:
            return
        yield from blocks(matcher)
