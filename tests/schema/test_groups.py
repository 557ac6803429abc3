"""Groups through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schema.world import Api

PAYLOAD = "{ group { slug name version members { organisation joinedVersion leftVersion } } userErrors { path code } }"


def change(api: Api, mutation: str, *, by: str = "operator", **said: str) -> dict[str, Any]:
    """The payload of a change of a group."""
    type_ = "AddGroupInput" if mutation == "addGroup" else "GroupMembershipInput"
    document = f"mutation ($input: {type_}!) {{ {mutation}(input: $input) {PAYLOAD} }}"
    payload: dict[str, Any] = api.ask(document, by=by, input=said)[mutation]
    return payload


def told(api: Api, by: str) -> list[str]:
    """The slugs of the groups that somebody is told of."""
    found: list[dict[str, str]] = api.ask("{ groups { slug } }", by=by)["groups"]
    return [one["slug"] for one in found]


def test_operators_make_groups_and_let_organisations_in_and_out(api: Api) -> None:
    made = change(api, "addGroup", slug="cert", name="Response teams")
    joined = change(api, "joinGroup", group="cert", organisation="acme")
    left = change(api, "leaveGroup", group="cert", organisation="acme")

    assert {"slug": "cert", "name": "Response teams", "version": 0, "members": []} == made["group"]
    assert [{"organisation": "acme", "joinedVersion": 1, "leftVersion": None}] == joined["group"]["members"]
    assert (2, [{"organisation": "acme", "joinedVersion": 1, "leftVersion": 2}]) == (
        left["group"]["version"],
        left["group"]["members"],
    )
    assert [[], [], []] == [one["userErrors"] for one in (made, joined, left)]
    assert ["cert"] == told(api, "operator")


@pytest.mark.parametrize("by", ["", "submitter", "reviewer"])
def test_whoever_belongs_to_no_group_is_told_of_none(api: Api, by: str) -> None:
    change(api, "addGroup", slug="cert", name="Response teams")

    assert [] == told(api, by)


@pytest.mark.parametrize("name", ["addGroup", "joinGroup", "leaveGroup"])
@pytest.mark.parametrize("by", ["", "submitter", "lead"])
def test_others_change_nothing_and_learn_nothing(api: Api, name: str, by: str) -> None:
    change(api, "addGroup", slug="cert", name="Response teams")
    answers = []
    for slug in ("cert", "nowhere"):
        said = {"slug": slug, "name": "x"} if name == "addGroup" else {"group": slug, "organisation": "acme"}
        type_ = "AddGroupInput" if name == "addGroup" else "GroupMembershipInput"
        document = f"mutation ($input: {type_}!) {{ {name}(input: $input) {PAYLOAD} }}"
        answers.append(api.send(document, by=by, input=said).text)

    assert answers[0] == answers[1]
    assert "FORBIDDEN" in answers[0] or "UNAUTHENTICATED" in answers[0]


def test_what_is_wrong_is_told_beside_the_answer(api: Api) -> None:
    change(api, "addGroup", slug="cert", name="Response teams")
    change(api, "joinGroup", group="cert", organisation="acme")

    codes = [
        [one["code"] for one in answer["userErrors"]]
        for answer in (
            change(api, "addGroup", slug="C E R T", name=""),
            change(api, "addGroup", slug="cert", name="Again"),
            change(api, "joinGroup", group="cert", organisation="acme"),
            change(api, "joinGroup", group="nowhere", organisation="acme"),
            change(api, "leaveGroup", group="cert", organisation="delta"),
        )
    ]

    assert [
        ["INVALID_FORMAT", "INVALID_TEXT"],
        ["ALREADY_EXISTS"],
        ["ALREADY_EXISTS"],
        ["NOT_FOUND"],
        ["NOT_FOUND"],
    ] == codes
