"""One incident told by many, through GraphQL alone: who submits, reviews, answers and adopts, and who reads what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts
from registry.service.keys import create_key
from registry.service.members import add_member
from registry.settings import Settings
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.web.node import open_node
from web.app import create_app

RAW = "The raw account names the accounts Zorbelgrint used."
STEPS = [{"technique": f"AML.T00{at:02d}", "text": f"Step {at}."} for at in range(10)]
CLEAR = {"tlp": "CLEAR", "restrictedTlp": "AMBER", "audience": "trusted"}

INCIDENT = """
{ uid number title systems { provider model } actors { label kind } procedure { technique text }
  enforcement { action count } restricted { narrative } marking { restrictedTlp audience }
  mitigations { nodes { ... on Mitigation { number name evidence { setting outcome before after } } } }
  links { rel clause record { uid title } } restrictedLinks { rel record { uid } }
  notices { party state } draft { title } }
"""
ABOUT = "{ statements(first: 20) { nodes { ... on Statement { uid title statementKind adoption { status } } } } }"


@dataclass(frozen=True, slots=True)
class World:
    """The application, and a key for everybody by name."""

    client: Client
    keys: dict[str, str]

    def ask(self, query: str, *, by: str = "", **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        headers = {"Authorization": f"Bearer {self.keys[by]}"} if by else {}
        body = self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    def write(self, name: str, said: dict[str, Any], *, by: str) -> dict[str, Any]:
        """What a mutation did; nothing was wrong with it."""
        input_type = f"{name[0].upper()}{name[1:]}Input"
        query = (
            f"mutation($said: {input_type}!) {{ {name}(input: $said) {{ record {{ id uid number state draftRevision }} "
        )
        payload = self.ask(query + "userErrors { path code message } } }", by=by, said=said)[name]
        assert [] == payload["userErrors"]
        record: dict[str, Any] = payload["record"]
        return record

    def publish(self, kind: str, said: dict[str, Any], *, by: str) -> dict[str, Any]:
        """A record of *kind*, submitted, reviewed by the reviewer and published."""
        record = self.write(f"submit{kind}", said, by=by)
        if record["state"] == "DRAFT":
            record = self.write("confirmSubmission", {"uid": record["uid"]}, by=by)
        step = {"uid": record["uid"], "expectedRevision": record["draftRevision"]}
        for decision in ("CLAIM", "APPROVE"):
            self.write("reviewSubmission", step | {"decision": decision}, by="reviewer")
        return self.write("publish", step, by="reviewer")

    def read(self, uid: str, selection: str, kind: str, *, by: str) -> Any:
        """What somebody reads of a record."""
        query = f"query($uid: String!) {{ record(uid: $uid) {{ ... on {kind} {selection} }} }}"
        return self.ask(query, by=by, uid=uid)["record"]


@pytest.fixture
def world(settings: Settings, clock: FixedClock, ids: CountingIds) -> Iterator[World]:
    """Three providers, a research group that belongs to no group of the node, a reviewer and an operator."""
    with open_node(settings, clock, ids) as node:
        people = {
            "reporter": ("north", OrganisationKind.PROVIDER, Role.SUBMITTER),
            "second": ("south", OrganisationKind.PROVIDER, Role.SUBMITTER),
            "third": ("west", OrganisationKind.PROVIDER, Role.SUBMITTER),
            "researcher": ("lab", OrganisationKind.RESEARCH, Role.SUBMITTER),
            "reviewer": ("readers", OrganisationKind.CIVIL_SOCIETY, Role.REVIEWER),
            "operator": ("house", OrganisationKind.OTHER, Role.OPERATOR),
        }
        keys = {name: _key(node.registry, *one) for name, one in people.items()}
        with Client(create_app(node.registry)) as client:
            yield World(client, keys)


def _key(registry: Registry, slug: str, kind: OrganisationKind, role: Role) -> str:
    found = accounts.add_organisation(registry, LOCAL_OPERATOR, slug=slug, name=slug.title(), kind=kind)
    made = add_member(registry, LOCAL_OPERATOR, organisation_slug=slug, name=slug, roles=frozenset({role}))
    key = create_key(registry, LOCAL_OPERATOR, person=made.person, organisation_id=found.id, label="a key of the tests")
    return key.text


def _make_group(world: World) -> None:
    answer = "{ group { slug version } userErrors { code } }"
    world.ask(f'mutation {{ addGroup(input: {{slug: "trusted", name: "Trusted providers"}}) {answer} }}', by="operator")
    for slug in ("north", "south"):
        said = f'{{group: "trusted", organisation: "{slug}"}}'
        world.ask(f"mutation {{ joinGroup(input: {said}) {answer} }}", by="operator")


def _mitigation(name: str, outcome: str, **evidence: Any) -> dict[str, Any]:
    shown = {"setting": "PRODUCTION", "outcome": outcome, "metric": "messages a day"} | evidence
    said = {"name": name, "description": f"{name}, in short.", "type": "rate_limit", "evidence": [shown]}
    return {"content": said, "marking": {"tlp": "CLEAR"}}


def test_an_incident_told_by_many_is_read_by_each_as_they_may(world: World) -> None:
    _make_group(world)
    clauses = [{"path": "2.1", "text": "No bulk messages.", "kind": "PROHIBITED_USE", "misuseCategories": ["spam"]}]
    said = {"provider": "North", "title": "Usage policy of North", "summary": "What North forbids.", "clauses": clauses}
    policy = world.publish("UsagePolicy", {"content": said, "marking": {"tlp": "CLEAR"}}, by="reporter")
    limits = world.publish(
        "Mitigation", _mitigation("Limit new accounts", "EFFECTIVE", before="900", after="12"), by="reporter"
    )
    filters = world.publish("Mitigation", _mitigation("Filter by template", "BYPASSED"), by="second")
    hidden = world.publish(
        "Weakness",
        {
            "content": {"title": "Templates slip through", "description": "Small changes pass the filter."},
            "marking": {"tlp": "AMBER", "audience": "trusted"},
        },
        by="reporter",
    )
    incident = world.publish("Incident", _incident(policy, limits, filters, hidden), by="reporter")
    lesson = world.publish(
        "Lesson",
        {
            "content": {"statement": "Limit accounts before launches.", "context": "Learned in a wave of spam."},
            "restricted": {"links": [{"rel": "DERIVED_FROM", "target": incident["uid"]}]},
            "marking": {"tlp": "CLEAR"},
        },
        by="reporter",
    )
    _add_statements(world, incident["uid"], limits["uid"])

    stranger, member, audience, owner = (
        world.read(incident["uid"], INCIDENT, "Incident", by=who) for who in ("", "third", "second", "reporter")
    )

    for seen in (stranger, member, audience, owner):
        assert ["North", "South", "West"] == [one["provider"] for one in seen["systems"]]
        assert ["Grey Heron", "Blue Kite", "Red Fox"] == [one["label"] for one in seen["actors"]]
        assert [one["text"] for one in STEPS] == [one["text"] for one in seen["procedure"]]
        outcomes = {one["name"]: one["evidence"][0]["outcome"] for one in seen["mitigations"]["nodes"]}
        assert {"Limit new accounts": "EFFECTIVE", "Filter by template": "BYPASSED"} == outcomes
        assert {"rel": "VIOLATES", "clause": "2.1", "record": {"uid": policy["uid"], "title": said["title"]}} in seen[
            "links"
        ]
        assert {("South", "ANSWERED"), ("West", "ASKED")} == {(one["party"], one["state"]) for one in seen["notices"]}
        assert hidden["uid"] not in [one["record"]["uid"] for one in seen["links"]]
    assert [None, None, {"narrative": RAW}, {"narrative": RAW}] == [
        seen["restricted"] for seen in (stranger, member, audience, owner)
    ]
    moved = {"rel": "EXPLOITS", "record": {"uid": hidden["uid"]}}
    assert [[], [], [moved], [moved]] == [seen["restrictedLinks"] for seen in (stranger, member, audience, owner)]
    assert [None, None, "trusted", "trusted"] == [
        seen["marking"]["audience"] for seen in (stranger, member, audience, owner)
    ]
    _check_the_lesson_and_statements(world, incident["uid"], limits["uid"], lesson["uid"])


def _incident(*linked: dict[str, Any]) -> dict[str, Any]:
    policy, limits, filters, hidden = (one["uid"] for one in linked)
    content = {
        "title": "Spam wave over three providers",
        "summary": "Three groups sent messages that assistants of three providers wrote.",
        "misuseCategories": ["spam"],
        "systems": [{"provider": one, "model": f"{one} Chat"} for one in ("North", "South", "West")],
        "actors": [{"label": one, "kind": "organised_crime"} for one in ("Grey Heron", "Blue Kite", "Red Fox")],
        "procedure": STEPS,
        "enforcement": [{"action": "account_ban", "count": 1200}],
        "links": [
            {"rel": "VIOLATES", "target": policy, "clause": "2.1"},
            {"rel": "MITIGATED_BY", "target": limits},
            {"rel": "MITIGATED_BY", "target": filters},
            {"rel": "EXPLOITS", "target": hidden},
        ],
    }
    return {"content": content, "restricted": {"narrative": RAW}, "marking": CLEAR}


def _add_statements(world: World, incident: str, mitigation: str) -> None:
    """Two organisations speak about the incident, one adopts the mitigation, one speaks to the group only."""
    for who, about, kind, title, more, marking in (
        ("second", incident, "RESPONSE", "South confirms it", {}, {"tlp": "CLEAR"}),
        ("third", incident, "DISPUTE", "West was not involved", {"disputedFields": ["systems"]}, {"tlp": "CLEAR"}),
        (
            "second",
            mitigation,
            "ADOPTION",
            "South limits accounts too",
            {"adoption": {"status": "DONE"}},
            {"tlp": "CLEAR"},
        ),
        ("second", incident, "PERSPECTIVE", "Among ourselves", {}, {"tlp": "AMBER", "audience": "trusted"}),
    ):
        said = {"about": about, "statementKind": kind, "title": title, "summary": f"{title}, in short."} | more
        world.publish("Statement", {"content": said, "marking": marking}, by=who)


def _check_the_lesson_and_statements(world: World, incident: str, mitigation: str, lesson: str) -> None:
    public = {"South confirms it", "West was not involved"}
    for who, titles in {"": public, "third": public, "second": public | {"Among ourselves"}}.items():
        found = world.read(incident, ABOUT, "Incident", by=who)["statements"]["nodes"]
        assert titles == {one["title"] for one in found}
    (adoption,) = world.read(mitigation, ABOUT, "Mitigation", by="")["statements"]["nodes"]
    assert ("ADOPTION", {"status": "DONE"}) == (adoption["statementKind"], adoption["adoption"])
    alone = world.read(lesson, "{ statement links { rel } restrictedLinks { rel } }", "Lesson", by="researcher")
    assert {"statement": "Limit accounts before launches.", "links": [], "restrictedLinks": []} == alone
