"""Which network address a request comes from: the peer, unless that is a proxy which the settings trust.

A proxy adds the address that it was asked from at the end of a header. So the chain is read from its end, and the
first address that is no trusted proxy counts: whatever stands before it was written by whoever asked.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from starlette.types import Scope

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_MAX_HOPS = 50
_STANDARD = "Forwarded"


class Proxies:
    """The proxies of a node, which all tell who asked them in one and the same header."""

    def __init__(self, networks: Iterable[str] = (), *, header: str = "X-Forwarded-For") -> None:
        self._networks = tuple(ipaddress.ip_network(one, strict=False) for one in networks)
        self._header = header.lower().encode()
        self._is_standard = header == _STANDARD

    def address_of(self, scope: Scope) -> str | None:
        """The address in its usual form; ``None`` where there is none, as on a local socket."""
        client = scope.get("client")
        found = _parsed(client[0]) if client else None
        if found is None or not self._networks:
            return None if found is None else str(found)
        for hop in self._hops(scope):
            if not self._is_trusted(found) or (before := _parsed(hop)) is None:
                break
            found = before
        return str(found)

    def _is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._networks)

    def _hops(self, scope: Scope) -> Iterator[str]:
        """What the proxies wrote, the last first."""
        values = [value.decode("latin-1") for name, value in scope["headers"] if name == self._header]
        for hop in reversed(",".join(values).rsplit(",", _MAX_HOPS)[-_MAX_HOPS:]):
            yield _said_by_standard(hop) if self._is_standard else hop


def _said_by_standard(hop: str) -> str:
    """The ``for`` parameter of one element of RFC 7239, without its quotes. An address holds no comma or semicolon."""
    for parameter in hop.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "for":
            value = value.strip()
            return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    return ""


def _parsed(text: str) -> Address | None:
    """The address in *text*, which may name a port; an IPv4 address in IPv6 form is itself."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
