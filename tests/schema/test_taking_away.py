"""Narrowing, blocking, holding and erasing through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import content
from tests.schema.world import Api
from tests.service.world import People, published, stored, text_of

ANSWER = "{ record { state tlp isBlocked legalHold reason title } userErrors { path code } }"
INPUTS = {
    "narrowVisibility": "NarrowVisibilityInput",
    "block": "BlockInput",
    "unblock": "BlockInput",
    "setLegalHold": "LegalHoldInput",
    "erase": "EraseInput",
}
SAID: dict[str, dict[str, Any]] = {
    "narrowVisibility": {"tlp": "RED", "reason": "r"},
    "block": {"reason": "r"},
    "unblock": {"reason": "r"},
    "setLegalHold": {"on": True, "reason": "r"},
    "erase": {"reason": "r", "legalBasis": "b"},
}


def document_of(name: str) -> str:
    """The mutation."""
    return f"mutation ($input: {INPUTS[name]}!) {{ {name}(input: $input) {ANSWER} }}"


def take(api: Api, name: str, uid: str, *, by: str, **said: Any) -> dict[str, Any]:
    """The payload of a mutation of this record."""
    payload: dict[str, Any] = api.ask(document_of(name), by=by, input=SAID[name] | {"uid": uid} | said)[name]
    return payload


def test_a_record_is_blocked_by_one_and_erased_by_another(api: Api, people: People) -> None:
    record = published(api.registry, people)

    blocked = take(api, "block", record.uid, by="lead")
    (own,) = api.errors(document_of("erase"), by="lead", input=SAID["erase"] | {"uid": record.uid})
    waiting = api.ask("{ blockedRecords { uid } }", by="operator")["blockedRecords"]
    erased = take(api, "erase", record.uid, by="operator")

    assert (True, "PUBLISHED") == (blocked["record"]["isBlocked"], blocked["record"]["state"])
    assert "FORBIDDEN" == own["extensions"]["code"]
    assert [{"uid": record.uid}] == waiting
    assert ("ERASED", None, "r (b)") == (
        erased["record"]["state"],
        erased["record"]["title"],
        erased["record"]["reason"],
    )


def test_nobody_erases_what_nobody_else_has_blocked(api: Api, people: People) -> None:
    record = published(api.registry, people)

    answers = [take(api, "erase", record.uid, by="operator")]
    take(api, "block", record.uid, by="operator")
    answers.append(take(api, "erase", record.uid, by="operator"))

    assert [["FOUR_EYES"], ["FOUR_EYES"]] == [[one["code"] for one in answer["userErrors"]] for answer in answers]
    assert stored(api.registry, record.uid).head.public is not None


def test_an_operator_names_what_operators_may_not_see_by_its_number(api: Api, people: People) -> None:
    record = published(api.registry, people, text_of("Hidden", tlp="RED"))
    both = take(api, "block", record.uid, by="operator", number=record.number)

    blocked = api.ask(document_of("block"), by="operator", input={"number": record.number, "reason": "r"})["block"]

    assert (None, []) == (blocked["record"]["title"], blocked["userErrors"])
    assert stored(api.registry, record.uid).blocked
    assert [{"path": ["input", "number"], "code": "NOT_ALLOWED"}] == both["userErrors"]


def test_a_hold_is_set_and_lifted_by_operators(api: Api, people: People) -> None:
    record = published(api.registry, people)

    held = take(api, "setLegalHold", record.uid, by="operator")
    take(api, "block", record.uid, by="lead")
    refused = take(api, "erase", record.uid, by="operator")
    take(api, "setLegalHold", record.uid, by="operator", on=False)
    erased = take(api, "erase", record.uid, by="operator")

    assert [] == held["userErrors"]
    assert ["CONFLICT"] == [one["code"] for one in refused["userErrors"]]
    assert "ERASED" == erased["record"]["state"]


def test_an_unblocked_record_is_back(api: Api, people: People) -> None:
    record = published(api.registry, people, text_of("Back again"))
    take(api, "block", record.uid, by="lead")
    query = "query ($uid: String) { record(uid: $uid) { title isTombstone isBlocked } }"
    gone = api.ask(query, uid=record.uid)["record"]

    take(api, "unblock", record.uid, by="operator")

    assert {"title": None, "isTombstone": True, "isBlocked": True} == gone
    assert {"title": "Back again", "isTombstone": False, "isBlocked": False} == api.ask(query, uid=record.uid)["record"]


def test_the_owner_narrows_and_strangers_see_a_tombstone(api: Api, people: People) -> None:
    record = published(api.registry, people)

    told = take(api, "narrowVisibility", record.uid, by="submitter", tlp="GREEN")

    assert ("PUBLISHED", "GREEN") == (told["record"]["state"], told["record"]["tlp"])
    query = "query ($uid: String) { record(uid: $uid) { state reason title } }"
    assert {"state": "WITHDRAWN", "reason": None, "title": None} == api.ask(query, uid=record.uid)["record"]
    assert "PUBLISHED" == api.ask(query, by="outsider", uid=record.uid)["record"]["state"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"tlp": "CLEAR"}, ("tlp", "WIDENS")),
        ({"tlp": "RED", "audience": "nowhere"}, ("marking.audience", "NOT_FOUND")),
        ({"tlp": "RED", "reason": ""}, ("reason", "REQUIRED")),
        ({"tlp": "RED", "expectedRevision": 7}, ("expectedRevision", "STALE_REVISION")),
    ],
)
def test_what_is_wrong_with_a_narrowing_is_told(
    api: Api, people: People, said: dict[str, Any], code: tuple[str, str]
) -> None:
    record = published(api.registry, people, content(marking={"tlp": "GREEN"}))

    payload = take(api, "narrowVisibility", record.uid, by="submitter", **said)

    assert code[1] in {one["code"] for one in payload["userErrors"]}
    assert payload["record"] is None


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("by", ["", "outsider"])
def test_the_answer_is_the_same_for_hidden_and_unknown_records(api: Api, people: People, name: str, by: str) -> None:
    hidden = published(api.registry, people, text_of("Hidden", tlp="RED"))

    answers = [
        api.send(document_of(name), by=by, input=SAID[name] | {"uid": uid}).text
        for uid in (hidden.uid, "01950000-0001-7000-9000-00000000ffff")
    ]

    assert answers[0] == answers[1]
    assert any(code in answers[0] for code in ("FORBIDDEN", "UNAUTHENTICATED", "NOT_FOUND"))


def test_blocked_records_are_for_those_who_block(api: Api) -> None:
    for by in ("", "submitter", "reviewer"):
        (error,) = api.errors("{ blockedRecords { uid } }", by=by)
        assert error["extensions"]["code"] in {"UNAUTHENTICATED", "FORBIDDEN"}
