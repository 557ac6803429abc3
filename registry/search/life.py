"""The life of an index directory, whatever engine keeps its files: verified at its first use, followed by any number
of readers, written by one process at a time, built anew beside the old one and put in its place in one step."""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from registry.domain.errors import SearchUnavailable
from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry
from registry.search import manifest
from registry.search.engine import Damaged, FileStorage, LockError, files
from registry.search.manifest import Manifest
from registry.search.writing import is_erased

_ATTEMPTS = 5
# What the name of a directory ends with while it is removed.
GONE = ".gone"

_log = logging.getLogger(__name__)

Shelf = TypeVar("Shelf")
Answer = TypeVar("Answer")
_Token = tuple[int, int, int]


class IndexDirectory(ABC, Generic[Shelf]):
    """A search index in one directory. Any thread may read; one process at a time writes, the others follow it.

    Attributes:
        schema: the version of what the engine writes; an index of another one is built anew.

    Args:
        is_filled: whether there is something to be found; asked where there is no index, which is lost then, not empty.
    """

    schema: ClassVar[int]

    def __init__(self, index_dir: Path, *, is_filled: Callable[[], bool] | None = None) -> None:
        index_dir.mkdir(parents=True, exist_ok=True)
        self._dir = index_dir
        self._is_filled = is_filled
        self._was_there = False
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._opened: tuple[_Token | None, dict[str, Shelf]] = (None, self._empty())
        self._broken: _Token | None = None
        self._verifying = threading.Lock()
        self._is_verified = False

    @abstractmethod
    def _empty(self) -> dict[str, Shelf]:
        """What is read while there is no index yet."""

    @abstractmethod
    def _open(self, build: Path, reuse: Mapping[str, Shelf]) -> dict[str, Shelf]:
        """Both shelves of *build* at their newest generation; what did not change is taken from *reuse*."""

    @abstractmethod
    def _describe(self, build: str, *, position: int, known: Mapping[str, tuple[int, int]]) -> Manifest:
        """A manifest of *build* as it is on the disk."""

    @abstractmethod
    def _is_sound(self, found: Manifest) -> bool:
        """Whether the index on the disk is what the manifest says, or a later commit that can be read."""

    @abstractmethod
    def _fill(self, build: Path, entries: Iterable[IndexEntry]) -> None:
        """Write *entries*, each of another record, into the new directory *build*."""

    @abstractmethod
    def _commit(self, build: str, entries: dict[RecordUid, IndexEntry]) -> str:
        """Write *entries* into both shelves of *build*, the public one first: what was withdrawn is gone there
        soonest. The build that is right then: *build* itself, or a new one in which nothing of the old is left."""

    def _commits(self, build: str, entries: dict[RecordUid, IndexEntry]) -> Iterator[tuple[str, bool]]:
        """As ``_commit``, in steps that readers may see one by one: the build, and whether a writer that dies then
        leaves nothing undone."""
        yield self._commit(build, entries), True

    @abstractmethod
    def _release(self, shelves: Mapping[str, Shelf]) -> None:
        """Let go of every file."""

    def position(self) -> int:
        """See ``ports.SearchIndex``."""
        self._verify_once()
        token = manifest.token(self._dir)
        if token is None or token == self._broken:
            return 0
        try:
            return manifest.read(self._dir, self.schema).position
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
                old = manifest.read(self._dir, self.schema)
                self._snapshots()
                if any(map(is_erased, entries)):
                    self._sweep()
                build, told = old.build, old
                with files():
                    for build, is_done in self._commits(old.build, {entry.uid: entry for entry in entries}):
                        known = told.seals if build == told.build else {}
                        new = self._describe(build, position=position if is_done else old.position, known=known)
                        if new != told:
                            manifest.replace(self._dir, new, self.schema)
                            told = new
            except Damaged as error:
                self._verify()
                raise SearchUnavailable(
                    "the search index could not be written; it takes the change in later"
                ) from error
            if build != old.build:
                self._sweep()

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

    def close(self) -> None:
        """See ``ports.SearchIndex``."""
        with self._opening:
            self._release(self._opened[1])
        self._forget()

    def _sweep(self) -> None:
        """Remove every build that is not in use; none, where it cannot be told which one is."""
        used = ""
        if manifest.token(self._dir) is not None:
            try:
                used = manifest.read(self._dir, self.schema).build
            except Damaged:
                return
        for build in self._dir.glob("build-*"):
            if build.name != used:
                removed(build)

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
            sound = self._is_sound(manifest.read(self._dir, self.schema))
        except Damaged:
            sound = False
        if not sound and token != self._broken:
            _log.warning("the search index is damaged, or another version wrote it; it answers once it is built anew")
        self._broken = None if sound else token

    def _forget(self) -> None:
        with self._opening:
            self._opened = (None, self._empty())

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

    def _read(self, shelf: str, answer: Callable[[Shelf], Answer]) -> Answer:
        try:
            return answer(self._snapshots()[shelf])
        except Damaged:
            self._forget()
        try:
            return answer(self._snapshots()[shelf])
        except Damaged as error:
            self._verify()
            raise SearchUnavailable("the search index cannot be read now") from error

    def _snapshots(self) -> dict[str, Shelf]:
        """Both shelves at their newest generation; what did not change is not read again."""
        self._verify_once()
        token = manifest.token(self._dir)
        if token is not None and token == self._broken:
            raise SearchUnavailable("the search index is being rebuilt")
        if token is None and self._is_lost():
            raise SearchUnavailable("the search index is gone and is being rebuilt")
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
                    build = self._dir / manifest.read(self._dir, self.schema).build
                    new = self._open(build, snapshots)
                except Damaged:
                    # A writer in another process put newer files in their place meanwhile.
                    if attempt == _ATTEMPTS - 1:
                        raise
                else:
                    self._opened = (token, new)
                    self._was_there = True
                    return new
        raise AssertionError("unreachable")

    def _is_lost(self) -> bool:
        """Whether an index that is not there has been lost, and is not one that nothing was put into yet."""
        return self._was_there or (self._is_filled is not None and self._is_filled())

    def _put(self, build: str, *, position: int) -> None:
        with files():
            manifest.replace(self._dir, self._describe(build, position=position, known={}), self.schema)

    def _new_build(self, entries: Iterable[IndexEntry]) -> str:
        build = new_name()
        repeated: dict[RecordUid, IndexEntry] = {}
        self._fill(self._dir / build, _first_of_each(entries, repeated))
        return self._commit(build, repeated) if repeated else build


def removed(directory: Path) -> None:
    """Remove *directory*: at once under its name, so that nobody makes another file in it, then what it holds."""
    gone = directory.with_name(directory.name + GONE)
    try:
        directory.rename(gone)
    except OSError:
        # It is not there, or an earlier attempt did not come to its end.
        shutil.rmtree(directory, ignore_errors=True)
    shutil.rmtree(gone, ignore_errors=True)


def new_name() -> str:
    """A name for a build."""
    return f"build-{secrets.token_hex(6)}"


def _first_of_each(entries: Iterable[IndexEntry], repeated: dict[RecordUid, IndexEntry]) -> Iterator[IndexEntry]:
    """The first of *entries* for each record; *repeated* takes the last one of those that come again."""
    seen: set[RecordUid] = set()
    for entry in entries:
        if entry.uid in seen:
            repeated[entry.uid] = entry
        else:
            seen.add(entry.uid)
            yield entry
