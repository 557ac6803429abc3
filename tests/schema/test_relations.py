"""Records of the six kinds lead to one another, each viewer seeing those that this viewer sees."""

from __future__ import annotations

from typing import Any

from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from tests import factories
from tests.schema.world import Api
from tests.service.world import People, published

FEW = "{ nodes { uid } }"


def ask(api: Api, record: Record, selection: str, *, by: str = "") -> dict[str, Any]:
    """What is selected of a record."""
    query = f"query ($uid: String) {{ record(uid: $uid) {{ {selection} }} }}"
    found: dict[str, Any] = api.ask(query, by=by, uid=record.uid)["record"]
    return found


def uids(connection: dict[str, Any]) -> list[str]:
    """The uids of a page."""
    return [node["uid"] for node in connection["nodes"]]


def test_an_incident_leads_to_what_it_exploits_and_violates_and_back(api: Api, people: People) -> None:
    clauses: list[Any] = [{"path": "2.1", "summary": "No spam.", "kind": "prohibited_use"}]
    policy = published(api.registry, people, factories.content(Kind.USAGE_POLICY, clauses=clauses))
    weakness = published(api.registry, people, factories.content(Kind.WEAKNESS))
    links: list[Any] = [
        {"rel": "violates", "target": policy.uid, "clause": "2.1"},
        {"rel": "exploits", "target": weakness.uid},
    ]
    incident = published(api.registry, people, factories.content(links=links))

    ahead = f"links {{ rel clause }} ... on Incident {{ weaknesses {FEW} violations {FEW} }}"
    shown = ask(api, incident, ahead)

    assert [{"rel": "VIOLATES", "clause": "2.1"}, {"rel": "EXPLOITS", "clause": None}] == shown["links"]
    assert ([weakness.uid], [policy.uid]) == (uids(shown["weaknesses"]), uids(shown["violations"]))
    assert [incident.uid] == uids(ask(api, weakness, f"... on Weakness {{ incidents {FEW} }}")["incidents"])
    assert [incident.uid] == uids(ask(api, policy, f"... on UsagePolicy {{ violatedIn {FEW} }}")["violatedIn"])


def test_a_mitigation_leads_to_the_weakness_it_addresses_and_back(api: Api, people: People) -> None:
    weakness = published(api.registry, people, factories.content(Kind.WEAKNESS))
    addresses: list[Any] = [{"weakness": weakness.uid, "use": "Ends the conversation."}]
    measure = published(api.registry, people, factories.content(Kind.MITIGATION, addresses=addresses))

    shown = ask(api, measure, f"... on Mitigation {{ weaknesses {FEW} addresses {{ weakness use }} }}")

    assert [weakness.uid] == uids(shown["weaknesses"])
    assert [{"weakness": weakness.uid, "use": "Ends the conversation."}] == shown["addresses"]
    back = ask(api, weakness, f"... on Weakness {{ addressedBy {FEW} mitigations {FEW} }}")
    assert ([measure.uid], []) == (uids(back["addressedBy"]), uids(back["mitigations"]))


def test_a_lesson_leads_to_the_incident_it_is_derived_from_and_back(api: Api, people: People) -> None:
    incident = published(api.registry, people)
    links: list[Any] = [{"rel": "derived_from", "target": incident.uid}]
    lesson = published(api.registry, people, factories.content(Kind.LESSON, links=links))

    assert [incident.uid] == uids(ask(api, lesson, f"... on Lesson {{ incidents {FEW} }}")["incidents"])
    assert [lesson.uid] == uids(ask(api, incident, f"... on Incident {{ lessons {FEW} }}")["lessons"])


def test_a_record_is_shown_with_the_statements_about_it_and_they_with_it(api: Api, people: People) -> None:
    incident = published(api.registry, people)
    said = published(api.registry, people, factories.content(Kind.STATEMENT, about=incident.uid))

    assert [said.uid] == uids(ask(api, incident, f"statements {FEW}")["statements"])
    assert {"uid": incident.uid} == ask(api, said, "... on Statement { subject { uid } statementKind }")["subject"]


def test_what_is_hidden_is_at_neither_end(api: Api, people: People) -> None:
    incident = published(api.registry, people)
    red = {"tlp": "RED"}
    hidden = published(api.registry, people, factories.content(Kind.STATEMENT, about=incident.uid, marking=red))
    links: list[Any] = [{"rel": "derived_from", "target": incident.uid}]
    published(api.registry, people, factories.content(Kind.LESSON, links=links, marking=red))
    selection = f"statements {FEW} ... on Incident {{ lessons {FEW} }}"

    strange = ask(api, incident, selection)
    own = ask(api, incident, selection, by="submitter")

    assert ([], []) == (uids(strange["statements"]), uids(strange["lessons"]))
    assert [hidden.uid] == uids(own["statements"])


def test_a_cursor_of_one_relation_is_none_of_another(api: Api, people: People) -> None:
    incident = published(api.registry, people)
    for _ in range(2):
        published(api.registry, people, factories.content(Kind.STATEMENT, about=incident.uid))
    page = ask(api, incident, "statements(first: 1) { pageInfo { hasNextPage endCursor } }")["statements"]["pageInfo"]
    assert page["hasNextPage"]

    document = f"""query ($u: String, $c: String) {{
      record(uid: $u) {{ ... on Incident {{ lessons(after: $c) {FEW} }} }} }}"""
    (error,) = api.errors(document, u=incident.uid, c=page["endCursor"])

    assert "BAD_CURSOR" == error["extensions"]["code"]
