"""Keys: in one header only, and refused without telling why."""

from __future__ import annotations

import pytest

from registry.domain.account import KeyId, parse_key
from registry.domain.actor import LOCAL_OPERATOR
from registry.service import keys
from tests import factories
from tests.client import Client
from tests.web.node import Node

WELL_FORMED = "ic_live_abcdefghijkl_" + "s" * 40 + "_00000000"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer nonsense", f"Bearer {WELL_FORMED}", "Bearer a b", "Bearer \u00e4"],
)
def test_a_credential_that_cannot_be_used_is_refused_on_every_page(client: Client, header: str) -> None:
    answers = [
        client.get(path, headers={"Authorization": header.encode("latin-1")})
        for path in ("/", "/search", "/graphql", "/nothing")
    ]

    assert {401} == {answer.status_code for answer in answers}
    assert {'Bearer realm="registry"'} == {answer.headers["www-authenticate"] for answer in answers}
    assert "UNAUTHENTICATED" == answers[2].json()["errors"][0]["extensions"]["code"]


def test_two_credentials_are_refused(client: Client, node: Node) -> None:
    key = node.key_of_submitter()

    answer = client.get("/", headers=[("Authorization", f"Bearer {key}"), ("Authorization", f"Bearer {key}")])

    assert 401 == answer.status_code


def test_health_and_static_files_ask_for_nobody(client: Client) -> None:
    paths = ("/health/live", "/health/ready", "/static/site.css")

    answers = [client.get(path, headers={"Authorization": "Bearer nonsense"}) for path in paths]

    assert {200} == {answer.status_code for answer in answers}


def test_a_revoked_key_is_refused_at_once(client: Client, node: Node) -> None:
    text = node.key_of_submitter()
    headers = {"Authorization": f"Bearer {text}"}
    before = client.get("/", headers=headers).status_code

    parsed = parse_key(text)
    assert parsed is not None
    keys.revoke_key(node.registry, LOCAL_OPERATOR, KeyId(parsed[0]))

    assert [200, 401] == [before, client.get("/", headers=headers).status_code]


def test_a_key_in_the_address_opens_nothing(client: Client, node: Node) -> None:
    draft = node.submit(factories.content())
    key = node.key_of_submitter()

    answers = [client.get(f"/r/{draft.uid}", params={name: key}) for name in ("key", "access_token", "authorization")]

    assert {404} == {answer.status_code for answer in answers}
    assert not any(key in answer.text for answer in answers)


def test_what_a_member_is_shown_is_kept_by_nobody(client: Client, node: Node) -> None:
    headers = {"Authorization": f"Bearer {node.key_of_submitter()}"}

    answers = [client.get(path, headers=headers) for path in ("/", "/search", "/about")]

    assert {"private, no-store"} == {answer.headers["cache-control"] for answer in answers}
    assert not any("etag" in answer.headers for answer in answers)
