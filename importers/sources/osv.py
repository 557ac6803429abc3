"""OSV: one JSON file a record, lists of them, all of an ecosystem in a zip, or ``modified_id.csv`` and what it lists.

A record becomes a weakness, one that is withdrawn is taken back. Texts are the database's; sections that show how it
is exploited stand in the restricted part. Mapped by rule: severity (the newest CVSS vector by its own bounds, else the
rating in words), affected packages and version ranges, what repairs it, status, CWE ids, and the day it was published
as that on which it was first seen. Nobody who is thanked is kept. ``options.packages`` of the row says which packages
are wanted (see ``importers.packages``).

From a list of changes only what is newer than the last run is asked for, oldest first and about 2,000 in a run; all
else that is listed counts as present. A run begins again at the last second of the one before, since several records
may have it. What is dated later than it is read is asked for in every run, and never moves where the
next one begins.

Findings that leave a record out: BROKEN_DOCUMENT, MISSING (id, or both texts), WRONG_TYPE (no object), DUPLICATE_ID.
Findings beside a record that was taken: EXPLOIT_KEPT_BACK, BAD_VECTOR, UNKNOWN_TERM (a severity), BAD_EVENT, BAD_LINK,
BAD_CLASS, BAD_URL, BAD_DATE, TOO_LONG, TOO_MANY, WRONG_TYPE, UNKNOWN_FIELD, INVALID_TEXT. One for the source:
OUT_OF_SCOPE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from importers.contract import Following, Importer, Parsed, RawDocument, Source, Wanted
from importers.entry import Entry
from importers.json_records import read_records
from importers.osv.records import is_id, read
from importers.packages import taken_once
from registry.domain.finding import Finding
from registry.domain.vocabulary import OrganisationKind

_LIST = "modified_id.csv"
_WHEN = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
_ECOSYSTEM = re.compile(r"[A-Za-z][A-Za-z0-9 .:_+-]{0,60}")
_MAX_WANTED = 2000


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one file: each record's findings, then its draft; a list of changes holds no record."""
    if document.name.endswith(_LIST):
        return
    seen: set[str] = set()
    for entry in read_records(document, source, lists=("vulns", "vulnerabilities")):
        if isinstance(entry, Finding):
            yield entry
        else:
            yield from _record(entry, source, seen)


def _record(entry: Entry, source: Source, seen: set[str]) -> Iterator[Parsed]:
    id_ = entry.fields.get("id")
    if not is_id(id_):
        yield Finding(source.id, entry.record, "MISSING", "id: an id such as GHSA-2222-3333-4444 is needed")
        return
    entry.record = str(id_)
    yield from taken_once(entry, source, seen, read)


def follow(document: RawDocument, wanted: Wanted, _source: Source, cursor: str | None) -> Following:
    """Of a list of changes: the records that changed since *cursor*, the others as present, and where to go on."""
    if not document.name.endswith(_LIST):
        return Following()
    listed = sorted(set(_listed(document.body)))
    # One that lies ahead was kept before this was looked at, or the clock was put back: all is read again.
    cursor = None if cursor is not None and document.came_before(cursor) else cursor
    again = [one for one in listed if one[0] == cursor]
    newer = [one for one in listed if cursor is None or one[0] > cursor]
    # A second is asked for as a whole, so that a run never stands still within one.
    last = newer[min(_MAX_WANTED, len(newer)) - 1][0] if newer else ""
    asked = again + [one for one in newer if one[0] <= last]
    base = wanted.url.rsplit("/", 1)[0]
    present = {path.rsplit("/", 1)[-1] for _, path in listed} - {path.rsplit("/", 1)[-1] for _, path in asked}
    past = [when for when, _ in asked if not document.came_before(when)]
    return Following(
        tuple(Wanted(f"{base}/{quote(path)}.json", f"{path.rsplit('/', 1)[-1]}.json") for _, path in asked),
        tuple(sorted(present)),
        past[-1] if past else None,
    )


def _listed(body: bytes) -> Iterator[tuple[str, str]]:
    """When and what changed, for each line that can be read: second, and the path of the record without its ending."""
    for line in body.decode(errors="replace").splitlines():
        when, _, path = line.strip().partition(",")
        *ecosystem, id_ = path.split("/")
        second = _WHEN.match(when)
        if second and is_id(id_) and len(ecosystem) <= 1 and all(_ECOSYSTEM.fullmatch(one) for one in ecosystem):
            yield second[0], path


IMPORTER = Importer(
    source=Source(
        id="osv",
        format="osv",
        title="OSV",
        home="https://osv.dev/",
        licence="CC-BY-4.0",
        attribution="OSV.dev, and the database that each record's id names",
        obligations=("attribution",),
        hosts=frozenset({"osv-vulnerabilities.storage.googleapis.com"}),
        organisation=OrganisationKind.OTHER,
        urls=("https://osv-vulnerabilities.storage.googleapis.com/PyPI/modified_id.csv",),
    ),
    parse=parse,
    follow=follow,
    is_format=True,
)
