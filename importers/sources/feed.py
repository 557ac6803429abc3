"""Feeds in Atom, RSS, RDF and JSON Feed: what was published elsewhere, as drafts that a reviewer looks at.

An entry is never an incident by itself: its title, the address where it is read, its date and, where the licence of
the row lets texts be kept, its own summary in at most 600 characters. A tombstone (RFC 6721) takes an entry back. The
option ``pages`` says how many pages of a feed that is paged are read; otherwise only the first is.

Findings that leave out a feed or an entry: BROKEN_DOCUMENT, MISSING, BAD_URL with MISSING, DUPLICATE_ID. Findings
beside what was taken: BAD_DATE, UNKNOWN_TERM (language), TOO_LONG, TOO_MANY (entries), INVALID_TEXT, WRONG_TYPE,
WRONG_ENCODING (read as Windows-1252).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from importers.contract import Following, Importer, Parsed, RawDocument, Source, TakenBack, Trust, Wanted
from importers.entry import Entry, refusals
from importers.feed.entries import read_entry, upstream_id
from importers.feed.xml import MAX_ENTRIES, FeedDocument, FeedEntry, read_feed
from importers.json_document import read_json
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, Problem
from registry.domain.finding import Finding
from registry.domain.vocabulary import OrganisationKind

_MOST_PAGES = 100
_JSON_TEXTS = {
    "id": "id",
    "title": "title",
    "summary": "summary",
    "content_text": "description",
    "content_html": "content",
    "date_published": "published",
    "date_modified": "updated",
}


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one page of a feed."""
    found: list[Finding] = []
    try:
        feed = _read(document, source, found)
    except InvalidInput as error:
        yield from refusals(source.id, document.name, error)
        return
    yield from found
    if feed.is_cut:
        message = f"more than {MAX_ENTRIES} entries; the others were left out"
        yield Finding(source.id, document.name, "TOO_MANY", message, refused=False)
    if feed.is_mended:
        message = "it is not in the encoding that it claims; read as Windows-1252"
        yield Finding(source.id, document.name, "WRONG_ENCODING", message, refused=False)
    seen: set[str] = set()
    for position, one in enumerate(feed.entries):
        entry, draft = read_entry(position, one, feed, source, document.name)
        if draft is not None and entry.record in seen:
            entry.note("DUPLICATE_ID", "link: an earlier entry of this page leads to the same", refused=True)
        seen.add(entry.record)
        yield from entry.findings
        if draft is not None and not entry.refused:
            yield draft
    for deleted in dict.fromkeys(feed.deleted):
        id_ = upstream_id(deleted, deleted if deleted.startswith(("http://", "https://")) else None)
        if id_ is not None and id_ not in seen:
            yield TakenBack(id_)


def follow(document: RawDocument, wanted: Wanted, source: Source, _cursor: str | None) -> Following:
    """The next page, as long as the row wants more."""
    pages = source.options.get("pages")
    page = int(wanted.state or 1)
    if not isinstance(pages, int) or page >= min(pages, _MOST_PAGES):
        return Following()
    try:
        feed = _read(document, source, [])
    except InvalidInput:
        return Following()
    try:
        address = urljoin(wanted.url, feed.next_page or "")
    except ValueError:
        return Following()
    if not feed.next_page or address == wanted.url:
        return Following()
    return Following((Wanted(address, f"page-{page + 1}", state=str(page + 1)),))


def _read(document: RawDocument, source: Source, found: list[Finding]) -> FeedDocument:
    """The feed; JSON where it begins as JSON does.

    Raises:
        InvalidInput: it is neither.
    """
    if document.body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"{":
        return read_feed(document.body)
    root = read_json(document.body)
    version = root.get("version") if isinstance(root, Mapping) else None
    if not isinstance(root, Mapping) or not isinstance(version, str) or "jsonfeed.org/version/" not in version:
        raise InvalidInput([Problem((), "BROKEN_DOCUMENT", "a JSON Feed with its version is expected")])
    top = Entry(source.id, document.name, root)
    items = list(top.objects("items"))
    feed = FeedDocument([_of_json(one) for one in items[:MAX_ENTRIES]], is_cut=len(items) > MAX_ENTRIES)
    feed.language, feed.next_page = top.line("language"), top.line("next_url")
    found += top.findings
    return feed


def _of_json(one: Entry) -> FeedEntry:
    id_ = one.fields.get("id")
    if isinstance(id_, int | float) and not isinstance(id_, bool):
        # The standard lets readers take a number as text.
        one = _with(one, id=str(id_))
    texts = {ours: text for theirs, ours in _JSON_TEXTS.items() if (text := one.text(theirs))}
    links = [("alternate", url) for name in ("url", "external_url") if (url := one.line(name))]
    authors = [
        *one.objects("authors"),
        *([_with(one, **author)] if isinstance(author := one.fields.get("author"), Mapping) else []),
    ]
    names = [name for author in authors if (name := author.line("name"))]
    return FeedEntry(texts, links, names, one.line("language"))


def _with(one: Entry, **fields: JsonValue) -> Entry:
    return one.inner({**one.fields, **fields})


IMPORTER = Importer(
    source=Source(
        id="feed",
        format="feed",
        title="Feed",
        home="https://www.rssboard.org/",
        licence="NOASSERTION",
        attribution="Feed",
        obligations=(),
        hosts=frozenset({"www.rssboard.org"}),
        organisation=OrganisationKind.OTHER,
        trust=Trust.REVIEW,
    ),
    parse=parse,
    follow=follow,
    is_whole=False,
    is_format=True,
    never_publishes=True,
)
