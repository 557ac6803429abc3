"""The client against a real server."""

from __future__ import annotations

import json
import logging
import socket
from pathlib import Path
from typing import Any

import pytest

from registry.client import Client
from registry.domain.canonical import JsonValue
from registry.domain.content.kinds import parse_file
from registry.domain.errors import (
    BadQuery,
    CommonsError,
    FourEyes,
    IdempotencyMismatch,
    InvalidInput,
    InvalidTransition,
    Misconfigured,
    NotFound,
    StaleRevision,
    Unauthenticated,
    Unavailable,
)
from registry.domain.vocabulary import Kind
from tests.client_package.conftest import Served
from tests.factories import incident_document, lesson_document

EXAMPLES = sorted(Path("docs/examples").glob("*.json"))


def submission(**fields: Any) -> dict[str, JsonValue]:
    """A submission file of an incident that will be public."""
    return {"kind": "incident", "content": incident_document(**fields), "marking": {"tlp": "CLEAR"}}


def handed_in(client: Client, document: dict[str, JsonValue]) -> str:
    """The uid of a submission that was handed in, whatever it looks like."""
    record = client.submit(document).record
    return client.confirm(record.uid).record.uid if record.state == "draft" else record.uid


def test_a_record_goes_from_submission_to_search(
    served: Served, submitter: Client, reviewer: Client, stranger: Client
) -> None:
    uid = handed_in(submitter, submission(summary="A zebra wave."))

    reviewer.claim(uid, expected_revision=1)
    reviewer.approve(uid, expected_revision=1)
    published = reviewer.publish(uid, expected_revision=1).record
    served.catch_up()

    page = stranger.search_page("zebra")
    assert [published.number] == [match.record.number for match in page.matches]
    assert page.total == 1
    assert ("zebra", True) in page.matches[0].snippet
    assert uid in [change.uid for change in stranger.changes()]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_was_submitted_comes_back_as_it_was(submitter: Client, path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    document["content"].pop("upstream", None)
    document.pop("external_ref", None)
    for part in ("content", "restricted"):
        document.get(part, {}).pop("links", None)
    if "about" in document["content"]:
        document["content"]["about"] = handed_in(submitter, submission())

    uid = handed_in(submitter, document)
    shown = submitter.show(uid)

    parts: dict[str, JsonValue] = {"content": shown.content, "restricted": shown.restricted, "marking": shown.marking}
    assert parse_file(document).content == parse_file({"kind": shown.record.kind, **parts}).content


def test_links_come_back_with_their_targets(submitter: Client) -> None:
    target = handed_in(submitter, submission())
    lesson: dict[str, JsonValue] = {
        "kind": "lesson",
        "content": lesson_document(links=[{"rel": "derived_from", "target": target}]),
    }

    shown = submitter.show(handed_in(submitter, lesson))

    assert shown.content is not None
    assert shown.content["links"] == [{"rel": "derived_from", "target": target}]


def test_every_problem_is_raised_at_once_and_nothing_is_sent(submitter: Client) -> None:
    with pytest.raises(InvalidInput) as raised:
        submitter.submit({"kind": "incident", "content": {"severity": 9, "colour": "red"}})

    paths = {problem.path for problem in raised.value.problems}
    assert paths == {("content", "title"), ("content", "summary"), ("content", "severity"), ("content", "colour")}


def test_what_only_the_node_knows_is_told_in_the_names_of_the_file(submitter: Client) -> None:
    nowhere: JsonValue = [{"rel": "related", "target": "01950000-0000-7000-8000-00000000ffff"}]

    with pytest.raises(InvalidInput) as raised:
        submitter.submit(submission(links=nowhere))

    assert [("content", "links", "0", "target")] == [problem.path for problem in raised.value.problems]


def test_what_screening_finds_is_answered_in_the_file(submitter: Client) -> None:
    place: dict[str, JsonValue] = {"code": "PERSONAL_DATA", "path": ["content", "summary"]}
    said = submission(summary="Write to zelda.quirm@postbox-zorb.net about it.")
    redacted: dict[str, JsonValue] = {"redact": [place]}

    with pytest.raises(InvalidInput) as raised:
        submitter.submit(said)
    submitter.validate(said | {"screening": redacted})
    uid = submitter.submit(said | {"screening": {"accept": [place | {"reason": "They gave it out."}]}}).record.uid
    submitter.revise(uid, said | {"screening": redacted}, expected_revision=1)

    assert [("PERSONAL_DATA", ("content", "summary"))] == [(one.code, one.path) for one in raised.value.problems]
    shown = submitter.show(uid)
    assert shown.content is not None
    assert "Write to [redacted: email] about it." == shown.content["summary"]


def test_validate_stores_nothing_and_returns_the_warnings(submitter: Client, stranger: Client) -> None:
    before = list(stranger.changes())

    warnings = submitter.validate(submission()).warnings

    assert "ADVICE_SOURCES" in [warning.code for warning in warnings]
    assert before == list(stranger.changes())


def test_the_same_idempotency_key_stores_once(submitter: Client) -> None:
    first = submitter.submit(submission(), idempotency_key="once")
    second = submitter.submit(submission(), idempotency_key="once")

    assert first.record.uid == second.record.uid
    assert (first.replayed, second.replayed) == (False, True)
    with pytest.raises(IdempotencyMismatch):
        submitter.submit(submission(title="Something else"), idempotency_key="once")


def test_the_errors_of_the_node_are_raised_here(submitter: Client, reviewer: Client, stranger: Client) -> None:
    uid = handed_in(submitter, submission())

    raised: list[type[CommonsError]] = []
    for attempt in (
        lambda: stranger.submit(submission()),
        lambda: reviewer.claim(uid, expected_revision=7),
        lambda: reviewer.publish(uid, expected_revision=1),
        lambda: reviewer.claim("01950000-0000-7000-8000-00000000ffff", expected_revision=1),
        lambda: stranger.show(uid),
        lambda: stranger.search_page("a AND ("),
    ):
        with pytest.raises(CommonsError) as error:
            attempt()
        raised.append(error.type)

    assert raised == [Unauthenticated, StaleRevision, InvalidTransition, NotFound, NotFound, BadQuery]


def test_the_current_revision_travels_with_a_stale_one(submitter: Client, reviewer: Client) -> None:
    uid = handed_in(submitter, submission())

    with pytest.raises(StaleRevision) as raised:
        reviewer.claim(uid, expected_revision=7)

    assert raised.value.current == 1


def test_nobody_reviews_the_records_of_the_own_organisation(served: Served, submitter: Client) -> None:
    with Client(served.url, served.reviewer_key) as reviewer:
        uid = handed_in(submitter, submission())
        reviewer.claim(uid, expected_revision=1)

    with pytest.raises(CommonsError) as raised:
        submitter.approve(uid, expected_revision=1)

    assert raised.type.__name__ in {"Forbidden", FourEyes.__name__}


def test_a_withdrawn_record_is_shown_as_a_tombstone(submitter: Client, reviewer: Client, stranger: Client) -> None:
    uid = handed_in(submitter, submission())
    reviewer.claim(uid, expected_revision=1)
    reviewer.approve(uid, expected_revision=1)
    number = reviewer.publish(uid, expected_revision=1).record.number or ""
    submitter.withdraw(uid, reason="told twice")

    shown = stranger.show(number)

    assert (shown.content, shown.record.is_tombstone, shown.record.reason) == (None, True, "told twice")
    assert reviewer.restore(uid, reason="after all").record.state == "published"


def test_a_file_without_a_marking_keeps_that_of_the_record(submitter: Client) -> None:
    content: dict[str, JsonValue] = {"title": "Invented: one", "summary": "Invented."}
    first: dict[str, JsonValue] = {"kind": "incident", "content": content, "external_ref": "case-7"}
    submitter.submit({**first, "marking": {"tlp": "CLEAR"}, "restricted": {"notes": "Kept."}})

    again = submitter.submit({**first, "content": {**content, "title": "Invented: two"}})

    shown = submitter.show(again.record.uid)
    assert (2, "CLEAR") == (again.record.draft_revision, shown.marking["tlp"])


def test_what_was_taken_back_can_be_handed_in_again(submitter: Client) -> None:
    document = {**submission(), "external_ref": "case-8"}
    uid = handed_in(submitter, document)

    taken = submitter.retract(uid, reason="sent by mistake")

    assert "retracted" == taken.record.state
    assert (uid, "submitted") == ((again := submitter.submit(document).record).uid, again.state)


def test_a_mistyped_key_and_a_wrong_address_are_found_before_anything_is_sent() -> None:
    with pytest.raises(Unauthenticated):
        Client("http://127.0.0.1:9", "ic_live_mistyped")
    for url in ("registry.example", "ftp://registry.example", "https://me:secret@registry.example", "http://x/graphql"):
        with pytest.raises(Misconfigured):
            Client(url)


def test_a_node_that_is_silent_or_gone_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Client(url, timeout_seconds=0.2) as client, pytest.raises(Unavailable, match="took too long"):
            client.search_page("x")
    # Bound, so that nobody else is given the port, and not listening.
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
        with Client(url) as client, pytest.raises(Unavailable, match="does not answer"):
            client.search_page("x")


def test_the_key_never_reaches_a_log_or_an_error(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = served.submitter_key.split("_")[3]

    with Client(served.url, served.submitter_key) as client:
        client.submit(submission())
        with pytest.raises(NotFound) as raised:
            client.show("NOTHING-INC-2026-0001")

    assert secret not in caplog.text
    assert secret not in str(raised.value)


def test_what_looks_alike_is_told_and_confirmed(served: Served, submitter: Client, stranger: Client) -> None:
    known = handed_in(submitter, submission(title="Heron calls", summary="Calls.", aliases=["HERON-1"]))

    checked = submitter.validate(submission(title="Other", summary="Words.", aliases=["heron-1"]))
    draft = submitter.submit(submission(title="Other", summary="Words.", aliases=["heron-1"]))
    confirmed = submitter.confirm(draft.record.uid, not_related=[known])

    assert ("draft", "submitted") == (draft.record.state, confirmed.record.state)
    assert [(known, ("same_alias",))] == [(one.record.uid, one.reasons) for one in checked.candidates]
    assert checked.candidates == draft.candidates
    assert () == stranger.validate(submission(title="Other", summary="Words.", aliases=["heron-1"])).candidates


def test_records_are_looked_up_by_source(submitter: Client, stranger: Client) -> None:
    uid = handed_in(submitter, submission(title="Ibis", sources=[{"url": "https://ibis.example/a"}]))

    assert [uid] == [one.uid for one in submitter.lookup("http://www.ibis.example/a/?utm_source=x")]
    assert () == stranger.lookup("https://ibis.example/a")


def test_a_reserved_number_is_asked_for(submitter: Client) -> None:
    (number,) = submitter.reserve_numbers(Kind.INCIDENT)

    submitter.submit(submission(title="Jackdaw", summary="Bird."), number=number)

    with pytest.raises(InvalidInput) as raised:
        submitter.submit(submission(title="Kestrel", summary="Bird."), number=number)
    assert [("number",)] == [problem.path for problem in raised.value.problems]
