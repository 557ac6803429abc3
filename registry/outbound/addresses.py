"""Which network addresses the node may connect to: public unicast ones, and what an operator adds.

The lists follow the IANA special-purpose registries for IPv4 and IPv6. Forms of IPv6 that carry an IPv4 address
(mapped, compatible, NAT64, 6to4, Teredo) are refused whatever they carry: no public host needs them.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_CLOSED_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            # Where a cloud answers a machine about itself, its credentials among it; the second is a public address.
            "169.254.0.0/16",
            "168.63.129.16/32",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")))


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks as an operator writes them.

    Raises:
        ValueError: one is no network.
    """
    return tuple(map(ip_network, texts))


def is_within(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether *address* is in one of the networks that an operator allows."""
    return any(address in one for one in allowed)


def is_public(address: Address) -> bool:
    """Whether anybody in the world may be reached there."""
    if isinstance(address, IPv4Address):
        return not any(address in one for one in _CLOSED_4)
    return address.scope_id is None and address in _PUBLIC_6 and not any(address in one for one in _CLOSED_6)


def read(text: str) -> Address | None:
    """An address in its one usual form, or ``None``."""
    try:
        return ip_address(text)
    except ValueError:
        return None
