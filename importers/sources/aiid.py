"""AI Incident Database: incidents with their reports, its taxonomies, and its judgments in their terms.

It is read from its GraphQL API by pages, from its weekly snapshot (CSV), or from JSON of its store, in as many
documents as there are. An incident becomes an incident, a report one of its sources, a duplicate an alias of the
incident that it was merged into, a link to the OECD's monitor an alias. Classifications, links and the reports of a
snapshot are fragments: a run that has none of them says none, whatever an earlier run had.

Mapped by rule, from title and parties: summary (where there is no description), intent, misuse categories, relation,
harms, groups, systems, actors, targets, and the publisher of a source (from its address). Parties are named where they
are known to be organisations, or classes by their words; persons become "a person". No author, editor or submitter is
taken, and no text of a report.

Findings that leave something out: BROKEN_DOCUMENT, UPSTREAM_ERROR, UNKNOWN_RECORD, MISSING, WRONG_TYPE (of a needed
field), DUPLICATE_ID. Findings beside a record that was taken: WRONG_TYPE, UNKNOWN_FIELD, BAD_DATE, BAD_URL, TOO_LONG,
TOO_MANY, INVALID_TEXT, SEALED and PERSON_NAMED (held), PERSON_NAMED_IN_SOURCE (a party of the document, left out),
NOT_PUBLISHED (judgments that the source does not show), NOT_A_TERM (judgments in words of their own),
NOT_READ (a file of a snapshot that holds no incidents), MISSING_PART, NO_RECORD.
"""

from __future__ import annotations

from collections.abc import Iterator

from importers.aiid.api import begin, follow
from importers.aiid.documents import Row, Sort, read_rows
from importers.aiid.names import withheld
from importers.aiid.records import LINKS, SITE, read_duplicate, read_incident, read_report, read_same_as
from importers.aiid.taxonomies import (
    CLASSIFICATIONS,
    Terms,
    is_published,
    namespace_in,
    read_classification,
    read_taxonomy,
    terms_of,
)
from importers.contract import Draft, Fragment, Importer, Parsed, RawDocument, Source, Trust
from registry.domain.finding import Finding
from registry.domain.vocabulary import OrganisationKind

_MAX_TAXONOMIES = 50


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one document, whichever of the source's it is: findings, records and fragments as they come."""
    drafts: dict[str, Draft] = {}
    names: dict[str, tuple[str, ...]] = {}
    taxonomies: dict[str, Terms] = {}
    hidden = 0
    for row in read_rows(document, source.id):
        if isinstance(row, Finding):
            yield row
            continue
        if row.sort is Sort.CLASSIFICATION and not is_published(row):
            hidden += 1
            continue
        if row.sort is Sort.INCIDENT:
            _take(row, source, drafts, names)
            yield from row.entry.findings
            continue
        found = list(_read(row, source, taxonomies))
        yield from row.entry.findings
        if not row.entry.refused:
            yield from found
    yield from withheld(source.id, drafts.values(), names)
    if hidden:
        message = f"classifications: {hidden} that the source does not show; left out"
        yield Finding(source.id, document.name, "NOT_PUBLISHED", message, False)
    for terms in taxonomies.values():
        if terms.unlisted:
            message = "classifications: fields that have no list of values; left out"
            yield Finding(source.id, document.name, "NOT_A_TERM", message, False)
        if terms.added:
            yield terms.draft()


def _take(row: Row, source: Source, drafts: dict[str, Draft], names: dict[str, tuple[str, ...]]) -> None:
    """Keep the incident until the names of all parties of the document are known."""
    read = read_incident(row, source)
    if read is None or row.entry.refused:
        return
    draft, parties = read
    if draft.upstream_id in drafts:
        row.entry.note("DUPLICATE_ID", "an earlier incident of this document has the same id", refused=True)
        return
    drafts[draft.upstream_id], names[draft.upstream_id] = draft, parties


def _read(row: Row, source: Source, taxonomies: dict[str, Terms]) -> Iterator[Parsed]:
    one: Fragment | None = None
    match row.sort:
        case Sort.REPORT:
            one = read_report(row)
        case Sort.SAME_AS:
            one = read_same_as(row)
        case Sort.DUPLICATE:
            yield from read_duplicate(row)
        case Sort.TAXONOMY | Sort.CLASSIFICATION:
            yield from _of_taxonomy(row, source, taxonomies)
    if one is not None:
        yield one


def _of_taxonomy(row: Row, source: Source, taxonomies: dict[str, Terms]) -> Iterator[Fragment]:
    namespace = namespace_in(row.entry, "Namespace" if row.is_table else "namespace")
    if namespace is None:
        return
    terms = terms_of(namespace, source)
    if terms.namespace not in taxonomies and len(taxonomies) >= _MAX_TAXONOMIES:
        row.entry.note("TOO_MANY", f"more than {_MAX_TAXONOMIES} taxonomies in one document; left out")
        return
    terms = taxonomies.setdefault(terms.namespace, terms)
    if row.sort is Sort.TAXONOMY:
        read_taxonomy(row, terms)
    else:
        yield from read_classification(row, namespace, terms)


IMPORTER = Importer(
    source=Source(
        id="aiid",
        format="aiid",
        title="AI Incident Database",
        home=f"{SITE}/",
        licence="CC-BY-SA-4.0",
        attribution="AI Incident Database, Responsible AI Collaborative, CC BY-SA 4.0",
        obligations=("attribution", "share-alike"),
        hosts=frozenset({"incidentdatabase.ai"}),
        organisation=OrganisationKind.CIVIL_SOCIETY,
        trust=Trust.TRUSTED,
        urls=(f"{SITE}/api/graphql",),
    ),
    parse=parse,
    begin=begin,
    follow=follow,
    parts=(CLASSIFICATIONS, LINKS),
)
