"""Heads, addresses and hosts that no browser sends."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests import browser
from tests.adversary.raw import exchange
from tests.client import Client
from tests.node_process import NodeProcess, found_node, serving
from tests.web import conftest
from tests.web.node import Node
from web.app import create_app
from web.protocol import BoundedProtocol

client = conftest.client
furnished = conftest.furnished
node = conftest.node
settings = conftest.settings


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node as its operator serves it."""
    place: Path = tmp_path_factory.mktemp("attacked") / "data"
    found_node(place)
    with serving(place) as running:
        yield running


def test_a_head_of_eighty_kilobytes_is_refused_and_the_node_goes_on(process: NodeProcess) -> None:
    head = b"GET /about HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 80_000

    answer = exchange(process.address, head)

    assert b"431" == answer.split(b" ")[1]
    assert 200 == httpx.get(f"{process.address}/about", timeout=60).status_code


def test_headers_without_end_are_refused_though_each_is_short(process: NodeProcess) -> None:
    head = b"GET /about HTTP/1.1\r\nHost: a\r\n" + b"X-Many: a\r\n" * 8_000

    assert b"431" == exchange(process.address, head).split(b" ")[1]


def test_a_large_body_after_a_short_head_is_read(process: NodeProcess) -> None:
    body = b'{"query": "{ viewer { roles } }", "extensions": {"x": "' + b"a" * 500_000 + b'"}}'
    headers = {"Content-Type": "application/json"}

    with httpx.Client(base_url=process.address, timeout=60) as keeping:
        statuses = [keeping.post("/graphql", content=body, headers=headers).status_code for _ in range(3)]

    assert [200] * 3 == statuses


def test_what_a_proxy_would_say_about_the_sender_is_not_believed(process: NodeProcess) -> None:
    said = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}

    answer = httpx.get(f"{process.address}/incidents/", headers=said, timeout=60)

    assert 404 == answer.status_code
    assert "evil.example" not in answer.text


def test_requests_that_contradict_themselves_are_refused(process: NodeProcess) -> None:
    start = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    smuggled = start + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n"
    twice = start + b"Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}"

    assert [b"400", b"400"] == [exchange(process.address, one).split(b" ")[1] for one in (smuggled, twice)]


def test_a_connection_that_says_nothing_holds_nobody_up(process: NodeProcess) -> None:
    place = urlsplit(process.address)
    silent = [socket.create_connection((place.hostname, place.port)) for _ in range(100)]

    status = httpx.get(f"{process.address}/about", timeout=60).status_code

    for one in silent:
        one.close()
    assert 200 == status


class Impatient(BoundedProtocol):
    """Waits a short time only."""

    head_seconds = 0.3


def test_a_head_that_arrives_byte_by_byte_is_not_waited_for(node: Node) -> None:
    with browser.serving(create_app(node.registry), Impatient) as origin:
        slow = exchange(origin, b"GET /about HTTP/1.1\r\nHost: a\r\n")
        silent = exchange(origin, b"")

    assert [b"408", b"408"] == [one.split(b" ")[1] for one in (slow, silent)]


@pytest.mark.parametrize("path", ["/incidents/", "/graphql/", "/about/", "/r/LOCAL-INC-2026-0001/"])
def test_no_address_sends_people_to_the_host_that_a_request_names(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)

    assert 404 == answer.status_code
    assert "evil.example" not in str(answer.headers)


def test_a_number_of_five_thousand_digits_in_an_address_is_no_fault_of_the_node(client: Client) -> None:
    digits = "9" * 5000

    long = client.get(f"/r/LOCAL-INC-2026-0001/diff/{digits}..1")
    longest = client.get(f"/r/LOCAL-INC-2026-0001/diff/{digits[:1900]}..1")

    assert (414, 404) == (long.status_code, longest.status_code)
    assert "ADDRESS_TOO_LONG" in long.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_variables_nested_without_end_are_refused(client: Client, method: str) -> None:
    nested = '{"a": ' + "[" * 400 + "]" * 400 + "}"
    query = "{ viewer { roles } }"
    if method == "GET":
        answer = client.get("/graphql", params={"query": query, "variables": nested})
    else:
        body = f'{{"query": "{query}", "variables": {nested}}}'
        answer = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert (400, "INVALID_VALUE") == (answer.status_code, answer.json()["errors"][0]["extensions"]["code"])
