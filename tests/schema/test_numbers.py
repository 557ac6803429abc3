"""Reserving numbers through the API."""

from __future__ import annotations

from tests.schema.world import Api

RESERVE = """mutation ($input: ReserveNumbersInput!) { reserveNumbers(input: $input) {
  numbers { number kind year } userErrors { path code } replayed clientMutationId } }"""


def test_a_block_is_reserved_and_listed(api: Api) -> None:
    said = {"kind": "INCIDENT", "count": 2, "idempotencyKey": "a", "clientMutationId": "c"}

    payload = api.ask(RESERVE, by="submitter", input=said)["reserveNumbers"]
    again = api.ask(RESERVE, by="submitter", input=said)["reserveNumbers"]
    listed = api.ask("{ reservedNumbers { number kind } }", by="colleague")["reservedNumbers"]

    numbers = [{"number": f"LOCAL-INC-2026-000{n}", "kind": "INCIDENT"} for n in (1, 2)]
    assert numbers == listed
    assert [one | {"year": 2026} for one in numbers] == payload["numbers"] == again["numbers"]
    assert (False, True, "c", []) == (
        payload["replayed"],
        again["replayed"],
        payload["clientMutationId"],
        payload["userErrors"],
    )
    assert [] == api.ask("{ reservedNumbers { number } }")["reservedNumbers"]


def test_all_that_is_wrong_is_told_at_once(api: Api) -> None:
    said = {"kind": "LESSON", "count": 101, "year": 1, "idempotencyKey": ""}

    payload = api.ask(RESERVE, by="submitter", input=said)["reserveNumbers"]

    expected = [("count", "OUT_OF_RANGE"), ("year", "OUT_OF_RANGE"), ("idempotencyKey", "REQUIRED")]
    assert expected == [(one["path"][1], one["code"]) for one in payload["userErrors"]]
    assert [] == payload["numbers"]


def test_strangers_are_refused(api: Api) -> None:
    (error,) = api.errors(RESERVE, input={"kind": "LESSON"})

    assert "UNAUTHENTICATED" == error["extensions"]["code"]
