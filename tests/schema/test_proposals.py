"""Corrections through the API: proposed by one, decided by another, credited to all who read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from registry.domain.record import Record
from registry.service import review
from tests.schema.world import Api
from tests.service.decisions import UNKNOWN
from tests.service.world import People, published, submitted, text_of

PAYLOAD = """{ proposal { id state reason decisionReason revision draftRevision proposer organisation { slug }
  record { uid } changes { part path kind before after } }
  record { uid draftRevision } userErrors { path code message } replayed clientMutationId }"""
LIST = "query ($first: Int, $after: String) { proposals(first: $first, after: $after) { %s } }"


def sent(api: Api, name: str, said: dict[str, Any], *, by: str) -> dict[str, Any]:
    """The payload of a mutation of proposals."""
    document = f"mutation ($said: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $said) {PAYLOAD} }}"
    found: dict[str, Any] = api.ask(document, by=by, said=said)[name]
    return found


def propose(api: Api, record: Record, *, by: str = "outsider", **said: Any) -> dict[str, Any]:
    """The payload of a proposal to raise the severity, unless *said* otherwise."""
    default: dict[str, Any] = {
        "uid": record.uid,
        "expectedRevision": 1,
        "reason": "It was graver.",
        "changes": [{"path": ["severity"], "value": "4"}],
    }
    return sent(api, "proposeCorrection", default | said, by=by)


def codes(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """Place and code of what was wrong."""
    assert payload["proposal"] is None
    return [(".".join(one["path"]), one["code"]) for one in payload["userErrors"]]


def test_a_correction_is_proposed_accepted_published_and_credited(api: Api, people: People) -> None:
    record = published(api.registry, people)
    made = propose(api, record, clientMutationId="m1")
    decided = {"id": made["proposal"]["id"], "decision": "ACCEPT", "reason": "Right.", "expectedRevision": 1}

    accepted = sent(api, "decideProposal", decided, by="submitter")
    query = "query ($uid: String) { record(uid: $uid) { credits { slug } history { revisions { credits } } } }"
    before = api.ask(query, uid=record.uid)["record"]
    review.claim(api.registry, people.reviewer, record.uid, expected_revision=2)
    review.approve(api.registry, people.reviewer, record.uid, expected_revision=2)
    review.publish(api.registry, people.reviewer, record.uid, expected_revision=2)
    after = api.ask(query, uid=record.uid)["record"]

    change = {"part": "CONTENT", "path": ["severity"], "kind": "CHANGED", "before": "2", "after": "4"}
    assert ("OPEN", "m1", [change]) == (
        made["proposal"]["state"],
        made["clientMutationId"],
        made["proposal"]["changes"],
    )
    assert ("ACCEPTED", 2) == (accepted["proposal"]["state"], accepted["record"]["draftRevision"])
    assert {"credits": [], "history": {"revisions": [{"credits": []}]}} == before
    revisions = [{"credits": []}, {"credits": ["delta"]}]
    assert {"credits": [{"slug": "delta"}], "history": {"revisions": revisions}} == after


def test_a_declined_proposal_tells_its_proposer_the_reason_and_nobody_who_decided(api: Api, people: People) -> None:
    record = published(api.registry, people)
    made = propose(api, record)["proposal"]

    sent(api, "decideProposal", {"id": made["id"], "decision": "DECLINE", "reason": "Measured."}, by="submitter")
    fields = "nodes { id state decisionReason draftRevision proposer organisation { slug } record { uid } }"
    (seen,) = api.ask(LIST % fields, by="outsider")["proposals"]["nodes"]

    assert {
        "id": made["id"],
        "state": "DECLINED",
        "decisionReason": "Measured.",
        "draftRevision": None,
        "proposer": f"person:{people.outsider.person}",
        "organisation": {"slug": "delta"},
        "record": {"uid": record.uid},
    } == seen


def test_a_proposal_is_withdrawn_by_its_organisation(api: Api, people: People) -> None:
    made = propose(api, published(api.registry, people))["proposal"]

    taken_back = sent(api, "withdrawProposal", {"id": made["id"]}, by="outsider")
    again = sent(api, "withdrawProposal", {"id": made["id"]}, by="outsider")

    assert "WITHDRAWN" == taken_back["proposal"]["state"]
    assert [("input.id", "INVALID_TRANSITION")] == codes(again)


def test_the_same_proposal_is_answered_again(api: Api, people: People) -> None:
    record = published(api.registry, people)

    first, second = propose(api, record), propose(api, record)

    assert [False, True] == [first["replayed"], second["replayed"]]
    assert first["proposal"]["id"] == second["proposal"]["id"]


def test_what_is_wrong_with_a_proposal_is_told_with_its_place(api: Api, people: People) -> None:
    record = published(api.registry, people)
    wrong = [{"path": ["severity"], "value": "9"}, {"path": ["misuseCategories"], "value": '["spam"]'}]
    broken = [{"path": ["title"], "value": "no JSON"}, {"path": ["title"], "value": "NaN"}]

    assert {("input.content.severity", "OUT_OF_RANGE"), ("input.content.misuseCategories", "UNKNOWN_FIELD")} == set(
        codes(propose(api, record, changes=wrong))
    )
    assert [("input.changes.0.value", "BROKEN_JSON"), ("input.changes.1.value", "BROKEN_JSON")] == codes(
        propose(api, record, changes=broken)
    )
    assert [("input.changes", "REQUIRED")] == codes(propose(api, record, changes=[]))
    assert [("input.reason", "REQUIRED")] == codes(propose(api, record, reason=" "))
    assert [("input.changes.0.path", "REQUIRED")] == codes(propose(api, record, changes=[{"path": [], "value": "1"}]))
    assert [("input.expectedRevision", "STALE_REVISION")] == codes(propose(api, record, expectedRevision=2))
    deep = [{"path": ["title"], "value": "[" * 100 + "]" * 100}]
    assert [("input.content", "TOO_DEEP")] == codes(propose(api, record, changes=deep))
    many = [{"path": ["title"], "value": '"B"'}] * 1000
    assert [("input.changes", "TOO_MANY")] == codes(propose(api, record, changes=many))


def test_ten_thousand_changes_are_refused(api: Api, people: People) -> None:
    record = published(api.registry, people)
    said = {"uid": record.uid, "expectedRevision": 1, "changes": [{"path": ["title"], "value": "1"}] * 10_000}
    document = "mutation ($said: ProposeCorrectionInput!) { proposeCorrection(input: $said) { replayed } }"

    (error,) = api.errors(document, by="outsider", said=said)

    assert "QUERY_TOO_COMPLEX" == error["extensions"]["code"]


def test_hidden_and_missing_records_and_proposals_are_answered_alike(api: Api, people: People) -> None:
    hidden = [submitted(api.registry, people), published(api.registry, people, text_of("Closed", tlp="RED"))]
    theirs = propose(api, published(api.registry, people), by="lead")["proposal"]["id"]

    records = [propose(api, one) for one in hidden]
    records.append(sent(api, "proposeCorrection", asked(UNKNOWN), by="outsider"))
    proposals = [
        sent(api, "decideProposal", {"id": one, "decision": "ACCEPT"}, by="outsider") for one in (theirs, UNKNOWN, "x")
    ]

    assert [("input.uid", "NOT_FOUND")] == codes(records[0])
    assert [records[0]] * 3 == records
    assert [("input.id", "NOT_FOUND")] == codes(proposals[0])
    assert [proposals[0]] * 3 == proposals


def asked(uid: str) -> dict[str, Any]:
    """A proposal about the record with this uid."""
    return {
        "uid": uid,
        "expectedRevision": 1,
        "reason": "It was graver.",
        "changes": [{"path": ["severity"], "value": "4"}],
    }


@pytest.mark.parametrize(("by", "code"), [("", "UNAUTHENTICATED"), ("operator", "FORBIDDEN")])
def test_who_may_not_propose_is_told_so(api: Api, people: People, by: str, code: str) -> None:
    record = published(api.registry, people)
    document = "mutation ($said: ProposeCorrectionInput!) { proposeCorrection(input: $said) { replayed } }"

    (error,) = api.errors(document, by=by, said=asked(record.uid))

    assert code == error["extensions"]["code"]


def test_others_see_no_proposals_and_count_none(api: Api, people: People) -> None:
    record = published(api.registry, people)
    propose(api, record)
    query = "query ($uid: String) { record(uid: $uid) { proposals { id } } proposals { nodes { id } } }"

    for by in ("", "operator"):
        assert {"record": {"proposals": []}, "proposals": {"nodes": []}} == api.ask(query, by=by, uid=record.uid)
    for by in ("outsider", "submitter", "reviewer"):
        seen = api.ask(query, by=by, uid=record.uid)
        assert [1, 1] == [len(seen["record"]["proposals"]), len(seen["proposals"]["nodes"])]


def test_proposals_are_paged_with_cursors_of_their_own(api: Api, people: People) -> None:
    record = published(api.registry, people)
    made = [
        propose(api, record, changes=[{"path": ["title"], "value": json.dumps(f"Title {at}")}])["proposal"]["id"]
        for at in range(3)
    ]
    fields = "nodes { id } pageInfo { hasNextPage endCursor }"

    first = api.ask(LIST % fields, by="submitter", first=2)["proposals"]
    second = api.ask(LIST % fields, by="submitter", first=2, after=first["pageInfo"]["endCursor"])["proposals"]
    (error,) = api.errors(LIST % fields, by="outsider", first=2, after=first["pageInfo"]["endCursor"])

    assert made[::-1] == [one["id"] for one in (*first["nodes"], *second["nodes"])]
    assert (True, False) == (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"])
    assert "BAD_CURSOR" == error["extensions"]["code"]
