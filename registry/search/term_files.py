"""The two files of a segment that hold its terms and their postings, in Whoosh's format.

Whoosh writes and reads them a posting a call. Here a term's postings come as whole arrays, and the files are written
and read from the beginning to the end: this is where flushing and merging spend their time.
"""

from __future__ import annotations

import pickle
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, groupby
from operator import itemgetter, sub
from struct import Struct, pack
from typing import IO, Any, TypeAlias
from zlib import crc32

Documents: TypeAlias = "array[int]"
Weights: TypeAlias = "array[float]"
Term: TypeAlias = "tuple[bytes, Documents, Weights]"
"""Key, documents that rise, and how often each holds the term."""

_FIELDS = {"text": 0, "uid": 1, "words": 2}
# What Whoosh calls a block. Longer ones than its own are read in fewer steps, and most terms are rare anyway.
_BLOCK = 1024
_PROTOCOL = 2
_POSTINGS_BEGIN = b"W3Bl"
_TERMS_BEGIN = b"HSH3"
_CRC32 = 1
_BUCKETS = 256
_INT = Struct("!i")
_FIELD = Struct("!H")
_LENGTHS = Struct("!ii")
_TABLE = Struct("!qi")
_SLOT_BYTES = 12
_SMALL = 1 << 31
# Inlined or not, weight, documents, shortest and longest, greatest weight, first and last document, place and length.
_ABOUT = Struct("!BfIBBfIIqi")
_EXTENT = Struct("!qi")


def key_of(field: str, term: bytes) -> bytes:
    """The key by which the file of terms is sorted."""
    return _FIELD.pack(_FIELDS[field]) + term


class TermsWriter:
    """Writes both files, terms in rising order."""

    def __init__(self, terms: IO[bytes], postings: IO[bytes]) -> None:
        self._terms = terms
        self._postings = postings
        self._places = array("q")
        self._hashed: list[list[tuple[int, int]]] = [[] for _ in range(_BUCKETS)]
        self._postings_end = 0
        self.is_closed = False
        self._terms.write(_TERMS_BEGIN + bytes((_CRC32,)) + bytes(8))
        self._terms_end = len(_TERMS_BEGIN) + 9

    def add_postings(self, _schema: Any, _lengths: Any, terms: Iterable[Term]) -> None:
        """Write what the pool of a Whoosh writer holds."""
        for key, documents, weights in terms:
            self.add(key, documents, weights)

    def add(self, key: bytes, documents: Documents, weights: Weights) -> None:
        """Write a term with at least one document."""
        if len(documents) <= _BLOCK:
            written = _POSTINGS_BEGIN + _block(documents, weights, is_last=True)
        else:
            blocks = (slice(begin, begin + _BLOCK) for begin in range(0, len(documents), _BLOCK))
            written = _POSTINGS_BEGIN + b"".join(
                _block(documents[one], weights[one], is_last=one.stop >= len(documents)) for one in blocks
            )
        self._postings.write(written)
        extent = self._postings_end, len(written)
        self._postings_end += len(written)
        about = _ABOUT.pack(
            0, sum(weights), len(documents), 0, 0, max(weights), documents[0], documents[-1], *extent
        )  # fmt: skip
        entry = _LENGTHS.pack(len(key), len(about)) + key + about
        self._terms.write(entry)
        hashed = crc32(key)
        self._hashed[hashed & 255].append((hashed, self._terms_end))
        self._places.append(self._terms_end)
        self._terms_end += len(entry)

    def finish(self) -> Iterator[None]:
        """Write what the terms are looked up by, in steps, and close both files."""
        tables = []
        for entries in self._hashed:
            table = _hash_table(entries)
            tables.append((self._terms_end, len(table) // _SLOT_BYTES))
            self._terms.write(table)
            self._terms_end += len(table)
            yield
        is_small = self._terms_end < _SMALL
        extras = {"fieldmap": _FIELDS, "indextype": "i" if is_small else "q", "indexlen": len(self._places)}
        places = array("i", self._places) if is_small else self._places
        if sys.byteorder == "little":
            places.byteswap()
        body = pickle.dumps(extras, _PROTOCOL) + places.tobytes()
        self._terms.write(b"".join(_TABLE.pack(*table) for table in tables) + body + _INT.pack(len(body)))
        self.close_files()

    def close(self) -> None:
        """As ``finish``, at once; closes both files in any case."""
        try:
            for _ in self.finish():
                pass
        finally:
            self.close_files()

    def close_files(self) -> None:
        """Close both files as they are."""
        self.is_closed = True
        try:
            self._terms.close()
        finally:
            self._postings.close()


def read_terms(reader: Any) -> Iterator[Term]:
    """Every term that a terms reader of Whoosh opened, in rising order; takes up the positions of its files."""
    table = reader._tindex  # noqa: SLF001
    keys = {number: _FIELD.pack(_FIELDS[name]) for name, number in reader._fieldmap.items()}  # noqa: SLF001
    terms, postings = table.dbfile.file, reader._postfile.file  # noqa: SLF001
    at, position = table.startofdata, -1
    terms.seek(at)
    while at < table.endofdata:
        key_length, about_length = _LENGTHS.unpack(terms.read(_LENGTHS.size))
        key = terms.read(key_length)
        place, length = _EXTENT.unpack(terms.read(about_length)[-_EXTENT.size :])
        at += _LENGTHS.size + key_length + about_length
        if place != position:
            postings.seek(place)
        position = place + length
        yield keys[_FIELD.unpack(key[: _FIELD.size])[0]] + key[_FIELD.size :], *_read_blocks(postings.read(length))


def joined(terms: Iterable[Term]) -> Iterator[Term]:
    """Every term once, where *terms* are sorted and those of the same key have documents that rise."""
    for key, of_key in groupby(terms, key=itemgetter(0)):
        first, *others = of_key
        if not others:
            yield first
            continue
        documents, weights = array("I", first[1]), array("f", first[2])
        for _, of_documents, of_weights in others:
            documents.extend(of_documents)
            weights.extend(of_weights)
        yield key, documents, weights


def _block(documents: Documents, weights: Weights, *, is_last: bool) -> bytes:
    first = weights[0]
    if weights.count(first) < len(weights):
        kept: float | tuple[float, ...] | None = tuple(weights)
    else:
        kept = None if first == 1.0 else first
    steps = (documents[0], *map(sub, documents[1:], documents))
    about = pickle.dumps((len(documents), documents[-1], max(weights), 0, 0, 0), _PROTOCOL)
    body = about + pickle.dumps((steps, kept, None), _PROTOCOL)
    return _INT.pack(-len(body) if is_last else len(body)) + body


def _read_blocks(written: bytes) -> tuple[Documents, Weights]:
    if not written.startswith(_POSTINGS_BEGIN):
        raise ValueError("these are no postings")
    documents, weights = array("I"), array("f")
    view, at, is_last = memoryview(written), len(_POSTINGS_BEGIN), False
    while not is_last:
        length = _INT.unpack_from(written, at)[0]
        is_last = length < 0
        at += _INT.size
        # Our own files, which nobody else can write. The first object ends where it would end if written again.
        about = pickle.loads(view[at:])  # noqa: S301
        steps, kept, _ = pickle.loads(view[at + len(pickle.dumps(about, _PROTOCOL)) :])  # noqa: S301
        documents.extend(accumulate(steps))
        weights.extend(kept if isinstance(kept, tuple) else (1.0 if kept is None else kept,) * len(steps))
        at += abs(length)
    return documents, weights


def _hash_table(entries: Sequence[tuple[int, int]]) -> bytes:
    """Twice as many slots as entries, each of a hash and a place; what finds its own slot taken goes into the next."""
    count = 2 * len(entries)
    slots = [(0, 0)] * count
    for hashed, place in entries:
        at = (hashed >> 8) % count
        while slots[at][1]:
            at = (at + 1) % count
        slots[at] = hashed, place
    return pack(f"!{'Iq' * count}", *chain.from_iterable(slots))
