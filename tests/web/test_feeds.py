"""Every search as a feed: what is in it, in which order, on which page, and when it is not sent again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any
from xml.dom import minidom

import httpx
import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.record import Record
from registry.domain.search import Word
from registry.search import open_index
from registry.service import follow, life
from tests import factories
from tests.client import Client
from tests.web.node import Node
from web.app import create_app

SEVERE = {"tlp": "CLEAR", "content_warnings": ["sexual violence"]}


def texts(parent: minidom.Document | minidom.Element, name: str) -> list[str]:
    """The text of every element of this name."""
    found = parent.getElementsByTagName(name)
    return ["".join(str(getattr(one, "data", "")) for one in node.childNodes) for node in found]


def links(parent: minidom.Document, rel: str) -> list[str]:
    """Where the feed's own links of this kind lead."""
    found = (one for one in parent.getElementsByTagName("link") if one.parentNode is parent.documentElement)
    return [one.getAttribute("href") for one in found if one.getAttribute("rel") == rel]


def entries(answer: httpx.Response) -> list[str]:
    """The ids of the entries of an Atom feed."""
    return [texts(one, "id")[0] for one in minidom.parseString(answer.content).getElementsByTagName("entry")]


def id_of(record: Record) -> str:
    """The id of the entry of a record."""
    return f"urn:uuid:{record.uid}"


def test_a_search_is_a_feed_with_the_same_matches_the_newest_first(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of fraud", misuse_categories=["fraud"]))
    older = node.publish(factories.content(title="Spam, the first"))
    newer = node.publish(factories.content(title="Spam, the second"))

    answer = client.get("/search.atom?q=spam&misuse=spam&sort=severity&view=table")
    told = client.get("/search.json?q=spam&misuse=spam").json()

    assert "application/atom+xml; charset=utf-8" == answer.headers["Content-Type"]
    assert [id_of(newer), id_of(older)] == entries(answer) == [one["id"] for one in told["items"]]
    document = minidom.parseString(answer.content)
    title = "Incident Commons: records where the text has “spam” and misuse is “Spam and bulk content”"
    assert title == texts(document, "title")[0] == told["title"]
    assert ["http://127.0.0.1:8000/search.atom?q=spam&misuse=spam"] == links(document, "self")
    assert "Reports, not rates" in texts(document, "subtitle")[0]
    own: dict[str, Any] = told["items"][0]["_incident_commons"]
    assert (newer.number, 1, "CC-BY-4.0", "Acme") == tuple(
        own[key] for key in ("number", "revision", "licence", "attribution")
    )


def test_pages_follow_one_another_without_gap_or_repetition(client: Client, node: Node) -> None:
    source = factories.source("atlas", trusted=True)
    upstream = [{"source": "atlas", "id": f"AML.{at}", "sha256": f"{at:064}"} for at in range(53)]
    factories.take_in(node.registry, LOCAL_OPERATOR, source, [factories.content(upstream=one) for one in upstream])
    node.catch_up()
    expected = {f"urn:uuid:{uid}" for uid in node.registry.index.uids(Word("spam"))}

    first = client.get("/search.atom?q=spam")
    (following,) = links(minidom.parseString(first.content), "next")
    second = client.get(following.removeprefix("http://127.0.0.1:8000"))
    by_json = client.get("/search.json?q=spam").json()["next_url"]
    third = client.get(by_json.removeprefix("http://127.0.0.1:8000"))

    assert (53, [50, 3]) == (len(expected), [len(entries(one)) for one in (first, second)])
    assert expected == {*entries(first), *entries(second)}
    document = minidom.parseString(second.content)
    assert ([], ["http://127.0.0.1:8000/search.atom?q=spam"]) == (links(document, "next"), links(document, "first"))
    assert entries(second) == [one["id"] for one in third.json()["items"]]
    assert 400 == client.get("/search.atom?q=other&after=AAAA").status_code


def test_an_entry_is_told_again_only_when_its_revision_changes(client: Client, node: Node) -> None:
    first = node.publish(factories.content(title="Spam, the first"))
    before = client.get("/search.json?q=spam").json()["items"]
    node.publish(factories.content(title="Spam, the second"))
    unchanged = client.get("/search.json?q=first").json()["items"]

    node.revise(first, factories.content(title="Spam, the first, revised"))
    after = client.get("/search.json?q=first").json()["items"]

    assert before == unchanged
    assert (before[0]["id"], before[0]["date_published"]) == (after[0]["id"], after[0]["date_published"])
    assert (1, 2) == (before[0]["_incident_commons"]["revision"], after[0]["_incident_commons"]["revision"])


def test_a_withdrawn_record_leaves_the_feed(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    node.withdraw(record)

    assert [] == entries(client.get("/search.atom"))


def test_of_a_severe_record_the_feed_has_the_warning_and_no_sentence(client: Client, node: Node) -> None:
    node.publish(factories.content(title="Spam", summary="Words that nobody wants to read.", marking=SEVERE))

    for path in ("/search.atom?q=spam", "/search.json?q=spam"):
        answer = client.get(path)
        assert "Content warning: sexual violence" in answer.text
        assert "nobody wants" not in answer.text


def test_a_known_feed_is_not_sent_again_until_something_public_happens(client: Client, node: Node) -> None:
    node.publish(factories.content())
    first = client.get("/search.atom?q=spam")
    known = {"If-None-Match": first.headers["ETag"]}

    again = client.get("/search.atom?q=spam", headers=known)
    node.submit(factories.content(title="Hidden spam"))
    node.catch_up()
    still = client.get("/search.atom?q=spam", headers=known)
    other = client.get("/search.atom?q=flood", headers=known)
    node.publish(factories.content(title="More spam"))
    changed = client.get("/search.atom?q=spam", headers=known)

    assert [304, 304, 200, 200] == [one.status_code for one in (again, still, other, changed)]
    assert "public, no-cache" == first.headers["Cache-Control"]
    assert first.headers["ETag"] != changed.headers["ETag"]


def test_a_feed_read_while_the_index_is_behind_is_not_taken_for_the_whole(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    client.get("/search.atom?q=spam")
    shutil.rmtree(node.registry.settings.index_dir)
    behind = open_index(node.registry.settings)
    with Client(create_app(replace(node.registry, index=behind))) as late:
        before = late.get("/search.atom?q=spam")
        follow.reindex(replace(node.registry, index=behind), SYSTEM)
        after = late.get("/search.atom?q=spam", headers={"If-None-Match": before.headers["ETag"]})
    behind.close()

    assert (200, [], 200, [id_of(record)]) == (before.status_code, entries(before), after.status_code, entries(after))


@pytest.mark.parametrize("path", ["/search.atom", "/search.json"])
@pytest.mark.parametrize("query", ["(", "misuse:jousting", "x" * 5000, "*", "a" + " OR a" * 500])
def test_what_cannot_be_read_is_refused_as_the_search_refuses_it(client: Client, path: str, query: str) -> None:
    answer = client.get(path, params={"q": query})

    assert 400 == answer.status_code
    assert "no-store" == answer.headers["Cache-Control"]


def test_the_search_page_names_its_feeds_and_where_to_save_it(client: Client, node: Node) -> None:
    node.publish(factories.content())

    page = client.get("/search?q=spam&misuse=spam&sort=published&view=table").text

    assert 'type="application/atom+xml" title="This search as Atom" href="/search.atom?q=spam&amp;misuse=spam"' in page
    assert 'type="application/feed+json"' in page
    assert 'href="/me/searches?q=spam&amp;misuse=spam&amp;sort=published"' in page


def test_what_is_gone_is_named_on_the_first_page_of_every_feed_until_it_is_back(client: Client, node: Node) -> None:
    gone = node.publish(factories.content(title="Spam, soon gone"))
    stays = node.publish(factories.content(title="Spam, to stay"))
    hidden = node.publish(factories.content(title="Spam for members", marking={"tlp": "GREEN"}))
    for record in (gone, hidden):
        node.withdraw(record)

    document = minidom.parseString(client.get("/search.atom?q=spam").content)
    told = client.get("/search.json?q=nothing+of+that").json()

    (deleted,) = document.getElementsByTagNameNS("http://purl.org/atompub/tombstones/1.0", "deleted-entry")
    assert id_of(gone) == deleted.getAttribute("ref")
    assert [{"id": id_of(gone), "when": deleted.getAttribute("when")}] == told["_incident_commons"]["deleted"]
    assert texts(document, "updated")[0] >= deleted.getAttribute("when")
    assert [id_of(stays)] == entries(client.get("/search.atom?q=spam"))
    lead = replace(node.reviewer, roles=frozenset({Role.LEAD_REVIEWER}))
    life.restore(node.registry, lead, gone.uid, reason="It was right.")
    node.catch_up()
    assert b"deleted-entry" not in client.get("/search.atom?q=spam").content
    assert "_incident_commons" not in client.get("/search.json?q=spam").json()
