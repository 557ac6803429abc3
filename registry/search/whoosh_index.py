"""The embedded search index: two Whoosh indexes, ``public`` and ``restricted``, behind ``ports.SearchIndex``."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from registry.domain.errors import SearchUnavailable
from registry.domain.record import RecordUid
from registry.domain.search import (
    Alike,
    IndexEntry,
    Query,
    SearchRequest,
    SearchResult,
    SearchSort,
    Table,
    TableRequest,
)
from registry.search import counting, expansion, manifest, ranking, wording
from registry.search.engine import SCHEMA, Damaged, FileStorage, LockError, files, forgetting
from registry.search.snapshot import EMPTY, Snapshot, open_snapshot
from registry.search.writing import add, documents, is_erased, writer

_ATTEMPTS = 5
_LIVE_MEGABYTES = 32
_REBUILD_MEGABYTES = 256

Answer = TypeVar("Answer")
_Token = tuple[int, int, int]


class WhooshIndex:
    """A search index in one directory. Any thread may read; one process at a time writes, the others follow it."""

    def __init__(self, index_dir: Path) -> None:
        index_dir.mkdir(parents=True, exist_ok=True)
        self._dir = index_dir
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._opened: tuple[_Token | None, dict[str, Snapshot]] = (None, dict.fromkeys(manifest.SHELVES, EMPTY))
        self._broken: _Token | None = None
        self._verifying = threading.Lock()
        self._is_verified = False

    def search(self, request: SearchRequest) -> SearchResult:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda snapshot: ranking.search(snapshot, request))

    def uids(self, query: Query, sort: SearchSort = SearchSort.PUBLISHED) -> tuple[RecordUid, ...]:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda snapshot: ranking.uids(snapshot, query, sort))

    def table(self, request: TableRequest) -> Table:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda snapshot: counting.table(snapshot, request))

    def near(self, word: str, *, limit: int = 5) -> tuple[str, ...]:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda snapshot: expansion.suggestions(snapshot, word, limit))

    def like(self, uid: RecordUid, *, limit: int = 10) -> tuple[Alike, ...]:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda snapshot: wording.like(snapshot, uid, limit))

    def hidden_matches(self, query: Query, *, limit: int) -> tuple[RecordUid, ...]:
        """See ``ports.SearchIndex``."""
        return self._read("restricted", lambda snapshot: ranking.newest(snapshot, query, limit))

    def position(self) -> int:
        """See ``ports.SearchIndex``."""
        self._verify_once()
        token = manifest.token(self._dir)
        if token is None or token == self._broken:
            return 0
        try:
            return manifest.read(self._dir).position
        except Damaged:
            return 0

    def apply(self, entries: Sequence[IndexEntry], *, position: int) -> None:
        """See ``ports.SearchIndex``.

        Raises:
            SearchUnavailable: the index is unreadable and waits for ``rebuild``, or another process writes.
        """
        with self._turn():
            try:
                if manifest.token(self._dir) is None:
                    self._put(self._new_build(()), position=0)
                old = manifest.read(self._dir)
                with files():
                    self._commit(old.build, {entry.uid: entry for entry in entries}, reuse=self._snapshots())
                    new = manifest.describe(self._dir, old.build, position=position, known=old.seals)
                    if new != old:
                        manifest.replace(self._dir, new)
            except Damaged as error:
                self._verify()
                raise SearchUnavailable(
                    "the search index could not be written; it takes the change in later"
                ) from error

    def rebuild(self, entries: Iterable[IndexEntry], *, position: int) -> None:
        """See ``ports.SearchIndex``.

        Raises:
            SearchUnavailable: another process writes, or the disk does not take the files; the old index stays.
        """
        with self._turn():
            try:
                self._put(self._new_build(entries), position=position)
            except Damaged as error:
                raise SearchUnavailable("the search index could not be built; is the disk full?") from error
            finally:
                self._sweep()

    def _sweep(self) -> None:
        """Remove every build that is not in use; none, where it cannot be told which one is."""
        used = ""
        if manifest.token(self._dir) is not None:
            try:
                used = manifest.read(self._dir).build
            except Damaged:
                return
        for build in self._dir.glob("build-*"):
            if build.name != used:
                shutil.rmtree(build, ignore_errors=True)

    def close(self) -> None:
        """See ``ports.SearchIndex``."""
        with self._opening:
            for snapshot in self._opened[1].values():
                for segment in snapshot.segments:
                    segment.close()
        self._forget()

    def _verify_once(self) -> None:
        """Verify the files before their first use, not at the opening: all of them are read, and most commands of an
        operator use none."""
        if not self._is_verified:
            with self._verifying:
                if not self._is_verified:
                    self._verify()
                    self._is_verified = True

    def _verify(self) -> None:
        """Find out whether the files are what the manifest says; if not, only a rebuild opens them again."""
        token = manifest.token(self._dir)
        if token is None:
            return
        try:
            sound = manifest.is_sound(self._dir, manifest.read(self._dir))
        except Damaged:
            sound = False
        self._broken = None if sound else token

    def _forget(self) -> None:
        with self._opening:
            self._opened = (None, dict.fromkeys(manifest.SHELVES, EMPTY))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The only writer, in this process and among processes; the system frees the lock of one that was killed."""
        with self._writing:
            lock = FileStorage(str(self._dir)).lock("writing")
            try:
                with files():
                    # Whoever deletes the cache deletes the directory, also while this process serves.
                    self._dir.mkdir(parents=True, exist_ok=True)
                    is_free = lock.acquire(blocking=False)
            except Damaged as error:
                raise SearchUnavailable("the search index cannot be written") from error
            if not is_free:
                raise SearchUnavailable("another process writes the search index")
            try:
                yield
            except LockError:
                raise SearchUnavailable("another process writes the search index") from None
            finally:
                lock.release()

    def _read(self, shelf: str, answer: Callable[[Snapshot], Answer]) -> Answer:
        try:
            return answer(self._snapshots()[shelf])
        except Damaged:
            self._forget()
        try:
            return answer(self._snapshots()[shelf])
        except Damaged as error:
            self._verify()
            raise SearchUnavailable("the search index cannot be read now") from error

    def _snapshots(self) -> dict[str, Snapshot]:
        """Both indexes at their newest generation; what did not change is not read again."""
        self._verify_once()
        token = manifest.token(self._dir)
        if token is not None and token == self._broken:
            raise SearchUnavailable("the search index is being rebuilt")
        opened, snapshots = self._opened
        if token == opened:
            return snapshots
        with self._opening:
            for attempt in range(_ATTEMPTS):
                opened, snapshots = self._opened
                token = manifest.token(self._dir)
                if token == opened:
                    return snapshots
                if token is None:
                    raise SearchUnavailable("the search index is gone and is being rebuilt")
                try:
                    root = self._dir / manifest.read(self._dir).build
                    new = {name: open_snapshot(root / name, reuse=snapshots[name]) for name in manifest.SHELVES}
                except Damaged:
                    # A writer in another process put newer files in their place meanwhile.
                    if attempt == _ATTEMPTS - 1:
                        raise
                else:
                    self._opened = (token, new)
                    return new
        raise AssertionError("unreachable")

    def _put(self, build: str, *, position: int) -> None:
        with files():
            manifest.replace(self._dir, manifest.describe(self._dir, build, position=position, known={}))

    def _new_build(self, entries: Iterable[IndexEntry]) -> str:
        build = f"build-{secrets.token_hex(6)}"
        repeated: dict[RecordUid, IndexEntry] = {}
        seen: set[RecordUid] = set()
        with ExitStack() as stack:
            writers = {}
            for shelf in manifest.SHELVES:
                directory = self._dir / build / shelf
                with files():
                    directory.mkdir(parents=True)
                    index = FileStorage(str(directory)).create_index(SCHEMA)
                writers[shelf] = stack.enter_context(writer(index, _REBUILD_MEGABYTES))
            for entry in entries:
                if entry.uid in seen:
                    repeated[entry.uid] = entry
                    continue
                seen.add(entry.uid)
                for shelf, document in documents(entry):
                    if document is not None:
                        add(writers[shelf], entry.uid, document)
        if repeated:
            self._commit(build, repeated, reuse=dict.fromkeys(manifest.SHELVES, EMPTY))
        return build

    def _commit(self, build: str, entries: dict[RecordUid, IndexEntry], *, reuse: dict[str, Snapshot]) -> None:
        """Write *entries* to both, the public one first: what was withdrawn is gone there soonest.

        What is there is read anew: a writer that died may have committed without saying so in the manifest.
        """
        for shelf in manifest.SHELVES:
            snapshot = open_snapshot(self._dir / build / shelf, reuse=reuse[shelf])
            wanted = {entry.uid: dict(documents(entry))[shelf] for entry in entries.values()}
            present = {uid for uid in wanted if snapshot.find(uid)}
            forget = any(is_erased(entry) for entry in entries.values()) and (present or snapshot.has_deleted)
            if not present and not forget and all(document is None for document in wanted.values()):
                continue
            with files():
                index = FileStorage(str(self._dir / build / shelf)).open_index(schema=SCHEMA)
            with writer(index, _LIVE_MEGABYTES, merge=forgetting if forget else None) as writing:
                for uid, document in wanted.items():
                    if uid in present:
                        writing.delete_by_term("uid", uid)
                    if document is not None:
                        add(writing, uid, document)
