"""Many submissions in one request."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest
from starlette.types import Message

from registry.domain.account import KeyId
from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, Role
from registry.domain.pages import RecordFilter
from registry.domain.policy import EVERYTHING
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import keys, members, sessions
from registry.settings import Settings
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.service.signing_in import enrolled
from tests.web.node import Furnished, Node, open_node
from tests.web.test_sign_in import COOKIE, OURS
from web.app import create_app
from web.bulk import MEDIA_TYPE, BulkApp
from web.errors import HttpFailure

BOM = b"\xef\xbb\xbf"


@pytest.fixture
def key(node: Node) -> str:
    """The submitter's key."""
    return node.key_of_submitter()


def line(title: str, **more: Any) -> bytes:
    """A submission of an incident as a line; no two titles look alike."""
    said = {"kind": "incident", "content": {"title": f"{title} {title}ly", "summary": f"About {title}s."}}
    return json.dumps(said | {"marking": {"tlp": "CLEAR"}} | more).encode() + b"\n"


def send(client: Client, key: str, body: bytes, *, mode: str = "apply", **headers: str) -> list[dict[str, Any]]:
    """The answers, line by line, and the summary."""
    given = {"Authorization": f"Bearer {key}", "Content-Type": MEDIA_TYPE} | headers
    answer = client.post(f"/bulk?mode={mode}", content=body, headers=given)
    assert 200 == answer.status_code, answer.text
    assert MEDIA_TYPE == answer.headers["content-type"]
    return [json.loads(one) for one in answer.content.splitlines()]


def ask(client: Client, key: str | None, body: bytes = b"", path: str = "/bulk?mode=apply", **headers: str) -> Any:
    """Status and first error of a request that is refused as a whole."""
    given = {"Content-Type": MEDIA_TYPE} | headers | ({"Authorization": f"Bearer {key}"} if key else {})
    answer = client.post(path, content=body, headers=given)
    error = answer.json()["errors"][0]
    return answer.status_code, error["extensions"]["code"]


def count(registry: Registry) -> int:
    """How many incidents there are."""
    with registry.storage.read() as reader:
        return reader.records.count(RecordFilter(kinds=(Kind.INCIDENT,)), visible=EVERYTHING)


def codes(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Places and codes of the errors of one line."""
    return [(".".join(one["path"]), one["code"]) for one in answer["errors"]]


def test_each_line_is_stored_and_answered_in_order(node: Node, client: Client, key: str) -> None:
    words = ("walrus", "bittern", "gecko")

    *answers, summary = send(client, key, b"".join(map(line, words)))

    assert [(1, "stored"), (2, "stored"), (3, "stored")] == [(one["line"], one["status"]) for one in answers]
    assert ["submitted"] * 3 == [one["state"] for one in answers]
    assert 3 == count(node.registry) == len({one["uid"] for one in answers})
    assert (True, 4, 3) == (summary["complete"], summary["nextLine"], summary["counts"]["stored"])


def test_sending_the_same_lines_again_stores_nothing(node: Node, client: Client, key: str) -> None:
    body = line("walrus") + line("bittern", idempotencyKey="mine") + line("gecko", external_ref="G-1")

    first = send(client, key, body)[:-1]
    again = send(client, key, body)[:-1]

    assert ["replayed"] * 3 == [one["status"] for one in again]
    assert [one["uid"] for one in first] == [one["uid"] for one in again]
    assert 3 == count(node.registry)


def test_the_second_of_two_equal_lines_is_a_replay(node: Node, client: Client, key: str) -> None:
    answers = send(client, key, line("walrus") * 2 + line("walrus", externalRef="W-1"))[:-1]

    assert ["stored", "replayed"] == [one["status"] for one in answers[:2]]
    assert answers[0]["uid"] == answers[1]["uid"]
    assert "stored" == answers[2]["status"]


def test_lines_of_one_record_are_revisions_in_their_order(client: Client, key: str) -> None:
    body = line("walrus", external_ref="W-1") + line("bittern", external_ref="W-1")
    body += line("bittern", external_ref="W-1", idempotency_key="other")

    answers = send(client, key, body)[:-1]

    assert ["stored", "stored", "unchanged"] == [one["status"] for one in answers]
    assert [1, 2, 2] == [one["draftRevision"] for one in answers]


def test_a_line_that_names_a_source_of_a_line_before_it_is_a_draft(client: Client, key: str) -> None:
    said = {"title": "Walrus seen twice", "summary": "A walrus.", "aliases": ["WALRUS-7"]}
    other = {"title": "Bittern heard", "summary": "No walrus.", "aliases": ["WALRUS-7"]}

    answers = send(client, key, line("x", content=said) + line("x", content=other))[:-1]

    assert ["stored", "draft"] == [one["status"] for one in answers]
    assert "POSSIBLE_DUPLICATE" in [one["code"] for one in answers[1]["warnings"]]


def test_validating_stores_nothing(node: Node, client: Client, key: str) -> None:
    *answers, summary = send(client, key, line("walrus") + b"{}\n", mode="validate")

    assert ["valid", "error"] == [one["status"] for one in answers]
    assert "ADVICE_SOURCES" in [one["code"] for one in answers[0]["warnings"]]
    assert (1, 1) == (summary["counts"]["valid"], summary["counts"]["error"])
    assert 0 == count(node.registry)


def test_a_line_is_stored_once_what_screening_finds_in_it_is_answered(node: Node, client: Client, key: str) -> None:
    said = {"title": "Walrus seen", "summary": "Write to zelda.quirm@postbox-zorb.net about it."}
    place = {"code": "PERSONAL_DATA", "path": ["content", "summary"]}
    open_ = line("x", content=said)
    redacted = line("x", content=said, screening={"redact": [place]}, external_ref="R")
    accepted = line("x", content=said, screening={"accept": [place | {"reason": "The office gave it."}]})
    unexplained = line("x", content=said, screening={"accept": [place]})

    checked = send(client, key, open_ + redacted, mode="validate")[:-1]
    answers = send(client, key, open_ + redacted + unexplained + redacted)[:-1] + send(client, key, accepted)[:-1]

    assert ["error", "valid"] == [one["status"] for one in checked]
    assert ["error", "stored", "error", "replayed", "stored"] == [one["status"] for one in answers]
    assert [("content.summary", "PERSONAL_DATA")] == codes(answers[0]) == codes(checked[0])
    assert ("screening.accept.0.reason", "REQUIRED") in codes(answers[2])
    assert 2 == count(node.registry)
    with node.registry.storage.read() as reader:
        record = reader.records.get(answers[1]["uid"], visible=EVERYTHING)
    assert record is not None
    assert record.head.public is not None
    assert "Write to [redacted: email] about it." == record.head.public.document["summary"]


BROKEN = {
    "no object": (b"[]", [("", "INVALID_TYPE")]),
    "no JSON": (b'{"kind": "incident"', [("", "BROKEN_JSON")]),
    "no UTF-8": (b'{"kind": "\xff"}', [("", "BROKEN_UTF8")]),
    "a lone surrogate": (line("x", content={"title": "\ud800", "summary": "s"}), [("content.title", "INVALID_TYPE")]),
    "a lone surrogate as a name": (line("x", **{"\ud800": 1}), [("\ud800", "UNKNOWN_FIELD")]),
    "a lone surrogate as a key": (line("x", idempotencyKey="\ud800"), [("idempotency_key", "INVALID_TYPE")]),
    "NUL": (line("x", content={"title": "a\0b", "summary": "s"}), [("content.title", "INVALID_TEXT")]),
    "NUL as a key": (line("x", idempotencyKey="a\0b"), [("idempotency_key", "INVALID_TEXT")]),
    "a raw NUL": (b"\0\n", [("", "BROKEN_JSON")]),
    "deep": (b"[" * 100_000, [("", "TOO_DEEP")]),
    "deep content": (
        b'{"kind":"incident","content":' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}",
        [("content", "TOO_DEEP")],
    ),
    "a deep kind": (b'{"kind":' + b"[" * 300 + b"]" * 300 + b"}", [("kind", "UNKNOWN_TERM")]),
    "an unknown kind": (b'{"kind": "rumour"}', [("kind", "UNKNOWN_TERM")]),
    "an unknown field": (line("x", colour="red"), [("colour", "UNKNOWN_FIELD")]),
    "a reference twice": (line("x", external_ref="a", externalRef="b"), [("externalRef", "DUPLICATE_FIELD")]),
    "a name twice": (b'{"kind": "incident", "kind": "lesson"}', [("", "DUPLICATE_FIELD")]),
    "too long": (b'"' + b"a" * 1_000_001 + b'"', [("", "TOO_LONG")]),
    "an empty key": (line("x", idempotencyKey=""), [("idempotency_key", "REQUIRED")]),
    "a number of nobody": (line("x", number="LOCAL-INC-2026-0001"), [("number", "NUMBER_NOT_YOURS")]),
    "two problems": (
        line("x", content={"severity": 9, "summary": "s"}),
        [("content.title", "REQUIRED"), ("content.severity", "OUT_OF_RANGE")],
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("mode", ["apply", "validate"])
def test_a_broken_line_is_told_with_place_and_code_and_the_others_are_taken(
    client: Client, key: str, broken: str, mode: str
) -> None:
    body, expected = BROKEN[broken]

    answers = send(client, key, line("walrus") + body.rstrip(b"\n") + b"\n" + line("bittern"), mode=mode)[:-1]

    assert ["stored" if mode == "apply" else "valid"] * 2 == [answers[0]["status"], answers[2]["status"]]
    assert (2, "error") == (answers[1]["line"], answers[1]["status"])
    assert sorted(expected) == sorted(codes(answers[1]))


def test_empty_lines_a_mark_carriage_returns_and_a_missing_end_are_no_problem(client: Client, key: str) -> None:
    body = BOM + line("walrus").replace(b"\n", b"\r\n") + b"\r\n\n  \n" + line("bittern").rstrip()

    *answers, summary = send(client, key, body)

    assert ["stored", "skipped", "skipped", "skipped", "stored"] == [one["status"] for one in answers]
    assert 5 == summary["lines"]


def test_a_line_that_is_cut_off_at_the_end_is_an_error_alone(client: Client, key: str) -> None:
    answers = send(client, key, line("walrus") + line("bittern")[:-9])[:-1]

    assert ["stored", "error"] == [one["status"] for one in answers]


def test_nothing_sent_is_nothing_done(client: Client, key: str) -> None:
    assert [0] == [one["lines"] for one in send(client, key, b"")]


def test_of_very_many_problems_the_first_are_told(client: Client, key: str) -> None:
    many = {"title": "a", "summary": "b"} | {f"unknown{at}": 1 for at in range(40_000)}

    answer, _ = send(client, key, line("x", content=many))

    assert 100 == len(answer["errors"])


def test_every_tenth_line_broken_leaves_all_others_stored(node: Node, client: Client, key: str) -> None:
    words = ("walrus", "bittern", "gecko", "okapi", "lark", "heron", "stork", "egret", "ibis")
    body = b"".join(b"{\n" if at % 10 == 9 else line(f"{words[at % 10]}{at * 7919}") for at in range(100))

    *answers, summary = send(client, key, body)

    assert [at for at in range(1, 101) if at % 10 == 0] == [one["line"] for one in answers if one["status"] == "error"]
    assert 90 == count(node.registry) == summary["counts"]["stored"] + summary["counts"]["draft"]


@pytest.mark.parametrize("path", ["/bulk", "/bulk?mode=delete", "/bulk?mode=apply&mode=validate", "/bulk?mode="])
def test_the_mode_must_be_said_once(client: Client, key: str, path: str) -> None:
    status, code = ask(client, key, path=path)

    assert (400, True) == (status, code in {"REQUIRED", "UNKNOWN_TERM"})


def test_only_who_may_submit_is_let_in(node: Node, client: Client) -> None:
    assert node.reviewer.person is not None
    assert node.reviewer.organisation is not None
    reviewer = keys.create_key(
        node.registry,
        LOCAL_OPERATOR,
        person=node.reviewer.person,
        organisation_id=node.reviewer.organisation,
        label="test",
    ).text

    assert (401, "UNAUTHENTICATED") == ask(client, None, line("walrus"))
    assert (401, "UNAUTHENTICATED") == ask(client, None, line("walrus"), "/bulk?mode=validate")
    assert (401, "UNAUTHENTICATED") == ask(client, "ic_live_forged", line("walrus"))
    assert (403, "FORBIDDEN") == ask(client, reviewer, line("walrus"))
    assert 0 == count(node.registry)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_post_is_answered(client: Client, key: str, method: str) -> None:
    answer = client.request(method, "/bulk?mode=apply", headers={"Authorization": f"Bearer {key}"})

    assert (405, "POST") == (answer.status_code, answer.headers["allow"])


def test_another_type_or_a_compressed_body_is_refused(client: Client, key: str) -> None:
    body = line("walrus")

    assert (415, "UNSUPPORTED_MEDIA_TYPE") == ask(client, key, body, **{"Content-Type": "application/json"})
    assert (415, "UNSUPPORTED_MEDIA_TYPE") == ask(client, key, body, **{"Content-Type": "text/plain"})
    assert (415, "UNSUPPORTED_ENCODING") == ask(client, key, body, **{"Content-Encoding": "gzip"})
    assert 1 == len(send(client, key, b"", **{"Content-Type": "application/x-ndjson; charset=utf-8"}))


def test_a_body_that_is_too_large_is_refused_before_anything_is_stored(node: Node, client: Client, key: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield line("walrus")
        for _ in range(60):
            yield b" " * 1_000_000

    assert (413, "BODY_TOO_LARGE") == ask(client, key, pieces())  # type: ignore[arg-type]  # httpx takes it
    assert (413, "TOO_MANY_LINES") == ask(client, key, line("walrus") + b"\n" * 100_000)
    assert 0 == count(node.registry)


def test_a_key_that_is_revoked_meanwhile_stops_the_work(node: Node, client: Client, key: str) -> None:
    body = b"".join(line(f"w{at * 7919}") for at in range(40))
    key_id = KeyId(key.split("_")[2])

    async def then_revoked() -> AsyncIterator[bytes]:
        yield body
        await anyio.to_thread.run_sync(keys.revoke_key, node.registry, LOCAL_OPERATOR, key_id)

    (summary,) = send(client, key, then_revoked())  # type: ignore[arg-type]  # httpx takes it

    assert (False, "unauthenticated", 1) == (summary["complete"], summary["status"], summary["nextLine"])
    assert 0 == count(node.registry)


@pytest.mark.parametrize("how", ["role", "session"])
def test_what_is_taken_away_meanwhile_counts_at_once(node: Node, client: Client, key: str, how: str) -> None:
    body = b"".join(line(f"w{at * 7919}") for at in range(40))
    ada = enrolled(node.registry, node.submitter.person)

    def take_away() -> None:
        if how == "session":
            sessions.sign_out(node.registry, ANONYMOUS, ada.opened.secret)
            return
        person, roles = node.submitter.person, frozenset({Role.VETTED_RESEARCHER})
        assert person is not None
        members.set_roles(node.registry, LOCAL_OPERATOR, person=person, organisation_slug="acme", roles=roles)

    async def then_less() -> AsyncIterator[bytes]:
        yield body
        await anyio.to_thread.run_sync(take_away)

    with_cookie = {"Cookie": f"{COOKIE}={ada.opened.secret}", "Content-Type": MEDIA_TYPE} | OURS
    headers = with_cookie if how == "session" else {"Authorization": f"Bearer {key}", "Content-Type": MEDIA_TYPE}
    answer = client.post("/bulk?mode=apply", content=then_less(), headers=headers)

    (summary,) = [json.loads(one) for one in answer.content.splitlines()]
    stopped = {"role": "forbidden", "session": "unauthenticated"}[how]
    assert (False, stopped, 1) == (summary["complete"], summary["status"], summary["nextLine"])
    assert 0 == count(node.registry)


class Wire:
    """The two ends of one request to the application itself: what arrives when, and what was sent back."""

    def __init__(self, node: Node, *messages: Message) -> None:
        self.sent: list[Message] = []
        self.is_silent = anyio.Event()
        self._messages = list(messages)
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": "/bulk",
            "query_string": b"mode=apply",
            "headers": [(b"content-type", MEDIA_TYPE.encode())],
            "state": {"actor": node.submitter, "request_id": "1"},
        }

    async def receive(self) -> Message:
        """The next message; nothing more comes after the last."""
        if self._messages:
            return self._messages.pop(0)
        self.is_silent.set()
        await anyio.sleep_forever()
        raise AssertionError

    async def send(self, message: Message) -> None:
        """Take an answer."""
        self.sent.append(message)


def test_a_body_that_stops_coming_is_given_up(node: Node) -> None:
    wire = Wire(node, {"type": "http.request", "body": line("walrus"), "more_body": True})
    app = BulkApp(node.registry, piece_seconds=0.01)

    with pytest.raises(Exception, match="too slowly") as refused:
        anyio.run(app, wire.scope, wire.receive, wire.send)

    assert 408 == refused.value.status  # type: ignore[attr-defined]
    assert 0 == count(node.registry)


def test_a_body_that_ends_with_the_connection_stores_nothing(node: Node) -> None:
    wire = Wire(node, {"type": "http.request", "body": line("walrus"), "more_body": True}, {"type": "http.disconnect"})

    with pytest.raises(Exception, match="ended before the body"):
        anyio.run(BulkApp(node.registry), wire.scope, wire.receive, wire.send)

    assert 0 == count(node.registry)


def test_work_stops_when_the_client_has_gone(node: Node) -> None:
    body = b"".join(line(f"w{at * 7919}") for at in range(300))
    wire = Wire(node, {"type": "http.request", "body": body}, {"type": "http.disconnect"})

    anyio.run(BulkApp(node.registry), wire.scope, wire.receive, wire.send)

    assert count(node.registry) < 100


def test_who_does_not_read_the_answer_is_left_alone(node: Node) -> None:
    body = b"".join(line(f"w{at * 7919}") for at in range(100))
    wire = Wire(node, {"type": "http.request", "body": body})

    async def blocked(message: Message) -> None:
        if message["type"] == "http.response.body":
            await anyio.sleep_forever()

    anyio.run(BulkApp(node.registry, piece_seconds=0.2), wire.scope, wire.receive, blocked)

    assert count(node.registry) < 100


def test_two_at_once_are_enough_for_one_organisation(node: Node) -> None:
    app = BulkApp(node.registry)
    statuses: list[int] = []

    async def three() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(2):
                waiting = Wire(node)
                group.start_soon(app, waiting.scope, waiting.receive, waiting.send)
                await waiting.is_silent.wait()
            third = Wire(node, {"type": "http.request", "body": b""})
            with pytest.raises(HttpFailure) as refused:
                await app(third.scope, third.receive, third.send)
            statuses.append(refused.value.status)
            group.cancel_scope.cancel()

    anyio.run(three)

    assert [429] == statuses


def test_a_staging_key_writes_drafts_only(node: Node, client: Client) -> None:
    person, organisation = node.submitter.person, node.submitter.organisation
    assert person is not None
    assert organisation is not None
    staging = keys.create_key(
        node.registry, LOCAL_OPERATOR, person=person, organisation_id=organisation, label="try", staging=True
    ).text

    answers = send(client, staging, line("walrus") + line("bittern"))[:-1]

    assert ["draft", "draft"] == [one["status"] for one in answers]


@contextmanager
def narrow(
    settings: Settings, furnished: Furnished, clock: FixedClock, ids: CountingIds
) -> Iterator[tuple[Node, Client]]:
    """A node on which an organisation may send fifty lines in an hour."""
    few = settings.model_copy(update={"limits": True, "bulk_lines_per_hour": 50})
    with open_node(few, clock, ids, furnished) as node, Client(create_app(node.registry)) as client:
        yield node, client


def test_lines_over_the_budget_are_sent_again_later(
    settings: Settings, furnished: Furnished, clock: FixedClock, ids: CountingIds
) -> None:
    lines = [line(f"w{at * 7919}") for at in range(70)]

    with narrow(settings, furnished, clock, ids) as (node, client):
        key = node.key_of_submitter()
        *first, stopped = send(client, key, b"\n" * 100 + b"".join(lines))
        clock.advance(hours=1)
        *rest, done = send(client, key, b"".join(lines[stopped["nextLine"] - 101 :]))

        assert (False, "rate_limited") == (stopped["complete"], stopped["status"])
        assert 0 < stopped["retryAfter"] <= 73
        assert len(first) == stopped["lines"] == stopped["nextLine"] - 1
        assert (True, 70) == (done["complete"], len(first) - 100 + len(rest))
        assert 70 == count(node.registry)
