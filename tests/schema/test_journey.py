"""The way of a record through the API, from its submission to what strangers find."""

from __future__ import annotations

from tests.factories import incident_document
from tests.schema.world import Api


def camel(text: str) -> str:
    head, *tail = text.split("_")
    return head + "".join(part.title() for part in tail)


def said(**fields: object) -> dict[str, object]:
    return {camel(name): value for name, value in incident_document(**fields).items()}  # type: ignore[arg-type]


def test_a_submitted_incident_is_claimed_approved_published_and_found(api: Api) -> None:
    submitted = api.write("submitIncident", {"content": said(), "marking": {"tlp": "CLEAR"}}, by="submitter")
    assert submitted["userErrors"] == []
    record = submitted["record"]
    assert ("SUBMITTED", 1, None) == (record["state"], record["draftRevision"], record["number"])

    step = {"uid": record["uid"], "expectedRevision": 1}
    claimed = api.write("reviewSubmission", step | {"decision": "CLAIM"}, by="reviewer")
    approved = api.write("reviewSubmission", step | {"decision": "APPROVE"}, by="reviewer")
    published = api.write("publish", step, by="reviewer")
    api.index()

    states = [payload["record"]["state"] for payload in (claimed, approved, published)]
    assert ["IN_REVIEW", "APPROVED", "PUBLISHED"] == states
    found = api.ask('{ search(query: "spam") { totalCount edges { node { uid number title } } facets { name } } }')
    assert found["search"]["totalCount"] == 1
    node = found["search"]["edges"][0]["node"]
    assert {"uid": record["uid"], "number": published["record"]["number"], "title": record["title"]} == node
