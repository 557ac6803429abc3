"""GitHub's advisories: global ones by its REST API, page by page, and the files of its advisory database.

The files have OSV's shape and are read as such. A record becomes a weakness, one that is withdrawn is taken back. Texts
are the publisher's; sections that show how it is exploited stand in the restricted part. Mapped by rule: severity (the
newest CVSS vector by its own bounds, else the rating), affected packages, what repairs it, status, CWE ids, and the day
it was published as that on which it was first seen. Nobody who is thanked is kept. ``options.packages`` of the row says
which packages are wanted.

A run asks for what was updated since the last one, oldest first; the pages follow each other by the ``Link`` of each.
What is dated later than it is read never moves where the next run begins; a run that began there asks for everything.

Findings are those of ``osv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from importers import advisories
from importers.contract import Following, Importer, Parsed, RawDocument, Source, Trust, Wanted
from importers.entry import Entry
from importers.ghsa import records as ghsa_records
from importers.json_document import read_json
from importers.json_records import read_records
from importers.osv import records as osv_records
from importers.packages import taken_once
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding
from registry.domain.vocabulary import OrganisationKind

_HEADERS = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
_NEXT = re.compile(r'<(https://[^<>\s]{1,2000})>;[^,<]{0,200}\brel="?next"?')
_WHEN = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one page or file: each record's findings, then its draft."""
    seen: set[str] = set()
    for entry in read_records(document, source):
        if isinstance(entry, Finding):
            yield entry
        else:
            yield from _record(entry, source, seen)


def _record(entry: Entry, source: Source, seen: set[str]) -> Iterator[Parsed]:
    by_api = "ghsa_id" in entry.fields
    id_ = entry.fields.get("ghsa_id" if by_api else "id")
    if not isinstance(id_, str) or not advisories.GHSA.fullmatch(id_):
        yield Finding(source.id, entry.record, "MISSING", "ghsa_id: an id such as GHSA-2222-3333-4444 is needed")
        return
    entry.record = id_
    yield from taken_once(entry, source, seen, ghsa_records.read if by_api else osv_records.read)


def begin(source: Source, cursor: str | None) -> tuple[Wanted, ...]:
    """The first page of each address, of what was updated since *cursor*, oldest first."""
    return tuple(_first_page(url, cursor if cursor and _WHEN.fullmatch(cursor) else None) for url in source.urls)


def _first_page(url: str, since: str | None) -> Wanted:
    asked = "sort=updated&direction=asc&per_page=100" + (f"&updated=%3E%3D{since}" if since else "")
    return Wanted(
        f"{url}{'&' if '?' in url else '?'}{asked}", "advisories page 1", headers=_HEADERS, state=url if since else None
    )


def follow(document: RawDocument, wanted: Wanted, _source: Source, cursor: str | None) -> Following:
    """The next page, and the newest update on this one; what began ahead of the fetch begins anew."""
    if cursor is not None and document.came_before(cursor):
        if wanted.state is not None:
            return Following((_first_page(wanted.state, None),))
        cursor = None
    try:
        page = read_json(document.body)
    except InvalidInput:
        return Following()
    told = [one.get("updated_at") for one in page if isinstance(one, dict)] if isinstance(page, list) else []
    times = [when for when in told if isinstance(when, str) and _WHEN.fullmatch(when)]
    newest = max((when for when in times if not document.came_before(when)), default=None)
    link = _NEXT.search(document.headers.get("link", "")[:10_000])
    if link is None or not told or not _is_on(link[1], wanted.url):
        return Following(cursor=max(newest, cursor or "") if newest else None)
    number = wanted.name.rpartition(" ")[2]
    name = f"advisories page {int(number) + 1 if number.isdigit() and len(number) < 8 else 2}"
    return Following((Wanted(link[1], name, headers=_HEADERS),), cursor=max(newest, cursor or "") if newest else None)


def _is_on(url: str, other: str) -> bool:
    """Whether both addresses are of the same host; the fetch itself refuses all others as well."""
    try:
        return urlsplit(url).hostname == urlsplit(other).hostname
    except ValueError:
        return False


IMPORTER = Importer(
    source=Source(
        id="ghsa",
        format="ghsa",
        title="GitHub Advisory Database",
        home="https://github.com/advisories",
        licence="CC-BY-4.0",
        attribution="GitHub Advisory Database, CC BY 4.0",
        obligations=("attribution",),
        hosts=frozenset({"api.github.com"}),
        organisation=OrganisationKind.OTHER,
        trust=Trust.REVIEW,
        urls=("https://api.github.com/advisories?type=reviewed&ecosystem=pip",),
    ),
    parse=parse,
    begin=begin,
    follow=follow,
    is_whole=False,
)
