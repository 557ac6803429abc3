"""Requests to other hosts: guarded, bounded, and followed by hand where they are redirected.

A connection serves one request. Proxies and credentials that the environment offers are not used, cookies are not
kept.
"""

from __future__ import annotations

import base64
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import BinaryIO, TypeAlias
from urllib.parse import urlencode, urljoin

import certifi
import httpcore

from registry.domain.errors import FetchFailed, FetchRefused
from registry.outbound.addresses import Network
from registry.outbound.connection import Deadline, PinnedBackend
from registry.outbound.target import UNREACHABLE, Resolver, Target, admit
from registry.outbound.unpacking import TOO_LARGE, bounded, unpacked
from registry.ports.outbound import FetchRequest, FetchResponse

_Begun: TypeAlias = Callable[[FetchResponse], None]

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
REFUSAL_SECONDS = 1.0
_HEAD_BYTES = 200_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OWN_HEADERS = frozenset({"host", "user-agent", "accept-encoding", "connection", "content-length", "transfer-encoding"})


@cache
def public_roots() -> ssl.SSLContext:
    """Certificates by the public roots, TLS 1.2 at least."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class GuardedRequests:
    """``ports.Outbound`` as far as HTTP goes.

    Args:
        agent: what it calls itself, with where to complain.
        allowed: networks beside the public ones.
        roots: the certificates that are trusted; the public ones unless a test brings its own.
        refusal_seconds: how long ``check`` takes at least to refuse an address.
    """

    def __init__(
        self,
        agent: str,
        resolver: Resolver,
        *,
        allowed: Sequence[Network] = (),
        roots: ssl.SSLContext | None = None,
        refusal_seconds: float = REFUSAL_SECONDS,
    ) -> None:
        self._agent = agent
        self._resolver = resolver
        self._allowed = allowed
        self._roots = roots
        self._refusal_seconds = refusal_seconds

    def fetch(
        self, request: FetchRequest, *, into: BinaryIO | None = None, begun: _Begun | None = None
    ) -> FetchResponse:
        """See the port."""
        deadline = Deadline(request.timeout_seconds)
        with _told():
            target = self._admit(request.url, request, deadline, first=True)
            for hop in range(request.redirects + 1):
                bare = request if hop == 0 else replace(request, basic=None, headers={})
                answer = self._once(target, bare, deadline, into, begun)
                if not _leads_on(answer, request):
                    return answer
                target = self._next(answer, target, request, deadline)
        raise FetchFailed("the address was redirected too often", reason="TOO_MANY_REDIRECTS")

    def check(self, request: FetchRequest) -> None:
        """See the port."""
        began = time.monotonic()
        try:
            self._admit(request.url, request, Deadline(CONNECT_SECONDS), first=True)
        except (FetchRefused, FetchFailed) as refusal:
            time.sleep(max(0.0, self._refusal_seconds - (time.monotonic() - began)))
            raise refusal if isinstance(refusal, FetchRefused) else FetchRefused(UNREACHABLE) from None

    def _admit(self, url: str, request: FetchRequest, deadline: Deadline, *, first: bool) -> Target:
        seconds = min(CONNECT_SECONDS, deadline.left)
        return admit(url, request, self._resolver, self._allowed, seconds=seconds, first=first)

    def _next(self, answer: FetchResponse, before: Target, request: FetchRequest, deadline: Deadline) -> Target:
        url = urljoin(before.url, answer.headers["location"])
        target = self._admit(url, request, deadline, first=False)
        if before.scheme == "https" and target.scheme != "https":
            raise FetchRefused("the answer leads from https to http")
        return target

    def _once(
        self,
        target: Target,
        request: FetchRequest,
        deadline: Deadline,
        into: BinaryIO | None,
        begun: _Begun | None,
    ) -> FetchResponse:
        backend = PinnedBackend(target.addresses, deadline, _HEAD_BYTES + 2 * request.max_bytes)
        timeouts = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": CONNECT_SECONDS}
        with (
            httpcore.ConnectionPool(self._roots or public_roots(), max_connections=1, network_backend=backend) as pool,
            pool.stream(
                request.method,
                httpcore.URL(
                    scheme=target.scheme.encode(),
                    host=target.host.encode(),
                    port=target.port,
                    target=target.path.encode(),
                ),
                headers=self._headers(target, request),
                content=_body(request),
                extensions={"timeout": timeouts},
            ) as answer,
        ):
            headers = _headers_of(answer.headers)
            head = FetchResponse(answer.status, target.url, headers, b"")
            if _leads_on(head, request) or answer.status == 304:
                return head
            if begun is not None:
                begun(head)
            return _read(head, answer.iter_stream(), request, into)

    def _headers(self, target: Target, request: FetchRequest) -> list[tuple[str, str]]:
        own = {
            "Host": target.origin,
            "User-Agent": self._agent,
            "Accept": ", ".join(sorted(request.types)) or "*/*",
            "Accept-Encoding": "identity" if request.resume_from else "gzip",
            "Connection": "close",
        }
        if request.form is not None:
            own["Content-Type"] = "application/x-www-form-urlencoded"
        body = _body(request)
        if body is not None:
            own["Content-Length"] = str(len(body))
        if request.basic is not None:
            own["Authorization"] = "Basic " + base64.b64encode(":".join(request.basic).encode()).decode()
        own |= _conditions(request)
        given = {name: value for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS}
        return list((own | given).items())


def _conditions(request: FetchRequest) -> dict[str, str]:
    """What asks for a newer copy only, or for the rest of a body."""
    if request.resume_from:
        validator = request.etag or request.last_modified
        if validator is None or validator.startswith("W/"):
            raise FetchFailed("a body is resumed by a strong validator only", reason="NO_VALIDATOR")
        return {"Range": f"bytes={request.resume_from}-", "If-Range": validator}
    found = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in found.items() if value is not None}


def _body(request: FetchRequest) -> bytes | None:
    return request.body if request.form is None else urlencode(request.form).encode()


def _headers_of(pairs: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("ascii").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _leads_on(answer: FetchResponse, request: FetchRequest) -> bool:
    return request.method == "GET" and answer.status in _REDIRECTS and "location" in answer.headers


def _read(head: FetchResponse, pieces: Iterator[bytes], request: FetchRequest, into: BinaryIO | None) -> FetchResponse:
    offset = _offset(head, request)
    if head.is_ok:
        _require_type(head.headers, request)
    encoding = head.headers.get("content-encoding", "").strip().lower()
    target = into or BytesIO()
    if into is not None and request.resume_from and not offset:
        into.seek(0)
        into.truncate()
    try:
        for piece in bounded(unpacked(bounded(pieces, request.max_bytes), encoding), request.max_bytes):
            target.write(piece)
    except FetchFailed as failure:
        if not request.cut or failure.reason != TOO_LARGE:
            raise
    body = target.getvalue() if isinstance(target, BytesIO) and into is None else b""
    return replace(head, body=body, offset=offset)


def _offset(head: FetchResponse, request: FetchRequest) -> int:
    """Where the body begins: at the place that was asked for, or at the start where the whole came back."""
    if head.status != 206:
        return 0
    start = head.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
    if not request.resume_from or start != str(request.resume_from):
        raise FetchFailed("another part of the body came than was asked for", reason="BAD_RANGE")
    return request.resume_from


def _require_type(headers: Mapping[str, str], request: FetchRequest) -> None:
    found = headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.types and found not in request.types:
        raise FetchFailed("the answer is of another type than was asked for", reason="BAD_TYPE")


@contextmanager
def _told() -> Iterator[None]:
    """The transport's failures in the registry's words; what the other side wrote is not repeated."""
    try:
        yield
    except httpcore.TimeoutException:
        raise FetchFailed("the host did not answer in time", reason="TIMEOUT") from None
    except httpcore.ConnectError as error:
        raise _not_connected(error) from None
    except (httpcore.ProtocolError, httpcore.NetworkError, httpcore.UnsupportedProtocol):
        raise FetchFailed("the answer broke off, or was no answer by the rules", reason="BAD_ANSWER") from None


def _not_connected(error: BaseException | None) -> FetchFailed:
    cause = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return FetchFailed("the host did not prove who it is", reason="TLS")
        cause = cause.__cause__ or cause.__context__
    return FetchFailed("nobody answers at this address", reason="UNREACHABLE")
