"""The embedded search index: two Whoosh indexes, ``public`` and ``restricted``, behind ``ports.SearchIndex``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry
from registry.search import counting, expansion, manifest, ranking, wording
from registry.search.answering import AnsweringIndex, Answers
from registry.search.engine import SCHEMA, SCHEMA_VERSION, FileStorage, files
from registry.search.manifest import Manifest
from registry.search.merger import Merger
from registry.search.merging import Merge, due, sweep
from registry.search.recent import BATCH, Recent, write_recent
from registry.search.segment import FileSegment
from registry.search.snapshot import EMPTY, Snapshot, contents, open_snapshot
from registry.search.writing import add, documents, fields_of, is_erased, writer

_LIVE_MEGABYTES = 32
_REBUILD_MEGABYTES = 256


class WhooshIndex(AnsweringIndex[Snapshot]):
    """A search index in one directory. Any thread may read; one process at a time writes, the others follow it.

    Attributes:
        merger: makes fewer segments of many, behind ``apply``.
    """

    schema = SCHEMA_VERSION

    answers = Answers(
        search=ranking.search,
        uids=ranking.uids,
        among=ranking.among,
        table=counting.table,
        near=expansion.suggestions,
        like=wording.like,
        newest=ranking.newest,
    )

    def __init__(self, index_dir: Path, *, is_filled: Callable[[], bool] | None = None) -> None:
        super().__init__(index_dir, is_filled=is_filled)
        self.merger = Merger(self, index_dir / "merging")
        # The segment that a merge has just opened, for as long as it is put in its place.
        self._merged: FileSegment | None = None

    def apply(self, entries: Sequence[IndexEntry], *, position: int) -> None:
        """See ``ports.SearchIndex``."""
        super().apply(entries, position=position)
        self.merger.make_room()

    def close(self) -> None:
        """See ``ports.SearchIndex``."""
        self.merger.stop()
        super().close()

    def tidy(self) -> None:
        """See ``merger.Merged``."""
        with self._turn():
            build = self._dir / manifest.read(self._dir, self.schema).build
            for shelf in manifest.SHELVES:
                sweep(build / shelf, is_idle=True)

    def standing(self) -> int:
        """See ``merger.Merged``."""
        build = self._dir / manifest.read(self._dir, self.schema).build
        return max(len(contents(build / shelf).segments) for shelf in manifest.SHELVES)

    def next_merge(self, busy: Sequence[Merge]) -> Merge | None:
        """See ``merger.Merged``."""
        build = self._dir / manifest.read(self._dir, self.schema).build
        read = {one.segment_id() for merge in busy for one in merge.sources}
        below = min((merge.count for merge in busy), default=None)

        def choose(segments: list[Any]) -> list[Any]:
            return due([one for one in segments if one.segment_id() not in read], below=below)

        found = [shelf for shelf in manifest.SHELVES if choose(contents(build / shelf).segments)]
        return Merge(build / found[0], choose) if found else None

    def put_in_place(self, merge: Merge) -> None:
        """See ``merger.Merged``."""
        with self._turn():
            old = manifest.read(self._dir, self.schema)
            if merge.shelf.parent.name != old.build or not merge.put_in_place():
                return
            with files():
                known = {**old.seals, **{f"{merge.shelf.name}/{name}": one for name, one in merge.seals.items()}}
                new = self._describe(old.build, position=old.position, known=known)
                self._merged = merge.opened
                try:
                    manifest.replace(self._dir, new, self.schema)
                    self._snapshots()
                finally:
                    self._merged = None

    def _empty(self) -> dict[str, Snapshot]:
        return dict.fromkeys(manifest.SHELVES, EMPTY)

    def _open(self, build: Path, reuse: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        ready = self._merged
        return {shelf: open_snapshot(build / shelf, reuse=reuse[shelf], ready=ready) for shelf in manifest.SHELVES}

    def _describe(self, build: str, *, position: int, known: Mapping[str, tuple[int, int]]) -> Manifest:
        return manifest.describe(self._dir, build, position=position, known=known)

    def _is_sound(self, found: Manifest) -> bool:
        return manifest.is_sound(self._dir, found)

    def _release(self, shelves: Mapping[str, Snapshot]) -> None:
        for snapshot in shelves.values():
            for segment in snapshot.segments:
                segment.close()

    def _fill(self, build: Path, entries: Iterable[IndexEntry]) -> None:
        with ExitStack() as stack:
            writers = {}
            for shelf in manifest.SHELVES:
                directory = build / shelf
                with files():
                    directory.mkdir(parents=True)
                    index = FileStorage(str(directory)).create_index(SCHEMA)
                writers[shelf] = stack.enter_context(writer(index, _REBUILD_MEGABYTES))
            for entry in entries:
                for shelf, document in documents(entry):
                    if document is not None:
                        add(writers[shelf], fields_of(entry.uid, document))

    def _commit(self, build: str, entries: dict[RecordUid, IndexEntry]) -> str:
        erased = {entry.uid for entry in entries.values() if is_erased(entry)}
        # What is there is read anew: a writer that died may have committed without saying so in the manifest.
        for shelf in manifest.SHELVES:
            directory = self._dir / build / shelf
            snapshot = open_snapshot(directory, reuse=self._opened[1][shelf])
            wanted = {entry.uid: dict(documents(entry))[shelf] for entry in entries.values()}
            changed = {
                uid: None if document is None else fields_of(uid, document)
                for uid, document in wanted.items()
                if document is not None or snapshot.find(uid)
            }
            holding = {one.name for one in snapshot.segments if not erased.isdisjoint(one.columns.by_uid)}
            is_traced = bool(holding) or not erased.isdisjoint(snapshot.recent.held)
            if changed or is_traced:
                newest = snapshot.recent.with_(changed)
                if is_traced or len(changed) > BATCH or newest.is_full:
                    _write(directory, snapshot, newest)
                    newest = newest.emptied()
                    if due(contents(directory).segments):
                        self.merger.wake()
                with files():
                    write_recent(directory, newest)
            if holding:
                _write_again(directory, holding)
            if erased:
                sweep(directory)
        return build


def _write(directory: Path, snapshot: Snapshot, newest: Recent) -> None:
    """Write the newest documents into a segment of Whoosh, and delete those that they hide."""
    with files():
        index = FileStorage(str(directory)).open_index(schema=SCHEMA)
    known = {segment.name: segment.columns.by_uid for segment in snapshot.segments}
    with writer(index, _LIVE_MEGABYTES) as writing:
        for segment in writing.segments:
            by_uid = known.get(segment.segment_id(), {})
            for uid in newest.held.keys() & by_uid.keys():
                segment.delete_document(by_uid[uid])
        for fields in newest.documents:
            add(writing, fields)


def _write_again(directory: Path, names: Collection[str]) -> None:
    """Write the live documents of the segments of these *names* into a new one: of what is deleted no word stays."""
    merge = Merge(directory, lambda segments: [one for one in segments if one.segment_id() in names])
    try:
        merge.write(_without_pause)
        if merge.opened is not None:
            merge.opened.close()
        merge.put_in_place()
    finally:
        merge.drop()


def _without_pause() -> None:
    """The caller waits for it."""
