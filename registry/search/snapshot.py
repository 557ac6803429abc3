"""One physical index at one generation: its segments and what is deleted in them. Immutable, shared by threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from registry.domain.record import RecordUid
from registry.search import bits
from registry.search.engine import INDEX_NAME, SCHEMA, TOC, FileStorage, files
from registry.search.recent import NOTHING, Recent, RecentSegment, generation, read_recent
from registry.search.segment import FileSegment, Segment


class Snapshot:
    """The live documents of an index.

    Attributes:
        live: by segment, the documents that are not deleted, as bits.
        count: how many documents are live.
        mean_length: of the live documents, in terms; 1 where there are none.
        source: where it was read from, and which generations of it.
        table: Whoosh's table of contents that it was read by.
        recent: the newest documents; where there are any, they are the last segment too.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        deleted: Sequence[frozenset[int]],
        *,
        source: tuple[Path, int, int] | None = None,
        table: Any = None,
        recent: Recent = NOTHING,
    ) -> None:
        self.source = source
        self.table = table
        self.recent = recent
        self.segments = segments
        self.has_deleted = any(deleted)
        self.live = [
            bits.first(segment.size) & ~bits.of(gone, segment.size)
            for segment, gone in zip(segments, deleted, strict=True)
        ]
        self.count = sum(live.bit_count() for live in self.live)
        total = sum(
            segment.columns.total_length - sum(map(segment.columns.lengths.__getitem__, gone))
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


def latest(directory: Path) -> int:
    """The generation of Whoosh's newest table of contents of the index in *directory*; -1 where there is none.

    Raises:
        Damaged: the directory cannot be read.
    """
    with files():
        return int(TOC._latest_generation(FileStorage(str(directory)), INDEX_NAME))  # noqa: SLF001


def contents(directory: Path) -> Any:
    """Whoosh's newest table of contents of the index in *directory*: its generation and segments.

    Raises:
        Damaged: there is none, or it is damaged.
    """
    with files():
        return TOC.read(FileStorage(str(directory)), INDEX_NAME, schema=SCHEMA)


def open_snapshot(directory: Path, *, reuse: Snapshot = EMPTY, ready: Segment | None = None) -> Snapshot:
    """The newest generation in *directory*; segments that *reuse* holds, and *ready*, are not read again.

    Raises:
        Damaged: a file is damaged, or a writer removed it meanwhile.
    """
    # In this order: what the file no longer holds is in the table that is read behind it.
    is_same_file = reuse.source is not None and reuse.source[0::2] == (directory, generation(directory))
    newest = reuse.recent if is_same_file else read_recent(directory, reuse=reuse.recent)
    source = directory, latest(directory), newest.generation
    if source == reuse.source:
        return reuse
    is_same_table = reuse.source is not None and source[:2] == reuse.source[:2]
    table = reuse.table if is_same_table else contents(directory)
    source = directory, int(table.generation), newest.generation
    known = {segment.name: segment for segment in (*reuse.segments, *filter(None, (ready,)))}
    storage = FileStorage(str(directory))
    described = [one for one in table.segments if one.doc_count_all()]
    segments: list[Segment] = [known.get(one.segment_id()) or FileSegment(storage, one) for one in described]
    deleted = [
        frozenset(one.deleted_docs()).union(_hidden(segment, newest))
        for one, segment in zip(described, segments, strict=True)
    ]
    if newest.documents:
        segments.append(RecentSegment(newest.documents))
        deleted.append(frozenset())
    return Snapshot(segments, deleted, source=source, table=table, recent=newest)


def _hidden(segment: Segment, newest: Recent) -> Iterator[int]:
    """The documents of *segment* that *newest* knows better."""
    by_uid = segment.columns.by_uid
    return (by_uid[uid] for uid in newest.held if uid in by_uid)
