"""What we use of Whoosh, imported once with the warnings of its old code kept quiet.

Whoosh keeps the files: terms, postings with positions, stored text and one column. Evaluating, scoring, facets and
snippets are ours, so that an answer depends on the live documents only and not on how they came into segments.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PostingsWriter
    from whoosh.columns import VarBytesColumn
    from whoosh.fields import COLUMN, ID, STORED, FieldType, Schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.formats import Existence
    from whoosh.index import TOC, LockError
    from whoosh.lang.porter import stem as porter_stem
    from whoosh.reading import SegmentReader, TermNotFound

__all__ = [
    "CODEC",
    "SCHEMA",
    "TOC",
    "Damaged",
    "FileStorage",
    "LockError",
    "SegmentReader",
    "TermNotFound",
    "porter_stem",
]


class Terms(FieldType):  # type: ignore[misc]  # Whoosh has no types
    """Terms, given with how often each stands in the document: Whoosh neither analyses text nor keeps lengths."""

    def __init__(self) -> None:
        super().__init__(format=Existence(), analyzer=None)

    def index(self, value: Mapping[str, int], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Every posting of one document."""
        for term, count in value.items():
            yield term.encode(), count, float(count), b""


class Spellings(FieldType):  # type: ignore[misc]  # Whoosh has no types
    """Words as texts spell them, given as a set."""

    def __init__(self) -> None:
        super().__init__(format=Existence(), analyzer=None)

    def index(self, value: Iterable[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Every posting of one document."""
        for word in value:
            yield word.encode(), 1, 1.0, b""


class _PostingsWriter(W3PostingsWriter):  # type: ignore[misc]  # Whoosh has no types
    _maxweight: float

    def add_posting(self, document: int, weight: float, _value: bytes, _length: int | None = None) -> None:
        """Without the checks of types, which took half of the time, and without values and lengths, as we have none."""
        if len(self._ids) >= self._blocklimit:
            self._write_block()
        self._ids.append(document)
        self._weights.append(weight)
        self._maxweight = max(self._maxweight, weight)


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]  # Whoosh has no types
    def add_postings(self, schema: Any, _lengths: Any, items: Iterable[tuple[str, bytes, int, float, bytes]]) -> None:
        """Write postings sorted by field, term and document; without lengths, as nothing looks them up."""
        for field, of_field in groupby(items, key=itemgetter(0)):
            self.start_field(field, schema[field])
            for term, of_term in groupby(of_field, key=itemgetter(1)):
                self.start_term(term)
                add = self._postwriter.add_posting
                for _, _, document, weight, value in of_term:
                    add(document, weight, value)
                self.finish_term()
            self.finish_field()


class _Codec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    def field_writer(self, storage: Any, segment: Any) -> Any:
        return _FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        return _PostingsWriter(
            dbfile, self._blocklimit, byteids=byteids, compression=self._compression, inlinelimit=self._inlinelimit
        )


# To be raised with every change to the schema, to ``analysis`` or to what a column or a body holds.
SCHEMA_VERSION = 9
_SEGMENTS_A_TIER = 6
INDEX_NAME = "MAIN"
SCHEMA = Schema(
    uid=ID(unique=True),
    text=Terms(),
    words=Spellings(),
    body=STORED(),
    sequence=COLUMN(VarBytesColumn()),
    facts=COLUMN(VarBytesColumn()),
)
# Longer blocks than Whoosh's own are read in fewer steps; packed, most would be as long, for
# most words are rare.
CODEC = _Codec(blocklimit=1024, compression=0)


class Damaged(Exception):
    """A file of the index cannot be read: it is damaged, or a writer removed it meanwhile."""


def blocks(matcher: Any) -> Iterator[tuple[Any, Any]]:
    """Documents and weights of a posting list. The matcher hands out one posting a call; whole blocks are quicker."""
    while matcher.is_active():
        matcher.id()
        matcher.weight()
        yield matcher._ids, matcher._weights  # noqa: SLF001
        matcher._next_block()  # noqa: SLF001


@contextmanager
def files() -> Iterator[None]:
    """Around every use of Whoosh that touches files: whatever it raises becomes ``Damaged``.

    On damaged files Whoosh raises anything, bare ``Exception`` included, so nothing narrower can be caught.
    """
    try:
        yield
    except (Damaged, LockError):
        raise
    except Exception as error:
        raise Damaged(str(error)) from error


def merging(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's merge policy, by tiers: as soon as there are six segments of about the same size they become one.

    So each document is written again once a tier, where Whoosh's own policy merges all small segments at every fifth
    commit. A segment of which half is deleted is written again too.
    """
    tiers: dict[int, list[Any]] = {}
    for segment in segments:
        live = segment.doc_count_all() - segment.deleted_count()
        is_sparse = 2 * live < segment.doc_count_all()
        tiers.setdefault(-1 if is_sparse else int(math.log(max(live, 1), _SEGMENTS_A_TIER)), []).append(segment)
    merged = {
        segment.segment_id()
        for tier, of_tier in tiers.items()
        if tier < 0 or len(of_tier) >= _SEGMENTS_A_TIER
        for segment in of_tier
    }
    return _written_again(writer, segments, merged)


def forgetting(writer: Any, segments: list[Any]) -> list[Any]:
    """As ``merging``, and every segment is written anew that holds deleted documents.

    Until then their words stay in the files; after an erasure they may not.
    """
    kept = merging(writer, segments)
    return _written_again(writer, kept, {one.segment_id() for one in kept if one.has_deletions()})


def _written_again(writer: Any, segments: list[Any], chosen: set[str]) -> list[Any]:
    """Copy the live documents of the *chosen* segments into the one that is being written; returns the others."""
    for segment in segments:
        if segment.segment_id() in chosen:
            reader = SegmentReader(writer.storage, writer.schema, segment)
            begin = writer.docnum
            moved = writer.write_per_doc(set(SCHEMA.names()), reader)
            _copy_postings(writer.pool, reader, range(begin, writer.docnum) if moved is None else moved)
            writer._added = True  # noqa: SLF001
            reader.close()
    return [segment for segment in segments if segment.segment_id() not in chosen]


def _copy_postings(pool: Any, reader: Any, moved: Mapping[int, int] | range) -> None:
    """Whoosh's own way looks every term up again and hands out one posting a call, which takes twice as long."""
    terms = reader._terms  # noqa: SLF001
    for (field, term), info in terms.items():
        matcher = CODEC.postings_reader(terms._postfile, info, SCHEMA[field].format, term=(field, term))  # noqa: SLF001
        for ids, weights in blocks(matcher):
            for document, weight in zip(ids, weights, strict=True):
                if isinstance(moved, range) or document in moved:
                    pool.add((field, term, moved[document], weight, b""))
