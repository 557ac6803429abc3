"""Taxonomies, their releases and crosswalks through GraphQL."""

from __future__ import annotations

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.service import ingest
from tests.schema.world import Api

OLDER = Taxonomy(
    "atlas",
    "4.9.1",
    "MITRE ATLAS",
    "Apache-2.0",
    "https://atlas.mitre.org",
    (TaxonomyTerm("AML.T0051", "Prompt injection", description="Long."),),
)


def test_the_newest_release_is_shown_and_any_can_be_asked_for(api: Api) -> None:
    ingest.put_taxonomy(api.registry, LOCAL_OPERATOR, OLDER)

    found = api.ask(
        """{ newest: taxonomy(namespace: "atlas") { version versions url licence fields }
        older: taxonomy(namespace: "atlas", version: "4.9.1") { version terms { nodes { name description } } } }"""
    )

    assert ("5.6.0", ["5.6.0", "4.9.1"]) == (found["newest"]["version"], found["newest"]["versions"])
    assert ["tactic", "technique", "mitigation", "maturity", "case_study_type"] == found["newest"]["fields"]
    assert [{"name": "Prompt injection", "description": "Long."}] == found["older"]["terms"]["nodes"]


def test_a_term_is_read_with_our_definition_and_its_neighbours(api: Api) -> None:
    found = api.ask(
        """{ taxonomy(namespace: "mit") { term(code: "4") { definition mappings { code } }
        scams: term(code: "4.3") { parent mappings(to: "misuse_category") { taxonomy code relation of source } } }
        crosswalk(taxonomy: "misuse_category", code: "jailbreak", to: "atlas") { code relation } }"""
    )

    assert {"definition": "People who use AI on purpose to harm others.", "mappings": []} == found["taxonomy"]["term"]
    assert {"code": "fraud/scam", "relation": "NARROWER"}.items() <= max(
        (one for one in found["taxonomy"]["scams"]["mappings"] if one["code"] == "fraud/scam"), key=str
    ).items()
    assert [{"code": "AML.T0054", "relation": "EXACT"}] == found["crosswalk"]


def test_taxonomies_are_paged_by_name(api: Api) -> None:
    query = """query ($after: String) { taxonomies(first: 7, after: $after) {
      totalCount nodes { namespace } pageInfo { endCursor hasNextPage } } }"""
    names: list[str] = []
    page = api.ask(query)["taxonomies"]

    while True:
        names += [one["namespace"] for one in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        page = api.ask(query, after=page["pageInfo"]["endCursor"])["taxonomies"]

    assert sorted(names) == names
    assert len(names) == page["totalCount"] == len(set(names))


@pytest.mark.parametrize("name", ["", "nowhere", "x" * 5000, "atlas/../mit", "\u0000", "'; DROP TABLE taxonomies; --"])
def test_what_is_not_there_is_null_or_empty(api: Api, name: str) -> None:
    found = api.ask(
        """query ($name: String!) { unknown: taxonomy(namespace: $name) { title }
        version: taxonomy(namespace: "atlas", version: $name) { title }
        known: taxonomy(namespace: "atlas") { term(code: $name) { name } }
        crosswalk(taxonomy: $name, code: $name, to: $name) { code } }""",
        name=name,
    )

    assert {"unknown": None, "version": None, "known": {"term": None}, "crosswalk": []} == found


def test_a_judgment_in_unknown_terms_is_refused_with_the_nearest(api: Api) -> None:
    judged = {"taxonomy": "mit", "version": "1", "value": "4.33", "annotatorKind": "PERSON"}
    content = {"title": "T", "summary": "S", "classifications": [judged, {**judged, "taxonomy": "mitt"}]}

    payload = api.ask(
        """mutation ($content: IncidentInput!) { validateIncident(input: {content: $content}) {
        userErrors { code path hint } } }""",
        by="submitter",
        content=content,
    )["validateIncident"]

    assert [
        {
            "code": "UNKNOWN_TERM",
            "path": ["input", "content", "classifications", "0", "value"],
            "hint": "did you mean 4.3?",
        },
        {
            "code": "UNKNOWN_TAXONOMY",
            "path": ["input", "content", "classifications", "1", "taxonomy"],
            "hint": "did you mean mit?",
        },
    ] == payload["userErrors"]
