"""The pages on which a node gives account of itself."""

from __future__ import annotations

from dataclasses import replace

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR
from registry.domain.case import CaseOutcome
from registry.service import cases, casework, transparency
from registry.storage.tables import Row
from tests.client import Client
from tests.clocks import FixedClock
from tests.factories import content
from tests.web.node import Node
from web.app import create_app


def _asked(node: Node, ground: str = "privacy") -> cases.Opened:
    return cases.open_case(
        node.registry, ANONYMOUS, wish="removal", ground=ground, about="", words="Please.", contact=""
    )


def test_an_empty_node_has_nothing_to_count(client: Client) -> None:
    text = client.get("/transparency").text

    assert "Nobody has asked for anything yet." in text
    assert "No authority has asked for anything yet." in text


def test_requests_decisions_and_what_was_taken_down_are_counted(client: Client, node: Node, clock: FixedClock) -> None:
    node.withdraw(node.publish(content(marking={"tlp": "CLEAR"})))
    decided, urgent = _asked(node), _asked(node, "minor")
    clock.advance(days=3)
    casework.decide(
        node.registry, LOCAL_OPERATOR, decided.case.id, outcome=CaseOutcome.REFUSED, reasons="It is not about you."
    )
    casework.block_record(node.registry, LOCAL_OPERATOR, urgent.case.id, reason="Too late.")
    transparency.log_request(
        node.registry, LOCAL_OPERATOR, authority="court", country="DE", demand="removal", compliance="complied"
    )

    text = " ".join(client.get("/transparency").text.split())

    assert "<dt>Requests</dt><dd>2</dd>" in text
    assert "<dt>Refused</dt><dd>1</dd>" in text
    assert "<dd>3.0 days</dd>" in text
    assert "1, of which acted on within 24 hours: 0" in text
    assert "<td>Court</td><td>Removal</td><td>Complied</td><td>1</td>" in text
    assert '<tr><th scope="row">2026</th><td>0</td><td>1</td></tr>' in text


def test_a_record_that_was_never_public_is_not_counted_when_it_goes(client: Client, node: Node) -> None:
    before = client.get("/transparency").content

    node.withdraw(node.publish(content(marking={"tlp": "AMBER"})))

    assert before == client.get("/transparency").content


def test_every_table_is_named_with_its_purpose_and_its_end(client: Client, node: Node) -> None:
    text = client.get("/privacy").text

    shown = [name for name in Row.metadata.tables if f'<th scope="row">{name.replace("_", " ").capitalize()}' in text]
    assert sorted(Row.metadata.tables) == sorted(shown)
    assert "{" not in text
    assert "30 days after the decision" in text


def test_settings_of_the_operator_are_shown(node: Node) -> None:
    told = {
        "privacy_contact": "mailto:privacy@node.example",
        "governance": "Run by **Commons e.V.** <script>alert(1)</script>",
        "case_kept_days": 7,
    }
    settings = node.registry.settings.model_copy(update=told)
    with Client(create_app(replace(node.registry, settings=settings))) as client:
        privacy, governance = client.get("/privacy").text, client.get("/governance").text

    assert "privacy@node.example" in privacy
    assert "7 days after the decision" in privacy
    assert "<strong>Commons e.V.</strong>" in governance
    assert "<script>alert" not in governance


def test_every_page_leads_there(client: Client) -> None:
    for address in ("/", "/about", "/nowhere", "/search"):
        text = client.get(address).text
        assert [] == [
            to for to in ("/notice", "/transparency", "/privacy", "/governance") if f'href="{to}"' not in text
        ]
        assert 'href="/report"' not in text
