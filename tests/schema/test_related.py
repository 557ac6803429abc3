"""Related records, and what editors say of them, through the API."""

from __future__ import annotations

from typing import Any

from registry.domain.record import Record
from tests.factories import content
from tests.schema.world import Api
from tests.service.world import People, published

RELATED = """query ($uid: String) { record(uid: $uid) { related(first: 2) {
  record { uid } score reasons { reason values } } } }"""
DECISIONS = "query ($uid: String!) { relationDecisions(uid: $uid) { record { uid } verdict reason decidedBy } }"


def told(title: str) -> Any:
    procedure = [{"technique": "AML.T0051"}]
    return content(title=title, misuse_categories=[], procedure=procedure, marking={"tlp": "CLEAR"})


def pair(api: Api, people: People) -> tuple[Record, Record]:
    return published(api.registry, people, told("One")), published(api.registry, people, told("Other"))


def decide(api: Api, name: str, **said: Any) -> dict[str, Any]:
    type_ = "UndoRelationInput" if name == "undoRelation" else "RelateRecordsInput"
    text = (
        f"mutation ($input: {type_}!) {{ answer: {name}(input: $input) {{ record {{ uid }} userErrors {{ code }} }} }}"
    )
    answer: dict[str, Any] = api.ask(text, by="reviewer", input=said)["answer"]
    return answer


def test_everybody_reads_what_is_related_and_why(api: Api, people: People) -> None:
    one, other = pair(api, people)

    (found,) = api.ask(RELATED, uid=one.uid)["record"]["related"]

    assert other.uid == found["record"]["uid"]
    assert {"reason": "TECHNIQUE", "values": ["AML.T0051"]} in found["reasons"]
    assert 0 < found["score"] < 1


def test_a_reviewer_overrules_reads_the_decision_and_takes_it_back(api: Api, people: People) -> None:
    one, other = pair(api, people)

    parted = decide(api, "unrelateRecords", uid=one.uid, other=other.uid, reason="Two campaigns.")
    without = api.ask(RELATED, uid=other.uid)["record"]["related"]
    (kept,) = api.ask(DECISIONS, by="reviewer", uid=other.uid)["relationDecisions"]
    undone = decide(api, "undoRelation", uid=other.uid, other=one.uid)
    related = decide(api, "relateRecords", uid=one.uid, other=other.uid, reason="One campaign.")
    again = decide(api, "relateRecords", uid=other.uid, other=one.uid, reason="One campaign.")

    assert ({"uid": one.uid}, []) == (parted["record"], without)
    expected = {"record": {"uid": one.uid}, "verdict": "UNRELATED", "reason": "Two campaigns."}
    assert expected | {"decidedBy": people.reviewer.id} == kept
    assert [] == undone["userErrors"] == related["userErrors"]
    assert [{"code": "CONFLICT"}] == again["userErrors"]
    (found,) = api.ask(RELATED, uid=other.uid)["record"]["related"]
    assert ({"reason": "EDITOR", "values": ["One campaign."]}, 1.0) == (found["reasons"][0], found["score"])


def test_decisions_about_what_is_not_there_are_null(api: Api) -> None:
    assert api.ask(DECISIONS, by="reviewer", uid="nowhere")["relationDecisions"] is None


def test_an_answer_that_rests_on_the_index_has_no_tag(api: Api, people: People) -> None:
    one, _ = pair(api, people)
    asked = "{ record(uid: %s) { uid %s } }"

    tagged, untagged = (
        api.client.get("/graphql", params={"query": asked % (f'"{one.uid}"', more)})
        for more in ("", "... on Incident { related { score } }")
    )

    assert ("etag" in tagged.headers, "etag" in untagged.headers) == (True, False)
