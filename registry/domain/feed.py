"""Feeds: a list of records as Atom (RFC 4287) and as JSON Feed 1.1, in pages by RFC 5005, with tombstones by RFC 6721.

An entry keeps its id, which is that of its record, for ever. Readers show an entry again when its ``updated_at`` moves,
and so it moves with what the feed says it does, and with nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from registry.domain.canonical import JsonValue
from registry.domain.record import RecordUid

ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"
PAGE = 50

_ATOM = "http://www.w3.org/2005/Atom"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_VERSION = "https://jsonfeed.org/version/1.1"
# What XML 1.0 has no way to write.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as a feed tells it.

    Attributes:
        summary: a few words of it, or, where readers are to be warned of its text, the warning alone.
        author: the organisation that it is of.
        tags: its kind and what it is about, by codes.
        revision: the published revision, counted from 1.
    """

    uid: RecordUid
    url: str
    title: str
    summary: str
    published_at: datetime
    updated_at: datetime
    author: str
    licence: str
    licence_url: str | None
    attribution: str
    tags: tuple[str, ...]
    number: str | None
    revision: int

    @property
    def id(self) -> str:
        """What readers know it by."""
        return f"urn:uuid:{self.uid}"

    @property
    def rights(self) -> str:
        """The licence and whom to name, in one line."""
        return f"{self.licence}. {self.attribution}".strip(". ") if self.attribution else self.licence


@dataclass(frozen=True, slots=True)
class Deleted:
    """That a record is gone, for readers that kept its entry. ``at``: since when."""

    uid: RecordUid
    at: datetime

    @property
    def ref(self) -> str:
        """What readers knew it by."""
        return f"urn:uuid:{self.uid}"


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed, the newest entry first.

    Attributes:
        id: the same for all its pages, an address.
        url: of this page. ``first_url``: of the first one, where this is another. ``next_url``: of what is older.
        home: the page for people that shows the same.
        node: the title of the registry.
        since: when nothing had happened yet, for a feed without entries.
        deleted: what is gone lately, the newest first, whether it was in this feed or not.
    """

    id: str
    title: str
    subtitle: str
    home: str
    url: str
    node: str
    since: datetime
    entries: tuple[Entry, ...]
    first_url: str | None = None
    next_url: str | None = None
    deleted: tuple[Deleted, ...] = ()

    @property
    def updated_at(self) -> datetime:
        """When the newest of its entries was, or something went."""
        return max((*(one.updated_at for one in self.entries), *(one.at for one in self.deleted)), default=self.since)


def atom(feed: Feed) -> bytes:
    """*feed* as Atom."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xmlns:at": _TOMBSTONES})
    _said(root, "id", feed.id)
    _said(root, "title", feed.title)
    _said(root, "subtitle", feed.subtitle)
    _said(root, "updated", _instant(feed.updated_at))
    _said(_child(root, "author"), "name", feed.node)
    for rel, href, type_ in _links(feed):
        _child(root, "link", rel=rel, href=href, type=type_)
    for gone in feed.deleted:
        _child(root, "at:deleted-entry", ref=gone.ref, when=_instant(gone.at))
    for entry in feed.entries:
        _entry(_child(root, "entry"), entry)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def json_feed(feed: Feed) -> bytes:
    """*feed* as JSON Feed."""
    told: dict[str, JsonValue] = {
        "version": _VERSION,
        "title": _line(feed.title),
        "description": _line(feed.subtitle),
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "authors": [{"name": _line(feed.node)}],
        "items": [_item(entry) for entry in feed.entries],
    }
    if feed.deleted:
        told["_incident_commons"] = {"deleted": [{"id": one.ref, "when": _instant(one.at)} for one in feed.deleted]}
    if feed.next_url is not None:
        told["next_url"] = feed.next_url
    return json.dumps(told, ensure_ascii=False, indent=1).encode(errors="replace") + b"\n"


def _links(feed: Feed) -> Iterator[tuple[str, str, str]]:
    type_ = ATOM.partition(";")[0]
    yield "self", feed.url, type_
    yield "alternate", feed.home, "text/html"
    if feed.first_url is not None:
        yield "first", feed.first_url, type_
    if feed.next_url is not None:
        yield "next", feed.next_url, type_


def _entry(node: ET.Element, entry: Entry) -> None:
    _said(node, "id", entry.id)
    _said(node, "title", entry.title)
    _said(node, "published", _instant(entry.published_at))
    _said(node, "updated", _instant(entry.updated_at))
    _said(_child(node, "author"), "name", entry.author)
    _child(node, "link", rel="alternate", href=entry.url, type="text/html")
    if entry.licence_url is not None:
        _child(node, "link", rel="license", href=entry.licence_url)
    _said(node, "rights", entry.rights)
    for tag in entry.tags:
        _child(node, "category", term=tag)
    _said(node, "summary", entry.summary)


def _item(entry: Entry) -> JsonValue:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": _line(entry.title),
        "content_text": _line(entry.summary) or _line(entry.title),
        "summary": _line(entry.summary),
        "date_published": _instant(entry.published_at),
        "date_modified": _instant(entry.updated_at),
        "authors": [{"name": _line(entry.author)}],
        "tags": [_line(tag) for tag in entry.tags],
        "_incident_commons": {
            "uid": entry.uid,
            "number": entry.number,
            "revision": entry.revision,
            "licence": _line(entry.licence),
            "licence_url": entry.licence_url,
            "attribution": _line(entry.attribution),
        },
    }


def _child(parent: ET.Element, name: str, **attributes: str) -> ET.Element:
    made = {key: _line(value) for key, value in attributes.items()}
    return ET.SubElement(parent, name, made)


def _said(parent: ET.Element, name: str, text: str) -> None:
    _child(parent, name).text = _line(text)


def _line(text: str) -> str:
    """*text* on one line, without what XML cannot say, so that both forms tell the same."""
    return " ".join(_NOT_XML.sub(" ", text).split())


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
