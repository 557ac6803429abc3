"""What every request passes: an id, safe headers, limits on its body, and a check of where it comes from.

Pure ASGI, from the outside in: ``Guard`` answers every failure, ``SameSite`` refuses foreign forms,
``BodyLimits`` reads the body within its bounds. Starlette itself has no limit on bodies.
"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn
from urllib.parse import unquote_to_bytes

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import limits
from web.errors import HttpFailure, answer, failure_of
from web.session_cookie import SessionCookie

BODY_SECONDS = 30.0
MAX_PATH_BYTES = 2000
SIGNING_IN = ("/sign-in", "/sign-out", "/invitation", "/me/")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
SECURITY_HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("X-Frame-Options", "DENY"),
)

_log = logging.getLogger("web.request")


class Guard:
    """Gives the request its id and the response its headers, and answers whatever fails inside."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = SECURITY_HEADERS
        if https:
            self._headers += (("Strict-Transport-Security", "max-age=31536000"),)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                self._complete(headers, request_id)
                limits.tell(scope, headers)
            elif scope["method"] == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            _refuse_broken_text(scope)
            await self._app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001  # the edge of the request: whatever fails is answered and logged here
            _note(error, request_id)
            limits.note_refusal(scope, error)
            if not started:
                await answer(Request(scope), error)(scope, receive, guarded)

    def _complete(self, headers: MutableHeaders, request_id: str) -> None:
        headers["X-Request-Id"] = request_id
        for name, value in self._headers:
            headers.setdefault(name, value)


class SameSite:
    """Refuses changes that another site's page makes a browser send. Keys in a header prove intent by themselves.

    Where a session's cookie comes along, and on the pages where people sign in and out, the browser must say that the
    request comes from a page of ours; elsewhere it is enough that it does not say otherwise.
    """

    def __init__(self, app: ASGIApp, *, origin: str, cookie: SessionCookie) -> None:
        self._app = app
        self._origin = origin
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in UNSAFE:
            headers = Headers(scope=scope)
            must_prove = self._cookie.is_sent(scope) or scope["path"].startswith(SIGNING_IN)
            if "authorization" not in headers and self._is_foreign(headers, must_prove=must_prove):
                message = "this request came from a page of another site"
                raise HttpFailure(403, "CROSS_SITE", message)
        await self._app(scope, receive, send)

    def _is_foreign(self, headers: Headers, *, must_prove: bool) -> bool:
        fetched_from = headers.get("sec-fetch-site")
        if fetched_from is not None:
            return fetched_from != "same-origin" and (must_prove or fetched_from != "none")
        origin = headers.get("origin")
        return must_prove if origin is None else origin != self._origin


class BodyLimits:
    """Reads the whole body, at most *max_bytes* of it and within *seconds*, before anything else sees it.

    Args:
        streamed: paths that read their bodies themselves, within limits of their own.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int,
        seconds: float = BODY_SECONDS,
        streamed: frozenset[str] = frozenset(),
    ) -> None:
        self._app = app
        self._streamed = streamed
        self._max_bytes = max_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in self._streamed:
            headers = Headers(scope=scope)
            self._check(headers)
            if "content-length" in headers or "transfer-encoding" in headers or scope["method"] in UNSAFE:
                receive = _replayed(await self._read(receive), receive)
        await self._app(scope, receive, send)

    def _check(self, headers: Headers) -> None:
        if told_length(headers) > self._max_bytes:
            self._refuse_size()

    async def _read(self, receive: Receive) -> bytes:
        pieces: list[bytes] = []
        size = 0
        with anyio.move_on_after(self._seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise HttpFailure(400, "BODY_INCOMPLETE", "the connection ended before the body did")
                piece: bytes = message.get("body", b"")
                size += len(piece)
                if size > self._max_bytes:
                    self._refuse_size()
                pieces.append(piece)
                if not message.get("more_body", False):
                    return b"".join(pieces)
        message_text = f"the body did not arrive within {self._seconds:g} seconds"
        raise HttpFailure(408, "REQUEST_TIMEOUT", message_text, headers={"Connection": "close"})

    def _refuse_size(self) -> NoReturn:
        message = f"a request body is limited to {self._max_bytes} bytes"
        raise HttpFailure(413, "BODY_TOO_LARGE", message, headers={"Connection": "close"})


def told_length(headers: Headers) -> int:
    """How many bytes a body will have, as far as that is told; it must come as it is.

    Raises:
        HttpFailure: it is encoded, or its length is no number.
    """
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HttpFailure(415, "UNSUPPORTED_ENCODING", "send the body as it is, without Content-Encoding")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise HttpFailure(400, "BAD_REQUEST", "Content-Length is not a number")
    return int(length) if len(length) <= 18 else sys.maxsize


def _replayed(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _refuse_broken_text(scope: Scope) -> None:
    """Path and query must be UTF-8 without control characters; frameworks would quietly replace what is not.

    The path is short, so that no number in it is longer than Python reads.
    """
    path = scope.get("raw_path") or scope["path"].encode()
    if len(path) > MAX_PATH_BYTES:
        raise HttpFailure(414, "ADDRESS_TOO_LONG", f"the path of an address is limited to {MAX_PATH_BYTES} bytes")
    raw = path + b"?" + scope["query_string"]
    try:
        text = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise HttpFailure(400, "BAD_ENCODING", "the address is not UTF-8") from None
    if any(character < " " or character == "\x7f" for character in text if character not in "\t\r\n"):
        raise HttpFailure(400, "BAD_ENCODING", "the address holds control characters")


def _note(error: Exception, request_id: str) -> None:
    """Log what was not expected, with where it happened and without what was sent."""
    if failure_of(error).status < 500:
        return
    _log.error("INTERNAL request %s: %s", request_id, type(error).__name__, exc_info=error)
