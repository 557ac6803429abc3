"""Reading lines of many submissions, and which of them may be handled at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.bulk import Line, Status, idempotency_key, in_turn, read_line
from registry.domain.content.kinds import parse_file
from registry.domain.screening.acceptance import Answers, Redaction
from registry.domain.screening.finding import Code


def body(title: str = "Walrus", **more: Any) -> bytes:
    """A line of an incident."""
    return json.dumps({"kind": "incident", "content": {"title": title, "summary": "x"}} | more).encode()


def read(line: bytes) -> Line:
    """The line as it is read."""
    return read_line(line, max_bytes=10_000)


@given(st.binary(max_size=300))
def test_no_line_is_too_strange_to_be_answered(line: bytes) -> None:
    found = read(line)

    assert found.submission is not None or found.outcome is not None


@pytest.mark.parametrize("line", [b"", b"\n", b"\r\n", b" \t \n"])
def test_an_empty_line_is_skipped(line: bytes) -> None:
    outcome = read(line).outcome

    assert outcome is not None
    assert Status.SKIPPED is outcome.status


def test_what_says_the_same_has_the_same_key_however_it_is_written() -> None:
    one = parse_file(json.loads(body(external_ref="A")))
    other = parse_file({"externalRef": "A ", "content": {"summary": " x", "title": "Walrus"}, "kind": "incident"})

    assert idempotency_key(one) == idempotency_key(other)


@pytest.mark.parametrize(
    "more",
    [
        {"external_ref": "B"},
        {"number": "LOCAL-INC-2026-0001"},
        {"restricted": {}},
        {"restricted": {"notes": "n"}},
        {"marking": {"tlp": "CLEAR"}},
        {"content": {"title": "Walrus", "summary": "y"}},
        {"screening": {"redact_all": True}},
        {"screening": {"accept": [{"code": "PERSON_NAME", "path": ["content", "title"], "reason": "r"}]}},
    ],
)
def test_what_says_something_else_has_another_key(more: dict[str, Any]) -> None:
    assert idempotency_key(parse_file(json.loads(body()))) != idempotency_key(parse_file(json.loads(body(**more))))


def test_a_key_of_ones_own_is_kept() -> None:
    assert "mine" == idempotency_key(parse_file(json.loads(body(idempotency_key="mine"))))


def test_lines_that_share_something_wait_for_one_another() -> None:
    lines = [
        read(body("one", external_ref="A")),
        read(body("two", external_ref="B")),
        read(b""),
        read(body("three", external_ref="A")),
        read(b"{"),
        read(body("three", external_ref="A")),
        read(body("four", content={"title": "four", "summary": "x", "aliases": ["ALIAS"]})),
        read(body("five", content={"title": "five", "summary": "x", "aliases": ["alias"]})),
    ]

    portions = list(in_turn(lines))

    assert [3, 2, 2, 1] == [len(one) for one in portions]
    assert lines == [line for portion in portions for line in portion]


def test_answers_are_part_of_a_line_however_they_are_written() -> None:
    redact = [{"code": "PERSONAL_DATA", "path": ["content", "summary"]}]
    one = parse_file(json.loads(body(screening={"redact": redact, "redactAll": True, "accept": []})))
    other = parse_file(json.loads(body(screening={"redact_all": True, "redact": redact})))

    assert Answers(redact=(Redaction(Code.PERSONAL_DATA, ("content", "summary")),), redact_all=True) == one.answers
    assert idempotency_key(one) == idempotency_key(other)
    assert idempotency_key(parse_file(json.loads(body()))) == idempotency_key(
        parse_file(json.loads(body(screening={"redactAll": False})))
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], [("screening", "INVALID_TYPE")]),
        ({"colour": 1}, [("screening.colour", "UNKNOWN_FIELD")]),
        ({"redact_all": True, "redactAll": True}, [("screening.redactAll", "DUPLICATE_FIELD")]),
        ({"redact_all": "yes"}, [("screening.redact_all", "INVALID_TYPE")]),
        (
            {"accept": [{"code": "RUMOUR"}]},
            [("screening.accept.0.code", "UNKNOWN_TERM"), ("screening.accept.0.path", "REQUIRED")],
        ),
        ({"redact": [{"code": "PERSONAL_DATA", "path": [0]}]}, [("screening.redact.0.path.0", "INVALID_TYPE")]),
        ({"redact": [{"code": "PERSONAL_DATA", "path": ["a"] * 41}]}, [("screening.redact.0.path", "TOO_MANY")]),
        ({"redact": [{}] * 501}, [("screening.redact", "TOO_MANY")]),
        ({"accept": {"a": "b"}}, [("screening.accept", "INVALID_TYPE")]),
    ],
)
def test_answers_that_cannot_be_read_are_told_with_their_place(said: Any, expected: list[tuple[str, str]]) -> None:
    outcome = read(body(screening=said)).outcome

    assert outcome is not None
    assert expected == [(".".join(one.path), one.code) for one in outcome.errors]
