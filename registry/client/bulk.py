"""Sending many submissions: in portions, resumed where the connection, the node or its patience ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.client.connection import Connection, Interrupted
from registry.client.failures import problems_of
from registry.domain.canonical import JsonValue
from registry.domain.errors import Problem, Unavailable

_LINES_AT_ONCE = 500
_BYTES_AT_ONCE = 4_000_000
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of one line, counted from 1.

    ``status`` is ``stored``, ``draft``, ``replayed``, ``unchanged``, ``valid``, ``error`` or ``skipped``.
    """

    line: int
    status: str
    uid: str | None
    number: str | None
    state: str | None
    draft_revision: int | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        said: dict[str, JsonValue] = {
            name: getattr(self, name) for name in ("line", "status", "uid", "number", "state", "draft_revision")
        }
        return said | {"errors": _listed(self.errors), "warnings": _listed(self.warnings)}


class Bulk:
    """The method of ``Client`` for many submissions."""

    _connection: Connection

    def submit_lines(
        self,
        lines: Iterable[bytes],
        *,
        dry_run: bool = False,
        patience_seconds: float = 300.0,
        on_wait: Callable[[float, str], None] = lambda _seconds, _reason: None,
    ) -> Iterator[LineAnswer]:
        """Hand in one submission a line, in the file format; the answers in the same order as they come.

        Lines are stored once however often they are sent: lines without an idempotency key get one from the node, made
        of what they say. So a lost connection is resumed, and the same lines may be sent again later.

        Args:
            dry_run: have the node check the lines, and store nothing.
            patience_seconds: how long to go on without an answer before giving up.
            on_wait: told how long is waited, and why.

        Raises:
            Unavailable: no line was answered for so long; the lines before were.
            CommonsError: what the node raised about the request as a whole.
        """
        mode, done = "validate" if dry_run else "apply", 0
        for portion in _portions(lines):
            rest, answered_at, wait = portion, time.monotonic(), _FIRST_WAIT_SECONDS
            while rest:
                count = 0
                try:
                    for found in self._connection.send_lines(f"/bulk?mode={mode}", b"".join(rest)):
                        count += 1
                        yield _answer(done + count, found)
                        # Whoever takes the answer may take time for it.
                        answered_at, wait = time.monotonic(), _FIRST_WAIT_SECONDS
                except Interrupted as stop:
                    seconds = wait if stop.retry_after is None else stop.retry_after
                    wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
                    if time.monotonic() + seconds - answered_at > patience_seconds:
                        hint = f"{done + count} lines were answered; send them all again, none is stored twice"
                        raise Unavailable(stop.message, hint=hint) from stop
                    on_wait(seconds, stop.message)
                    time.sleep(seconds)
                done, rest = done + count, rest[count:]


def _portions(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    portion: list[bytes] = []
    size = 0
    for line in lines:
        ended = line if line.endswith(b"\n") else line + b"\n"
        if portion and (len(portion) == _LINES_AT_ONCE or size + len(ended) > _BYTES_AT_ONCE):
            yield portion
            portion, size = [], 0
        portion.append(ended)
        size += len(ended)
    if portion:
        yield portion


def _answer(number: int, found: Mapping[str, Any]) -> LineAnswer:
    return LineAnswer(
        line=number,
        status=found["status"],
        uid=found["uid"],
        number=found["number"],
        state=found["state"],
        draft_revision=found["draftRevision"],
        errors=problems_of(found["errors"]),
        warnings=problems_of(found["warnings"]),
    )


def _listed(problems: tuple[Problem, ...]) -> list[JsonValue]:
    return [{"path": list(one.path), "code": one.code, "message": one.message, "hint": one.hint} for one in problems]
