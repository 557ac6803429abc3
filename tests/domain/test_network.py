"""Addresses stand for one party, or for the place where it is."""

from __future__ import annotations

import pytest

from registry.domain.network import party_of, place_of


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", None),
        ("", None),
        (None, None),
    ],
)
def test_addresses_of_one_subscriber_are_one_party(address: str | None, party: str | None) -> None:
    assert party == party_of(address)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("testclient", None),
        ("", None),
        (None, None),
        ("192.0.2.7\r\nX: y", None),
    ],
)
def test_addresses_of_one_household_are_one_place(address: str | None, place: str | None) -> None:
    assert place == place_of(address)
