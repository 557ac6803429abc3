"""Which addresses are reached, and which forms of an address are read at all."""

from __future__ import annotations

import time

import pytest

from registry.domain.errors import FetchRefused
from registry.outbound.addresses import is_public, networks, read
from registry.outbound.requests import GuardedRequests
from registry.outbound.target import UNREACHABLE, admit, place_of
from registry.ports.outbound import FetchRequest
from tests.outbound.hostile import Names

CLOSED = (
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "169.254.0.1",
    "168.63.129.16",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "4000::1",
)
OPEN = (
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "100.63.255.255",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
)
UNREADABLE = (
    "",
    "example.org",
    "//example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "javascript:alert(1)",
    "https://",
    "https:///path",
    "https://user@example.org/",
    "https://user:secret@example.org/",
    "https://example.org@127.0.0.1/",
    "https://example.org\\@127.0.0.1/",
    "https://exa mple.org/",
    "https://example.org/\r\nHost: other",
    "https://example.org/\x00",
    "https://example.org./",
    "https://.example.org/",
    "https://example..org/",
    "https://-example.org/",
    "https://ex%61mple.org/",
    "https://127%2e0.0.1/",
    "https://exämple.org/",
    "https://ⓔxample.org/",
    "https://example。org/",
    "https://127。0。0。1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://127.0.0.01/",
    "https://1.2.3.4.5/",
    "https://[::1%25eth0]/",
    "https://[::1/",
    "https://::1/",
    "https://[v1.fe80]/",
    "https://example.org:99999/",
    "https://example.org:-1/",
    "https://example.org:0x50/",
    "https://exa_mple.org/",
    "https://example.org/" + "a" * 2000,
)


@pytest.mark.parametrize("text", CLOSED)
def test_what_is_no_public_host_is_not_reached(text: str) -> None:
    address = read(text)

    assert address is not None
    assert not is_public(address)


@pytest.mark.parametrize("text", OPEN)
def test_public_hosts_are_reached(text: str) -> None:
    address = read(text)

    assert address is not None
    assert is_public(address)


@pytest.mark.parametrize("url", UNREADABLE)
def test_an_address_that_two_readers_could_read_differently_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        place_of(url)


@pytest.mark.parametrize("text", CLOSED)
def test_a_closed_address_is_refused_as_a_literal_and_behind_a_name_and_beside_a_public_one(text: str) -> None:
    literal = f"[{text}]" if ":" in text else text
    names = Names({"one.example": [[text]], "two.example": [["1.1.1.1", text]]})

    for host in (literal, "one.example", "two.example"):
        with pytest.raises(FetchRefused, match="1 problem") as refused:
            _admit(f"https://{host}/", names)
        assert UNREACHABLE == refused.value.problems[0].message


def test_a_name_that_leads_nowhere_is_refused_in_the_same_words_as_one_that_leads_inside() -> None:
    names = Names({"inside.example": [["10.0.0.1"]], "empty.example": [[]]})
    told = []

    for host in ("inside.example", "nowhere.example", "empty.example"):
        with pytest.raises(FetchRefused) as refused:
            _admit(f"https://{host}/", names)
        told.append(refused.value.problems)

    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("url", ["http://good.example/", "https://good.example:22/", "https://good.example:8080/"])
def test_http_and_unusual_ports_are_refused_unless_they_are_asked_for(url: str) -> None:
    names = Names({"good.example": [["1.1.1.1"]]})

    with pytest.raises(FetchRefused):
        _admit(url, names)

    port = frozenset({22, 443, 8080})
    assert "1.1.1.1" in _admit(url, names, FetchRequest(url, plain_http=True, ports=port))


def test_only_the_hosts_that_are_named_are_reached() -> None:
    names = Names({"good.example": [["1.1.1.1"]], "bad.example": [["1.1.1.1"]]})
    hosts = frozenset({"good.example"})

    assert _admit("https://GOOD.example/", names, FetchRequest("https://GOOD.example/", hosts=hosts))
    with pytest.raises(FetchRefused):
        _admit("https://bad.example/", names, FetchRequest("https://bad.example/", hosts=hosts))


def test_a_network_that_the_operator_allows_is_reached_and_its_neighbours_are_not() -> None:
    names = Names(
        {"in.example": [["10.1.2.3"]], "out.example": [["10.2.0.1"]], "both.example": [["10.1.2.3", "10.2.0.1"]]}
    )
    allowed = networks(["10.1.0.0/16"])

    request = FetchRequest("http://in.example:8080/")
    assert ("10.1.2.3",) == admit(request.url, request, names, allowed, seconds=1, first=True).addresses
    for host in ("out.example", "both.example"):
        request = FetchRequest(f"https://{host}/")
        with pytest.raises(FetchRefused):
            admit(request.url, request, names, allowed, seconds=1, first=True)


def test_a_refusal_takes_the_same_time_whatever_is_behind_it() -> None:
    guarded = GuardedRequests("Test/1", Names({"inside.example": [["10.0.0.1"]]}), refusal_seconds=0.2)

    for url in ("https://inside.example/", "https://nowhere.example/", "https://10.0.0.1/", "https://bad host/"):
        taken: list[float] = []
        # Again where the machine was held up just then.
        while not taken or (taken[-1] >= 3 and len(taken) < 3):
            began = time.monotonic()
            with pytest.raises(FetchRefused):
                guarded.check(FetchRequest(url))
            taken.append(time.monotonic() - began)
        assert 0.2 <= min(taken) < 3


def _admit(url: str, names: Names, request: FetchRequest | None = None) -> tuple[str, ...]:
    return admit(url, request or FetchRequest(url), names, (), seconds=1, first=True).addresses
