"""Turns of several nodes beside one another, so that one that is slow keeps no other waiting."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeAlias

Turn: TypeAlias = Callable[[], object]
# Runs the turn of the node of this name.
Run: TypeAlias = Callable[[str, Turn], object]

WORKERS = 4


def at_once(_name: str, turn: Turn) -> None:
    """Run a turn here and now."""
    turn()


class Turns:
    """A few threads that run turns, in the order in which they were given; one turn of a node at a time."""

    def __init__(self, name: str) -> None:
        """Threads that are named *name* and counted."""
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix=name)
        self._running: dict[str, Future[object]] = {}
        self._failed: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)

    def run(self, name: str, turn: Turn) -> None:
        """Run the turn of a node as soon as a thread is free; nothing where its last one is not over."""
        last = self._running.get(name)
        if last is not None and not last.done():
            return
        if last is not None:
            self._failed = self._failed or last.exception()
        self._running[name] = self._threads.submit(turn)

    def tell(self) -> None:
        """Tell of a turn that failed, once all nodes were given theirs: it keeps no other waiting.

        Raises what one ended with whose node has got another since.
        """
        failed, self._failed = self._failed, None
        if failed is not None:
            raise failed
