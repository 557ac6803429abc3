"""``POST /bulk``: many submissions, one a line, answered line by line in their order.

A client may send everything before it reads anything, as most do. So the body is kept in a file without a name first;
otherwise both sides could wait for each other for ever. From there on a slow reader slows the work down.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import IO

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from registry.domain.actor import Actor
from registry.domain.bulk import Line, Mode, Outcome, Status, in_turn, read_line, refused
from registry.domain.errors import (
    CommonsError,
    InvalidInput,
    Problem,
    RateLimited,
    StoreUnavailable,
    Unauthenticated,
)
from registry.ports import Registry
from registry.service import authentication, bulk, limits, sessions
from web.authentication import actor_of
from web.errors import HttpFailure
from web.limits import PAGE_COST
from web.middleware import told_length
from web.session_cookie import SessionCookie
from web.streaming import Places, end_with_client

MEDIA_TYPE = "application/x-ndjson"
_TYPES = frozenset({MEDIA_TYPE, "application/ndjson", "application/jsonl"})
_THREADS = 4
_LINES_AT_ONCE = 32
_BYTES_AT_ONCE = 2_000_000
_AT_ONCE_PER_ORGANISATION = 2
_PIECE = 1 << 16


class BulkApp:
    """Answers ``/bulk`` for one registry. ``request.state`` must hold ``actor`` and ``request_id``.

    Args:
        piece_seconds: how long a piece of the body may take to arrive, and a piece of the answer to be read.
        body_seconds: how long the whole body may take.
    """

    def __init__(self, registry: Registry, *, piece_seconds: float = 30.0, body_seconds: float = 900.0) -> None:
        self._registry = registry
        self._piece_seconds = piece_seconds
        self._body_seconds = body_seconds
        self._threads = anyio.CapacityLimiter(_THREADS)
        self._places = Places("bulk requests", each=_AT_ONCE_PER_ORGANISATION)
        self._cookie = SessionCookie(https=registry.settings.base_url.startswith("https:"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request in, then answer it."""
        request = Request(scope, receive)
        actor = actor_of(request)
        organisation = bulk.admit(actor)
        mode = _mode(request)
        self._check_head(request)
        request.state.standing = limits.charge(self._registry, actor, cost=PAGE_COST)
        with self._places.place(organisation), _unnamed_file(self._registry) as body:
            await self._receive(receive, body)
            async with anyio.create_task_group() as group:
                group.start_soon(end_with_client, receive, group)
                # Who does not read the answer is left alone; what was not read is sent again.
                with suppress(TimeoutError):
                    await self._answer(request, actor, mode, body, send)
                group.cancel_scope.cancel()

    def _check_head(self, request: Request) -> None:
        if told_length(request.headers) > self._registry.settings.bulk_max_bytes:
            raise self._too_large()
        type_ = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if type_ not in _TYPES:
            raise HttpFailure(415, "UNSUPPORTED_MEDIA_TYPE", f"send one submission a line, as {MEDIA_TYPE}")

    async def _receive(self, receive: Receive, body: IO[bytes]) -> None:
        """Take the body in, at most so many bytes and lines of it, each piece in time."""
        size, lines, ends = 0, 0, True
        with anyio.move_on_after(self._body_seconds):
            while True:
                with anyio.move_on_after(self._piece_seconds) as waiting:
                    message = await receive()
                if waiting.cancelled_caught:
                    break
                if message["type"] == "http.disconnect":
                    raise HttpFailure(400, "BODY_INCOMPLETE", "the connection ended before the body did")
                piece: bytes = message.get("body", b"")
                size, lines = size + len(piece), lines + piece.count(b"\n")
                ends = piece.endswith(b"\n") if piece else ends
                if size > self._registry.settings.bulk_max_bytes:
                    raise self._too_large()
                if lines + (not ends) > self._registry.settings.bulk_max_lines:
                    most = self._registry.settings.bulk_max_lines
                    message_text = f"at most {most} lines are taken at once: send the file in portions"
                    raise HttpFailure(413, "TOO_MANY_LINES", message_text, headers={"Connection": "close"})
                await self._keep(body, piece)
                if not message.get("more_body", False):
                    return
        message_text = f"the body came too slowly: each piece has {self._piece_seconds:g} seconds"
        raise HttpFailure(408, "REQUEST_TIMEOUT", message_text, headers={"Connection": "close"})

    async def _keep(self, body: IO[bytes], piece: bytes) -> None:
        try:
            await anyio.to_thread.run_sync(body.write, piece, limiter=self._threads)
        except OSError as error:
            raise StoreUnavailable("there is no room for this request now; try again") from error

    def _too_large(self) -> HttpFailure:
        message = f"the body is limited to {self._registry.settings.bulk_max_bytes} bytes: send the file in portions"
        return HttpFailure(413, "BODY_TOO_LARGE", message, headers={"Connection": "close"})

    async def _answer(self, request: Request, actor: Actor, mode: Mode, body: IO[bytes], send: Send) -> None:
        body.seek(0)
        headers = [(b"content-type", MEDIA_TYPE.encode()), (b"cache-control", b"private, no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        counts: Counter[str] = Counter()
        at, stopped = 0, None
        try:
            async for lines in self._portions(body):
                actor = await self._acts_now(request, actor)
                for together in in_turn(lines):
                    outcomes = await self._taken(actor, together, mode)
                    told = [one for one in outcomes if isinstance(one, Outcome)]
                    stopped = next((one for one in outcomes if isinstance(one, CommonsError)), None)
                    if stopped is not None:
                        told = told[: outcomes.index(stopped)]
                    texts = [_line(at + number, one) for number, one in enumerate(told, start=1)]
                    at += len(told)
                    counts.update(one.status.value for one in told)
                    await self._send(send, b"".join(texts))
                    if stopped is not None:
                        raise stopped
        except CommonsError as error:
            stopped = error
        last = _summary(at, counts, stopped, request.state.request_id)
        await send({"type": "http.response.body", "body": last, "more_body": False})

    async def _acts_now(self, request: Request, before: Actor) -> Actor:
        """Who sends this, with the rights of now: keys and sessions end, and roles are taken away, meanwhile.

        Raises:
            Unauthenticated: it is nobody any more, or somebody for another organisation.
            Forbidden: they may not submit any more.
        """
        given = request.headers.get("authorization")

        def found() -> Actor | None:
            if given is not None:
                return authentication.authenticate(self._registry, given.partition(" ")[2].strip())
            session = sessions.authenticate_session(self._registry, self._cookie.held(request.scope))
            return None if session is None else session.actor

        if given is None and before.session is None:
            return before
        now = await anyio.to_thread.run_sync(found, limiter=self._threads)
        if now is None or bulk.admit(now) != before.organisation:
            raise Unauthenticated("this session has ended, or is for another organisation now")
        return replace(now, address=before.address, request_id=before.request_id)

    async def _portions(self, body: IO[bytes]) -> AsyncIterator[Sequence[Line]]:
        most = self._registry.settings.bulk_line_bytes
        while lines := await anyio.to_thread.run_sync(_next_lines, body, most, limiter=self._threads):
            yield lines

    async def _taken(self, actor: Actor, lines: Sequence[Line], mode: Mode) -> list[Outcome | CommonsError]:
        """What became of each line, all at once: those that wait for one another share a durable commit."""
        found: list[Outcome | CommonsError | None] = [None] * len(lines)

        async def take(at: int) -> None:
            try:
                found[at] = await anyio.to_thread.run_sync(
                    bulk.take, self._registry, actor, lines[at], mode, limiter=self._threads
                )
            except CommonsError as error:
                found[at] = error

        async with anyio.create_task_group() as group:
            for at in range(len(lines)):
                group.start_soon(take, at)
        return [one for one in found if one is not None]

    async def _send(self, send: Send, text: bytes) -> None:
        with anyio.fail_after(self._piece_seconds):
            await send({"type": "http.response.body", "body": text, "more_body": True})


@contextmanager
def _unnamed_file(registry: Registry) -> Iterator[IO[bytes]]:
    """A file that is gone when it is closed, whatever happens; nobody else can open it."""
    try:
        body = tempfile.TemporaryFile(dir=registry.settings.data_dir)  # noqa: SIM115  # closed below
    except OSError as error:
        raise StoreUnavailable("there is no room for this request now; try again") from error
    with body:
        yield body


def _next_lines(body: IO[bytes], most: int) -> list[Line]:
    found: list[Line] = []
    size = 0
    while len(found) < _LINES_AT_ONCE and size < _BYTES_AT_ONCE:
        raw = body.readline(most + 2)
        if not raw:
            break
        size += len(raw)
        found.append(_too_long(most) if len(raw.rstrip(b"\r\n")) > most else read_line(raw, max_bytes=most))
        while not raw.endswith(b"\n") and (raw := body.readline(_PIECE)):
            pass
    return found


def _too_long(most: int) -> Line:
    return Line(outcome=refused([Problem((), "TOO_LONG", f"a line is limited to {most} bytes")]))


def _mode(request: Request) -> Mode:
    said = request.query_params.getlist("mode")
    if len(said) != 1 or said[0] not in set(Mode):
        message = "say what to do with the lines: mode=validate or mode=apply"
        raise InvalidInput([Problem(("mode",), "UNKNOWN_TERM" if said else "REQUIRED", message)])
    return Mode(said[0])


def _line(number: int, outcome: Outcome) -> bytes:
    record = outcome.record
    return _json(
        {
            "line": number,
            "status": outcome.status.value,
            "uid": record and record.uid,
            "number": record and record.number,
            "state": record and record.state.value,
            "draftRevision": record and record.draft_revision,
            "errors": [_problem(one) for one in outcome.errors],
            "warnings": [_problem(one) for one in outcome.warnings],
        }
    )


def _summary(done: int, counts: Counter[str], stopped: CommonsError | None, request_id: str) -> bytes:
    """The last line: how many lines were answered, and from which one to go on where not all were."""
    wait = stopped.retry_after_seconds if isinstance(stopped, RateLimited) else 2
    return _json(
        {
            "complete": stopped is None,
            "lines": done,
            "nextLine": done + 1,
            "counts": {status.value: counts[status.value] for status in Status},
            "status": "complete" if stopped is None else stopped.code.lower(),
            "retryAfter": None if stopped is None else wait,
            "errors": [] if stopped is None else [_problem(one) for one in stopped.problems],
            "requestId": request_id,
        }
    )


def _problem(one: Problem) -> dict[str, object]:
    return {"path": list(one.path), "code": one.code, "message": one.message, "hint": one.hint}


def _json(document: dict[str, object]) -> bytes:
    """One line of ASCII, whatever was in the names of fields."""
    return json.dumps(document, separators=(",", ":")).encode() + b"\n"
