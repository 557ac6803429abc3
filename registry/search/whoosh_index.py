"""The embedded search index: two Whoosh indexes, ``public`` and ``restricted``, behind ``ports.SearchIndex``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry
from registry.search import counting, expansion, manifest, ranking, wording
from registry.search.answering import AnsweringIndex, Answers
from registry.search.engine import SCHEMA, SCHEMA_VERSION, FileStorage, files, forgetting, merging
from registry.search.manifest import Manifest
from registry.search.recent import BATCH, Recent, write_recent
from registry.search.snapshot import EMPTY, Snapshot, open_snapshot
from registry.search.writing import add, documents, fields_of, is_erased, writer

_LIVE_MEGABYTES = 32
_REBUILD_MEGABYTES = 256


class WhooshIndex(AnsweringIndex[Snapshot]):
    """A search index in one directory. Any thread may read; one process at a time writes, the others follow it."""

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

    def _empty(self) -> dict[str, Snapshot]:
        return dict.fromkeys(manifest.SHELVES, EMPTY)

    def _open(self, build: Path, reuse: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        return {shelf: open_snapshot(build / shelf, reuse=reuse[shelf]) for shelf in manifest.SHELVES}

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
        # What is there is read anew: a writer that died may have committed without saying so in the manifest.
        for shelf in manifest.SHELVES:
            directory = self._dir / build / shelf
            snapshot = open_snapshot(directory, reuse=self._opened[1][shelf])
            wanted = {entry.uid: dict(documents(entry))[shelf] for entry in entries.values()}
            present = {uid for uid in wanted if snapshot.find(uid)}
            is_traced = present or snapshot.has_deleted or not snapshot.recent.held.keys().isdisjoint(wanted)
            forget = is_traced and any(is_erased(entry) for entry in entries.values())
            changed = {
                uid: None if document is None else fields_of(uid, document)
                for uid, document in wanted.items()
                if document is not None or uid in present
            }
            if not changed and not forget:
                continue
            newest = snapshot.recent.with_(changed)
            if forget or len(changed) > BATCH or newest.is_full:
                _write(directory, snapshot, newest, merge=forgetting if forget else merging)
                newest = newest.emptied()
            with files():
                write_recent(directory, newest)
        return build


def _write(directory: Path, snapshot: Snapshot, newest: Recent, *, merge: object) -> None:
    """Write the newest documents into a segment of Whoosh, and delete those that they hide."""
    with files():
        index = FileStorage(str(directory)).open_index(schema=SCHEMA)
    known = {segment.name: segment.columns.by_uid for segment in snapshot.segments}
    with writer(index, _LIVE_MEGABYTES, merge=merge) as writing:
        for segment in writing.segments:
            by_uid = known.get(segment.segment_id(), {})
            for uid in newest.held.keys() & by_uid.keys():
                segment.delete_document(by_uid[uid])
        for fields in newest.documents:
            add(writing, fields)
