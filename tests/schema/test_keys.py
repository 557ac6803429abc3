"""API keys made and ended through the API."""

from __future__ import annotations

from typing import Any

import pytest

from registry.service import authentication
from tests.schema.world import Api
from tests.service.world import People

CREATE = """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  apiKey { id label scopes expiresAt revokedAt } text userErrors { path code }
} }"""
REVOKE = """mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) {
  apiKey { id revokedAt } text userErrors { path code }
} }"""


def create(api: Api, *, by: str, **said: Any) -> dict[str, Any]:
    """The answer to a new key."""
    payload: dict[str, Any] = api.ask(CREATE, by=by, input={"label": "Laptop"} | said)["createApiKey"]
    return payload


def test_a_member_makes_a_key_that_works_and_ends_it(api: Api, people: People) -> None:
    made = create(api, by="submitter", scopes=["RECORD_READ"])
    actor = authentication.authenticate(api.registry, made["text"])
    ended = api.ask(REVOKE, by="submitter", input={"id": made["apiKey"]["id"]})["revokeApiKey"]

    assert (people.submitter.person, frozenset({"record:read"})) == (actor.person, actor.scopes)
    assert ["RECORD_READ"] == made["apiKey"]["scopes"]
    assert (None, []) == (ended["text"], ended["userErrors"])
    assert ended["apiKey"]["revokedAt"]


def test_an_operator_makes_a_key_for_a_member(api: Api, people: People) -> None:
    made = create(api, by="operator", person=people.outsider.person, organisation="delta")

    assert people.outsider.person == authentication.authenticate(api.registry, made["text"]).person


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"label": " "}, [("input.label", "INVALID_TEXT")]),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, [("input.expiresAt", "OUT_OF_RANGE")]),
        ({"expiresAt": "2030-01-01T00:00:00"}, [("input.expiresAt", "INVALID_FORMAT")]),
        ({"organisation": "nobody"}, [("input.organisation", "NOT_FOUND")]),
        ({"organisation": "beta"}, [("input.person", "NOT_FOUND")]),
    ],
)
def test_what_is_wrong_with_a_key_is_told(api: Api, said: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    payload = create(api, by="submitter", **said)

    assert (None, None) == (payload["apiKey"], payload["text"])
    assert expected == [(".".join(one["path"]), one["code"]) for one in payload["userErrors"]]


def test_keys_of_others_are_neither_made_nor_ended(api: Api, people: People) -> None:
    made = create(api, by="submitter")

    for by, code in (("outsider", "FORBIDDEN"), ("", "UNAUTHENTICATED")):
        said = {"label": "x", "person": people.submitter.person, "organisation": "acme"}
        assert code == api.errors(CREATE, by=by, input=said)[0]["extensions"]["code"]
    assert "UNAUTHENTICATED" == api.errors(CREATE, input={"label": "x"})[0]["extensions"]["code"]
    revoked = api.ask(REVOKE, by="outsider", input={"id": made["apiKey"]["id"]})["revokeApiKey"]

    assert ["NOT_FOUND"] == [one["code"] for one in revoked["userErrors"]]
    assert people.submitter.person == authentication.authenticate(api.registry, made["text"]).person


def test_the_viewer_sees_the_own_keys_without_their_secrets(api: Api) -> None:
    made = create(api, by="submitter")

    data = api.ask("{ viewer { apiKeys { id label } } }", by="submitter")

    assert [{"id": made["apiKey"]["id"], "label": "Laptop"}] == data["viewer"]["apiKeys"]
