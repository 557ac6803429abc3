"""Requests to servers that hang, lie, pour, redirect and pretend."""

from __future__ import annotations

import gzip
import io
import socket
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from registry.domain.errors import FetchFailed, FetchRefused
from registry.ports.outbound import FetchRequest, FetchResponse
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

_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_ZEROS = b"10000\r\n" + bytes(65_536) + b"\r\n"
_TIME = 0.4
# What is not bounded goes on for longer than this, and a machine may be slow.
_ROOM = 30.0


def _fetch(server: Hostile, path: str = "/", **wanted: Any) -> FetchResponse:
    return requests().fetch(FetchRequest(server.url(path), **{"timeout_seconds": 60.0, **wanted}))


def _reason(server: Hostile, **wanted: Any) -> str:
    with pytest.raises(FetchFailed) as failed:
        _fetch(server, **wanted)
    assert "127.0.0.1" not in failed.value.message
    return failed.value.reason


def test_an_answer_comes_back_with_status_headers_and_body() -> None:
    with serving(says(b'{"a": 1}', ETag='"x"', Content_Type="application/json; charset=utf-8")) as server:
        answer = _fetch(server, types=frozenset({"application/json"}))

    assert (200, '"x"', {"a": 1}) == (answer.status, answer.headers["etag"], answer.json())
    assert b"User-Agent: Test/1" in server.requests[0]


@pytest.mark.parametrize(
    "answer",
    [
        hangs,
        hangs_in_the_body,
        drips(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        drips(b"", b"H"),
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"a"),
        drips(_CHUNKED, b"1\r\na\r\n"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["hangs", "hangs in the body", "drips headers", "drips a line", "drips a body", "drips chunks", "drips 100s"],
)
def test_a_slow_server_is_left_when_the_time_is_over(answer: Answer) -> None:
    began = time.monotonic()

    with serving(answer) as server:
        reason = _reason(server, timeout_seconds=_TIME)

    assert reason in {"TIMEOUT", "BAD_ANSWER"}
    assert time.monotonic() - began < _TIME + _ROOM


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (pours(_CHUNKED, _ZEROS), "TOO_LARGE"),
        (pours(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", bytes(65_536)), "TOO_LARGE"),
        (pours(b"HTTP/1.1 200 OK\r\n\r\n", bytes(65_536)), "TOO_LARGE"),
        (pours(b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n" * 500), "BAD_ANSWER"),
        (pours(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500), "BAD_ANSWER"),
        (pours(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65_536), "BAD_ANSWER"),
        (says(b"short", length=100), "BAD_ANSWER"),
        (says(b"", length=-5), "BAD_ANSWER"),
        (says(b"x", Content_Encoding="br"), "BAD_ENCODING"),
        (says(b"x", Content_Encoding="zstd"), "BAD_ENCODING"),
        (says(b"x", Content_Encoding="deflate"), "BAD_ENCODING"),
        (says(b"x", Content_Encoding="gzip, gzip"), "BAD_ENCODING"),
        (says(b"no gzip at all", Content_Encoding="gzip"), "BAD_BODY"),
        (says(gzip.compress(b"whole")[:-6], Content_Encoding="gzip"), "BROKEN_OFF"),
        (says(b"x", status=206, Content_Range="bytes 0-0/1"), "BAD_RANGE"),
    ],
)
def test_an_answer_beyond_the_limits_or_the_rules_is_not_taken(answer: Answer, reason: str) -> None:
    with serving(answer) as server:
        assert reason == _reason(server, max_bytes=100_000)


def test_a_longer_body_than_announced_is_cut_where_it_was_said_to_end() -> None:
    with serving(says(b"abcdef", length=3)) as server:
        assert b"abc" == _fetch(server).body


def test_a_packed_body_that_grows_a_thousandfold_is_left_at_the_limit() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join([bomb.compress(bytes(1_000_000)) for _ in range(50)]) + bomb.flush()
    assert len(packed) < 60_000

    with serving(says(packed, Content_Encoding="gzip")) as server:
        assert "TOO_LARGE" == _reason(server, max_bytes=200_000)


def test_a_packed_body_of_several_members_is_unpacked() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two " * 100_000)

    with serving(says(packed, Content_Encoding="gzip")) as server:
        assert b"one " + b"two " * 100_000 == _fetch(server).body


def test_another_type_than_asked_for_is_not_read() -> None:
    with serving(says(b"<html>", Content_Type="text/html")) as server:
        assert "BAD_TYPE" == _reason(server, types=frozenset({"application/json"}))


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_is_told_as_that(body: bytes) -> None:
    with serving(says(body)) as server:
        answer = _fetch(server)

    with pytest.raises(FetchFailed):
        answer.json()


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://10.0.0.1/",
        "http://localhost/",
        "file:///etc/passwd",
        "//169.254.169.254/",
        "http://2130706433/",
        "https://other.example/",
        "http://user@127.0.0.1/",
        "gopher://127.0.0.1/",
        "\\\\10.0.0.1\\",
    ],
)
def test_a_redirect_to_where_a_request_may_not_go_is_refused(url: str) -> None:
    with serving(leads_to(url)) as server, pytest.raises(FetchRefused):
        _fetch(server)

    assert ["/"] == server.paths


def test_a_redirect_on_the_same_host_is_followed_a_few_times_only() -> None:
    with serving(leads_to("/next"), says(b"there")) as server:
        assert b"there" == _fetch(server).body
        assert ["/", "/next"] == server.paths

    with serving(leads_to("/again")) as server:
        assert "TOO_MANY_REDIRECTS" == _reason(server)
        assert ["/", *["/again"] * 3] == server.paths


def test_credentials_and_own_headers_stay_with_the_first_address() -> None:
    with serving(leads_to("/next"), says()) as server:
        _fetch(
            server, basic=("user", "secret"), headers={"Authorization": "Bearer x", "X-Api-Key": "k", "Host": "evil"}
        )

    assert b"Authorization" in server.requests[0]
    assert b"X-Api-Key" in server.requests[0]
    assert b"evil" not in server.requests[0]
    assert b"Authorization" not in server.requests[1]
    assert b"X-Api-Key" not in server.requests[1]


def test_a_posted_form_is_never_redirected() -> None:
    with serving(leads_to("/next")) as server:
        answer = _fetch(server, method="POST", form={"grant_type": "authorization_code", "code": "a b"})

    assert (302, ["/"]) == (answer.status, server.paths)
    assert server.requests[0].endswith(b"grant_type=authorization_code&code=a+b")


def test_cookies_are_not_kept() -> None:
    with serving(says(b"", status=302, Location="/next", Set_Cookie="a=b"), says()) as server:
        _fetch(server)

    assert b"ookie" not in server.requests[1]


def test_proxies_that_the_environment_names_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with serving(says(b"direct")) as server:
        assert b"direct" == _fetch(server).body


def test_headers_cannot_be_broken_into() -> None:
    with serving(says()) as server, pytest.raises(FetchFailed):
        _fetch(server, headers={"X-A": "b\r\nX-Injected: c"})

    assert [] == server.requests


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to() -> None:
    """DNS rebinding: a second look would lead inside."""
    names = Names({"rebinding.example": [["127.0.0.1"], ["169.254.169.254"]]})

    with serving(says(b"pinned")) as server:
        answer = requests(names).fetch(FetchRequest(server.url(host="rebinding.example")))

    assert (b"pinned", ["rebinding.example"]) == (answer.body, names.asked)
    assert f"Host: rebinding.example:{server.port}".encode() in server.requests[0]


def test_a_name_that_changes_its_address_along_a_redirect_is_checked_again() -> None:
    names = Names({"rebinding.example": [["127.0.0.1"], ["169.254.169.254"]]})

    with serving(leads_to("/next")) as server, pytest.raises(FetchRefused):
        requests(names).fetch(FetchRequest(server.url(host="rebinding.example")))

    assert 1 == len(server.requests)


def test_one_closed_address_among_several_is_enough_to_refuse() -> None:
    names = Names({"two.example": [["127.0.0.1", "::1"]]})

    with serving(says()) as server, pytest.raises(FetchRefused):
        requests(names).fetch(FetchRequest(server.url(host="two.example")))


def test_a_resolver_that_hangs_is_left() -> None:
    let_go = threading.Event()

    class Hanging:
        def resolve(self, host: str, port: int) -> list[str]:  # noqa: ARG002
            assert let_go.wait(_ROOM)
            return ["127.0.0.1"]

    with pytest.raises(FetchFailed) as failed:
        requests(Hanging()).fetch(FetchRequest("https://slow.example/", timeout_seconds=0.2))
    let_go.set()

    assert "TIMEOUT" == failed.value.reason


def test_nobody_listening_is_told_as_that() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))

        assert "UNREACHABLE" == _reason(Hostile(bound.getsockname()[1]))


def test_a_server_proves_its_name_or_nothing_is_sent(tmp_path: Path) -> None:
    made = certificates("right.example", tmp_path)
    names = Names({"right.example": [["127.0.0.1"]], "wrong.example": [["127.0.0.1"]]})

    with serving(says(b"secure"), tls=made.server) as server:
        right, wrong = (server.url(host=one, scheme="https") for one in ("right.example", "wrong.example"))
        assert b"secure" == requests(names, roots=made.trusting).fetch(FetchRequest(right)).body
        for url, roots in ((wrong, made.trusting), (right, made.strangers)):
            with pytest.raises(FetchFailed) as failed:
                requests(names, roots=roots).fetch(FetchRequest(url))
            assert "TLS" == failed.value.reason
        assert 1 == len(server.requests)


def test_https_never_leads_to_http(tmp_path: Path) -> None:
    made = certificates("right.example", tmp_path)
    names = Names({"right.example": [["127.0.0.1"]]})

    with serving(says()) as plain, serving(leads_to(plain.url(host="right.example")), tls=made.server) as server:
        url = server.url(host="right.example", scheme="https")
        with pytest.raises(FetchRefused):
            requests(names, roots=made.trusting).fetch(FetchRequest(url))

    assert [] == plain.requests


def test_a_copy_that_is_still_the_newest_is_not_sent_again() -> None:
    with serving(says(b"", status=304, ETag='"x"')) as server:
        answer = _fetch(server, etag='"x"', last_modified="Sat, 14 Mar 2026 15:00:00 GMT")

    assert (304, b"") == (answer.status, answer.body)
    assert b'If-None-Match: "x"' in server.requests[0]
    assert b"If-Modified-Since: Sat, 14 Mar" in server.requests[0]


def test_a_body_that_broke_off_is_resumed_where_it_did() -> None:
    at_hand = io.BytesIO(b"abc")
    at_hand.seek(3)

    with serving(says(b"def", status=206, Content_Range="bytes 3-5/6")) as server:
        request = FetchRequest(server.url(), resume_from=3, etag='"x"')
        answer = requests().fetch(request, into=at_hand)

    assert (3, b"abcdef") == (answer.offset, at_hand.getvalue())
    assert b'If-Range: "x"' in server.requests[0]
    assert b"Range: bytes=3-" in server.requests[0]


def test_a_body_that_changed_meanwhile_is_taken_from_the_start() -> None:
    at_hand = io.BytesIO(b"old and longer")
    at_hand.seek(14)

    with serving(says(b"new")) as server:
        answer = requests().fetch(FetchRequest(server.url(), resume_from=14, etag='"x"'), into=at_hand)

    assert (0, b"new") == (answer.offset, at_hand.getvalue())


def test_another_part_than_asked_for_is_not_taken() -> None:
    with serving(says(b"def", status=206, Content_Range="bytes 4-6/7")) as server:
        assert "BAD_RANGE" == _reason(server, resume_from=3, etag='"x"')


def test_a_body_is_not_resumed_by_a_weak_validator() -> None:
    with serving(says()) as server:
        assert "NO_VALIDATOR" == _reason(server, resume_from=3, etag='W/"x"')
    assert [] == server.requests
