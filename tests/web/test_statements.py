"""Statements on the pages of the records that they are about: grouped, neutral, and never telling of what is hidden."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.record import Record
from registry.domain.vocabulary import Kind, StatementKind, Tlp
from registry.service import life, merge
from tests import factories
from tests.client import Client
from tests.web.node import Node
from web.pages.meanings import STATEMENTS


def say(node: Node, about: Record, kind: StatementKind = StatementKind.RESPONSE, **fields: Any) -> Record:
    """A published statement."""
    if kind is StatementKind.CLASSIFICATION:
        fields["classifications"] = [
            {"taxonomy": "mit", "version": "1", "value": "4.3", "annotator_kind": "machine"},
        ]
    return node.publish(factories.content(Kind.STATEMENT, about=about.uid, statement_kind=kind, **fields))


def test_each_kind_of_statement_has_its_heading(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    said = {kind: say(node, record, kind, title=f"We say {kind}") for kind in StatementKind}

    page = client.get(f"/r/{record.number}").text.partition("What others say about it")[2]

    headings = [f"<h3>{STATEMENTS[kind]}</h3>" for kind in STATEMENTS]
    assert sorted(page.index(one) for one in headings) == [page.index(one) for one in headings]
    assert all(f'<a href="/r/{one.number}" dir="auto">We say {kind}</a>' in page for kind, one in said.items())
    assert '<a href="/organisations/acme">Acme</a>' in page


def test_a_disputed_record_says_so_at_its_head(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    say(node, record, StatementKind.DISPUTE, disputed_fields=["scale"])

    page = client.get(f"/r/{record.number}").text

    assert '<p class="notice">Disputed: see <a href="#statements">' in page
    assert "Disputes: Scale" in page


def test_a_statement_says_what_it_is_about(client: Client, node: Node) -> None:
    record = node.publish(factories.content(title="A wave of spam"))
    statement = say(node, record, StatementKind.ADOPTION, adoption={"status": "done", "since": "2026-03"})

    page = client.get(f"/r/{statement.number}").text

    assert f'about <a href="/r/{record.number}">{record.number}</a>: <span dir="auto">A wave of spam</span>' in page
    assert "<strong>Done</strong>, since March 2026" in page


def test_a_statement_outlives_its_record(client: Client, node: Node) -> None:
    record = node.publish(factories.content(title="A wave of spam"))
    statement = say(node, record, title="We closed the accounts")
    node.withdraw(record)

    gone, said = client.get(f"/r/{record.number}"), client.get(f"/r/{statement.number}")

    assert 410 == gone.status_code
    assert "noindex" == gone.headers["x-robots-tag"]
    assert "We closed the accounts" in gone.text.partition("What others said about it")[2]
    assert f'about <a href="/r/{record.number}">{record.number}</a>.' in said.text
    assert "A wave of spam" not in said.text


def test_what_was_said_of_a_merged_record_stands_at_the_one_that_stays(client: Client, node: Node) -> None:
    stays, goes = (node.publish(factories.content(title=title)) for title in ("A wave of spam", "Spam, in a wave"))
    statement = say(node, goes, title="We closed the accounts")
    merge.merge(node.registry, node.reviewer, goes.uid, into=stays.uid, reason="The same.")
    node.catch_up()

    page = client.get(f"/r/{stays.number}").text

    assert "We closed the accounts" in page.partition("What others say about it")[2]
    assert f'said of <a href="/r/{goes.number}">{goes.number}</a>, merged into this one' in page
    assert f'<a href="/r/{stays.number}">{stays.number}</a>' in client.get(f"/r/{goes.number}").text
    assert 200 == client.get(f"/r/{statement.number}").status_code


@pytest.mark.parametrize("tlp", ["AMBER", "RED"])
def test_a_statement_about_a_hidden_record_is_nowhere(client: Client, node: Node, tlp: str) -> None:
    hidden = node.publish(factories.content(marking={"tlp": tlp}))
    statement = say(node, hidden, title="Zorbelgrint")

    pages = [client.get(path) for path in ("/", "/statements", "/organisations/acme", "/search?q=zorbelgrint")]

    assert 404 == client.get(f"/r/{statement.number}").status_code
    assert [] == [one for one in pages if "<strong>0" not in one.text and "Zorbelgrint</a>" in one.text]


def test_a_statement_goes_with_a_record_that_is_shown_to_fewer(client: Client, node: Node) -> None:
    record = node.publish(factories.content(title="A wave of spam"))
    statement = say(node, record, title="Zorbelgrint")

    life.narrow(node.registry, node.submitter, record.uid, tlp=Tlp.RED, reason="It was too much.")
    node.catch_up()

    answers = [client.get(f"/r/{one.number}") for one in (record, statement)]
    assert [] == [one for one in answers if "Zorbelgrint" in one.text or "wave of spam" in one.text]


def test_a_warned_statement_shows_its_text_on_its_own_page_only(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    content = factories.content(
        Kind.STATEMENT, about=record.uid, summary="Zorbelgrint.", marking={"content_warnings": ["Violence"]}
    )
    statement = node.publish(content)

    assert "Zorbelgrint" not in client.get(f"/r/{record.number}").text
    assert "Content warning: Violence" in client.get(f"/r/{record.number}").text
    assert "Zorbelgrint" in client.get(f"/r/{statement.number}").text
