"""Hosts that hang, lie, pour, lead inside or never end: bounded, told by a code, and no other source is held up."""

from __future__ import annotations

import gzip
import io
import socket
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from importers.allowance import FetchLimits
from registry.domain.errors import FetchFailed, FetchRefused
from registry.domain.importing import Validator
from registry.outbound import NodeOutbound
from tests.importers.hosting import IMPATIENT, PATIENT, QUICK, Got, Site, document, fetch, hosting, importer
from tests.outbound.hostile import (
    Answer,
    Hostile,
    Names,
    certificates,
    drips,
    hangs,
    hangs_in_the_body,
    leads_to,
    pours,
    requests,
    says,
    serving,
)

_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
# Of a run's own limit there is room for a busy machine, and for what was under way when it was reached.
_ROOM = 30.0


def _zeros(megabytes: int) -> bytes:
    return gzip.compress(bytes(megabytes * 1_000_000), 1)


def _packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return made.getvalue()


ANSWERS: dict[str, tuple[Answer, set[str]]] = {
    "hangs": (hangs, {"TIMEOUT"}),
    "hangs in the body": (hangs_in_the_body, {"TIMEOUT"}),
    "drips a head": (drips(_OK, b"X-A: b\r\n"), {"TIMEOUT"}),
    "drips a body": (drips(_OK + b"Content-Length: 100000\r\n\r\n", b"a"), {"TIMEOUT"}),
    "pours zeros": (pours(_OK + b"\r\n", bytes(65_536)), {"TOO_LARGE"}),
    "pours chunks": (pours(_CHUNKED, b"10000\r\n" + bytes(65_536) + b"\r\n"), {"TOO_LARGE"}),
    "packed zeros": (says(_zeros(60), Content_Encoding="gzip"), {"TOO_LARGE"}),
    "a page": (says(b"\xef\xbb\xbf \n<!DOCTYPE html><html>Sign in", Content_Type="application/json"), {"BAD_TYPE"}),
    "says too little": (says(b"short", length=100), {"BAD_ANSWER", "TIMEOUT"}),
    "says less than nothing": (says(b"", length=-5), {"BAD_ANSWER"}),
    "chunked nonsense": (pours(_CHUNKED, b"zz\r\n" * 100), {"BAD_ANSWER"}),
    "huge headers": (pours(_OK, b"X-More: yes\r\n" * 500), {"BAD_ANSWER"}),
    "a part nobody asked for": (says(b"x", status=206, Content_Range="bytes 0-0/1"), {"BAD_RANGE"}),
    "not modified though never read": (says(b"", status=304), {"BAD_STATUS"}),
    "busy for ever": (says(b"", status=503), {"SERVER_ERROR"}),
    "busy for a thousand years": (says(b"", status=429, Retry_After="1000000000"), {"THROTTLED"}),
    "busy until a strange day": (says(b"", status=429, Retry_After="Fri, 99 Foo 99999 99:99:99 GMT"), {"THROTTLED"}),
    "busy for a number without end": (says(b"", status=429, Retry_After="9" * 5000), {"THROTTLED"}),
    "redirects to itself": (leads_to("/next"), {"TOO_MANY_REDIRECTS"}),
    "packed in an unknown way": (says(b"x", Content_Encoding="br"), {"BAD_ENCODING"}),
}


@pytest.mark.parametrize(("answer", "reasons"), ANSWERS.values(), ids=ANSWERS)
def test_a_hostile_document_is_left_within_the_limits_and_the_others_are_read(
    tmp_path: Path, answer: Answer, reasons: set[str]
) -> None:
    got: Got | None = None
    # With more patience where it was the machine that was too slow for the others.
    for limits in (IMPATIENT, PATIENT) if "TIMEOUT" in reasons else (QUICK,):
        with hosting() as (server, site), suppress(FetchFailed):
            site.put("/1", says(document("a", next=[server.url("/next"), server.url("/2")])))
            site.put("/next", answer)
            site.put("/2", says(document("b")))
            began = time.monotonic()

            got = fetch(tmp_path, importer(server.url("/1")), limits=limits)

            spent = time.monotonic() - began
        if got is not None and 2 == len(got.documents):
            break
    assert got is not None
    assert ["1", "2"] == [one.name for one in got.documents]
    assert {f"FETCH_FAILED:{reason}" for reason in reasons} >= set(got.codes) != set()
    assert not got.fetched.is_whole
    assert [] == got.left
    assert spent < limits.tries * limits.document_seconds + _ROOM
    assert server.paths.count("/next") <= limits.tries + 3


def test_a_host_that_takes_no_connection_is_left(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        began = time.monotonic()
        with pytest.raises(FetchFailed) as failed:
            fetch(tmp_path, importer(f"http://127.0.0.1:{address[1]}/"), limits=IMPATIENT)
        spent = time.monotonic() - began
        for one in waiting:
            one.close()

    assert failed.value.reason in {"TIMEOUT", "UNREACHABLE"}
    assert spent < IMPATIENT.tries * IMPATIENT.document_seconds + _ROOM


@pytest.fixture
def canary() -> Iterator[Hostile]:
    """Somebody on this machine whom no import may reach."""
    with serving(says(b"inside")) as listening:
        yield listening


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://0:{port}/",
        "http://127.1:{port}/",
        "http://inside.example:{port}/",
        "http://rebound.example:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://10.0.0.1/",
        "http://100.64.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
        "//169.254.169.254/",
        "http://user@host.example/",
    ],
)
@pytest.mark.parametrize("is_redirect", [True, False], ids=["redirect", "listed"])
def test_no_document_leads_inside(tmp_path: Path, canary: Hostile, url: str, is_redirect: bool) -> None:
    inside = url.format(port=canary.port)
    names = Names(
        {
            "host.example": [["127.0.0.1"]],
            "inside.example": [["10.0.0.1"]],
            # Checked while it was outside, and asked for again once it is inside.
            "rebound.example": [["10.0.0.1"], ["127.0.0.1"]],
        }
    )
    allowed = frozenset({"host.example", "rebound.example"})

    with hosting() as (server, site):
        listed = server.url("/away", host="host.example") if is_redirect else inside
        start = server.url("/1", host="host.example")
        site.put("/1", says(document("a", next=[listed])))
        site.put("/away", leads_to(inside))
        made = importer(start)
        got = fetch(tmp_path, made.of(replace(made.source, hosts=allowed)), names=names)

    assert ["FETCH_FAILED:REFUSED"] == got.codes
    assert [] == canary.requests


def test_a_first_address_inside_is_refused(tmp_path: Path, canary: Hostile) -> None:
    made = importer(f"http://inside.example:{canary.port}/", host="inside.example")

    with pytest.raises(FetchRefused):
        fetch(tmp_path, made, names=Names({"inside.example": [["127.0.0.1", "10.0.0.1"]]}))

    assert [] == canary.requests


def test_a_host_that_does_not_prove_its_name_is_told_nothing(tmp_path: Path) -> None:
    made = certificates("right.example", tmp_path)
    names = Names({"wrong.example": [["127.0.0.1"]]})

    with serving(says(document("a")), tls=made.server) as server:
        url = server.url("/1", host="wrong.example", scheme="https")
        outbound = NodeOutbound(requests(names, roots=made.trusting), None)
        with pytest.raises(FetchFailed) as failed:
            fetch(tmp_path, importer(url, host="wrong.example"), outbound=outbound)

    assert ("TLS", []) == (failed.value.reason, server.requests)


def _fetched(tmp_path: Path, prepare: Callable[[Hostile, Site], None], **kept: object) -> tuple[Got, Hostile]:
    with hosting() as (server, site):
        prepare(server, site)
        return fetch(tmp_path, importer(server.url("/1")), **kept), server  # type: ignore[arg-type]  # of the test's own


def test_pages_without_end_are_left_at_the_limit(tmp_path: Path) -> None:
    def prepare(server: Hostile, site: Site) -> None:
        for at in range(1, 100):
            site.put(f"/{at}", says(document(f"r{at}", next=[server.url(f"/{at + 1}")])))

    got, server = _fetched(tmp_path, prepare)

    assert (["FETCH_FAILED:TOO_MANY_DOCUMENTS"], QUICK.documents) == (got.codes, len(server.requests))


def test_one_page_under_addresses_without_end_is_followed_once(tmp_path: Path) -> None:
    with hosting() as (server, site):
        for at in range(1, 50):
            more = [server.url(f"/{one}") for one in range(1, 50)]
            site.put(f"/{at}", says(document("same", next=more)))

        got = fetch(tmp_path, importer(server.url("/1")), limits=replace(QUICK, documents=100))

    assert {"FETCH_FAILED:REPEATED"} == set(got.codes)
    assert 49 == len(server.requests)


def test_a_page_that_leads_to_itself_is_read_once(tmp_path: Path) -> None:
    def prepare(server: Hostile, site: Site) -> None:
        site.put("/1", says(document("a", next=[server.url("/1")])))

    got, server = _fetched(tmp_path, prepare)

    assert (["/1"], []) == (server.paths, got.codes)


def test_many_large_documents_end_with_the_bytes_of_a_run(tmp_path: Path) -> None:
    body = b'{"records": []}' + b" " * 250_000

    def prepare(server: Hostile, site: Site) -> None:
        site.put("/1", says(document("a", next=[server.url(f"/{at}") for at in range(2, 20)])))
        for at in range(2, 20):
            site.put(f"/{at}", says(body))

    got, server = _fetched(tmp_path, prepare)

    assert ["FETCH_FAILED:RUN_TOO_LARGE"] == [code for code in got.codes if "REPEATED" not in code]
    assert len(server.requests) <= 6


def test_many_slow_documents_end_with_the_time_of_a_run(tmp_path: Path) -> None:
    def prepare(server: Hostile, site: Site) -> None:
        site.put("/1", says(document("a", next=[server.url(f"/{at}") for at in range(2, 20)])))
        for at in range(2, 20):
            site.put(f"/{at}", drips(_OK, b"X-A: b\r\n"))

    began = time.monotonic()
    got, _ = _fetched(tmp_path, prepare, limits=replace(IMPATIENT, document_seconds=1.5, seconds=4.0))

    assert "FETCH_FAILED:RUN_TOO_LONG" in got.codes
    assert time.monotonic() - began < 4.0 + _ROOM


@pytest.mark.parametrize(
    "rest",
    [
        says(b"another", status=206, Content_Range="bytes 50000-50006/50007", ETag='"2"'),
        says(b"another", status=206, Content_Range="bytes 7-13/14", ETag='"1"'),
        says(b"too little", status=206, Content_Range="bytes 50000-50009/99999", ETag='"1"'),
        says(b"", status=416),
    ],
    ids=["another file", "another place", "not all", "none"],
)
def test_the_rest_of_another_document_is_never_put_behind_the_first(tmp_path: Path, rest: Answer) -> None:
    def breaks_off(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(_OK + b'ETag: "1"\r\nContent-Length: 99999\r\n\r\n' + b" " * 50_000)

    def prepare(server: Hostile, site: Site) -> None:
        site.put("/1", says(document("a", next=[server.url("/2")])))
        site.put("/2", breaks_off, rest, says(document("whole")))

    got, server = _fetched(tmp_path, prepare, limits=replace(QUICK, tries=4))

    assert [document("whole")] == [one.body for one in got.documents[1:]]
    assert ["/1", "/2", "/2", "/2"] == server.paths


def test_a_rest_that_lies_about_its_validator_is_a_broken_document_and_no_more(tmp_path: Path) -> None:
    def breaks_off(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(_OK + b'ETag: "1"\r\nContent-Length: 50007\r\n\r\n' + b" " * 50_000)

    def prepare(_server: Hostile, site: Site) -> None:
        lies = says(b"another", status=206, Content_Range="bytes 50000-50006/50007", ETag='"1"')
        site.put("/1", breaks_off, lies)

    got, _ = _fetched(tmp_path, prepare)

    assert [b" " * 50_000 + b"another"] == [one.body for one in got.documents]


def test_a_validator_that_could_break_a_header_is_not_kept(tmp_path: Path) -> None:
    def prepare(_server: Hostile, site: Site) -> None:
        site.put("/1", says(document("a"), ETag='"' + "x" * 5000 + '"', Last_Modified="\x7f\x80"))

    got, _ = _fetched(tmp_path, prepare)

    assert [Validator()] == list(got.fetched.validators.values())
    assert got.fetched.is_whole


def test_a_kept_validator_that_would_break_a_header_reaches_nobody(tmp_path: Path) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a")))
        known = {server.url("/1"): Validator('"1"\r\nX-Injected: yes')}
        with pytest.raises(FetchFailed):
            fetch(tmp_path, importer(server.url("/1")), known=known)

    assert [] == server.requests


def test_a_bomb_within_an_archive_loses_no_other_member(tmp_path: Path) -> None:
    body = _packed({"bomb.json": bytes(20_000_000), "up/../../x.json": b"x", "good.json": document("a")})

    def prepare(_server: Hostile, site: Site) -> None:
        site.put("/1", says(body))

    got, _ = _fetched(tmp_path, prepare)

    assert ["good.json"] == [one.name for one in got.documents]
    assert ["FETCH_FAILED:TOO_LARGE", "FETCH_FAILED:BAD_NAME"] == got.codes


def test_a_name_that_a_document_gives_another_is_harmless_in_findings(tmp_path: Path) -> None:
    def prepare(server: Hostile, site: Site) -> None:
        site.put(
            "/1", says(document("a", next=[server.url("/x/" + "n" * 1000), "http://\x1b[31m\u202e/" + "m" * 3000]))
        )

    got, _ = _fetched(tmp_path, prepare)

    assert ["FETCH_FAILED:GONE", "FETCH_FAILED:REFUSED"] == sorted(got.codes)
    assert all(len(one.record) <= 200 and one.record.isprintable() for one in got.fetched.findings)


@cache
def _ten_gigabytes() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(10_000_000)) for _ in range(1000)) + packer.flush()


@pytest.mark.soak
@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"Content-Length: 10000000000\r\n", "TOO_LARGE"),
        (b"Content-Encoding: gzip\r\n", "TOO_LARGE"),
        (b"", "TOO_PACKED"),
    ],
    ids=["plain", "packed for the way", "packed file"],
)
def test_ten_gigabytes_of_zeros_are_left_at_the_limits_of_a_node(tmp_path: Path, head: bytes, reason: str) -> None:
    packed = _ten_gigabytes() if b"Length" not in head else b""
    plain = pours(_OK + head + b"\r\n", bytes(65_536))
    at_length = _OK + head + f"Content-Length: {len(packed)}\r\n\r\n".encode() + packed

    def prepare(server: Hostile, site: Site) -> None:
        site.put("/1", says(document("a", next=[server.url("/2"), server.url("/3")])))
        site.put("/2", plain if b"Length" in head else lambda connection, _request: connection.sendall(at_length))
        site.put("/3", says(document("b")))

    tracemalloc.start()
    got, _ = _fetched(tmp_path, prepare, limits=FetchLimits(pause_seconds=0.0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [f"FETCH_FAILED:{reason}"] == got.codes
    assert ["1", "3"] == [one.name for one in got.documents]
    assert peak < len(packed) + 50_000_000


def test_a_fault_at_what_a_document_leads_to_loses_only_that(tmp_path: Path) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", next=[server.url("/2"), server.url("/3")])))
        site.put("/2", says(document("b", next=5)))
        site.put("/3", says(document("c")))

        got = fetch(tmp_path, importer(server.url("/1")))

    assert ["1", "2", "3"] == [one.name for one in got.documents]
    assert ["FETCH_FAILED:IMPORTER_FAILED"] == got.codes
    assert not got.fetched.is_whole
