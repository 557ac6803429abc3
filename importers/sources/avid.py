"""AI Vulnerability Database: one JSON file a report or vulnerability; lists and JSON Lines of them as well.

A record becomes a weakness; one that AVID made from an AIID incident or an ATLAS case study becomes an incident. Texts
are the publisher's. Mapped by rule: affected systems (makers from the names of products), classes, severity (CVSS by
its own bounds: low 1, medium 2, high 3, critical 4; else 0DIN's five levels), where the text names it the version that
repairs it, evidence and reproducibility (from metrics), and of incidents the misuse, harms, intent and systems. Ids of
CVE, GitHub, AIID and ATLAS that a record was made from are its aliases. Nobody who is thanked is kept, unless clearly
an organisation.

Findings that leave a record out: BROKEN_DOCUMENT, MISSING (id, title and description), WRONG_TYPE (no object),
DUPLICATE_ID. Findings beside a record that was taken: UNKNOWN_TERM (outside AVID's own; its code is kept),
MISSING_VERSION (of the taxonomy), ID_FROM_NAME (of the file), PLACEHOLDER, PARTY_NOT_KEPT, BAD_URL, BAD_DATE, BAD_LINK,
BAD_CLASS, BAD_VECTOR, SCORE_DIFFERS, METRIC_NOT_KEPT, NOT_SHOWN (held), TOO_LONG, TOO_MANY, WRONG_TYPE, UNKNOWN_FIELD,
INVALID_TEXT.
"""

from __future__ import annotations

from collections.abc import Iterator

from importers.avid.records import ID, read
from importers.contract import Importer, Parsed, RawDocument, Source, Trust
from importers.entry import Entry
from importers.json_records import read_records
from registry.domain.finding import Finding
from registry.domain.vocabulary import OrganisationKind


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one file: each record's findings, then its draft."""
    seen: set[str] = set()
    for entry in read_records(document, source):
        if isinstance(entry, Finding):
            yield entry
            continue
        _name(entry, document)
        if not entry.refused and entry.record in seen:
            entry.note("DUPLICATE_ID", "an earlier record of this file has the same id", refused=True)
        draft = None if entry.refused else read(entry, source)
        seen.add(entry.record)
        yield from entry.findings
        if draft is not None and not entry.refused:
            yield draft


def _name(entry: Entry, document: RawDocument) -> None:
    """Name the entry by its id or, where it has none, by that of its file; refuse it without either."""
    metadata = entry.part("metadata")
    ids = (metadata.fields.get("report_id"), metadata.fields.get("vuln_id"))
    found = next((id_.strip() for id_ in ids if isinstance(id_, str) and ID.fullmatch(id_.strip())), None)
    if found is None and entry.record == document.name and (named := ID.match(document.name.rsplit("/", 1)[-1])):
        found = named[0]
        entry.note("ID_FROM_NAME", "metadata: no usable id; that of the file's name is taken")
    if found is None:
        entry.note("MISSING", "metadata: an id such as AVID-2023-R0001 is needed", refused=True)
        return
    entry.findings[:] = [Finding(entry.source, found, one.code, one.message, one.refused) for one in entry.findings]
    entry.record = found


IMPORTER = Importer(
    source=Source(
        id="avid",
        format="avid",
        title="AI Vulnerability Database",
        home="https://avidml.org/",
        licence="MIT",
        attribution="AI Vulnerability Database (AVID), avidml.org, MIT License",
        obligations=("attribution",),
        hosts=frozenset({"codeload.github.com"}),
        organisation=OrganisationKind.RESEARCH,
        trust=Trust.TRUSTED,
        urls=("https://codeload.github.com/avidml/avid-db/zip/refs/heads/main",),
    ),
    parse=parse,
)
