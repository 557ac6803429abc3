"""When segments become one: behind the updates, in a thread that lives only while there is something to merge.

It works for a millisecond at a time and then lets others work, so that searches in the same process wait for it no
longer than that. A small merge that has become due is done in the midst of a large one. Of all processes one merges.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from registry.domain.errors import SearchUnavailable
from registry.search.engine import Damaged, FileStorage, files
from registry.search.merging import Merge

_WORK_SECONDS = 0.001
_PAUSE_SECONDS = 0.0002
_LOOK_SECONDS = 0.05
_RETRY_SECONDS = 0.01
# Where a merge failed, the next is not begun before so many times as long as it took.
_REST = 10
_REST_SECONDS_AT_MOST = 60.0
# More segments than these make searches slow: whoever adds one waits so long for the merging.
_SEGMENTS_AT_MOST = 24
_WAIT_SECONDS = 0.3
_STOP_SECONDS = 5.0


class Merged(Protocol):
    """The index that is merged."""

    def tidy(self) -> None:
        """Remove what earlier merges left, as nobody merges now."""

    def standing(self) -> int:
        """How many segments the shelf has that has most."""

    def next_merge(self, busy: Sequence[Merge]) -> Merge | None:
        """The smallest merge that is due, of segments that none of *busy* reads; smaller than any of these."""

    def put_in_place(self, merge: Merge) -> None:
        """Commit *merge*, or nothing where its sources are not there any more.

        Raises:
            SearchUnavailable: another process writes.
        """


class Merger:
    """Merges the segments of one index; see the module."""

    def __init__(self, index: Merged, lock: Path) -> None:
        self._index = index
        self._lock = lock
        self._changed = threading.Condition()
        # All of these are read and written under it.
        self._thread: threading.Thread | None = None
        self._is_awake = False
        self._is_crowded = False
        self._placed = 0
        self._rests_until = 0.0
        # These are the thread's own.
        self._stop = threading.Event()
        self._busy: list[Merge] = []
        self._works_until = self._looks_at = 0.0

    def wake(self) -> None:
        """A segment was added: merge what is due, unless the last attempt has just failed."""
        with self._changed:
            if time.monotonic() < self._rests_until:
                return
            self._is_awake = True
            if self._thread is None:
                self._stop.clear()
                self._thread = threading.Thread(target=self._run, name="segment merger", daemon=True)
                self._thread.start()

    def make_room(self) -> None:
        """Where merging has fallen far behind, leave it a while; at most 0.3 seconds."""
        with self._changed:
            before = self._placed
            self._changed.wait_for(
                lambda: not self._is_crowded or self._thread is None or self._placed != before, _WAIT_SECONDS
            )

    def wait(self, seconds: float) -> bool:
        """Whether nothing is merged any more, at the latest after so many *seconds*."""
        with self._changed:
            return self._changed.wait_for(lambda: self._thread is None, seconds)

    def stop(self) -> None:
        """Throw away what is being merged, and end; a later ``wake`` begins anew."""
        with self._changed:
            self._stop.set()
        self.wait(_STOP_SECONDS)

    def _run(self) -> None:
        try:
            while self._is_to_go_on():
                began = time.monotonic()
                try:
                    self._merge_alone()
                except (Damaged, SearchUnavailable):
                    self._rest(time.monotonic() - began)
        finally:
            with self._changed:
                if self._thread is threading.current_thread():
                    self._end()

    def _is_to_go_on(self) -> bool:
        with self._changed:
            if self._is_awake and not self._stop.is_set():
                self._is_awake = False
                return True
            # Under the same lock: who wakes it from now on begins a new thread.
            self._end()
            return False

    def _end(self) -> None:
        self._thread = None
        self._is_awake = self._is_crowded = False
        self._changed.notify_all()

    def _rest(self, took: float) -> None:
        with self._changed:
            self._is_awake = False
            if not self._stop.is_set():
                self._rests_until = time.monotonic() + min(_REST * took, _REST_SECONDS_AT_MOST)

    def _merge_alone(self) -> None:
        lock = FileStorage(str(self._lock.parent)).lock(self._lock.name)
        with files():
            is_free = lock.acquire(blocking=False)
        if not is_free:
            return
        try:
            self._index.tidy()
            while self._merge_next():
                pass
        finally:
            self._busy.clear()
            lock.release()

    def _merge_next(self) -> bool:
        """Do the smallest merge that is due; ``False`` where none is."""
        self._count()
        merge = None if self._stop.is_set() else self._index.next_merge(self._busy)
        if merge is None:
            return False
        self._busy.append(merge)
        try:
            merge.write(self._pause)
            self._put_in_place(merge)
        except Damaged:
            # Where it was thrown away its segments are gone; others may be due.
            if merge.is_wanted or self._stop.is_set():
                raise
        finally:
            self._busy.remove(merge)
            merge.drop()
        return True

    def _put_in_place(self, merge: Merge) -> None:
        while True:
            try:
                self._index.put_in_place(merge)
            except SearchUnavailable:
                if self._stop.wait(_RETRY_SECONDS):
                    raise
            else:
                break
        with self._changed:
            self._placed += 1
            self._changed.notify_all()

    def _count(self) -> None:
        is_crowded = self._index.standing() > _SEGMENTS_AT_MOST
        with self._changed:
            self._is_crowded = is_crowded
            self._changed.notify_all()

    def _pause(self) -> None:
        """Let others work; do a smaller merge that has become due meanwhile.

        Raises:
            Damaged: the merge is to be given up.
        """
        now = time.perf_counter()
        if now < self._works_until:
            return
        if self._stop.is_set() or not self._busy[-1].is_wanted:
            raise Damaged("the merge is given up")
        if now > self._looks_at and self._was_woken():
            # What goes wrong with the small one must not end the large one.
            with suppress(Damaged, SearchUnavailable):
                while self._merge_next():
                    pass
        time.sleep(_PAUSE_SECONDS)
        now = time.perf_counter()
        self._works_until, self._looks_at = now + _WORK_SECONDS, max(self._looks_at, now)

    def _was_woken(self) -> bool:
        self._looks_at = time.perf_counter() + _LOOK_SECONDS
        with self._changed:
            is_awake, self._is_awake = self._is_awake, False
        return is_awake
