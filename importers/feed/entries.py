"""One entry of a feed as a draft for a reviewer: its title and where it can be read, and a word of what it says.

Texts of others are copied only as far as the licence of the row lets them, and then cut. An entry is known by its
address, since feeds number theirs anew when they move; by its id where that is a name for ever, or it has no address.
"""

from __future__ import annotations

import hashlib
import html
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import nh3

from importers import fitting
from importers.contract import Draft, Mapped, Source, upstream_hash
from importers.entry import Entry
from importers.feed.dates import date_of
from importers.feed.xml import FeedDocument, FeedEntry
from importers.marking import marking
from registry.domain.canonical import JsonValue
from registry.domain.licence import permits_texts
from registry.domain.shortening import shortened
from registry.domain.vocabulary import Kind, MappingMethod

BY = "feed-rules@1"
_MAX_SUMMARY = 600
_MAX_RAW = 20_000
_LONGEST_ID = 2_000
# Names that do not change when a feed moves.
_FOR_EVER = ("tag:", "urn:")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id", re.IGNORECASE)
_DATES = ("published", "pubDate", "date", "issued", "created", "updated", "modified")
_SUMMARIES = ("summary", "description", "subtitle", "content", "encoded")


def upstream_id(id_: str | None, link: str | None) -> str | None:
    """By what an entry is known; short whatever the feed wrote."""
    if id_ and id_.lower().startswith(_FOR_EVER):
        return f"id-{_digest(id_)}"
    if link:
        return f"link-{_digest(lasting(link))}"
    return f"id-{_digest(id_)}" if id_ else None


def lasting(link: str) -> str:
    """The address without what does not change where it leads.

    Not the form in which addresses are compared: that one may learn, and what an entry is known by may never change.
    """
    try:
        parts = urlsplit(link[:_LONGEST_ID])
        query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)])
        return urlunsplit(("https", (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), query, ""))
    except ValueError:
        return link


def plain(text: str | None) -> str:
    """*text* without HTML, on one line."""
    found = nh3.clean((text or "")[:_MAX_RAW].encode("utf-8", "replace").decode(), tags=set())
    return " ".join(html.unescape(found).split())


def read_entry(
    position: int, one: FeedEntry, feed: FeedDocument, source: Source, name: str
) -> tuple[Entry, Draft | None]:
    """The entry with its notes, and its draft unless a finding refuses it."""
    link = _link(one, source)
    id_ = one.fields.get("id") or one.fields.get("guid")
    known_by = upstream_id(id_, link)
    entry = Entry(source.id, known_by or f"{name}[{position}]", {})
    title = fitting.line(entry, "title", plain(one.fields.get("title")))
    if known_by is None or link is None:
        entry.note("MISSING", "link: an address where it can be read is needed", refused=True)
        return entry, None
    published = _published(entry, one)
    where = fitting.source(
        entry, "link", link, title=title, publisher=fitting.label(entry, "title", source.title), published_on=published
    )
    if where is None or entry.refused:
        entry.note("MISSING", "link: an address where it can be read is needed", refused=True)
        return entry, None
    summary = _summary(entry, one, source)
    content: dict[str, JsonValue] = {
        "title": title or f"An entry of {source.title}"[: fitting.MAX_LINE],
        "summary": summary or f"An entry of the feed {source.title}; what it says is read at its source.",
        "event_kind": "threat_report",
        "sources": [where],
    }
    if published:
        content["timeline"] = {"disclosed": published}
    mapped = [Mapped("event_kind", MappingMethod.RULE, BY, "every entry of a feed; a reviewer judges")]
    mapped += [] if summary else [Mapped("summary", MappingMethod.RULE, BY, "the row's title")]
    mapped += [] if title else [Mapped("title", MappingMethod.RULE, BY, "the row's title")]
    mapped += [Mapped("timeline.disclosed", MappingMethod.RULE, BY, "date of the entry")] if published else []
    language = _language(entry, one, feed)
    read: dict[str, JsonValue] = {"content": content, "language": language}
    return entry, Draft(
        entry.record,
        Kind.INCIDENT,
        content,
        marking(source, language=language, provenance="summary"),
        upstream_hash(read),
        str(where["url"]),
        mapped=tuple(mapped),
        names=tuple(dict.fromkeys(name for author in one.authors[:50] if (name := plain(author)[:200]))),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode("utf-8", "replace")).hexdigest()[:40]


def _link(one: FeedEntry, source: Source) -> str | None:
    """Where the entry is read: what it links to as itself, else any link, else a guid that is an address."""
    found = next((url for rel, url in one.links if rel == "alternate" and url), None)
    found = found or next((url for _, url in one.links if url), None)
    guid = one.fields.get("guid") or one.fields.get("id") or ""
    if (
        not found
        and one.fields.get("permalink", "true").lower() != "false"
        and guid.startswith(("http://", "https://"))
    ):
        found = guid
    if not found:
        return None
    try:
        return urljoin(source.urls[0] if source.urls else source.home, found)
    except ValueError:
        return None


def _published(entry: Entry, one: FeedEntry) -> str | None:
    written = next((one.fields[name] for name in _DATES if one.fields.get(name)), None)
    found = date_of(written)
    if written and found is None:
        entry.note("BAD_DATE", "date: of a form that is not known; left out")
    return found


def _summary(entry: Entry, one: FeedEntry, source: Source) -> str | None:
    if not permits_texts(source.licence):
        return None
    written = next((text for name in _SUMMARIES if (text := plain(one.fields.get(name)))), "")
    return fitting.text(entry, "summary", shortened(written, _MAX_SUMMARY))


def _language(entry: Entry, one: FeedEntry, feed: FeedDocument) -> str:
    said = (one.language or feed.language or "").strip()
    first, _, region = said.partition("-")
    language = f"{first.lower()}-{region.upper()}" if region else first.lower()
    if said and not fitting.is_language(language):
        entry.note("UNKNOWN_TERM", "language: a language such as en or pt-BR is expected; taken as en")
    return language if fitting.is_language(language) else "en"
