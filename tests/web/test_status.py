"""What stands at the head of a record that not everybody sees: told to whom it concerns, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.actor import Actor, Role
from registry.domain.canonical import JsonValue
from registry.domain.record import GroupSlug, PersonId
from registry.domain.vocabulary import Kind, Tlp
from registry.service import erasure, groups, life
from tests import factories
from tests.client import Client
from tests.clocks import START
from tests.web.node import Node

OPERATOR = Actor("person:op", frozenset({Role.ANYBODY, Role.OPERATOR}), PersonId("op"))


@pytest.fixture
def seen_by_owner(client: Client, node: Node) -> Callable[[str], str]:
    """The page of a record as its owner reads it, in the words of a reader."""
    key = node.key_of_submitter()
    return lambda uid: client.get(f"/r/{uid}", headers={"Authorization": f"Bearer {key}"}, follow_redirects=True).text


@pytest.mark.parametrize("tlp", [level for level in Tlp if level is not Tlp.CLEAR])
def test_the_owner_is_told_who_else_reads_it(
    node: Node, client: Client, seen_by_owner: Callable[[str], str], tlp: Tlp
) -> None:
    record = node.publish(factories.content(marking={"tlp": tlp}))

    page = seen_by_owner(record.uid)

    assert f"Not public. State: <strong>Published</strong>. <span>TLP:{tlp}: " in page
    assert 404 == client.get(f"/r/{record.number}").status_code


def test_the_owner_is_told_of_the_group_and_of_the_embargo(node: Node, seen_by_owner: Callable[[str], str]) -> None:
    groups.add_group(node.registry, OPERATOR, slug="banks", name="Banks")
    groups.join(node.registry, OPERATOR, slug="banks", organisation_slug="acme")
    until = (START + timedelta(days=3)).isoformat()
    member = Node(node.registry, _in_group(node.submitter), node.reviewer, node.institute)
    record = member.publish(factories.content(marking={"tlp": "AMBER", "audience": "banks", "embargo_until": until}))

    page = seen_by_owner(record.uid)

    assert "Under embargo until 17 March 2026, 15:00 UTC." in page
    assert "State: <strong>Under embargo</strong>." in page
    assert "Shared with the group <strong>banks</strong>." in page


def test_the_owner_is_told_of_a_block_and_a_stranger_sees_a_tombstone(
    node: Node, client: Client, seen_by_owner: Callable[[str], str]
) -> None:
    record = node.publish(factories.content(title="A wave of spam"))
    erasure.block(node.registry, OPERATOR, record.uid, reason="Somebody asked for it.")

    owners, strangers = seen_by_owner(record.uid), client.get(f"/r/{record.number}")

    assert "Blocked: hidden from others until somebody has judged whether it must go." in owners
    assert "Somebody asked for it." in owners
    assert 410 == strangers.status_code
    assert "A wave of spam" not in strangers.text


def test_a_legal_hold_is_told_to_the_owner_only(
    node: Node, client: Client, seen_by_owner: Callable[[str], str]
) -> None:
    record = node.publish(factories.content())
    erasure.hold(node.registry, OPERATOR, record.uid, on=True, reason="A court asks.")

    assert "Under legal hold" in seen_by_owner(record.uid)
    assert "legal hold" not in client.get(f"/r/{record.number}").text.lower()


def test_a_statement_says_that_it_is_kept_to_its_record(node: Node, seen_by_owner: Callable[[str], str]) -> None:
    record = node.publish(factories.content())
    statement = node.publish(factories.content(Kind.STATEMENT, about=record.uid))
    life.narrow(node.registry, node.submitter, record.uid, tlp=Tlp.RED, reason="It was too much.")

    page = seen_by_owner(statement.uid)

    assert "It is marked TLP:CLEAR, but is no more visible than the record it is about: TLP:RED." in page


def test_a_card_says_what_tells_it_from_others(client: Client, node: Node) -> None:
    about = node.publish(factories.content()).uid
    node.publish(factories.content(Kind.WEAKNESS, status="wont_fix"))
    node.publish(factories.content(Kind.USAGE_POLICY, version="7"))
    adoption: JsonValue = {"status": "in_progress"}
    node.publish(factories.content(Kind.STATEMENT, about=about, statement_kind="adoption", adoption=adoption))

    pages = [client.get(path).text for path in ("/weaknesses", "/policies", "/statements")]

    for page, said in zip(pages, ("Will not fix", "Version 7", "In progress"), strict=True):
        assert f'<span dir="auto">{said}</span>' in page


def _in_group(actor: Actor) -> Actor:
    return replace(actor, groups=frozenset({GroupSlug("banks")}))
