"""One physical index at one generation: its segments and what is deleted in them. Immutable, shared by threads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from registry.domain.record import RecordUid
from registry.search import bits
from registry.search.engine import INDEX_NAME, SCHEMA, TOC, FileStorage, files
from registry.search.segment import Segment


class Snapshot:
    """The live documents of an index.

    Attributes:
        live: by segment, the documents that are not deleted, as bits.
        count: how many documents are live.
        mean_length: of the live documents, in terms; 1 where there are none.
        source: where it was read from, and which generation of it.
    """

    def __init__(
        self, segments: list[Segment], deleted: list[frozenset[int]], source: tuple[Path, int] | None = None
    ) -> None:
        self.source = source
        self.segments = segments
        self.has_deleted = any(deleted)
        self.live = [
            bits.first(segment.size) & ~bits.of(gone, segment.size)
            for segment, gone in zip(segments, deleted, strict=True)
        ]
        self.count = sum(live.bit_count() for live in self.live)
        total = sum(
            segment.columns.total_length - sum(segment.columns.lengths[document] for document in gone)
            for segment, gone in zip(segments, deleted, strict=True)
        )
        self.mean_length = total / self.count if total else 1.0

    def find(self, uid: RecordUid) -> tuple[int, int] | None:
        """The segment and the document of a live record."""
        for at, (segment, live) in enumerate(zip(self.segments, self.live, strict=True)):
            document = segment.columns.by_uid.get(uid)
            if document is not None and live >> document & 1:
                return at, document
        return None


EMPTY = Snapshot([], [])


def contents(directory: Path) -> Any:
    """Whoosh's newest table of contents of the index in *directory*: its generation and segments.

    Raises:
        Damaged: there is none, or it is damaged.
    """
    with files():
        return TOC.read(FileStorage(str(directory)), INDEX_NAME, schema=SCHEMA)


def open_snapshot(directory: Path, *, reuse: Snapshot = EMPTY) -> Snapshot:
    """The newest generation in *directory*; segments that *reuse* holds are not read again.

    Raises:
        Damaged: a file is damaged, or a writer removed it meanwhile.
    """
    table = contents(directory)
    source = directory, int(table.generation)
    if source == reuse.source:
        return reuse
    known = {segment.name: segment for segment in reuse.segments}
    storage = FileStorage(str(directory))
    described = [one for one in table.segments if one.doc_count_all()]
    segments = [known.get(one.segment_id()) or Segment(storage, one) for one in described]
    return Snapshot(segments, [frozenset(one.deleted_docs()) for one in described], source)
