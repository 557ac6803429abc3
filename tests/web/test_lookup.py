"""Looking up a source: one article leads to every record that names it and that the reader may see."""

from __future__ import annotations

import pytest

from registry.service import merge
from tests import factories
from tests.client import Client
from tests.web.node import Node

ARTICLE = "https://news.example/story"
SOURCES = [{"url": ARTICLE}]


def test_an_address_in_the_search_box_leads_to_the_one_record(client: Client, node: Node) -> None:
    record = node.publish(factories.content(sources=SOURCES))

    answer = client.get("/search", params={"q": " http://www.news.example/story/?utm_source=x#top "})

    assert (303, f"/r/{record.number}") == (answer.status_code, answer.headers["location"])


def test_an_address_of_several_records_leads_to_their_list(client: Client, node: Node) -> None:
    records = [node.publish(factories.content(title=title, sources=SOURCES)) for title in ("Heron", "Ibis")]

    answer = client.get("/search", params={"q": ARTICLE})
    page = client.get(answer.headers["location"])

    assert 303 == answer.status_code
    assert 200 == page.status_code
    assert all(f"/r/{record.number}" in page.text for record in records)
    assert "<strong>2</strong> records name this source" in page.text


def test_strangers_are_told_nothing_of_hidden_records(client: Client, node: Node) -> None:
    before = client.get("/lookup", params={"url": ARTICLE}).text
    node.submit(factories.content(sources=SOURCES))

    after = client.get("/lookup", params={"url": ARTICLE})
    own = client.get("/lookup", params={"url": ARTICLE}, headers={"Authorization": f"Bearer {node.key_of_submitter()}"})

    assert before == after.text
    assert "No record that you may see names this source" in after.text
    assert "<strong>1</strong> record names this source" in own.text
    assert "private, no-store" == own.headers["cache-control"]


def test_the_form_stands_there_without_an_address(client: Client) -> None:
    answer = client.get("/lookup")

    assert 200 == answer.status_code
    assert 'name="url"' in answer.text
    assert "noindex" in answer.text


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", '"><script>alert(1)</script>', "https://[bad", "\u202e\u05d0", "https://x.example/%00"],
)
def test_whatever_is_typed_is_shown_escaped_and_finds_nothing(client: Client, url: str) -> None:
    answer = client.get("/lookup", params={"url": url})

    assert 200 == answer.status_code
    assert "<script>alert" not in answer.text
    assert "No record that you may see names this source" in answer.text


def test_an_endless_address_is_refused_on_a_page(client: Client) -> None:
    answer = client.get("/lookup", params={"url": "https://x.example/" + "a" * 10_000})

    assert 400 == answer.status_code
    assert "At most 8,000 characters are allowed." in answer.text


def test_a_merged_number_shows_the_way_to_the_survivor(client: Client, node: Node) -> None:
    gone, survivor = (node.publish(factories.content(title=title)) for title in ("Heron", "Ibis"))
    merge.merge(node.registry, node.reviewer, gone.uid, into=survivor.uid, reason="Told twice.")

    answer = client.get(f"/r/{gone.number}")

    assert 410 == answer.status_code
    assert "This record was merged into another one" in answer.text
    assert f'<a href="/r/{survivor.number}">{survivor.number}</a>' in answer.text
    assert "Told twice." in answer.text
