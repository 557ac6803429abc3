"""Whatever somebody sends as a query, the API reads it and says how, or refuses it with a place and a way on."""

from __future__ import annotations

import json

import pytest

from tests.factories import content
from tests.schema.world import Api
from tests.service.world import People, published

SEARCH = "query ($q: String!) { search(query: $q) { totalCount explanation } }"
HOSTILE = [
    "a " * 5000,
    "ab* " * 500,
    "*",
    "(" * 500 + "a",
    'fraud "voice',
    "\u202efraud:\u202c",
    "\u05d0\u05b0\u05b1 \u0301\u0301",
    "provder:acme",
    "severity:5..3",
    "occurred:2026..2024",
    "\u200b",
    "\U0001f600 fraud",
    "\uff4b\uff49\uff4e\uff44\uff1anothing",
    "kind:\0",
    "misuse:(fraud OR",
]


def test_a_query_is_told_back_in_words(api: Api) -> None:
    found = api.ask('{ search(query: "voice -misuse:fraud has:mitigation") { explanation } }')

    said = "the text has “voice”, misuse is not “Fraud” and it has a mitigation"
    assert said == found["search"]["explanation"]


def test_ones_own_scope_tells_it_too(api: Api) -> None:
    found = api.ask('{ search(query: "voice", scope: MINE) { explanation } }', by="submitter")

    assert "the text has “voice”" == found["search"]["explanation"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_query_is_read_or_refused_with_a_way_on(api: Api, text: str) -> None:
    answer = api.send(SEARCH, q=text).json()

    if "errors" in answer:
        (error,) = answer["errors"]
        assert "BAD_QUERY" == error["extensions"]["code"]
        hint = error["extensions"]["problems"][0]["hint"]
        if hint is not None:
            assert "errors" not in api.send(SEARCH, q=hint).json()
    else:
        assert isinstance(answer["data"]["search"]["explanation"], str)


def test_half_a_character_is_no_fault_of_the_node(api: Api) -> None:
    body = json.dumps({"query": SEARCH, "variables": {"q": "fraud\ud83d misuse:x"}})

    answer = api.client.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in {200, 400}
    assert answer.json()["errors"]


def test_a_facet_tells_of_the_matches_and_what_another_value_would_add(api: Api, people: People) -> None:
    for misuse in (["spam"], ["fraud"], ["fraud", "spam"]):
        published(api.registry, people, content(title="Marmot", misuse_categories=misuse))
    api.index()

    def counted(query: str) -> dict[str, tuple[str, int, int]]:
        asked = f'search(query: "{query}") {{ facets(names: ["misuse"]) {{ values {{ value label count adds }} }} }}'
        (facet,) = api.ask(f"{{ {asked} }}")["search"]["facets"]
        return {one["value"]: (one["label"], one["count"], one["adds"]) for one in facet["values"]}

    assert {"spam": ("Spam and bulk content", 2, 0), "fraud": ("Fraud", 2, 0)} == counted("marmot")
    assert {"spam": ("Spam and bulk content", 1, 1), "fraud": ("Fraud", 2, 0)} == counted("marmot misuse:fraud")
