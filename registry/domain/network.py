"""Network addresses as what they stand for: one party that asks, and the place that it asks from."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def party_of(address: str | None) -> str | None:
    """One subscriber: an IPv4 address by itself, an IPv6 address with all of its /64, inside which it is free.

    ``None`` of what is no address, such as a local socket.
    """
    found = _parsed(address)
    if found is None:
        return None
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def place_of(address: str | None) -> str | None:
    """What one household or office has: 24 bits of IPv4, 48 of IPv6; ``None`` of what is no address."""
    found = _parsed(address)
    return None if found is None else str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def site_of(address: str | None) -> str | None:
    """The /48 of an IPv6 address, which anybody may rent whole; ``None`` of any other address."""
    found = _parsed(address)
    return None if found is None or found.version == 4 else place_of(address)


def _parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    """The address without its zone; an IPv4 address in IPv6 form is itself."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
