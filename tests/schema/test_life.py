"""The way of a record through the API, from its submission to its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.vocabulary import Kind
from registry.ports import Registry
from tests.client import Client
from tests.schema.documents import content
from tests.schema.world import Api, make_app, node_id
from tests.service.world import People, approved, claimed, published, submitted

CLEAR = {"tlp": "CLEAR"}


def test_a_submitted_incident_is_claimed_approved_published_and_found(api: Api) -> None:
    sent = api.write("submitIncident", {"content": content(), "marking": CLEAR}, by="submitter")
    record = sent["record"]
    step = {"uid": record["uid"], "expectedRevision": 1}

    steps = [
        sent,
        api.write("reviewSubmission", step | {"decision": "CLAIM"}, by="reviewer"),
        api.write("reviewSubmission", step | {"decision": "APPROVE"}, by="reviewer"),
        api.write("publish", step, by="reviewer"),
    ]
    api.index()
    found = api.ask('{ search(query: "spam") { totalCount edges { node { uid number } snippet { text match } } } }')

    states = [payload["record"]["state"] for payload in steps]
    assert ["SUBMITTED", "IN_REVIEW", "APPROVED", "PUBLISHED"] == states
    assert 1 == found["search"]["totalCount"]
    (edge,) = found["search"]["edges"]
    assert {"uid": record["uid"], "number": steps[-1]["record"]["number"]} == edge["node"]
    assert "spam" in {piece["text"].lower() for piece in edge["snippet"] if piece["match"]}


@pytest.mark.parametrize("kind", list(Kind))
def test_records_of_every_kind_are_submitted_and_revised(api: Api, kind: Kind) -> None:
    name = kind.type_name
    subject = api.write("submitIncident", {"content": content()}, by="submitter")["record"]
    about = {"about": subject["uid"]} if kind is Kind.STATEMENT else {}
    sent = api.write(f"submit{name}", {"content": content(kind, **about), "clientMutationId": "m1"}, by="submitter")
    record = sent["record"]

    said = {"id": record["id"], "expectedRevision": 1, "content": content(kind, aliases=["X-1"], **about)}
    revised = api.write(f"update{name}", said, by="submitter")

    assert ("m1", False) == (sent["clientMutationId"], sent["replayed"])
    assert (kind.upper(), "RED", 2) == (record["kind"], record["tlp"], revised["record"]["draftRevision"])


def test_a_dry_run_says_what_submitting_would_and_stores_nothing(api: Api) -> None:
    said = {"content": {"title": "T", "summary": "S"}}

    assert [] == api.refused("validateIncident", said, by="")
    warnings = api.write("validateIncident", said, by="")["warnings"]

    assert ["input", "content", "sources"] in [one["path"] for one in warnings]


def test_a_reviewer_may_release_ask_for_changes_and_reject(api: Api, people: People) -> None:
    records = [claimed(api.registry, people) for _ in range(3)]
    decisions = ["RELEASE", "REQUEST_CHANGES", "REJECT"]

    payloads = [
        api.write(
            "reviewSubmission",
            {"uid": record.uid, "expectedRevision": 1, "decision": decision, "reason": "Too little is known."},
            by="reviewer",
        )
        for record, decision in zip(records, decisions, strict=True)
    ]

    assert ["SUBMITTED", "CHANGES_REQUESTED", "REJECTED"] == [one["record"]["state"] for one in payloads]


def test_a_withdrawn_record_is_a_tombstone_with_its_reason_until_it_is_restored(api: Api, people: People) -> None:
    record = published(api.registry, people)
    said = {"uid": record.uid, "reason": "The account was wrong."}
    query = "query ($uid: String) { record(uid: $uid) { state isTombstone title summary reason sources { url } } }"

    api.write("withdraw", said, by="submitter")
    gone = api.ask(query, uid=record.uid)["record"]
    api.write("restore", said | {"reason": "It was right after all."}, by="lead")
    back = api.ask(query, uid=record.uid)["record"]

    assert {
        "state": "WITHDRAWN",
        "isTombstone": True,
        "title": None,
        "summary": None,
        "reason": "The account was wrong.",
        "sources": [],
    } == gone
    assert (False, "Spam wave on a chat platform") == (back["isTombstone"], back["title"])


def test_an_erased_record_keeps_its_number_and_nothing_it_said(api: Api, people: People) -> None:
    record = published(api.registry, people)

    api.write("block", {"uid": record.uid, "reason": "A name."}, by="lead")
    api.write("erase", {"uid": record.uid, "reason": "A name.", "legalBasis": "GDPR Art. 17"}, by="operator")
    shown = api.ask(
        "query ($n: String) { record(number: $n) { state title ... on Incident { narrative systems { model } } } }",
        n=record.number,
    )

    assert {"state": "ERASED", "title": None, "narrative": None, "systems": []} == shown["record"]


@pytest.mark.parametrize("name", ["second_key", "bot"])
def test_four_eyes_are_two_persons_whatever_key_or_service_account_they_use(
    registry: Registry, people: People, name: str
) -> None:
    record = approved(registry, people)
    same = replace(getattr(people, name), organisation=people.reviewer.organisation, roles=people.reviewer.roles)
    with Client(make_app(registry, replace(people, **{name: same}))) as client:
        api = Api(client, registry)

        refused = api.refused("publish", {"uid": record.uid, "expectedRevision": 1}, by=name)

    assert [("input", "FOUR_EYES")] == refused


def test_a_reviewer_of_the_submitting_organisation_never_claims_its_records(api: Api, people: People) -> None:
    record = submitted(api.registry, people)
    said = {"uid": record.uid, "expectedRevision": 1, "decision": "CLAIM"}

    assert [("input", "FOUR_EYES")] == api.refused("reviewSubmission", said, by="inside_reviewer")


def test_a_decision_without_the_claim_or_the_permission_is_an_error_with_a_code(api: Api, people: People) -> None:
    record = claimed(api.registry, people)
    document = "mutation ($input: ReviewSubmissionInput!) { reviewSubmission(input: $input) { record { uid } } }"
    said = {"uid": record.uid, "expectedRevision": 1, "decision": "APPROVE"}

    codes = [api.errors(document, by=by, input=said)[0]["extensions"]["code"] for by in ("lead", "submitter", "")]

    assert ["FORBIDDEN", "FORBIDDEN", "UNAUTHENTICATED"] == codes


def test_a_step_that_the_workflow_does_not_have_is_a_user_error_with_what_is_possible(api: Api, people: People) -> None:
    record = submitted(api.registry, people)
    said = {"uid": record.uid, "expectedRevision": 1}

    assert [("input", "INVALID_TRANSITION")] == api.refused("publish", said, by="reviewer")
    (error,) = api.write("publish", said, by="reviewer")["userErrors"]

    assert "CLAIM" in error["hint"]


def test_a_stale_revision_is_told_with_the_present_one(api: Api, people: People) -> None:
    record = submitted(api.registry, people)
    said = {"uid": record.uid, "expectedRevision": 7, "content": content()}

    assert [("input.expectedRevision", "STALE_REVISION")] == api.refused("updateIncident", said, by="submitter")


def test_the_same_idempotency_key_answers_again_and_refuses_other_content(api: Api) -> None:
    said = {"content": content(), "idempotencyKey": "key-1"}

    first = api.write("submitIncident", said, by="submitter")
    again = api.write("submitIncident", said, by="colleague")
    other = said | {"content": content(title="Another")}

    assert first["record"] == again["record"]
    assert [False, True] == [first["replayed"], again["replayed"]]
    assert [("input.idempotencyKey", "IDEMPOTENCY_MISMATCH")] == api.refused("submitIncident", other, by="submitter")


def test_what_one_may_not_see_is_as_if_it_were_not_there(api: Api, people: People) -> None:
    record = submitted(api.registry, people)
    hidden: dict[str, Any] = {"expectedRevision": 1, "content": content()}
    ways: list[dict[str, Any]] = [{"uid": record.uid}, {"id": node_id(api, record, by="submitter")}]
    missing = [{"uid": "01950000-0000-7000-8000-000000000000"}, {"id": "x"}, {"id": "aW5jaWRlbnQ6eA"}]

    answers = [api.refused("updateIncident", way | hidden, by="outsider") for way in ways + missing]

    assert [("input.uid", "NOT_FOUND")] == answers[0] == answers[1] == answers[2] == answers[4]
    assert [("input.id", "NOT_FOUND")] == answers[3]


@pytest.mark.parametrize("named", [{}, {"uid": "a", "id": "b"}])
def test_a_record_is_named_in_one_way(api: Api, named: dict[str, str]) -> None:
    assert [("input.uid", "REQUIRED")] == api.refused("withdraw", named | {"reason": "x"}, by="submitter")
