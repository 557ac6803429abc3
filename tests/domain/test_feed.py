"""Feeds: well-formed whatever records say, the same in both forms, and ids that stay."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from xml.dom import minidom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.feed import Entry, Feed, atom, json_feed
from registry.domain.record import RecordUid

AT = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 15, 15, 0, tzinfo=UTC)
HOSTILE = (
    "]]><script>alert(1)</script>",
    "&lt;b&gt; &amp; \"quoted\" 'too'",
    "a\x00b\x0bc\x1fd\ufffee\uffff",
    "half a pair \ud800 alone",
    "line\r\nbreak\u2028and\tblanks",
    "\u202eright to left\u202c 🜁 e\u0301",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
)


def entry(text: str = "Text", **given: Any) -> Entry:
    """An entry in which every text is *text*."""
    fields: dict[str, Any] = {
        "uid": RecordUid("01950000-0001-7000-8000-000000000001"),
        "url": "https://node.example/r/N-1?a=1&b=2",
        "title": text,
        "summary": text,
        "published_at": AT,
        "updated_at": LATER,
        "author": text,
        "licence": text,
        "licence_url": None,
        "attribution": text,
        "tags": ("incident", text),
        "number": "N-1",
        "revision": 2,
    }
    return Entry(**fields | given)


def feed(*entries: Entry, text: str = "Text", **given: Any) -> Feed:
    """A feed of *entries*."""
    fields: dict[str, Any] = {
        "id": "https://node.example/search.atom?q=a&misuse=b",
        "title": text,
        "subtitle": text,
        "home": "https://node.example/search?q=a&misuse=b",
        "url": "https://node.example/search.atom?q=a&misuse=b",
        "node": text,
        "since": AT,
        "entries": entries,
    }
    return Feed(**fields | given)


def texts(parent: minidom.Document | minidom.Element, name: str) -> list[str]:
    """The text of every element of this name."""
    return [
        "".join(str(getattr(one, "data", "")) for one in node.childNodes) for node in parent.getElementsByTagName(name)
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_record_says_the_feed_is_well_formed_and_says_it_as_text(text: str) -> None:
    made = feed(entry(text), text=text)

    document = minidom.parseString(atom(made))
    told = json.loads(json_feed(made))

    (item,) = told["items"]
    assert texts(document, "title") == [told["title"], item["title"]]
    assert texts(document, "summary") == [item["summary"]] == [item["content_text"]]
    assert [] == document.getElementsByTagName("script")
    assert document.doctype is None


@given(st.text())
def test_any_text_survives_both_forms_alike(text: str) -> None:
    made = feed(entry(text), text=text)

    assert texts(minidom.parseString(atom(made)), "title")[-1] == json.loads(json_feed(made))["items"][0]["title"]


def test_an_entry_says_who_when_under_which_licence_and_by_which_id_it_stays_known() -> None:
    document = minidom.parseString(atom(feed(entry(licence="CC-BY-4.0", licence_url="https://cc.example/by"))))

    (told,) = document.getElementsByTagName("entry")
    assert ["urn:uuid:01950000-0001-7000-8000-000000000001"] == texts(told, "id")
    assert ["2026-03-14T15:00:00.000000Z"] == texts(told, "published")
    assert ["2026-03-15T15:00:00.000000Z"] == texts(told, "updated")
    assert ["CC-BY-4.0. Text"] == texts(told, "rights")
    links = {one.getAttribute("rel"): one.getAttribute("href") for one in told.getElementsByTagName("link")}
    assert {"alternate": "https://node.example/r/N-1?a=1&b=2", "license": "https://cc.example/by"} == links


def test_a_feed_without_entries_still_says_when_and_pages_name_one_another() -> None:
    made = feed(first_url="https://node.example/first", next_url="https://node.example/next?a=1&b=2")

    document = minidom.parseString(atom(made))

    assert ["2026-03-14T15:00:00.000000Z"] == texts(document, "updated")
    links = {one.getAttribute("rel"): one.getAttribute("href") for one in document.getElementsByTagName("link")}
    assert {"self", "alternate", "first", "next"} == links.keys()
    assert "https://node.example/next?a=1&b=2" == links["next"] == json.loads(json_feed(made))["next_url"]


def test_json_feed_has_what_version_1_1_asks_for() -> None:
    told = json.loads(json_feed(feed(entry())))

    assert "https://jsonfeed.org/version/1.1" == told["version"]
    assert {"title", "home_page_url", "feed_url", "items"} <= told.keys()
    assert "next_url" not in told
    assert all({"id", "url", "content_text", "date_published", "date_modified"} <= one.keys() for one in told["items"])
