"""Answers that come bit by bit: work ends with the client, and only so many run at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import anyio
from anyio.abc import TaskGroup
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from web.errors import HttpFailure


async def end_with_client(receive: Receive, group: TaskGroup) -> None:
    """Stop the work of *group*, after the portion in hand, when nobody waits for the answer any more."""
    while (await receive())["type"] != "http.disconnect":
        pass
    group.cancel_scope.cancel()


class StreamInPlace(StreamingResponse):
    """An answer that is made while it is sent, by whom there is a place for.

    Args:
        piece_seconds: how long the client may take to read a piece.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        *,
        places: Places,
        party: str,
        media_type: str,
        headers: Mapping[str, str],
        piece_seconds: float = 30.0,
    ) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._places, self._party, self._piece_seconds = places, party, piece_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or refuse.

        Raises:
            HttpFailure: there is no place; status 429.
        """

        async def soon(message: Message) -> None:
            with anyio.fail_after(self._piece_seconds):
                await send(message)

        # What cannot be sent to its end is broken off, so that nobody takes a part for the whole.
        with self._places.place(self._party), suppress(TimeoutError):
            await super().__call__(scope, receive, soon)


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
