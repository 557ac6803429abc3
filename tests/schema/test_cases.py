"""Cases through the API: opened and followed by anybody, handled by those who may."""

from __future__ import annotations

from typing import Any

from registry.ports import Registry
from tests.schema.world import Api
from tests.service.world import People, published

PERSON = "case { id state urgent words about contact overdue dueAt securedAt messages { author text } "
PAYLOAD = PERSON + "decisions { outcome reasons by } } receiptCode blocked userErrors { path code }"
INPUTS = {"openCase": "OpenCaseInput", "readCase": "ReadCaseInput", "decideCase": "DecideCaseInput"}
TEXTS = {"addToCase": "CaseTextInput", "appealCase": "CaseTextInput", "answerCase": "AnswerCaseInput"}
OTHERS = {"blockForCase": "BlockForCaseInput"}


def _send(api: Api, name: str, by: str = "", **said: Any) -> dict[str, Any]:
    type_ = (INPUTS | TEXTS | OTHERS)[name]
    document = f"mutation($input: {type_}!) {{ {name}(input: $input) {{ {PAYLOAD} }} }}"
    payload: dict[str, Any] = api.ask(document, by=by, input=said)[name]
    return payload


def _opened(api: Api, **said: Any) -> tuple[str, str]:
    given = {"wish": "REMOVAL", "ground": "MINOR", "words": "Please.", "contact": "me@example.org"} | said
    payload = _send(api, "openCase", **given)
    assert [] == payload["userErrors"]
    return payload["case"]["id"], payload["receiptCode"]


def test_a_case_goes_from_a_person_to_its_end(api: Api, registry: Registry, people: People) -> None:
    record = published(registry, people)
    case_id, code = _opened(api, about=record.number)

    blocked = _send(api, "blockForCase", "operator", id=case_id, reason="Asked for in a case.")
    _send(api, "addToCase", receiptCode=code, text="It is in line two.")
    _send(api, "answerCase", "lead", id=case_id, text="Thank you.")
    _send(api, "decideCase", "operator", id=case_id, outcome="REFUSED", reasons="It is not about you.")
    _send(api, "appealCase", receiptCode=code, text="It is.")
    four_eyes = _send(api, "decideCase", "operator", id=case_id, outcome="REFUSED", reasons="Still not.")
    _send(api, "decideCase", "lead", id=case_id, outcome="ERASED", reasons="It was about you.")
    told = _send(api, "readCase", receiptCode=code)["case"]

    assert record.uid == blocked["blocked"]
    assert [{"path": ["input"], "code": "FOUR_EYES"}] == four_eyes["userErrors"]
    assert ("CLOSED", True, None, None) == (told["state"], told["urgent"], told["contact"], told["overdue"])
    assert ["REFUSED", "ERASED"] == [one["outcome"] for one in told["decisions"]]
    assert [None, None] == [one["by"] for one in told["decisions"]]
    assert ["PERSON", "NODE", "PERSON"] == [one["author"] for one in told["messages"]]


def test_all_that_is_missing_is_told_at_once(api: Api) -> None:
    payload = _send(api, "openCase")

    assert (None, None) == (payload["case"], payload["receiptCode"])
    assert [("input", "wish"), ("input", "ground"), ("input", "words")] == [
        tuple(one["path"]) for one in payload["userErrors"]
    ]


def test_who_handles_cases_lists_them_page_by_page(api: Api) -> None:
    ids = [_opened(api)[0] for _ in range(3)]
    query = "query($after: String) { cases(states: [OPEN], first: 2, after: $after) "
    query += "{ nodes { id contact overdue } pageInfo { hasNextPage endCursor } } }"

    first = api.ask(query, by="operator")["cases"]
    rest = api.ask(query, by="operator", after=first["pageInfo"]["endCursor"])["cases"]
    single = api.ask("query($id: ID!) { case(id: $id) { words } }", by="lead", id=ids[0])

    assert ids == [one["id"] for one in [*first["nodes"], *rest["nodes"]]]
    assert ("me@example.org", False) == (first["nodes"][0]["contact"], first["nodes"][0]["overdue"])
    assert (True, False) == (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"])
    assert {"case": {"words": "Please."}} == single


def test_others_are_told_nothing(api: Api) -> None:
    case_id, _ = _opened(api)

    for by, code in (("", "UNAUTHENTICATED"), ("submitter", "FORBIDDEN"), ("reviewer", "FORBIDDEN")):
        for query in ("{ cases { nodes { id } } }", f'{{ case(id: "{case_id}") {{ id }} }}'):
            [error] = api.errors(query, by=by)
            assert code == error["extensions"]["code"]
    unknown = _send(api, "readCase", receiptCode="B87K85-TC7V6J-BACSZN-HAVYWN-0SSJDQ")
    assert [{"path": ["input", "receiptCode"], "code": "NOT_FOUND"}] == unknown["userErrors"]


def test_a_receipt_code_is_not_taken_from_an_address(api: Api) -> None:
    _, code = _opened(api)
    query = f'mutation {{ readCase(input: {{receiptCode: "{code}"}}) {{ case {{ words }} }} }}'

    answer = api.client.get("/graphql", params={"query": query})

    assert 405 == answer.status_code


def test_a_reply_stands_beside_the_record(api: Api, registry: Registry, people: People) -> None:
    record = published(registry, people)
    case_id, _ = _opened(api, wish="REPLY", ground="OTHER", about=record.number)

    said = {"outcome": "REPLY_SHOWN", "reasons": "Heard.", "reply": "It was not me."}
    _send(api, "decideCase", "operator", id=case_id, **said)

    query = "query($uid: String) { record(uid: $uid) { replies { text } } }"
    assert {"record": {"replies": [{"text": "It was not me."}]}} == api.ask(query, uid=record.uid)


def test_a_case_cannot_be_asked_for_so_often_in_one_request_that_the_answer_is_huge(api: Api) -> None:
    _, code = _opened(api)
    for at in range(3):
        _send(api, "addToCase", receiptCode=code, text=f"{at} " + "x" * 2_900)
    texts = " ".join(f"t{at}: text" for at in range(150))
    query = f"mutation($input: ReadCaseInput!) {{ readCase(input: $input) {{ case {{ messages {{ {texts} }} }} }} }}"

    [error] = api.errors(query, input={"receiptCode": code})

    assert "QUERY_TOO_COMPLEX" == error["extensions"]["code"]
