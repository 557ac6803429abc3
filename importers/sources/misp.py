"""MISP: a feed (``manifest.json`` and a file an event), or files of events, of whoever publishes such.

An event becomes an incident, mostly a threat report. For everybody are its title, its links, its tags as judgments, and
what its galaxies name: actors, tools, sectors, techniques in the order in which they are listed. All traces, comments
and reports go into the restricted part, and nothing of natural persons is kept. Only what is marked TLP:CLEAR is
published; all else keeps its marking and is held. An event that was deleted is taken back.

The manifest tells which events are new or have changed: only these are fetched. ``hashes.csv`` is not read.

Options of a row: ``tlp`` (level of events without a marking, such as ``CLEAR``), ``organisations`` (names that are
known to be such), ``taxonomies`` (version by namespace of those whose tags are used).

Findings that leave an event out: BROKEN_DOCUMENT, MISSING, WRONG_TYPE (of a needed field), DUPLICATE_ID. Findings that
hold it: TLP_NOT_CLEAR, NOT_MARKED, NOT_PUBLISHED. Findings about what was left out: UNKNOWN_FIELD, WRONG_TYPE,
FREE_TAG, PERSONAL_DATA, PARTY_NOT_KEPT, NOT_KEPT, UNKNOWN_TERM, BAD_URL, BAD_DATE, TOO_LONG, TOO_MANY, INVALID_TEXT;
MARKED_PART: it went into the restricted part.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from importers.contract import Following, Importer, Parsed, RawDocument, Source, Trust, Wanted, file_name
from importers.entry import Entry, refusals
from importers.json_document import read_json
from importers.misp.event import read_event, uuid_of
from importers.misp.rules import BY
from registry.domain.canonical import Document, JsonValue, canonical_bytes
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding
from registry.domain.vocabulary import OrganisationKind

_MANIFEST = "manifest.json"
_IGNORED = ("hashes.csv",)
# Characters of the cursor that stand for one event as it is in the manifest.
_TOKEN = 10


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read a file of events; a manifest holds none."""
    if document.name.endswith(_IGNORED):
        return
    try:
        root = read_json(document.body)
    except InvalidInput as error:
        yield from refusals(source.id, document.name, error)
        return
    if _is_manifest(root):
        return
    events = list(_events(root))
    if not events:
        yield Finding(source.id, document.name, "BROKEN_DOCUMENT", "an event of MISP is expected, with uuid and info")
    seen: set[str] = set()
    for position, fields in enumerate(events):
        entry = _entry(source, document, position, fields)
        if entry.record in seen:
            entry.note("DUPLICATE_ID", "uuid: an earlier event of this file has the same", refused=True)
        seen.add(entry.record)
        read = None if entry.refused else read_event(entry, source)
        yield from entry.findings
        if read is not None and not entry.refused:
            yield read


def begin(source: Source, _cursor: str | None) -> Iterator[Wanted]:
    """The manifest of each address; one that ends in the name of another file is fetched as it is."""
    for url in source.urls:
        is_file = url.endswith(".json")
        yield Wanted(url if is_file else f"{url.rstrip('/')}/{_MANIFEST}", _MANIFEST if not is_file else file_name(url))


def follow(document: RawDocument, wanted: Wanted, _source: Source, cursor: str | None) -> Following:
    """Of a manifest, the events that are not as they were; the cursor holds a hash of each entry."""
    try:
        root = read_json(document.body)
    except InvalidInput:
        return Following()
    if not _is_manifest(root) or not isinstance(root, Mapping):
        return Following()
    known = cursor or ""
    before = {known[at : at + _TOKEN] for at in range(0, len(known), _TOKEN)}
    entries = {uuid: _token(uuid, entry) for key, entry in root.items() if (uuid := uuid_of(key))}
    return Following(
        tuple(
            Wanted(urljoin(wanted.url, f"{uuid}.json"), f"{uuid}.json")
            for uuid, token in entries.items()
            if token not in before
        ),
        tuple(uuid for uuid, token in entries.items() if token in before),
        "".join(sorted(entries.values())),
    )


def _token(uuid: str, entry: JsonValue) -> str:
    # The version of the rules counts as well: what they make of an event is made anew when they change.
    body = canonical_bytes({"uuid": uuid, "entry": entry, "rules": BY})
    return urlsafe_b64encode(hashlib.sha256(body).digest())[:_TOKEN].decode()


def _is_manifest(root: JsonValue) -> bool:
    return isinstance(root, Mapping) and bool(root) and all(uuid_of(key) for key in root)


def _events(root: JsonValue) -> Iterator[JsonValue]:
    """The events of a file in any of the forms in which MISP writes them."""
    if isinstance(root, list):
        for item in root:
            yield from _events(item) if isinstance(item, Mapping) else iter([item])
    elif isinstance(root, Mapping):
        inner = root.get("response", root.get("Event", root if "info" in root or "uuid" in root else None))
        if isinstance(inner, list):
            yield from (one.get("Event", one) if isinstance(one, Mapping) else one for one in inner)
        elif inner is not None:
            yield inner.get("Event", inner) if isinstance(inner, Mapping) else inner


def _entry(source: Source, document: RawDocument, position: int, fields: JsonValue) -> Entry:
    label = f"{document.name}[{position}]"
    if not isinstance(fields, Mapping):
        broken = Entry(source.id, label, {})
        broken.note("WRONG_TYPE", "an event is expected to be an object", refused=True)
        return broken
    found: Document = fields
    uuid = uuid_of(found.get("uuid"))
    entry = Entry(source.id, uuid or label, found)
    if uuid is None:
        entry.note("MISSING", "uuid: a UUID is needed", refused=True)
    return entry


IMPORTER = Importer(
    source=Source(
        id="misp",
        format="misp",
        title="MISP feed",
        home="https://www.misp-project.org/feeds/",
        licence="NOASSERTION",
        attribution="MISP feed",
        obligations=(),
        hosts=frozenset({"www.misp-project.org"}),
        organisation=OrganisationKind.OTHER,
        trust=Trust.REVIEW,
    ),
    parse=parse,
    begin=begin,
    follow=follow,
    is_format=True,
)
