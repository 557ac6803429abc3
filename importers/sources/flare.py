"""Flaw reports in JSON-LD, as the FLARE-AI form writes them (Longpre et al.); single, in a list, a graph, or by line.

A report of real-world events, a malign actor or a security incident becomes an incident, one of a vulnerability or a
hazard a weakness. Texts are the reporter's; how it is exploited, the argument with its examples, the story of the harm
and what else the form asks for stand in the restricted part. Mapped by rule: the title (the beginning of the
description), severity, prevalence, systems, harms, detection, and for malign actors the intent and the misuse.

Only a report that is public knowledge already, or is to be disclosed at once, is CLEAR. All others, and those with a
request for an embargo, are RED and held. Who reported is kept nowhere: neither the id, nor the session, nor a name. A
report that says it is about sexual abuse of children is refused, and nothing of it is kept: it belongs to the
authority.

Findings that leave a record out: BROKEN_DOCUMENT, MISSING (id, description), WRONG_TYPE (no object), DUPLICATE_ID,
SEALED (about sexual abuse of children), SOURCE_FAILED (the source could not write it out). Findings that hold it:
NOT_PUBLIC. Other findings: NOT_A_REPORT (another node of a graph), UNKNOWN_TERM, EXPLOIT_KEPT_BACK, BAD_DATE, TOO_LONG,
TOO_MANY, WRONG_TYPE, UNKNOWN_FIELD, INVALID_TEXT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from importers.contract import Importer, Parsed, RawDocument, Source, TakenBack
from importers.entry import Entry
from importers.flare.reading import plain
from importers.flare.records import is_about_child_abuse, read
from importers.json_records import read_records
from registry.domain.canonical import JsonValue
from registry.domain.finding import Finding
from registry.domain.vocabulary import OrganisationKind

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one document: each report's findings, then its draft."""
    seen: set[str] = set()
    for entry in read_records(document, source, lists=("@graph", "reports")):
        if isinstance(entry, Finding):
            yield entry
        else:
            yield from _report(entry, source, seen)


def _report(entry: Entry, source: Source, seen: set[str]) -> Iterator[Parsed]:
    fields = plain(entry.fields)
    entry.fields = fields if isinstance(fields, Mapping) else {}
    id_ = _id(entry)
    if not _is_report(entry.fields.get("@type")):
        yield Finding(source.id, entry.record, "NOT_A_REPORT", "@type: a flaw report is expected; passed over", False)
        return
    if is_about_child_abuse(entry):
        # The finding does not repeat its id, which may lead to the report; what was taken before is taken back.
        message = "about sexual abuse of children: nothing of it is kept; it belongs to the authority"
        yield Finding(source.id, entry.record, "SEALED", message)
        if id_ is not None:
            yield TakenBack(id_, "It is not shown here any more.")
        return
    if id_ is None:
        yield Finding(source.id, entry.record, "MISSING", "identifier: an id such as AFL-12ab34cd is needed")
        return
    entry.record = id_
    if id_ in seen:
        entry.note("DUPLICATE_ID", "an earlier report of this document has the same id", refused=True)
    elif "processingError" in entry.fields:
        entry.note("SOURCE_FAILED", "the source could not write this report out", refused=True)
    seen.add(id_)
    draft = None if entry.refused else read(entry, source)
    yield from entry.findings
    if draft is not None and not entry.refused:
        yield draft


def _is_report(type_: JsonValue) -> bool:
    """Whether a node of a graph is a report; one that does not say what it is counts as one."""
    types = type_ if isinstance(type_, list) else [type_]
    return type_ is None or any(isinstance(one, str) and one.endswith("Report") for one in types)


def _id(entry: Entry) -> str | None:
    address = entry.fields.get("@id")
    last = address.rstrip("/").rsplit("/", 1)[-1] if isinstance(address, str) else None
    ids = (entry.fields.get("identifier"), last)
    return next((id_.strip() for id_ in ids if isinstance(id_, str) and _ID.fullmatch(id_.strip())), None)


IMPORTER = Importer(
    source=Source(
        id="flare",
        format="flare",
        title="AI flaw reports",
        home="https://ai-reports.org/",
        licence="NOASSERTION",
        attribution="The reporter of each flaw, by ai-reports.org",
        obligations=("attribution",),
        hosts=frozenset({"ai-reports.org"}),
        organisation=OrganisationKind.RESEARCH,
    ),
    parse=parse,
    is_format=True,
)
