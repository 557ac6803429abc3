"""Where a request goes: an address taken apart strictly, resolved once, with everything it leads to checked.

What two readers could read differently is refused: numbers as hosts in other forms than the usual one, a user before
the host, a backslash, blanks, letters beyond ASCII, a dot at the end.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol
from urllib.parse import urlsplit

from registry.domain.errors import FetchFailed, FetchRefused
from registry.outbound.addresses import Address, Network, is_public, is_within, read
from registry.ports.outbound import FetchRequest

MAX_URL = 2000
_VISIBLE = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_USUAL_PORTS = {"https": 443, "http": 80}
_FORM = "use an https address with a plain host name, such as https://example.org/hook"
# One text for whatever is not reachable from here: an answer must not tell what a private network holds.
UNREACHABLE = "this address leads to no public host"


class Resolver(Protocol):
    """Names to addresses."""

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """Every address of *host*; none where there is no such host.

        Raises:
            OSError: nobody could tell.
        """
        ...


class SystemResolver:
    """The machine's own resolver."""

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """See ``Resolver``."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return tuple(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: ``addresses`` are connected to, ``host`` is only said."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def origin(self) -> str:
        """The host as the ``Host`` header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _USUAL_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.origin}{self.path}"


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart, not resolved yet."""

    scheme: str
    host: str
    port: int
    path: str
    literal: Address | None


def place_of(url: str) -> Place:
    """Take an address apart.

    Raises:
        FetchRefused: it is not one that everybody reads alike.
    """
    if len(url) > MAX_URL or not _VISIBLE.fullmatch(url):
        raise FetchRefused(_FORM)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise FetchRefused(_FORM) from None
    if parts.scheme not in _USUAL_PORTS or "@" in parts.netloc or "%" in parts.netloc:
        raise FetchRefused(_FORM)
    literal = read(host)
    is_bracketed = "[" in parts.netloc
    if is_bracketed != (literal is not None and literal.version == 6):
        raise FetchRefused(_FORM)
    if literal is None and not _is_name(host):
        raise FetchRefused(_FORM)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, _USUAL_PORTS[parts.scheme] if port is None else port, path, literal)


def _is_name(host: str) -> bool:
    """Whether it is a name whose last label no resolver takes for a number, whatever base it is written in."""
    labels = host.split(".")
    if not 1 <= len(host) <= 253 or not all(map(_LABEL.fullmatch, labels)):
        return False
    return not re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1])


def admit(
    url: str, request: FetchRequest, resolver: Resolver, allowed: Sequence[Network], *, seconds: float, first: bool
) -> Target:
    """Check where *url* leads, resolving its name once.

    An address in an *allowed* network may be reached by http and at any port.

    Args:
        first: whether *url* is the one of the request, not one that was redirected to.

    Raises:
        FetchRefused: it may not be reached, or there is nothing to reach.
        FetchFailed: the name was not resolved in time.
    """
    place = place_of(url)
    if request.hosts is not None and place.host not in request.hosts:
        raise FetchRefused("this host is not among those that may be reached")
    if not first and request.hosts is None and place.host != place_of(request.url).host:
        raise FetchRefused("the answer leads to another host")
    found = (str(place.literal),) if place.literal is not None else _resolved(resolver, place, seconds)
    addresses = [read(one) for one in found]
    is_allowed = bool(addresses) and all(one is not None and is_within(one, allowed) for one in addresses)
    if not is_allowed:
        _require_usual(place, request)
        if not addresses or not all(one is not None and is_public(one) for one in addresses):
            raise FetchRefused(UNREACHABLE)
    return Target(place.scheme, place.host, place.port, place.path, tuple(found))


def _require_usual(place: Place, request: FetchRequest) -> None:
    if place.scheme != "https" and not request.plain_http:
        raise FetchRefused("only https addresses are reached")
    if place.port not in request.ports and not (place.scheme == "http" and place.port == _USUAL_PORTS["http"]):
        raise FetchRefused("this port is not reached", hint="leave the port out")


def _resolved(resolver: Resolver, place: Place, seconds: float) -> tuple[str, ...]:
    """The addresses of a name. A resolver that hangs is left behind in its own thread."""
    answers: SimpleQueue[tuple[str, ...]] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(tuple(resolver.resolve(place.host, place.port)))
        except (OSError, UnicodeError):
            answers.put(())

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        return answers.get(timeout=max(seconds, 0.001))
    except Empty:
        raise FetchFailed("the name of the host was not resolved in time", reason="TIMEOUT") from None
