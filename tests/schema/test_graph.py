"""Questions over the references between records, asked through GraphQL by four kinds of viewer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.vocabulary import Kind
from registry.ports import Registry
from tests.client import Client
from tests.schema.test_statements import CountedStorage
from tests.schema.world import Api, make_app
from tests.service import test_graph as of_service
from tests.service.test_graph import VIEWERS, Seed
from tests.service.world import People

policy = of_service.policy
seed = of_service.seed
seeded = of_service.seeded

TRIED = """query ($misuse: String, $technique: String, $first: Int, $after: String) {
  mitigationsTried(misuseCategory: $misuse, technique: $technique, first: $first, after: $after) {
    nodes {
      isNamed incidentCount incidents { uid } evidence { setting outcome count byOthers }
      mitigation { uid evidenceSummary { setting outcome count byOthers } }
    }
    pageInfo { hasNextPage endCursor }
} }"""
VIOLATING = """query ($policy: String!, $clause: String, $first: Int, $after: String) {
  incidentsViolating(policy: $policy, clause: $clause, first: $first, after: $after) {
    nodes { uid violatedClauses { path heading text policy { uid } } } pageInfo { hasNextPage endCursor }
} }"""
ADOPTIONS = """query ($uid: String!, $after: String) { adoptions(uid: $uid, after: $after) {
  counts { status count } statements { nodes { uid owner { slug } adoption { status } } }
} }"""
LESSONS = """query ($useCase: String, $model: String, $role: String) {
  lessonsFor(useCase: $useCase, model: $model, role: $role) { uid }
}"""
MATRIX = "{ mitigationMatrix { misuseCategory mitigationType mitigations effective partial ineffective bypassed } }"
CLAUSES = """query ($uid: String!) { record(uid: $uid) { ... on UsagePolicy {
  clauseViolations { path heading incidents }
} } }"""


def by(viewer: str) -> str:
    """The name that a viewer signs in with; strangers have none."""
    return "" if viewer == "stranger" else viewer


def uids(nodes: list[dict[str, Any]]) -> set[str]:
    """The uids of some nodes."""
    return {node["uid"] for node in nodes}


@pytest.mark.parametrize("viewer", VIEWERS)
def test_what_was_tried_with_which_effect(api: Api, seed: Seed, viewer: str) -> None:
    inside = viewer in {"colleague", "reviewer"}

    found = api.ask(TRIED, by=by(viewer), misuse="fraud/scam")["mitigationsTried"]["nodes"]

    tried = {one["mitigation"]["uid"]: one for one in found}
    expected = {"named", "applied"} if inside else {"named"}
    assert {seed.uid(name) for name in expected} == set(tried)
    named = tried[seed.uid("named")]
    assert (True, 2 if inside else 1) == (named["isNamed"], named["incidentCount"])
    assert [("PRODUCTION", "EFFECTIVE", 1, 0), ("BENCHMARK", "PARTIAL", 1, 0)] == [
        (one["setting"], one["outcome"], one["count"], one["byOthers"]) for one in named["evidence"]
    ]
    assert named["evidence"] == named["mitigation"]["evidenceSummary"]


def test_a_cursor_goes_on_where_the_page_ended_and_belongs_to_its_question(api: Api, seed: Seed) -> None:
    first = api.ask(TRIED, by="colleague", misuse="fraud", first=3)["mitigationsTried"]
    cursor = first["pageInfo"]["endCursor"]
    rest = api.ask(TRIED, by="colleague", misuse="fraud", first=3, after=cursor)["mitigationsTried"]

    assert (3, True, 1, False) == (
        len(first["nodes"]),
        first["pageInfo"]["hasNextPage"],
        len(rest["nodes"]),
        rest["pageInfo"]["hasNextPage"],
    )
    for viewer, misuse in (("colleague", "spam"), ("outsider", "fraud")):
        errors = api.errors(TRIED, by=viewer, misuse=misuse, after=cursor)
        assert ["BAD_CURSOR"] == [one["extensions"]["code"] for one in errors]


@pytest.mark.parametrize("said", [{}, {"misuse": "fraud", "technique": "AML.T0054"}, {"misuse": "fraud", "first": 51}])
def test_a_question_that_cannot_be_answered_is_told(api: Api, said: dict[str, Any]) -> None:
    assert ["INVALID_INPUT"] == [one["extensions"]["code"] for one in api.errors(TRIED, **said)]


@pytest.mark.parametrize("viewer", VIEWERS)
def test_incidents_that_broke_a_clause(api: Api, policy: Seed, viewer: str) -> None:
    inside = viewer in {"colleague", "reviewer"}
    names = {"broke one", *(("hidden breach", "draft breach") if inside else ())}

    found = api.ask(VIOLATING, by=by(viewer), policy=policy.uid("policy"), clause="3.1")["incidentsViolating"]["nodes"]
    counted = api.ask(CLAUSES, by=by(viewer), uid=policy.uid("policy"))["record"]["clauseViolations"]

    assert {policy.uid(name) for name in names} == uids(found)
    broken = {"path": "3.1", "heading": None, "text": None, "policy": {"uid": policy.uid("policy")}}
    assert all([broken] == one["violatedClauses"] for one in found)
    assert [("3.1", len(names)), ("3.2", 1)] == [(one["path"], one["incidents"]) for one in counted]


def test_a_hidden_policy_is_named_to_its_owner_only(api: Api, seed: Seed) -> None:
    seed.add("hidden policy", Kind.USAGE_POLICY, clauses=[{"path": "1", "heading": "Fraud", "summary": "No fraud."}])
    seed.add("breach", links=(("violates", "hidden policy", "1"),))
    query = "query ($uid: String!) { record(uid: $uid) { ... on Incident { violatedClauses { path heading } } } }"

    shown = {name: api.ask(query, by=by(name), uid=seed.uid("breach"))["record"]["violatedClauses"] for name in VIEWERS}

    assert [] == shown["stranger"]
    assert [] == shown["outsider"]
    asked = api.ask(VIOLATING, by="outsider", policy=seed.uid("hidden policy"))
    unknown = api.ask(VIOLATING, by="outsider", policy="nonsense")
    assert {"incidentsViolating": None} == asked
    assert asked == unknown


@pytest.mark.parametrize("viewer", VIEWERS)
def test_who_adopted_a_measure(api: Api, seed: Seed, viewer: str) -> None:
    about: dict[str, Any] = {"about": seed.uid("named"), "statement_kind": "adoption"}
    seed.add("done", Kind.STATEMENT, **about, adoption={"status": "done"})
    seed.add("hidden plan", Kind.STATEMENT, **about, adoption={"status": "planned"})
    inside = viewer in {"colleague", "reviewer"}

    found = api.ask(ADOPTIONS, by=by(viewer), uid=seed.uid("named"))["adoptions"]

    plan = [{"status": "PLANNED", "count": 1}] if inside else []
    assert [*plan, {"status": "DONE", "count": 1}] == found["counts"]
    assert {"done", *(["hidden plan"] if inside else [])} == {
        name for name in ("done", "hidden plan") if seed.uid(name) in uids(found["statements"]["nodes"])
    }
    assert {"acme"} == {one["owner"]["slug"] for one in found["statements"]["nodes"]}


def test_there_are_no_adoptions_of_hidden_and_of_unknown_records(api: Api, seed: Seed) -> None:
    for uid in (seed.uid("hidden measure"), "nonsense"):
        assert {"adoptions": None} == api.ask(ADOPTIONS, uid=uid)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_lessons_for_a_use_case(api: Api, seed: Seed, viewer: str) -> None:
    seed.add("open lesson", Kind.LESSON, applies_to=[{"use_case": "support", "model": "Chat 3"}])
    seed.add("hidden lesson", Kind.LESSON, applies_to=[{"use_case": "support", "model": "Chat 3"}])
    inside = viewer in {"colleague", "reviewer"}

    found = api.ask(LESSONS, by=by(viewer), useCase="Support", model="chat 3")["lessonsFor"]

    assert {seed.uid("open lesson"), *([seed.uid("hidden lesson")] if inside else [])} == uids(found)
    assert [] == api.ask(LESSONS, by=by(viewer), useCase="support", model="Chat 4")["lessonsFor"]
    assert ["INVALID_INPUT"] == [one["extensions"]["code"] for one in api.errors(LESSONS, by=by(viewer))]


@pytest.mark.parametrize(("viewer", "fraud"), [("stranger", 1), ("outsider", 1), ("colleague", 3), ("reviewer", 3)])
def test_the_matrix_of_misuse_and_measures(api: Api, seed: Seed, viewer: str, fraud: int) -> None:
    found = api.ask(MATRIX, by=by(viewer))["mitigationMatrix"]

    cells = {(one["misuseCategory"], one["mitigationType"]): one for one in found}
    assert (fraud, 1, 1, 0) == tuple(
        cells["fraud", "rate_limit"][name] for name in ("mitigations", "effective", "partial", "bypassed")
    )
    assert 1 == cells["spam", "rate_limit"]["mitigations"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ incidents { nodes { mitigations { nodes { number } } } } }", 2),
        ("{ incidents { nodes { mitigations(first: 2) { nodes { number } } lessons { nodes { number } } } } }", 3),
        ("{ mitigations { nodes { statements { nodes { number } } evidenceSummary { count } } } }", 3),
        ("{ usagePolicies { nodes { clauseViolations { incidents } violatedIn { nodes { number } } } } }", 3),
        ('{ mitigationsTried(misuseCategory: "fraud") { nodes { mitigation { number } incidents { number } } } }', 1),
    ],
)
def test_what_many_records_refer_to_is_read_together(
    registry: Registry, people: People, policy: Seed, query: str, expected: int
) -> None:
    storage = CountedStorage(registry.storage)
    with Client(make_app(replace(registry, storage=storage), people)) as client:
        found = Api(client, registry).ask(query, by="colleague")

    assert found
    assert expected == storage.reads


def test_pages_within_large_pages_are_refused_before_they_are_read(api: Api) -> None:
    query = "{ incidents(first: 100) { nodes { mitigations(first: 100) { nodes { number } } } } }"

    assert ["QUERY_TOO_COMPLEX"] == [one["extensions"]["code"] for one in api.errors(query)]


def test_a_write_in_the_same_request_is_seen_by_what_is_read_after_it(api: Api, seed: Seed) -> None:
    document = """mutation ($one: SubmitStatementInput!, $two: SubmitStatementInput!) {
      one: submitStatement(input: $one) { ...Said } two: submitStatement(input: $two) { ...Said }
    }
    fragment Said on RecordPayload {
      record { ... on Statement { subject { statements { nodes { title } } } } }
    }"""
    about: dict[str, Any] = {"about": seed.uid("named"), "statementKind": "RESPONSE", "summary": "S"}
    said = {name: {"content": about | {"title": name}} for name in ("one", "two")}

    found = api.ask(document, by="submitter", **said)

    counts = [len(found[name]["record"]["subject"]["statements"]["nodes"]) for name in ("one", "two")]
    assert [1, 2] == counts
