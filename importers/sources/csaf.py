"""CSAF 2.0 advisories: single documents, and what a provider lists (see ``importers.csaf.feeds``).

Each vulnerability becomes a weakness of its own, named by the publisher's namespace, the document's tracking id and its
CVE, else its place in the document counted from 1. Texts are the publisher's; sections that show how it is exploited
stand in the restricted part. Mapped by rule: severity (the newest CVSS vector by its own bounds, else its score or
rating, else that of the document), affected products (from the product tree), status and what repairs it, advice to
users (from remediations), CWE ids. Nobody who is thanked is kept.

A draft or interim document is held until somebody has looked at it, and so is one that says something on its
distribution but has no label. A document for others than everybody (any label but WHITE and CLEAR) is refused, and
taken back where it was public before. Dates and version numbers of a document alone make no change.

Findings that leave a record or a document out: BROKEN_DOCUMENT, WRONG_TYPE, MISSING (tracking id, namespace, title),
NOT_PUBLIC (its TLP label), NOT_AFFECTED (it names only products that do not have it), DUPLICATE_ID, TOO_LONG (its id).
Findings that hold it: NOT_FINAL, DISTRIBUTION, and HELD_WITH_DOCUMENT of each vulnerability. Beside a record that was
taken: UNKNOWN_PRODUCT, UNKNOWN_VERSION, EXPLOIT_KEPT_BACK, BAD_VECTOR, SCORE_DIFFERS, BAD_CLASS, BAD_LINK, BAD_URL,
BAD_DATE, TOO_LONG, TOO_MANY, WRONG_TYPE, UNKNOWN_FIELD, INVALID_TEXT.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importers import advisories, fitting
from importers.contract import Importer, Parsed, RawDocument, Source, TakenBack
from importers.csaf.feeds import follow, is_list, is_listing, is_public
from importers.csaf.products import read_products
from importers.csaf.records import Told, language_of, names_of, notes_of, read, references_of
from importers.cvss import severity_of_word
from importers.entry import Entry, refusals
from importers.json_document import read_json
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding
from registry.domain.vocabulary import OrganisationKind

_NOT_PUBLIC = "Its source no longer gives it to everybody."
_SHARED = ("title", "notes", "lang", "references", "aggregate_severity")
_HAVE_IT = frozenset({
    "known_affected", "first_affected", "last_affected", "fixed", "first_fixed", "recommended", "under_investigation",
})  # fmt: skip


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one document: its findings, then each vulnerability's and its draft; a list holds none."""
    if is_list(document):
        return
    try:
        root = read_json(document.body)
    except InvalidInput as error:
        yield from refusals(source.id, document.name, error)
        return
    if is_listing(root):
        return
    if not isinstance(root, Mapping) or not isinstance(root.get("document"), Mapping):
        yield Finding(source.id, document.name, "WRONG_TYPE", "document: an object is expected")
        return
    whole = Entry(source.id, document.name, root)
    head = whole.part("document")
    id_ = _id(head)
    if id_ is not None:
        whole.record = head.record = id_
        told = _told(whole, head)
        yield from whole.findings
        yield from _vulnerabilities(whole, head, told, source)
    else:
        yield from whole.findings


def _id(head: Entry) -> str | None:
    """Namespace and tracking id; the document is refused where one is missing."""
    namespace = head.part("publisher").line("namespace", needed=True)
    tracking = head.part("tracking").line("id", needed=True)
    if namespace is None or tracking is None:
        return None
    found = f"{namespace.rstrip('/')}/{tracking}"
    if not found.isprintable() or len(found) > fitting.MAX_LABEL - len("#CVE-2031-1234567"):
        head.note("TOO_LONG", "document.tracking.id: with its namespace it is too long to name records", refused=True)
        return None
    return found


def _told(whole: Entry, head: Entry) -> Told:
    if head.line("csaf_version") not in {"2.0", "2.1"}:
        whole.note("UNKNOWN_VERSION", "document.csaf_version: 2.0 is expected; read as if it were")
    tracking = head.part("tracking")
    references = list(head.objects("references"))
    own = next((one.line("url") for one in references if one.line("category") == "self" and one.line("url")), None)
    page = fitting.source(whole, "document.references", own) if own else None
    aggregate = head.part("aggregate_severity").line("text")
    return Told(
        title=fitting.line(head, "document.title", head.line("title"), 270),
        language=language_of(head.line("lang")),
        description=notes_of(head),
        severity=severity_of_word(aggregate or ""),
        released=tracking.line("initial_release_date"),
        url=str(page["url"]) if page else None,
        sources=tuple((url, title, "advisory" if url == own else kind) for url, title, kind in references_of(head)),
        products=read_products(whole),
        shared={name: head.fields[name] for name in _SHARED if name in head.fields},
        names=names_of(head),
        held=_is_held(whole, head),
    )


def _is_held(whole: Entry, head: Entry) -> bool:
    """Whether somebody has to look first; notes why, or that it is not for everybody."""
    distribution = head.part("distribution")
    label = distribution.part("tlp").fields.get("label")
    worded = distribution.text("text") or distribution.fields.get("tlp") or not distribution.fields
    if label is not None and not is_public(label):
        whole.note(
            "NOT_PUBLIC", "document.distribution.tlp: only what is labelled WHITE or CLEAR is read", refused=True
        )
    if label is None and head.fields.get("distribution") is not None and worded:
        whole.note("DISTRIBUTION", "document.distribution: something on who may have it, but no label", held=True)
    if head.part("tracking").line("status") != "final":
        whole.note("NOT_FINAL", "document.tracking.status: a draft, or not the last word", held=True)
    return whole.held


def _vulnerabilities(whole: Entry, head: Entry, told: Told, source: Source) -> Iterator[Parsed]:
    taken_back = whole.refused or head.line("category") == "csaf_withdrawn"
    seen: set[str] = set()
    for position, item in enumerate(whole.items("vulnerabilities"), start=1):
        fields: Mapping[str, JsonValue] = item if isinstance(item, Mapping) else {}
        cve = fields.get("cve")
        own = cve.strip() if isinstance(cve, str) and advisories.CVE.fullmatch(cve.strip()) else str(position)
        entry = Entry(source.id, f"{whole.record}#{own}", fields)
        if not isinstance(item, Mapping):
            entry.note("WRONG_TYPE", "an object is expected", refused=True)
        elif entry.record in seen and not taken_back:
            entry.note("DUPLICATE_ID", "an earlier vulnerability of this document has the same CVE", refused=True)
        elif taken_back:
            yield TakenBack(entry.record, _NOT_PUBLIC) if whole.refused else TakenBack(entry.record)
            continue
        elif (status := entry.part("product_status").fields) and not _HAVE_IT & status.keys():
            entry.note("NOT_AFFECTED", "product_status: only products that do not have it are named", refused=True)
        seen.add(entry.record)
        draft = None if entry.refused else read(entry, told, source)
        if told.held and not entry.refused:
            entry.note("HELD_WITH_DOCUMENT", "its document waits for review", held=True)
        yield from entry.findings
        if draft is not None and not entry.refused:
            yield draft


IMPORTER = Importer(
    source=Source(
        id="csaf",
        format="csaf",
        title="CSAF advisories",
        home="https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html",
        licence="NOASSERTION",
        attribution="The publisher of each advisory",
        obligations=("attribution",),
        hosts=frozenset({"docs.oasis-open.org"}),
        organisation=OrganisationKind.OTHER,
    ),
    parse=parse,
    follow=follow,
    is_format=True,
)
