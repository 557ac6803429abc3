"""Which address a request is counted for: what a stranger writes into a header never changes it."""

from __future__ import annotations

import pytest
from starlette.types import Scope

from web.client_address import Proxies

NEAR = ("10.0.0.0/8", "127.0.0.1/32", "::1/128")


def asked(peer: str | None, *headers: tuple[str, str]) -> Scope:
    """A request from *peer* with these headers."""
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return {"type": "http", "client": (peer, 4000) if peer else None, "headers": raw}


def told(peer: str | None, *values: str, trusted: tuple[str, ...] = NEAR) -> str | None:
    """The address of a request with these values of X-Forwarded-For."""
    return Proxies(trusted).address_of(asked(peer, *(("X-Forwarded-For", value) for value in values)))


@pytest.mark.parametrize("value", ["198.51.100.7", "198.51.100.7, 10.0.0.1", "127.0.0.1", "", "garbage"])
def test_nobody_is_believed_where_no_proxy_is_trusted(value: str) -> None:
    assert "203.0.113.9" == told("203.0.113.9", value, trusted=())
    assert "127.0.0.1" == told("127.0.0.1", value, trusted=())


def test_a_stranger_is_not_believed_where_proxies_are_trusted() -> None:
    assert "203.0.113.9" == told("203.0.113.9", "198.51.100.7")


def test_a_trusted_proxy_tells_who_asked_it() -> None:
    assert "198.51.100.7" == told("10.0.0.1", "198.51.100.7")
    assert "198.51.100.7" == told("127.0.0.1", "198.51.100.7, 10.0.0.2")


@pytest.mark.parametrize("forged", ["203.0.113.1", "10.0.0.9", "203.0.113.1, 10.0.0.9", "127.0.0.1", "x, y", ""])
def test_what_the_asker_wrote_before_the_proxy_added_the_truth_counts_for_nothing(forged: str) -> None:
    assert "198.51.100.7" == told("10.0.0.1", f"{forged}, 198.51.100.7")
    assert "198.51.100.7" == told("10.0.0.1", forged, "198.51.100.7")


def test_an_address_that_cannot_be_read_ends_the_chain_at_the_proxy_that_passed_it_on() -> None:
    assert "10.0.0.2" == told("10.0.0.1", "198.51.100.7, unknown, 10.0.0.2")
    assert "10.0.0.1" == told("10.0.0.1", "garbage")
    assert "10.0.0.1" == told("10.0.0.1")


def test_the_first_proxy_is_counted_where_only_trusted_ones_are_named() -> None:
    assert "10.0.0.3" == told("10.0.0.1", "10.0.0.3, 10.0.0.2")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_is_brought_to_one_form(written: str, meant: str) -> None:
    assert meant == told("::1", written)


def test_a_very_long_header_is_read_from_its_end() -> None:
    assert "198.51.100.7" == told("10.0.0.1", "10.0.0.9, " * 5000 + "198.51.100.7")


def test_the_standard_header_is_read_where_the_proxies_send_that() -> None:
    def standard(value: str) -> str | None:
        headers = (("Forwarded", value), ("X-Forwarded-For", "192.0.2.66"))
        return Proxies(NEAR, header="Forwarded").address_of(asked("10.0.0.1", *headers))

    assert "198.51.100.7" == standard("for=198.51.100.7")
    assert "198.51.100.7" == standard('For="198.51.100.7:80";proto=https;by=10.0.0.1, for=10.0.0.2')
    assert "2001:db8::7" == standard('proto=https;for="[2001:db8::7]:4711"')
    assert "10.0.0.2" == standard("for=198.51.100.7, for=_hidden, for=10.0.0.2")
    assert "10.0.0.1" == standard('for="198.51.100.7')
    assert "10.0.0.1" == standard("proto=https")


def test_the_other_header_is_not_read() -> None:
    scope = asked("10.0.0.1", ("Forwarded", "for=192.0.2.66"))

    assert "10.0.0.1" == Proxies(NEAR).address_of(scope)


def test_a_request_without_an_address_has_none() -> None:
    assert told(None, "198.51.100.7") is None
