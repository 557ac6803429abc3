"""Commands on the queue of a reviewer, and on what a reviewer reads."""

from __future__ import annotations

from typing import Any

import pytest

from registry.client import Client
from tests.client_package.conftest import Served, served
from tests.web.cli.commons import commons
from tests.web.cli.test_own import fresh, submitted

__all__ = ["served"]


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)
    monkeypatch.setenv("COMMONS_KEY", served.reviewer_key)


def handed_in(served: Served, document: dict[str, Any]) -> str:
    """The uid of a record that waits for review, whatever it looks like."""
    uid = submitted(served, document)
    with Client(served.url, served.submitter_key) as client:
        if client.show(uid).record.state == "draft":
            client.confirm(uid)
    return uid


def all_waiting() -> list[dict[str, Any]]:
    """Everything that waits, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        page = commons("review", "queue", "--skip", str(len(found)), "--json").json
        found += page["waiting"] + page["opinions"]
        if not page["has_more"]:
            return found


def test_a_reviewer_works_through_the_queue_without_reading_it_first(served: Served) -> None:
    document = fresh(marking={"tlp": "CLEAR", "content_warnings": ["Gore"]})
    uid = handed_in(served, document)

    (told,) = [one for one in all_waiting() if one["uid"] == uid]
    listed = commons("review", "queue")
    while (taken := commons("review", "next", "--json").json["record"]["uid"]) != uid:
        commons("review", "claim", taken)
    lines = commons("review", "reveal", uid, "content.title")
    asked = commons("review", "ask-opinion", uid, "--revision", "1", "--json")

    assert ("submitted", ["Gore"], 1, None) == (
        told["stage"],
        told["content_warnings"],
        told["draft_revision"],
        told["refusal"],
    )
    assert document["content"]["title"] not in listed.out
    assert document["content"]["title"] == lines.out.strip()
    assert uid == asked.json["record"]["uid"]
    assert [True] == [one["wants_opinion"] for one in all_waiting() if one["uid"] == uid]


def test_a_field_that_is_not_there_is_not_opened(served: Served) -> None:
    uid = handed_in(served, fresh())

    done = commons("review", "reveal", uid, "content.nothing", "--json")

    assert (3, "NOT_FOUND") == (done.code, done.told["code"])
    assert 3 == commons("review", "reveal", "LOCAL-INC-2026-9999", "content.title").code


def test_what_one_chose_is_shown_and_changed(served: Served) -> None:
    chosen = commons("me", "avoid", "self_harm", "csae", "--json").json
    limited = commons("me", "limit", "--per-day", "30", "--json").json
    declared = commons("me", "declare", "competitor:delta", "--json").json
    shown = commons("me", "show")

    assert ["csae", "self_harm"] == chosen["avoids"]
    assert (30, 30) == (limited["own_per_day"], limited["limit_per_day"])
    assert [{"kind": "competitor", "organisation": "delta"}] == declared["conflicts"]
    assert "not read: csae, self_harm" in shown.out
    assert "declared: competitor:delta" in shown.out
    assert [] == commons("me", "avoid", "--json").json["avoids"]
    assert commons("me", "limit", "--json").json["own_per_day"] is None
    assert [] == commons("me", "declare", "--nobody", "--json").json["conflicts"]


def test_who_takes_a_break_is_given_nothing(served: Served) -> None:
    handed_in(served, fresh())
    commons("me", "limit", "--per-day", "0")

    done = commons("review", "next", "--json")

    commons("me", "limit")
    assert (5, "EXPOSURE_LIMIT") == (done.code, done.told["code"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("avoid", "sadness"), 1),
        (("limit", "--per-day", "-1"), 2),
        (("limit", "--per-day", "100000"), 1),
        (("declare",), 2),
        (("declare", "acme"), 2),
        (("declare", "friend:acme"), 1),
        (("declare", "employer:acme", "--nobody"), 2),
    ],
)
def test_what_cannot_be_read_changes_nothing(arguments: tuple[str, ...], code: int) -> None:
    before = commons("me", "show", "--json").json

    assert code == commons("me", *arguments).code
    assert before == commons("me", "show", "--json").json


def test_a_submitter_has_no_queue_and_no_welfare(served: Served) -> None:
    for arguments in (("review", "queue"), ("review", "next"), ("me", "show")):
        assert 4 == commons(*arguments, "--key", served.submitter_key).code
