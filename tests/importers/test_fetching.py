"""What a fetch brings from a host that does it right: all of it, once, and only what is new."""

from __future__ import annotations

import base64
import gzip
import io
import socket
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from registry.domain.errors import FetchFailed, Interrupted
from registry.domain.importing import Validator
from registry.domain.source_credential import SourceCredential
from tests.importers.hosting import QUICK, document, fetch, hosting, importer
from tests.outbound.hostile import Names, leads_to, says
from tests.outbound.receiver import header


def test_documents_come_in_breadth_each_once_and_leave_no_copy(tmp_path: Path) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", next=[server.url("/2"), server.url("/3"), server.url("/1")], cursor="c1")))
        site.put("/2", says(document("b", next=[server.url("/4")], present=["x"], cursor="c2")))
        site.put("/3", says(document("c", next=[server.url("/2")], present=["y"])))
        site.put("/4", says(document("d")))

        got = fetch(tmp_path, importer(server.url("/1")))

    assert ["1", "2", "3", "4"] == [one.name for one in got.documents]
    assert ["/1", "/2", "/3", "/4"] == server.paths
    assert (True, False, ["x", "y"], "c2") == (
        got.fetched.is_whole,
        got.fetched.is_unchanged,
        got.fetched.present,
        got.fetched.cursor,
    )
    assert [] == got.left


def test_what_a_run_that_died_left_is_swept_before_the_next_fetches(tmp_path: Path) -> None:
    left = tmp_path / "imports" / "pages" / "document"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"a name that was erased since")
    seen: list[list[str]] = []

    with hosting() as (server, site):
        site.put("/1", says(document("a")))
        fetch(tmp_path, importer(server.url("/1")), seen=lambda at: seen.append([one.name for one in at.iterdir()]))

    assert [["document"]] == seen
    assert not left.parent.exists()


def test_a_source_that_has_nothing_new_is_not_read(tmp_path: Path) -> None:
    kept = Validator('"1"', None)

    with hosting() as (server, site):
        site.put("/1", says(document("a"), ETag='"1"'), says(b"", status=304))
        first = fetch(tmp_path, importer(server.url("/1")))
        second = fetch(tmp_path, importer(server.url("/1")), known=first.fetched.validators)

    assert {server.url("/1"): kept} == first.fetched.validators == second.fetched.validators
    assert (False, True) == (first.fetched.is_unchanged, second.fetched.is_unchanged)
    assert [] == second.documents
    assert '"1"' == header(server.requests[1], "if-none-match")


@pytest.mark.parametrize(("whole", "names"), [(True, ["2", "1"]), (False, ["2"])])
def test_where_one_of_two_is_new_both_are_read_if_together_they_are_the_source(
    tmp_path: Path, whole: bool, names: list[str]
) -> None:
    with hosting() as (server, site):
        site.put("/1", says(b"", status=304), says(document("a"), ETag='"1"'))
        site.put("/2", says(document("b"), ETag='"3"'))
        known = {server.url("/1"): Validator('"1"'), server.url("/2"): Validator('"2"')}

        got = fetch(tmp_path, importer(server.url("/1"), server.url("/2"), whole=whole), known=known)

    assert names == [one.name for one in got.documents]
    assert (False, ['"1"', '"3"']) == (
        got.fetched.is_unchanged,
        sorted(one.etag or "" for one in got.fetched.validators.values()),
    )


def test_what_leads_to_others_is_read_anew_each_time(tmp_path: Path) -> None:
    """That a first page has not changed says nothing of the second."""
    with hosting() as (server, site):
        site.put("/1", says(document("a", next=[server.url("/2")]), ETag='"1"'))
        site.put("/2", says(document("b"), ETag='"2"'))

        got = fetch(tmp_path, importer(server.url("/1")))

    assert {server.url("/1"): Validator()} == got.fetched.validators
    assert got.fetched.is_whole


def test_a_large_document_that_breaks_off_is_resumed(tmp_path: Path) -> None:
    body = document(*(f"record {at}" for at in range(5000)))

    def breaks_off(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(f'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: {len(body)}\r\n\r\n'.encode())
        connection.sendall(body[:50_000])

    def rest(connection: socket.socket, request: bytes) -> None:
        at = int(header(request, "range").removeprefix("bytes=").rstrip("-"))
        part = f"bytes {at}-{len(body) - 1}/{len(body)}"
        says(body[at:], status=206, Content_Range=part, ETag='"1"')(connection, request)

    with hosting() as (server, site):
        site.put("/1", breaks_off, rest)
        got = fetch(tmp_path, importer(server.url("/1")))

    assert [body] == [one.body for one in got.documents]
    assert ('"1"', "bytes=") == (header(server.requests[1], "if-range"), header(server.requests[1], "range")[:6])


def test_a_host_that_is_busy_is_asked_again_when_it_says(tmp_path: Path) -> None:
    limits = replace(QUICK, tries=3, longest_wait=5.0)

    with hosting() as (server, site):
        site.put("/1", says(b"", status=429, Retry_After="1"), says(b"", status=503), says(document("a")))
        began = time.monotonic()
        got = fetch(tmp_path, importer(server.url("/1")), limits=limits)

    assert 1 == len(got.documents)
    assert time.monotonic() - began >= 1.0


def test_requests_are_apart_by_the_pause(tmp_path: Path) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", next=[server.url("/2")])))
        site.put("/2", says(document("b")))
        began = time.monotonic()
        fetch(tmp_path, importer(server.url("/1")), limits=replace(QUICK, pause_seconds=0.3))

    assert time.monotonic() - began >= 0.3


def test_an_archive_is_taken_apart_and_one_bad_member_loses_no_other(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.json", document("a"))
        archive.writestr("../b.json", document("b"))
        archive.writestr("readme.md", "no data")
        archive.writestr("c.json", document("c"))

    with hosting() as (server, site):
        site.put("/all.zip", says(made.getvalue()))
        site.put("/all.json.gz", says(gzip.compress(document("d"))))
        got = fetch(tmp_path, importer(server.url("/all.zip"), server.url("/all.json.gz")))

    assert ["a.json", "c.json", "all.json"] == [one.name for one in got.documents]
    assert (["FETCH_FAILED:BAD_NAME"], False) == (got.codes, got.fetched.is_whole)


def test_a_document_that_does_not_come_is_a_finding_and_the_others_are_read(tmp_path: Path) -> None:
    with hosting() as (server, site):
        others = [server.url(path) for path in ("/gone", "/denied", "/2")] + [
            "http://elsewhere.example/x",
            "no address",
        ]
        site.put("/1", says(document("a", next=others)))
        site.put("/denied", says(b"", status=403))
        site.put("/2", says(document("b")))
        got = fetch(tmp_path, importer(server.url("/1")))

    assert ["1", "2"] == [one.name for one in got.documents]
    assert [f"FETCH_FAILED:{code}" for code in ("GONE", "DENIED", "REFUSED", "REFUSED")] == got.codes
    assert not got.fetched.is_whole
    assert "elsewhere" not in repr(got.fetched.findings)


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "GONE"), (401, "DENIED"), (500, "SERVER_ERROR"), (418, "BAD_STATUS")]
)
def test_where_the_first_document_does_not_come_the_run_has_failed(tmp_path: Path, status: int, reason: str) -> None:
    with hosting() as (server, site):
        site.put("/1", says(b"a secret page", status=status))
        with pytest.raises(FetchFailed) as failed:
            fetch(tmp_path, importer(server.url("/1")))

    assert reason == failed.value.reason
    assert [] == list((tmp_path / "imports").rglob("*"))


def test_a_source_that_changes_while_it_is_read_is_not_whole(tmp_path: Path) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", next=[server.url("/2")], total="10")))
        site.put("/2", says(document("b", total="11")))
        site.put("/3", says(document("a", next=[server.url("/4")]), ETag='"1"'), says(document("z"), ETag='"2"'))
        site.put("/4", says(document("b")))

        by_number = fetch(tmp_path, importer(server.url("/1")))
        by_validator = fetch(tmp_path, importer(server.url("/3")))

    assert [(["SOURCE_CHANGED"], False)] * 2 == [(one.codes, one.fetched.is_whole) for one in (by_number, by_validator)]


def test_a_credential_goes_to_its_host_only_and_along_no_redirect(tmp_path: Path) -> None:
    names = Names({"first.example": [["127.0.0.1"]], "second.example": [["127.0.0.1"]]})
    credential = SourceCredential("first.example", header=("X-Key", "sesame"))
    basic = SourceCredential("first.example", basic=("user", "sesame"))

    with hosting() as (server, site):
        first, second = (server.url("/1", host=f"{one}.example") for one in ("first", "second"))
        site.put(
            "/1", says(document("a", next=[second, server.url("/moved", host="first.example")])), says(document("b"))
        )
        site.put("/moved", leads_to(server.url("/2", host="second.example")))
        site.put("/2", says(document("c")))
        made = importer(first)
        made = made.of(replace(made.source, hosts=frozenset({"first.example", "second.example"})))
        got = fetch(tmp_path, made, names=names, credential=credential)
        fetch(tmp_path, importer(first, host="first.example"), names=names, credential=basic)

    assert 3 == len(got.documents)
    hosts = [header(one, "host").partition(":")[0] for one in server.requests if b"sesame" in one]
    assert ["first.example", "first.example"] == hosts
    assert base64.b64encode(b"user:sesame").decode() in header(server.requests[-1], "authorization")
    assert "sesame" not in repr(credential) + repr(basic) + repr(got.fetched)


def test_an_import_that_is_to_end_ends_at_once(tmp_path: Path) -> None:
    stop = threading.Event()
    patient = replace(QUICK, pause_seconds=60.0, seconds=60.0)

    with hosting() as (server, site):
        site.put("/1", says(document("a", next=[server.url("/2")])))
        threading.Timer(0.2, stop.set).start()
        with pytest.raises(Interrupted):
            fetch(tmp_path, importer(server.url("/1")), limits=patient, stop=stop)

    assert [] == list((tmp_path / "imports").rglob("*"))
