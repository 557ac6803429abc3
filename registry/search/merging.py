"""How segments become one: which of them, and the writing beside the index, from which nothing is read until it is
put in its place.

A merge works in a directory of its own within the shelf, which is made before the table of contents is read. So whoever
takes segments out of the table, as an erasure does, finds the directory of every merge that reads them; and a merge
whose directory is gone cannot make another file.
"""

from __future__ import annotations

import heapq
import math
import secrets
import shutil
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias

from registry.search.engine import CODEC, INDEX_NAME, SCHEMA, TOC, Damaged, FileStorage, VarBytesColumn, files
from registry.search.life import GONE, removed
from registry.search.manifest import seal
from registry.search.recent import drop_unfinished
from registry.search.segment import FileSegment
from registry.search.snapshot import contents
from registry.search.term_files import Documents, Term, TermsWriter, joined, read_terms

Pause: TypeAlias = Callable[[], None]
"""Called between small portions of work; whatever it raises ends the work."""

_SEGMENTS_A_TIER = 6
_PLACES = "merging-*"
_SOURCES = "sources"
_COLUMNS = ("_stored", "sequence", "facts")
# Terms or documents between two pauses: about a tenth of a millisecond.
_PORTION = 16
_NOWHERE = 0xFFFFFFFF


def due(segments: Iterable[Any], *, below: int | None = None) -> list[Any]:
    """Those of *segments* that should become one: six or more of about the same size, or any that is half deleted.

    So each document is written again once a tier, where Whoosh's own policy merges all small segments at every fifth
    commit. Of several such groups the one of the fewest documents, and only one of fewer than *below*.
    """
    tiers: dict[int, list[Any]] = {}
    for segment in segments:
        tiers.setdefault(int(math.log(max(segment.doc_count(), 1), _SEGMENTS_A_TIER)), []).append(segment)
    groups = [
        of_tier if len(of_tier) >= _SEGMENTS_A_TIER else [one for one in of_tier if _is_sparse(one)]
        for of_tier in tiers.values()
    ]
    found = [(count_of(group), group) for group in groups if group]
    return min((one for one in found if below is None or one[0] < below), key=itemgetter(0), default=(0, []))[1]


def count_of(segments: Iterable[Any]) -> int:
    """How many documents of *segments* are not deleted."""
    return sum(segment.doc_count() for segment in segments)


def _is_sparse(segment: Any) -> bool:
    return 2 * int(segment.doc_count()) < int(segment.doc_count_all())


class Merge:
    """The live documents of some segments of a shelf, on their way into one.

    Attributes:
        sources: the segments, with what was deleted in them when the merge was begun.
        count: how many live documents they had.
        opened: the new segment, once it is written; ``None`` where no document was left for it.
        seals: length and CRC-32 by the name of its files.
    """

    def __init__(self, shelf: Path, choose: Callable[[list[Any]], Collection[Any]]) -> None:
        """
        Raises:
            Damaged: the shelf cannot be read, or takes no file.
        """
        self.shelf = shelf
        self.opened: FileSegment | None = None
        self.seals: dict[str, tuple[int, int]] = {}
        self._place = shelf / _PLACES.replace("*", secrets.token_hex(6))
        try:
            with files():
                self._place.mkdir()
                self.sources = list(choose(contents(shelf).segments))
                new = self._place / f"{_SOURCES}.new"
                new.write_text("\n".join(one.segment_id() for one in self.sources))
                new.replace(self._place / _SOURCES)
        except Damaged:
            self.drop()
            raise
        self.count = count_of(self.sources)
        self._deleted = [frozenset[int](one.deleted_docs()) for one in self.sources]
        self._moved = _numbered(self.sources)
        self._segment = CODEC.new_segment(None, INDEX_NAME)
        self._segment.set_doc_count(self.count)
        self._segment._fieldlengths = {}  # noqa: SLF001  # as Whoosh's own writer sets it

    @property
    def is_wanted(self) -> bool:
        """Whether nobody has thrown it away."""
        return self._place.is_dir()

    def drop(self) -> None:
        """Remove what was written."""
        removed(self._place)

    def write(self, pause: Pause) -> None:
        """Write the new segment and open it.

        Raises:
            Damaged: a file cannot be read or written, or somebody threw the merge away.
        """
        if not self.count:
            return
        source, target = FileStorage(str(self.shelf)), FileStorage(str(self._place))
        with files():
            for column in _COLUMNS:
                self._write_column(column, source, target, pause)
            self._write_terms(source, target, pause)
            for path in self._place.glob(f"{self._segment.segment_id()}.*"):
                self.seals[path.name] = seal(path)
                pause()
        self.opened = FileSegment(target, self._segment, pause=pause)

    def put_in_place(self) -> bool:
        """Put the new segment in the place of its sources, with what was deleted in them meanwhile, in one commit.

        The caller has the turn to write. ``False``, and nothing done, where a source is not there any more.

        Raises:
            Damaged: the disk does not take the files.
        """
        table = contents(self.shelf)
        there = {one.segment_id(): one for one in table.segments}
        if not self.is_wanted or any(one.segment_id() not in there for one in self.sources):
            return False
        for source, deleted, moved in zip(self.sources, self._deleted, self._moved, strict=True):
            for document in there.pop(source.segment_id()).deleted_docs():
                if document not in deleted:
                    self._segment.delete_document(moved[document])
        segments = list(there.values())
        with files():
            if self.opened is not None:
                segments.append(self._segment)
                for name in self.seals:
                    (self._place / name).rename(self.shelf / name)
            storage = FileStorage(str(self.shelf))
            TOC(SCHEMA, segments, table.generation + 1).write(storage, INDEX_NAME)
        clean(self.shelf)
        self.drop()
        return True

    def _write_column(self, name: str, source: Any, target: Any, pause: Pause) -> None:
        """Values are copied as they stand in the file, packed or not."""
        ending = f".{name}{CODEC.COLUMN_EXT}"
        with self._segment.create_file(target, ending) as file:
            writer = VarBytesColumn().writer(file)
            for segment, moved in zip(self.sources, self._moved, strict=True):
                with segment.open_file(source, ending) as written:
                    length = source.file_length(segment.make_filename(ending))
                    reader = VarBytesColumn().reader(written, 0, length, segment.doc_count_all())
                    for document, value in enumerate(reader):
                        if not document % _PORTION:
                            pause()
                        if moved[document] != _NOWHERE:
                            writer.add(moved[document], value)
            writer.finish(self.count)

    def _write_terms(self, source: Any, target: Any, pause: Pause) -> None:
        opened: list[Any] = []
        writer: TermsWriter = CODEC.field_writer(target, self._segment)
        try:
            opened.extend(CODEC.terms_reader(source, segment) for segment in self.sources)
            by_source = (_moved_terms(*pair) for pair in zip(opened, self._moved, strict=True))
            terms = heapq.merge(*by_source, key=itemgetter(0))
            for number, term in enumerate(joined(terms)):
                if not number % _PORTION:
                    pause()
                writer.add(*term)
            for _ in writer.finish():
                pause()
        finally:
            for reader in opened:
                reader.close()
            writer.close_files()


def sweep(shelf: Path, *, is_idle: bool = False) -> None:
    """Remove what writers left that died, and merges of segments that are not there any more; *is_idle* says that
    nobody merges, and then all of them.

    The caller has the turn to write.

    Raises:
        Damaged: the shelf cannot be read.
    """
    with files():
        there = {one.segment_id() for one in contents(shelf).segments}
        for place in shelf.glob(_PLACES):
            if is_idle or place.suffix == GONE or not _sources_of(place) <= there:
                removed(place)
        shutil.rmtree(shelf / f"{INDEX_NAME}.tmp", ignore_errors=True)
    drop_unfinished(shelf)
    clean(shelf)


def clean(shelf: Path) -> None:
    """Remove the files of tables and segments that are not in use.

    The caller has the turn to write.

    Raises:
        Damaged: a file cannot be removed.
    """
    with files():
        table = contents(shelf)
        used = {one.segment_id() for one in table.segments} | {f"_{INDEX_NAME}_{table.generation}"}
        for path in shelf.iterdir():
            stem, dot, _ = path.name.partition(".")
            if dot and stem.startswith((f"{INDEX_NAME}_", f"_{INDEX_NAME}_")) and stem not in used:
                path.unlink(missing_ok=True)


def _sources_of(place: Path) -> set[str]:
    try:
        return set((place / _SOURCES).read_text().split())
    except FileNotFoundError:
        # It has not read the table yet, or not told what it read: none of its segments are known.
        return {""}


def _numbered(segments: Sequence[Any]) -> list[Documents]:
    """For each of *segments*, by document the number in the new one."""
    numbered, count = [], 0
    for segment in segments:
        moved = array("I")
        for document in range(segment.doc_count_all()):
            is_gone = segment.is_deleted(document)
            moved.append(_NOWHERE if is_gone else count)
            count += not is_gone
        numbered.append(moved)
    return numbered


def _moved_terms(reader: Any, moved: Documents) -> Iterator[Term]:
    is_whole = _NOWHERE not in moved
    for key, documents, weights in read_terms(reader):
        places = array("I", map(moved.__getitem__, documents))
        if is_whole or _NOWHERE not in places:
            yield key, places, weights
            continue
        kept = [(place, weight) for place, weight in zip(places, weights, strict=True) if place != _NOWHERE]
        if kept:
            yield key, array("I", (place for place, _ in kept)), array("f", (weight for _, weight in kept))
