"""The pages of reviewers: labels first, text field by field, decisions by forms, and one's own welfare."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor
from registry.domain.content.kinds import Content
from registry.domain.finding import Finding
from registry.domain.record import Record, State
from registry.service import import_runs, keys, review
from tests.client import Client
from tests.factories import content, source, take_in
from tests.service.world import stored
from tests.web.node import Node


@dataclass(frozen=True, slots=True)
class Desk:
    """A reviewer's browser."""

    client: Client
    node: Node
    key: str

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path, headers={"Authorization": f"Bearer {self.key}"}, follow_redirects=False)

    def post(self, path: str, **fields: object) -> httpx.Response:
        return self.client.post(
            path, data=fields, headers={"Authorization": f"Bearer {self.key}"}, follow_redirects=False
        )


def key_of(node: Node, actor: Actor) -> str:
    assert actor.person is not None
    assert actor.organisation is not None
    made = keys.create_key(
        node.registry, LOCAL_OPERATOR, person=actor.person, organisation_id=actor.organisation, label="test"
    )
    return made.text


@pytest.fixture
def desk(node: Node, client: Client) -> Desk:
    return Desk(client, node, key_of(node, node.reviewer))


def said(**fields: Any) -> Content:
    planted: dict[str, Any] = {
        "title": "Planted title",
        "summary": "Planted summary.",
        "severity": 5,
        "misuse_categories": ["violence/weapons"],
        "restricted": {"notes": "Planted notes."},
        "marking": {"content_warnings": ["Gore"], "tlp": "CLEAR"},
    }
    return content(**(planted | fields))


def path_of(record: Record) -> str:
    return f"/review/{record.uid}"


def test_strangers_are_asked_to_sign_in_and_others_are_refused(client: Client, node: Node, desk: Desk) -> None:
    submitter = replace(desk, key=key_of(node, node.submitter))

    for path in ("/review", f"/review/{node.submit(said()).uid}", "/me/welfare"):
        assert 303 == client.get(path, follow_redirects=False).status_code
        assert 403 == submitter.get(path).status_code


def test_no_page_holds_text_before_it_is_asked_for(desk: Desk) -> None:
    record = desk.node.submit(said())

    for path in ("/review", path_of(record)):
        answer = desk.get(path)
        assert 200 == answer.status_code
        assert "private, no-store" == answer.headers["cache-control"]
        assert "Planted" not in answer.text
        assert "Gore" in answer.text
    opened = desk.post(path_of(record) + "/reveal", field="content.summary")
    assert (200, 1) == (opened.status_code, opened.text.count("Planted"))
    assert "12 of 60" not in opened.text
    assert "6 of 60" in desk.get("/me/welfare").text


def test_a_submission_goes_its_way_by_forms(desk: Desk) -> None:
    record = desk.node.submit(said(misuse_categories=["spam"], marking={"tlp": "CLEAR"}))

    taken = desk.post("/review", step="next")
    assert path_of(record) == taken.headers["location"]
    kept = desk.post(path_of(record), step="request_changes", reason="", revision="1")
    assert 400 == kept.status_code
    assert "Give it back" in kept.text
    opened = desk.post(path_of(record) + "/reveal", field="restricted.notes")
    assert "Planted notes." in opened.text
    approved = desk.post(path_of(record), step="approve", revision="1")
    assert (303, path_of(record)) == (approved.status_code, approved.headers["location"])
    out = desk.post(path_of(record), step="publish", revision="1")
    assert (303, "/review") == (out.status_code, out.headers["location"])

    assert State.PUBLISHED is stored(desk.node.registry, record.uid).state
    assert 404 == desk.get(path_of(record)).status_code


def test_what_is_written_stays_in_a_form_that_is_refused(desk: Desk) -> None:
    record = desk.node.submit(said(misuse_categories=["ncii"]))
    desk.post("/review", step="next")

    answer = desk.post(
        path_of(record), step="approve", reason="Fine by me.", revision="1", **{"checked:no_minor": "on"}
    )

    assert 400 == answer.status_code
    assert "Fine by me." in answer.text
    assert re.search(r'name="checked:no_minor" checked', answer.text)
    assert 409 == desk.post(path_of(record), step="approve", revision="7").status_code
    assert 400 == desk.post(path_of(record), step="sing", revision="1").status_code


def test_release_and_second_opinion_need_no_reason(desk: Desk) -> None:
    record = desk.node.submit(said())
    for step in ("release", "opinion"):
        desk.post(path_of(record), step="claim", revision="1")
        assert "/review" == desk.post(path_of(record), step=step, revision="1").headers["location"]

    found = stored(desk.node.registry, record.uid)
    assert (None, desk.node.reviewer.person) == (found.claimed_by, found.opinion_of)
    assert "a second opinion is wanted" in desk.get(path_of(record)).text


def test_what_one_opted_out_of_looks_like_what_is_not_there(desk: Desk) -> None:
    record = desk.node.submit(said())
    assert 303 == desk.post("/me/welfare", step="topics", **{"topic:violence": "on"}).status_code

    missing = "01950000-0001-7000-9000-00000000ffff"
    for path, form in (("", None), ("", {"step": "claim", "revision": "1"}), ("/reveal", {"field": "content.title"})):
        answers = []
        for uid in (record.uid, missing):
            address = f"/review/{uid}{path}"
            answer = desk.get(address) if form is None else desk.post(address, **form)
            answers.append((answer.status_code, re.sub(r"Request id.*|[0-9a-f-]{32,36}", "", answer.text)))
        assert answers[0] == answers[1]
        assert 404 == answers[0][0]
    assert 404 == desk.get(f"/r/{record.uid}").status_code
    assert record.label not in desk.get("/review").text
    assert "Nothing waits that you may take" in desk.post("/review", step="next").text


def test_limits_and_conflicts_are_kept_and_refused_with_the_form(desk: Desk) -> None:
    wrong = desk.post("/me/welfare", step="limits", per_day="1000", per_week="x")
    assert (400, True) == (wrong.status_code, 'value="1000"' in wrong.text)
    assert 400 == desk.post("/me/welfare", step="limits", per_day="1000").status_code
    assert 303 == desk.post("/me/welfare", step="limits", per_day="0").status_code
    record = desk.node.submit(said())
    refused = desk.post(path_of(record), step="claim", revision="1")
    assert (409, True) == (refused.status_code, "take a break" in refused.text)
    assert 303 == desk.post("/me/welfare", step="limits", per_day="").status_code

    assert 303 == desk.post("/me/welfare", step="conflicts", client="Acme\n\nSigma").status_code
    assert "Acme\nSigma" in desk.get("/me/welfare").text
    barred = desk.post(path_of(record), step="claim", revision="1")
    assert (403, True) == (barred.status_code, "CONFLICT" in barred.text or "bound to" in barred.text)


def test_the_history_of_a_release_tells_no_reason(desk: Desk) -> None:
    record = desk.node.submit(said())
    held = review.claim(desk.node.registry, desk.node.reviewer, record.uid, expected_revision=1)
    desk.post(path_of(held), step="release", revision="1")

    with desk.node.registry.storage.read() as reader:
        rows = [change.row for change in reader.changes.of_record(record.uid)]

    assert [None, None, None] == [row.reason for row in rows]


def test_a_record_page_before_publication_counts_as_reading(desk: Desk) -> None:
    record = desk.node.submit(said())

    first = desk.get(f"/r/{record.uid}")
    counted = desk.get("/me/welfare").text
    desk.post("/me/welfare", step="limits", per_day="6", per_week="")
    second = desk.get(f"/r/{desk.node.submit(said(title='Marigold')).uid}")

    assert "Planted summary." in first.text
    assert "6 of 60" in counted
    assert 409 == second.status_code
    assert "Marigold" not in second.text


def test_a_reviewer_reads_why_an_imported_record_waits(desk: Desk) -> None:
    registry = desk.node.registry
    wiki = source("wiki")
    upstream = {"source": "wiki", "id": "W-1", "sha256": "0" * 64}
    take_in(registry, LOCAL_OPERATOR, wiki, [content(upstream=upstream), content(upstream=upstream | {"id": "W-2"})])
    run = import_runs.begin(registry, LOCAL_OPERATOR, wiki)
    noted = Finding("wiki", "W-1", "BAD_URL", "references: without a usable web address", refused=False)
    held = replace(noted, code="PERSON_NAMED", message="summary: a person may be named here", held=True)
    import_runs.keep_findings(registry, LOCAL_OPERATOR, run, [noted, held])
    with registry.storage.read() as reader:
        told, untold = (reader.records.by_upstream("wiki", f"W-{at}") for at in (1, 2))
    assert told is not None
    assert untold is not None

    shown = desk.get(path_of(told)).text
    other = desk.get(path_of(untold)).text

    assert "Imported from A wiki (<code>wiki</code>)" in shown
    assert shown.index("summary: a person may be named here") < shown.index("references: without a usable")
    assert 1 == shown.count(", why it waits")
    assert "a person may be named here" not in other
    assert "Why it waits: records of this source are looked at one by one." in other
