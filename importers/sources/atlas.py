"""MITRE ATLAS: the one YAML file of a release, with case studies, mitigations, tactics and techniques.

A case study becomes an incident, a mitigation a mitigation, tactics and techniques one taxonomy ``atlas``. Texts are
the publisher's; only links relative to its site are made absolute, and HTML that shapes becomes Markdown. Mapped by
rule: the misuse categories (from techniques), the type of a mitigation (from its name, then its category), the systems
(product names in the target), the kind of an actor. Reporters are left out; actors too, unless no single person.

Findings that leave a record out: BROKEN_DOCUMENT, MISSING, WRONG_TYPE (of a needed field), DUPLICATE_ID. Findings
beside a record that was taken: WRONG_TYPE, UNKNOWN_FIELD, UNKNOWN_TERM (case-study type, category), UNKNOWN_TECHNIQUE
(kept), BAD_TECHNIQUE, BAD_DATE, BAD_URL, MISPLACED_OBJECT (among lifecycle stages), ACTOR_NOT_KEPT, TOO_LONG (target
or title of a source): what these name was left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from importers import atlas_rules as rules
from importers.atlas_markup import as_markdown
from importers.contract import Draft, Importer, Parsed, RawDocument, TaxonomyDraft, Trust, upstream_hash
from importers.entry import Entry
from importers.party import read_party
from importers.yaml_document import read_yaml
from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import validate
from registry.domain.content.parts import Source
from registry.domain.content.incident import Timeline
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding
from registry.domain.taxonomy import TaxonomyTerm
from registry.domain.vocabulary import Kind, OrganisationKind

SOURCE = "atlas"
LICENCE = "Apache-2.0"
_SITE = "https://atlas.mitre.org"

_EVENT = {"incident": "incident", "exercise": "exercise"}
_GRANULARITY = {"YEAR": 4, "MONTH": 7, "DATE": 10}
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.\-]{1,39}")
_MAX_LABEL = 120
_MAX_LINE = 300
_COMMON = frozenset({"id", "name", "object-type", "created_date", "modified_date", "references", "ATT&CK-reference"})
_CASE_FIELDS = _COMMON | {
    "summary", "incident-date", "incident-date-granularity", "procedure", "reporter", "reported-by", "target", "actor",
    "case-study-type", "maturity",
}  # fmt: skip
_MITIGATION_FIELDS = _COMMON | {"description", "techniques", "ml-lifecycle", "lifecycle", "category"}
_TERM_FIELDS = _COMMON | {"description", "tactics", "subtechnique-of", "maturity"}


def parse(document: RawDocument) -> Iterator[Parsed]:
    """Read one release: findings about the file, its taxonomy, then each record's findings and its draft."""
    try:
        root = read_yaml(document.body)
    except InvalidInput as error:
        yield from (Finding(SOURCE, document.name, problem.code, problem.message) for problem in error.problems)
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
            SOURCE, (release.line("version") or "unknown")[:_MAX_LABEL], "MITRE ATLAS", LICENCE, _SITE, tuple(terms)
        )
    codes = frozenset(term.code for term in terms)
    mitigations = [entry for matrix in matrices for entry in _entries(matrix, "mitigations")]
    for entries, read in ((cases, _incident), (mitigations, _mitigation)):
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
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None


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
    parent = next((code for code in above if code and _CODE.fullmatch(code)), None)
    if name is None or entry.refused:
        return None
    field = "tactic" if entry.record.startswith("AML.TA") else "technique"
    url = f"{_SITE}/{field}s/{entry.record}"
    return TaxonomyTerm(entry.record, name, parent, url, _linked(description) if description else None, field)


def _incident(entry: Entry, codes: frozenset[str]) -> Draft:
    entry.expect(_CASE_FIELDS)
    steps = [_step(step, codes) for step in entry.objects("procedure")]
    techniques = [step["technique"] for step in steps if "technique" in step]
    event = _EVENT.get((entry.line("case-study-type") or "").lower())
    if event is None:
        entry.note("UNKNOWN_TERM", "case-study-type: incident or exercise is expected; taken as incident")
    target = entry.line("target")
    content: dict[str, JsonValue] = {
        "title": entry.line("name", needed=True),
        "summary": _linked(entry.text("summary", needed=True) or ""),
        "event_kind": event or "incident",
        "intent": "misuse",
        "misuse_categories": rules.misuse_of(techniques),
        "systems": rules.systems_of(target or ""),
        "actors": _actors(entry, exercise=event == "exercise"),
        "targets": _targets(entry, target),
        "procedure": [step for step in steps if step],
        "timeline": _timeline(entry),
        "sources": _sources(entry),
    }
    # An exercise is told by those who did it, an incident mostly by others.
    return _draft(entry, Kind.INCIDENT, content, "studies", "acknowledged" if event == "exercise" else "alleged")


def _mitigation(entry: Entry, codes: frozenset[str]) -> Draft:
    entry.expect(_MITIGATION_FIELDS)
    name = entry.line("name", needed=True)
    content: dict[str, JsonValue] = {
        "name": name,
        "description": _linked(entry.text("description", needed=True) or ""),
        "type": _type(entry, name or ""),
        "lifecycle": _lifecycle(entry),
        "addresses": _addresses(entry, codes),
        "sources": _sources(entry),
    }
    return _draft(entry, Kind.MITIGATION, content, "mitigations", "acknowledged")


def _draft(entry: Entry, kind: Kind, content: dict[str, JsonValue], page: str, standing: str) -> Draft:
    marking = {"tlp": "CLEAR", "licence": LICENCE, "obligations": ["attribution"], "language": "en"}
    marking |= {"provenance": "verbatim", "standing": standing}
    said = {name: value for name, value in content.items() if value}
    return Draft(
        entry.record,
        kind,
        {**said, "aliases": [entry.record]},
        marking,
        upstream_hash(entry.fields),
        f"{_SITE}/{page}/{entry.record}",
    )


def _linked(text: str) -> str:
    return as_markdown(text, _SITE)


def _technique(entry: Entry, name: str, codes: frozenset[str]) -> dict[str, str]:
    """The field *name* as an id, under the key that our content has for it; empty where there is none."""
    value = entry.line(name)
    if value is None:
        return {}
    if not _CODE.fullmatch(value):
        entry.note("BAD_TECHNIQUE", f"{name}: not the form of an id; left out")
        return {}
    if value.startswith("AML.") and value not in codes:
        entry.note("UNKNOWN_TECHNIQUE", f"{name}: this release does not define it; kept")
    return {"tactic" if name == "tactic" else "technique": value}


def _step(step: Entry, codes: frozenset[str]) -> dict[str, str]:
    text = step.text("description")
    said = {"text": _linked(text)} if text else {}
    return {**_technique(step, "tactic", codes), **_technique(step, "technique", codes), **said}


def _addresses(entry: Entry, codes: frozenset[str]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for inner in entry.objects("techniques", text_as="id"):
        use = inner.text("use")
        address = _technique(inner, "id", codes) | ({"use": _linked(use)} if use else {})
        if address:
            found.append(address)
    return found


def _actors(entry: Entry, *, exercise: bool) -> list[JsonValue]:
    name = entry.line("actor")
    if name is None:
        return []
    party = read_party(name, organisations=rules.ORGANISATIONS)
    if party.left_out:
        entry.note("ACTOR_NOT_KEPT", "actor: left out what is not clearly an organisation or a class of people")
    kind = party.kind or ("researcher" if exercise else None)
    actor = {"label": party.label, "kind": kind or (None if party.label else "unknown")}
    return [{key: value for key, value in actor.items() if value}]


def _targets(entry: Entry, target: str | None) -> list[JsonValue]:
    if target is not None and len(target) > _MAX_LABEL:
        entry.note("TOO_LONG", f"target: more than {_MAX_LABEL} characters; left out")
        return []
    return [{"label": target}] if target else []


def _timeline(entry: Entry) -> dict[str, JsonValue]:
    written = entry.line("incident-date")
    if written is None:
        return {}
    granularity = (entry.line("incident-date-granularity") or "DATE").upper()
    started = written[: _GRANULARITY.get(granularity, 10)]
    try:
        validate(Timeline, {"started": started})
    except InvalidInput:
        entry.note("BAD_DATE", "incident-date: a day such as 2024-03-14 is expected; left out")
        return {}
    return {"started": started}


def _sources(entry: Entry) -> list[JsonValue]:
    found: list[JsonValue] = []
    for reference in entry.objects("references"):
        title, url = reference.line("title"), reference.line("url")
        if title and len(title) > _MAX_LINE:
            entry.note("TOO_LONG", f"references: a title of more than {_MAX_LINE} characters; left out")
            title = None
        source = {"url": url, "title": title} if title else {"url": url}
        try:
            validate(Source, source)
        except InvalidInput:
            entry.note("BAD_URL", "references: without a usable web address; left out")
        else:
            found.append(source)
    return found


def _type(entry: Entry, name: str) -> str:
    categories = [item for item in entry.items("category") if isinstance(item, str)]
    if not any(item in rules.TYPE_BY_CATEGORY for item in categories):
        entry.note("UNKNOWN_TERM", "category: none of those that are known")
    return rules.type_of(name, categories)


def _lifecycle(entry: Entry) -> list[JsonValue]:
    name = "ml-lifecycle" if "ml-lifecycle" in entry.fields else "lifecycle"
    stages: list[JsonValue] = []
    for item in entry.items(name):
        if isinstance(item, str) and 0 < len(" ".join(item.split())) <= _MAX_LABEL:
            stages.append(" ".join(item.split()))
        else:
            entry.note("MISPLACED_OBJECT", f"{name}: the name of a stage is expected; left out")
    return stages


IMPORTER = Importer(
    id=SOURCE,
    title="MITRE ATLAS",
    home=f"{_SITE}/",
    licence=LICENCE,
    attribution="MITRE ATLAS, copyright MITRE, Apache License 2.0",
    obligations=("attribution",),
    hosts=frozenset({"raw.githubusercontent.com", "atlas.mitre.org"}),
    trust=Trust.TRUSTED,
    organisation=OrganisationKind.RESEARCH,
    parse=parse,
)
