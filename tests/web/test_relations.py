"""Related records on a record's page, and the page on which reviewers overrule them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.record import Record
from tests.client import Client
from tests.factories import content
from tests.web.node import Node
from tests.web.test_review import Desk, key_of


@pytest.fixture
def desk(node: Node, client: Client) -> Desk:
    return Desk(client, node, key_of(node, node.reviewer))


def told(title: str, **marking: Any) -> Any:
    procedure = [{"technique": "AML.T0051"}]
    return content(title=title, misuse_categories=[], procedure=procedure, marking={"tlp": "CLEAR"} | marking)


def pair(node: Node) -> tuple[Record, Record]:
    return node.publish(told("Voice <b>cloned</b>")), node.publish(told("Chatbot told secrets"))


def path_of(record: Record) -> str:
    return f"/review/relations/{record.number}"


def test_a_page_shows_what_is_related_and_why(node: Node, client: Client) -> None:
    one, other = pair(node)

    page = client.get(f"/r/{other.number}").text

    assert "Related records" in page
    assert f'<a href="/r/{one.number}" dir="auto">Voice &lt;b&gt;cloned' in page
    assert "Same technique:" in page
    assert "Overrule" not in page


def test_a_page_that_is_known_is_answered_anew_once_an_editor_decided(node: Node, desk: Desk, client: Client) -> None:
    one, other = pair(node)
    before = client.get(f"/r/{one.number}")
    known = {"If-None-Match": before.headers["etag"]}
    same = client.get(f"/r/{one.number}", headers=known)

    done = desk.post(path_of(other), step="part", other=str(one.number), reason="Two <i>campaigns</i>.")

    assert (304, 303) == (same.status_code, done.status_code)
    after = client.get(f"/r/{one.number}", headers=known)
    assert 200 == after.status_code
    assert "Chatbot told secrets" not in after.text
    assert "campaigns" not in after.text
    assert "Two &lt;i&gt;campaigns" in desk.get(path_of(one)).text


def test_a_reviewer_relates_records_and_takes_it_back(node: Node, desk: Desk, client: Client) -> None:
    one, other = pair(node)

    desk.post(path_of(one), step="relate", other=other.uid, reason="One <i>campaign</i>.")
    related = client.get(f"/r/{other.number}").text
    desk.post(path_of(other), step="undo", other=str(one.number))

    assert "An editor says:" in related
    assert "One &lt;i&gt;campaign" in related
    assert "An editor says:" not in client.get(f"/r/{other.number}").text
    assert "Overrule this list" in desk.get(f"/r/{other.number}").text


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"step": "relate", "other": "nowhere", "reason": "r"}, 400),
        ({"step": "relate", "other": "", "reason": "r"}, 400),
        ({"step": "dance", "reason": "r"}, 400),
        ({"step": "relate", "reason": ""}, 400),
        ({"step": "undo"}, 404),
    ],
)
def test_a_form_that_cannot_be_done_keeps_what_was_said(
    node: Node, desk: Desk, said: dict[str, str], status: int
) -> None:
    one, other = pair(node)

    page = desk.post(path_of(one), **({"other": str(other.number)} | said))

    assert status == page.status_code
    assert 'role="alert"' in page.text


def test_only_reviewers_overrule(node: Node, desk: Desk, client: Client) -> None:
    one, other = pair(node)
    member = replace(desk, key=key_of(node, node.submitter))

    assert 403 == member.get(path_of(one)).status_code
    assert 403 == member.post(path_of(one), step="relate", other=other.uid, reason="r").status_code
    assert 303 == client.get(path_of(one)).status_code


def test_words_of_what_readers_are_warned_of_are_not_told(node: Node, client: Client) -> None:
    text = "Fraudsters cloned the voice of a mayor and begged pensioners for ransom."
    for at in range(8):
        node.publish(content(title=f"Neighbour {at}", summary=f"Nothing alike {at}."))
    plain, warned = (
        node.publish(content(title=title, summary=text, marking={"tlp": "CLEAR", "content_warnings": warnings}))
        for title, warnings in (("Plain", []), ("Warned", ["violence"]))
    )
    node.catch_up()

    page = client.get(f"/r/{plain.number}").text

    assert f'href="/r/{warned.number}"' in page
    assert "Texts alike" in page
    assert "Texts alike by the words" not in page
