"""The pages on which somebody without an account asks for something and follows the case by its code."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.case import CaseOutcome
from registry.service import casework
from tests.client import Client
from tests.factories import content
from tests.web.node import Node
from web.app import create_app

FORM = {"wish": "removal", "ground": "privacy", "about": "LOCAL-INC-2026-0001", "words": "Please remove my name."}
NO_CODE = "There is no case under this code"


def _code_in(answer: httpx.Response) -> str:
    found = re.search(r"\b[0-9A-Z]{6}(?:-[0-9A-Z]{6}){4}\b", answer.text)
    assert found is not None
    return found[0]


def _open(client: Client, **said: str) -> httpx.Response:
    return client.post("/notice", data=FORM | said)


def test_the_form_asks_and_the_answer_shows_a_code_once(client: Client) -> None:
    form = client.get("/notice?record=LOCAL-INC-2026-0001")
    answer = _open(client)

    assert (200, 200) == (form.status_code, answer.status_code)
    assert 'value="LOCAL-INC-2026-0001"' in form.text
    assert "private, no-store" == answer.headers["cache-control"]
    code = _code_in(answer)
    assert [] == [value for value in answer.headers.values() if code in value]


def test_what_is_missing_is_told_beside_what_was_filled_in(client: Client) -> None:
    answer = _open(client, wish="", words="", contact="somebody@example.org")

    assert 400 == answer.status_code
    assert 2 == answer.text.count('<li><a href="#')
    assert "somebody@example.org" in answer.text
    assert re.search(r'value="privacy" checked', answer.text)
    assert '<a href="#wish">What do you ask for? Choose one</a>' in answer.text


def test_what_is_typed_is_shown_as_text_only(client: Client) -> None:
    answer = _open(client, wish="", words="<script>alert(1)</script>", about='"><img src=x onerror=alert(1)>')
    code = _code_in(_open(client, words="<script>alert(1)</script>"))
    case = client.post("/notice/case", data={"code": code})

    for one in (answer, case):
        assert "<script>alert" not in one.text
        assert "<img src=x" not in one.text
        assert "&lt;script&gt;alert(1)" in one.text


def test_a_case_is_followed_decided_and_appealed(client: Client, node: Node) -> None:
    code = _code_in(_open(client))
    [case] = casework.page(node.registry, LOCAL_OPERATOR).items

    added = client.post("/notice/case", data={"code": code, "step": "add", "text": "It is in line two."})
    casework.decide(node.registry, LOCAL_OPERATOR, case.id, outcome=CaseOutcome.REFUSED, reasons="It is not you.")
    decided = client.post("/notice/case", data={"code": code.lower().replace("-", " ")})
    appealed = client.post("/notice/case", data={"code": code, "step": "appeal", "text": "It is me."})

    assert "It is in line two." in added.text
    assert "It is not you." in decided.text
    assert 'value="appeal"' in decided.text
    assert "another person decides now" in appealed.text
    assert "private, no-store" == appealed.headers["cache-control"]


def test_a_step_that_does_not_fit_is_told_with_the_case(client: Client) -> None:
    code = _code_in(_open(client))

    too_early = client.post("/notice/case", data={"code": code, "step": "appeal", "text": "At once."})
    empty = client.post("/notice/case", data={"code": code, "step": "add", "text": " "})

    assert (409, 400) == (too_early.status_code, empty.status_code)
    assert "At once." in too_early.text


@pytest.mark.parametrize("code", ["", "nonsense", "B87K85-TC7V6J-BACSZN-HAVYWN-0SSJDQ", "é" * 30])
def test_every_code_that_leads_nowhere_is_answered_the_same(client: Client, code: str) -> None:
    _open(client)
    known_wrong = client.post("/notice/case", data={"code": "000000-000000-000000-000000-000000"})

    for step in ("", "add", "appeal"):
        answer = client.post("/notice/case", data={"code": code, "step": step, "text": "x"})
        assert 404 == answer.status_code
        assert known_wrong.content == answer.content
        assert NO_CODE in answer.text


def test_a_code_is_not_read_from_an_address(client: Client) -> None:
    code = _code_in(_open(client))

    answer = client.get(f"/notice/case?code={code}")

    assert code not in answer.text
    assert "Please remove my name." not in answer.text


def test_a_full_queue_says_so_and_keeps_nothing(node: Node) -> None:
    small = replace(node.registry, settings=node.registry.settings.model_copy(update={"case_queue": 1}))
    with Client(create_app(small)) as client:
        _open(client)
        answer = _open(client, words="A text of mine.")

    assert (503, "86400") == (answer.status_code, answer.headers["retry-after"])
    assert "QUEUE_FULL" in answer.text
    assert "A text of mine." in answer.text
    assert 1 == len(casework.page(node.registry, LOCAL_OPERATOR).items)


def test_a_page_of_another_site_cannot_send_the_form(client: Client) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert 403 == client.post("/notice", data=FORM, headers=headers).status_code


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"wish": "removal"}', "application/json", 415),
        (b"words=\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"words=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=b"] * 500), "application/x-www-form-urlencoded", 400),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        (b"", "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_such_form_is_refused(client: Client, body: bytes, content_type: str, status: int) -> None:
    answer = client.post("/notice", content=body, headers={"Content-Type": content_type})

    assert status == answer.status_code


def test_pages_of_cases_are_kept_out_of_search_engines(client: Client) -> None:
    for answer in (client.get("/notice"), client.get("/notice/case"), _open(client)):
        assert '<meta name="robots" content="noindex">' in answer.text


def test_a_reply_and_the_way_to_ask_stand_on_the_record_page(client: Client, node: Node) -> None:
    record = node.publish(content(marking={"tlp": "CLEAR"}))
    _open(client, wish="reply", about=record.number or "")
    [case] = casework.page(node.registry, LOCAL_OPERATOR).items
    before = client.get(f"/r/{record.number}")
    said = {"outcome": CaseOutcome.REPLY_SHOWN, "reasons": "Heard.", "reply": "It was <b>not</b> me."}

    casework.decide(node.registry, LOCAL_OPERATOR, case.id, **said)  # type: ignore[arg-type]
    after = client.get(f"/r/{record.number}", headers={"If-None-Match": before.headers["etag"]})

    assert "It was &lt;b&gt;not&lt;/b&gt; me." in after.text
    assert f'href="/notice?record={record.number}"' in after.text
