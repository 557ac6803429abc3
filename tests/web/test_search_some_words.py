"""Few matches are followed by records that have some of the words, under a heading of their own."""

from __future__ import annotations

import re

from tests import factories
from tests.client import Client
from tests.web.node import Node

_HEADING = "These have only some of the words"


def test_few_matches_are_followed_by_others_and_count_alone(client: Client, node: Node) -> None:
    both = node.publish(factories.content(title="A wave from a xylophone"))
    some = node.publish(factories.content(title="A wave of spam"))

    found, behind = client.get("/search?q=wave+xylophone").text.split(_HEADING)

    assert "<strong>1 record</strong>" in found
    assert {f"/r/{both.number}"} == set(re.findall(r'href="(/r/[^"]+)"', found))
    assert {f"/r/{some.number}"} == set(re.findall(r'href="(/r/[^"]+)"', behind))
    assert "1 record has at least one of them, but not all" in behind


def test_where_matches_are_not_few_or_all_there_are_nothing_follows(client: Client, node: Node) -> None:
    for _ in range(10):
        node.publish(factories.content(title="A wave from a xylophone"))

    assert _HEADING not in client.get("/search?q=wave+xylophone").text
    node.publish(factories.content(title="A wave of spam"))
    assert _HEADING not in client.get("/search?q=wave+xylophone").text
    assert _HEADING not in client.get("/search?q=xylophone").text
