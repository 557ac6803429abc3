"""The records that a STIX document holds: reports and the like as incidents, courses of action, vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from importers import fitting
from importers.atlas import rules as atlas_rules
from importers.contract import Draft, Fragment, Mapped, Source, upstream_hash
from importers.entry import Entry
from importers.marking import marking
from importers.stix import rules
from importers.stix.markings import closed_properties, is_open, level_of
from importers.stix.objects import Objects, ref, type_of
from importers.stix.parts import Persons, lasting, named
from importers.stix.relations import Relations
from importers.stix.traces import traces_of
from importers.tlp import marked, strictest, tlp_named
from registry.domain.canonical import JsonValue
from registry.domain.content.base import is_before
from registry.domain.vocabulary import Kind, MappingMethod, Tlp

_INCIDENT_EXTENSION = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
_KINDS = {"course-of-action": Kind.MITIGATION, "vulnerability": Kind.WEAKNESS}
_MAX_LINKS = 200
_NO_TITLE = frozenset({"name", "type", "id"})


@dataclass(frozen=True, slots=True)
class Document:
    """One document while its records are read."""

    objects: Objects
    relations: Relations
    parts: Mapping[str, Fragment]
    source: Source
    persons: Persons


def read_record(document: Document, entry: Entry) -> Draft | None:
    """The record; ``None`` where a finding refuses it."""
    kind = _KINDS.get(type_of(entry.record), Kind.INCIDENT)
    closed = closed_properties(document.objects, entry)
    hidden = entry.text("description") if "description" in closed else None
    whole, entry = entry, _without(entry, closed)
    title, by_rule = _title(entry)
    if title is None:
        entry.note("MISSING", "name: neither a name nor a description", refused=True)
        return None
    description = fitting.text(entry, "description", entry.text("description"))
    level = _level(document, entry, closed)
    content: dict[str, JsonValue] = {"sources": _sources(entry), "aliases": _aliases(entry)}
    said = description or f"Told by {document.source.title} without a description."
    match kind:
        case Kind.MITIGATION:
            content |= {"name": title, "description": said, "type": atlas_rules.type_of(title, [])}
            by_rule = [*by_rule, Mapped("type", MappingMethod.RULE, rules.BY, "name")]
        case Kind.WEAKNESS:
            content |= {"title": title, "description": said, "classes": _classes(entry)}
        case _:
            content |= {"title": title, "summary": said} | _incident(document, entry)
            by_rule = [*by_rule, *_mapped(content)]
    if description is None:
        name = "summary" if kind is Kind.INCIDENT else "description"
        by_rule = [*by_rule, Mapped(name, MappingMethod.RULE, rules.BY)]
    joins = tuple(key for key in document.relations.joins.get(entry.record, {}) if _is_part(document, key))
    links = tuple(
        fitting.first(entry, "relationship", list(document.relations.links.get(entry.record, {})), _MAX_LINKS)
    )
    read: dict[str, JsonValue] = {"object": lasting(whole.fields), "joins": list(joins)}
    return Draft(
        entry.record,
        kind,
        {name: value for name, value in content.items() if value},
        _marking(document.source, entry, level, verbatim=description is not None),
        upstream_hash(read | {"links": [[rel.value, id_] for rel, id_ in links]}),
        links=links,
        restricted=_restricted(document, entry, hidden, kind),
        mapped=tuple(by_rule),
        held=entry.held,
        names=named(document.persons, whole),
        joins=joins,
    )


def _without(entry: Entry, closed: Mapping[str, Tlp]) -> Entry:
    """The object without what is not for everybody; its name stays, and closes the whole."""
    kept = {name: value for name, value in entry.fields.items() if name not in closed or name in _NO_TITLE}
    return entry.inner(kept)


def _title(entry: Entry) -> tuple[str | None, list[Mapped]]:
    name = fitting.line(entry, "name", entry.line("name"))
    if name:
        return name, []
    told = (entry.text("description") or "").strip().partition("\n")[0]
    found = fitting.line(entry, "description", told[: fitting.MAX_LINE])
    return found, [Mapped("title", MappingMethod.RULE, rules.BY, "description")]


def _level(document: Document, entry: Entry, closed: Mapping[str, Tlp]) -> Tlp:
    unmarked = document.source.options.get("tlp")
    # A name that is not for everybody closes the whole record, since no record is without one.
    of_name = [level for name, level in closed.items() if name in _NO_TITLE]
    said = strictest(level for level in (level_of(document.objects, entry), *of_name) if level is not None)
    if closed:
        entry.note("MARKED_PART", "granular_markings: what is not marked CLEAR was left out of the public part")
    has_markings = bool(entry.items("object_marking_refs"))
    default = Tlp.CLEAR if has_markings else tlp_named(unmarked) if isinstance(unmarked, str) else None
    return marked(entry, said, unmarked=default)


def _is_part(document: Document, key: str) -> bool:
    return key in document.parts or key.rpartition(":")[2] not in document.objects.by_id


def _incident(document: Document, entry: Entry) -> dict[str, JsonValue]:
    extensions = entry.fields.get("extensions")
    fields = extensions.get(_INCIDENT_EXTENSION) if isinstance(extensions, Mapping) else None
    extension = entry.inner(fields if isinstance(fields, Mapping) else {})
    labels = [*entry.items("labels"), *entry.items("report_types"), *extension.items("incident_types")]
    misuse = rules.misuse_of_labels([item for item in labels if isinstance(item, str)][:100], [])
    methods = [item for item in extension.items("detection_methods") if isinstance(item, str)]
    found_by = {
        "method": next((rules.DETECTIONS[item] for item in methods if item in rules.DETECTIONS), None),
        "by": _maker(document, entry),
    }
    happened = rules.EVENT_KINDS.get(extension.line("determination") or "", "incident")
    return {
        "event_kind": happened if entry.record.startswith("incident") else "threat_report",
        "objective": fitting.line(entry, "objective", entry.line("objective")),
        "misuse_categories": misuse,
        "confidence": rules.confidence_of(entry.fields.get("confidence")),
        "timeline": _timeline(entry),
        "detection": {name: value for name, value in found_by.items() if value},
        "reversibility": rules.REVERSIBILITIES.get(extension.line("recoverability") or ""),
    }


def _mapped(content: Mapping[str, JsonValue]) -> Iterator[Mapped]:
    basis = {
        "event_kind": "type, extensions.determination",
        "misuse_categories": "labels, report_types, incident_types",
        "confidence": "confidence",
        "timeline": "first_seen, last_seen, published",
        "detection": "created_by_ref, extensions.detection_methods",
        "reversibility": "extensions.recoverability",
    }
    yield from (Mapped(name, MappingMethod.RULE, rules.BY, of) for name, of in basis.items() if content.get(name))


def _maker(document: Document, entry: Entry) -> str | None:
    """The organisation that made the object; nobody else is told."""
    id_ = ref(entry, "created_by_ref")
    maker = document.objects.get(id_) if id_ else None
    if maker is None or not is_open(document.objects, maker):
        return None
    if maker.line("identity_class") not in {"organization", "group", "system"}:
        return None
    return fitting.line(entry, "created_by_ref", maker.line("name"))


def _timeline(entry: Entry) -> dict[str, JsonValue]:
    names = {"started": "first_seen", "ended": "last_seen", "disclosed": "published"}
    found = {name: fitting.when(entry, of, entry.fields.get(of)) for name, of in names.items()}
    for name in ("ended", "disclosed"):
        if is_before(found[name], found["started"]):
            entry.note("BAD_DATE", f"{names[name]}: before first_seen; left out")
            found[name] = None
    return {name: value for name, value in found.items() if value}


def _sources(entry: Entry) -> list[JsonValue]:
    found: dict[str, JsonValue] = {}
    for reference in entry.objects("external_references"):
        if reference.fields.get("url") is None:
            continue
        publisher = fitting.label(entry, "source_name", reference.line("source_name"))
        source = fitting.source(entry, "external_references", reference.fields.get("url"), publisher=publisher)
        if source is not None:
            found.setdefault(str(source["url"]), source)
    return fitting.first(entry, "external_references", list(found.values()), 100)


def _aliases(entry: Entry) -> list[JsonValue]:
    found: dict[str, None] = {entry.record: None}
    for reference in entry.objects("external_references"):
        code = fitting.label(entry, "external_id", reference.line("external_id"))
        name = (reference.line("source_name") or "").lower()
        if code and name not in rules.TECHNIQUE_SOURCES and name not in {"cwe", "owasp"}:
            # A mere number says nothing without the name of those who count.
            alias = fitting.label(entry, "external_id", f"{name}:{code}" if code.isdigit() else code)
            found |= {alias: None} if alias else {}
    for item in entry.items("aliases"):
        alias = fitting.label(entry, "aliases", item) if isinstance(item, str) else None
        found |= {alias: None} if alias else {}
    return fitting.first(entry, "aliases", list(found), 50)


def _classes(entry: Entry) -> list[JsonValue]:
    found: list[JsonValue] = []
    for reference in entry.objects("external_references"):
        scheme, code = (reference.line("source_name") or "").lower(), reference.line("external_id")
        if scheme in {"cwe", "owasp", "atlas", "mitre-atlas", "avid"} and code and len(code) <= fitting.MAX_LABEL:
            found.append({"scheme": scheme.removeprefix("mitre-"), "code": code})
    return fitting.first(entry, "external_references", found, 30)


def _marking(source: Source, entry: Entry, level: Tlp, *, verbatim: bool) -> dict[str, JsonValue]:
    language = entry.fields.get("lang")
    if language is not None and not fitting.is_language(language):
        entry.note("UNKNOWN_TERM", "lang: a language such as en or pt-BR is expected; taken as en")
    return marking(
        source,
        tlp=level.value,
        language=language if fitting.is_language(language) else "en",
        provenance="verbatim" if verbatim else "summary",
    )


def _restricted(document: Document, entry: Entry, hidden: str | None, kind: Kind) -> dict[str, JsonValue]:
    told = [hidden]
    for note in document.relations.notes.get(entry.record, ())[:50]:
        told += [note.text("abstract"), note.text("content")]
    found: dict[str, JsonValue] = {
        "narrative": fitting.text(entry, "note", "\n\n".join(part for part in told if part)),
    }
    if kind is Kind.INCIDENT:
        ids = document.relations.indicators.get(entry.record, {})
        indicators = [one for id_ in ids if (one := document.objects.get(id_)) is not None]
        found["indicators"] = traces_of(indicators, entry)
    return {name: value for name, value in found.items() if value}
