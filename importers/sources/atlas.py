"""MITRE ATLAS: the one YAML file of a release, with case studies, mitigations, tactics and techniques.

A case study becomes an incident, a mitigation a mitigation, tactics and techniques one taxonomy ``atlas``. Texts are
the publisher's; only links relative to its site are made absolute, and HTML that shapes becomes Markdown. Mapped by
rule: the misuse categories (from techniques), the type of a mitigation (from its name, then its category) and from it
what it does and on which layer, the systems (product names in the target), the kind of an actor. Reporters and actors
are left out, unless they are organisations or classes of people. Ids in ATT&CK, and of the AIID where a reference leads
to an incident of it, are aliases.

Findings that leave a record out: BROKEN_DOCUMENT, MISSING, WRONG_TYPE (of a needed field), DUPLICATE_ID. Findings
beside a record that was taken: WRONG_TYPE, UNKNOWN_FIELD, UNKNOWN_TERM (case-study type, category), UNKNOWN_TECHNIQUE
(kept), BAD_TECHNIQUE, BAD_DATE, BAD_URL, MISPLACED_OBJECT (among lifecycle stages), ACTOR_NOT_KEPT,
REPORTER_NOT_KEPT, TOO_LONG (target or title of a source): what these name was left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importers.atlas.records import (
    CODE,
    COMMON_FIELDS,
    LICENCE,
    MAX_LABEL,
    SITE,
    SOURCE,
    linked,
    read_case,
    read_mitigation,
)
from importers.contract import Importer, Parsed, RawDocument, Source, TaxonomyDraft, Trust
from importers.entry import Entry, refusals
from importers.yaml_document import read_yaml
from registry.domain.canonical import Document
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding
from registry.domain.taxonomy import TaxonomyTerm
from registry.domain.vocabulary import OrganisationKind

_TERM_FIELDS = COMMON_FIELDS | {"description", "tactics", "subtechnique-of", "maturity"}


def parse(document: RawDocument, _source: Source) -> Iterator[Parsed]:
    """Read one release: findings about the file, its taxonomy, then each record's findings and its draft."""
    try:
        root = read_yaml(document.body)
    except InvalidInput as error:
        yield from refusals(SOURCE, document.name, error)
        return
    if not isinstance(root, Mapping):
        yield Finding(SOURCE, document.name, "BROKEN_DOCUMENT", "an object is expected at the top")
        return
    release = Entry(SOURCE, document.name, root)
    if not release.fields.keys() & {"matrices", "techniques", "case-studies"}:
        release.note("MISSING", "no matrices, techniques or case-studies: this is no release of ATLAS", refused=True)
    # Releases before 4.0 have at the top what later ones have in a matrix.
    matrices = [*release.objects("matrices"), release]
    cases = list(_entries(release, "case-studies"))
    yield from release.findings
    seen: set[str] = set()
    terms: list[TaxonomyTerm] = []
    for entry in (
        entry for name in ("tactics", "techniques") for matrix in matrices for entry in _entries(matrix, name)
    ):
        term = _term(entry, seen)
        yield from entry.findings
        if term is not None:
            terms.append(term)
    if terms:
        yield TaxonomyDraft(
            SOURCE, (release.line("version") or "unknown")[:MAX_LABEL], "MITRE ATLAS", LICENCE, SITE, tuple(terms)
        )
    codes = frozenset(term.code for term in terms)
    mitigations = [entry for matrix in matrices for entry in _entries(matrix, "mitigations")]
    for entries, read in ((cases, read_case), (mitigations, read_mitigation)):
        for entry in entries:
            draft = read(entry, codes) if _is_new(entry, seen) else None
            yield from entry.findings
            if draft is not None and not entry.refused:
                yield draft


def _entries(place: Entry, name: str) -> Iterator[Entry]:
    for position, item in enumerate(place.items(name)):
        label = f"{name}[{position}]"
        if isinstance(item, Mapping):
            yield Entry(SOURCE, _id_of(item) or label, item)
        else:
            broken = Entry(SOURCE, label, {})
            broken.note("WRONG_TYPE", "an object is expected", refused=True)
            yield broken


def _id_of(item: Document) -> str | None:
    value = item.get("id")
    return value if isinstance(value, str) and CODE.fullmatch(value) else None


def _is_new(entry: Entry, seen: set[str]) -> bool:
    """Whether the record has an id that no record before it has; notes what is wrong."""
    if entry.refused:
        return False
    if _id_of(entry.fields) is None:
        entry.note("MISSING", "id: an id such as AML.CS0001 is needed", refused=True)
    elif entry.record in seen:
        entry.note("DUPLICATE_ID", "an earlier record of this file has the same id", refused=True)
    seen.add(entry.record)
    return not entry.refused


def _term(entry: Entry, seen: set[str]) -> TaxonomyTerm | None:
    if not _is_new(entry, seen):
        return None
    entry.expect(_TERM_FIELDS)
    name = entry.line("name", needed=True)
    description = entry.text("description")
    tactics = [item for item in entry.items("tactics") if isinstance(item, str)]
    above = (entry.line("subtechnique-of"), *tactics)
    parent = next((code for code in above if code and CODE.fullmatch(code)), None)
    if name is None or entry.refused:
        return None
    field = "tactic" if entry.record.startswith("AML.TA") else "technique"
    url = f"{SITE}/{field}s/{entry.record}"
    return TaxonomyTerm(entry.record, name, parent, url, linked(description) if description else None, field)


IMPORTER = Importer(
    source=Source(
        id=SOURCE,
        format=SOURCE,
        title="MITRE ATLAS",
        home=f"{SITE}/",
        licence=LICENCE,
        attribution="MITRE ATLAS, copyright MITRE, Apache License 2.0",
        obligations=("attribution",),
        hosts=frozenset({"raw.githubusercontent.com", "atlas.mitre.org"}),
        organisation=OrganisationKind.RESEARCH,
        trust=Trust.TRUSTED,
        urls=("https://raw.githubusercontent.com/mitre-atlas/atlas-data/main/dist/ATLAS.yaml",),
    ),
    parse=parse,
)
