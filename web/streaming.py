"""Answers that come bit by bit: work ends with the client, and only so many run at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from anyio.abc import TaskGroup
from starlette.types import Receive

from web.errors import HttpFailure


async def end_with_client(receive: Receive, group: TaskGroup) -> None:
    """Stop the work of *group*, after the portion in hand, when nobody waits for the answer any more."""
    while (await receive())["type"] != "http.disconnect":
        pass
    group.cancel_scope.cancel()


class Places:
    """How many answers may be under way: *each* of one party, *at_once* in all."""

    def __init__(self, what: str, *, each: int, at_once: int | None = None, code: str = "RATE_LIMITED") -> None:
        """*what* is under way, in words; *code* is told where there is no place."""
        self._what = what
        self._each = each
        self._at_once = at_once
        self._code = code
        self._running: Counter[str] = Counter()

    @contextmanager
    def place(self, party: str) -> Iterator[None]:
        """A place of *party* while the block runs.

        Raises:
            HttpFailure: there is none; status 429.
        """
        if self._running[party] >= self._each:
            self._refuse(f"at most {self._each} {self._what} of one party run at once")
        if self._at_once is not None and self._running.total() >= self._at_once:
            self._refuse(f"at most {self._at_once} {self._what} run at once on this node: try again in a moment")
        self._running[party] += 1
        try:
            yield
        finally:
            self._running[party] -= 1
            if not self._running[party]:
                del self._running[party]

    def _refuse(self, message: str) -> None:
        raise HttpFailure(429, self._code, message, headers={"Retry-After": "5"})
