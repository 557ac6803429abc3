"""Candidates, sources, confirming and merging through the API."""

from __future__ import annotations

from typing import Any

from registry.ports import Registry
from registry.service import merge
from tests.factories import content
from tests.schema.world import Api
from tests.service.world import REASON, People, published

SOURCE = "https://news.example/bank"
CONTENT: dict[str, Any] = {
    "title": "Deepfake voice of a bank employee used to empty accounts",
    "summary": "Callers used a cloned voice of an employee of a bank to have customers move their money.",
    "sources": [{"url": SOURCE}],
}
ANSWER = """record { uid state } userErrors { path code } warnings { code }
  candidates { score reasons record { uid title } } replayed"""
SUBMIT = "mutation ($input: SubmitIncidentInput!) { answer: %s(input: $input) { " + ANSWER + " } }"
CONFIRM = "mutation ($input: ConfirmSubmissionInput!) { answer: confirmSubmission(input: $input) { " + ANSWER + " } }"


def _known(registry: Registry, people: People) -> str:
    return published(registry, people, content(**CONTENT)).uid


def _submit(api: Api, name: str = "submitIncident", **said: Any) -> dict[str, Any]:
    document = {"content": CONTENT, "marking": {"tlp": "CLEAR"}}
    answer: dict[str, Any] = api.ask(SUBMIT % name, by="outsider", input=document | said)["answer"]
    return answer


def test_a_submission_with_candidates_is_a_draft_until_it_is_confirmed(api: Api, people: People) -> None:
    known = _known(api.registry, people)

    draft = _submit(api, idempotencyKey="k")
    again = _submit(api, idempotencyKey="k")
    said = {"uid": draft["record"]["uid"], "notRelated": [known]}
    confirmed = api.ask(CONFIRM, by="outsider", input=said)["answer"]

    assert "DRAFT" == draft["record"]["state"]
    (candidate,) = draft["candidates"]
    assert {"uid": known, "title": CONTENT["title"]} == candidate["record"]
    assert (100, "SHARED_SOURCE") == (candidate["score"], candidate["reasons"][0])
    assert "POSSIBLE_DUPLICATE" in [one["code"] for one in draft["warnings"]]
    assert draft | {"replayed": True} == again
    assert ("SUBMITTED", []) == (confirmed["record"]["state"], confirmed["candidates"])


def test_a_dry_run_tells_of_candidates(api: Api, people: People) -> None:
    known = _known(api.registry, people)

    checked = _submit(api, "validateIncident")

    assert (None, [known]) == (checked["record"], [one["record"]["uid"] for one in checked["candidates"]])


def test_a_hidden_record_changes_no_byte_of_the_answer(api: Api, people: People) -> None:
    plain = _submit(api, "validateIncident")
    published(api.registry, people, content(marking={"tlp": "RED"}, **CONTENT))
    api.index()

    assert plain == _submit(api, "validateIncident")
    assert "SUBMITTED" == _submit(api)["record"]["state"]


def test_candidates_are_for_reviewers_and_owners(api: Api, people: People) -> None:
    known = _known(api.registry, people)
    uid = _submit(api)["record"]["uid"]
    api.ask(CONFIRM, by="outsider", input={"uid": uid})
    query = "query ($uid: String!) { duplicateCandidates(uid: $uid) { record { uid } score } }"

    for name in ("reviewer", "outsider"):
        assert [known] == [one["record"]["uid"] for one in api.ask(query, by=name, uid=uid)["duplicateCandidates"]]
    assert api.ask(query, by="submitter", uid=uid)["duplicateCandidates"] is None
    assert ["FORBIDDEN"] == [one["extensions"]["code"] for one in api.errors(query, uid=known)]


def test_a_pair_is_overruled(api: Api, people: People) -> None:
    known = _known(api.registry, people)
    uid = _submit(api)["record"]["uid"]
    api.ask(CONFIRM, by="outsider", input={"uid": uid})
    overrule = "mutation ($i: NotRelatedInput!) { notRelated(input: $i) { record { uid } userErrors { code path } } }"
    query = "query ($uid: String!) { duplicateCandidates(uid: $uid) { score } }"

    wrong = api.ask(overrule, by="reviewer", i={"uid": uid, "other": uid})["notRelated"]
    api.ask(overrule, by="reviewer", i={"uid": uid, "other": known})

    assert [{"code": "SAME_RECORD", "path": ["input", "other"]}] == wrong["userErrors"]
    assert [] == api.ask(query, by="reviewer", uid=uid)["duplicateCandidates"]


def test_records_are_found_by_source(api: Api, people: People) -> None:
    known = _known(api.registry, people)
    query = "query ($url: String!) { recordsBySource(url: $url) { uid } }"

    assert [{"uid": known}] == api.ask(query, url="http://www.news.example/bank/?utm_source=x")["recordsBySource"]
    assert [] == api.ask(query, url="https://nowhere.example")["recordsBySource"]
    (error,) = api.errors(query, url="x" * 9000)
    assert ["TOO_LONG"] == [one["code"] for one in error["extensions"]["problems"]]


def test_a_reserved_number_is_asked_for_and_given(api: Api) -> None:
    reserve = "mutation { reserveNumbers(input: {kind: INCIDENT}) { numbers { number } } }"
    (number,) = api.ask(reserve, by="outsider")["reserveNumbers"]["numbers"]

    refused = [_submit(api, number=one)["userErrors"] for one in ("LOCAL-INC-2026-0999", "nonsense")]
    taken = _submit(api, number=number["number"])

    wrong = [{"path": ["input", "number"], "code": "NUMBER_NOT_YOURS"}]
    assert [wrong, wrong, []] == [*refused, taken["userErrors"]]
    assert [] == api.ask("{ reservedNumbers { number } }", by="outsider")["reservedNumbers"]


def test_merged_records_lead_to_one_another(api: Api, people: People) -> None:
    record, survivor = published(api.registry, people), published(api.registry, people, by=people.outsider)
    document = "mutation ($i: MergeInput!) { merge(input: $i) { record { state } userErrors { code path } } }"
    said = {"uid": record.uid, "into": survivor.uid, "reason": REASON}
    query = "query ($uid: String) { record(uid: $uid) { state mergedInto { uid } mergedFrom { uid } } }"

    wrong = api.ask(document, by="reviewer", i=said | {"into": record.uid})["merge"]["userErrors"]
    done = api.ask(document, by="reviewer", i=said)["merge"]

    assert [{"code": "SAME_RECORD", "path": ["input", "into"]}] == wrong
    assert {"record": {"state": "MERGED"}, "userErrors": []} == done
    gone = api.ask(query, uid=record.uid)["record"]
    assert {"state": "MERGED", "mergedInto": {"uid": survivor.uid}, "mergedFrom": []} == gone
    assert [{"uid": record.uid}] == api.ask(query, uid=survivor.uid)["record"]["mergedFrom"]


def test_a_merge_is_split(api: Api, people: People) -> None:
    record, survivor = published(api.registry, people), published(api.registry, people, by=people.outsider)
    merge.merge(api.registry, people.reviewer, record.uid, into=survivor.uid, reason=REASON)
    document = "mutation ($i: SplitInput!) { split(input: $i) { record { state } userErrors { code } } }"

    done = api.ask(document, by="reviewer", i={"uid": record.uid, "reason": REASON})["split"]

    assert {"record": {"state": "PUBLISHED"}, "userErrors": []} == done
