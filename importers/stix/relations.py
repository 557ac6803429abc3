"""How the objects of a STIX document stand to each other: what becomes part of a record, which records are linked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from importers.entry import Entry
from importers.stix.markings import is_open
from importers.stix.objects import INCIDENTS, MAIN, Objects, ref, refs, type_of
from importers.stix.parts import ADDRESSES, TARGETS
from registry.domain.vocabulary import LinkRel

_PARTS = frozenset({"attack-pattern", "intrusion-set", "malware", "threat-actor", "tool"})
_TARGETS = frozenset({"identity", "location"})
_RELATIONS = {
    "derived-from": LinkRel.DERIVED_FROM,
    "duplicate-of": LinkRel.DUPLICATE_OF,
    "related-to": LinkRel.RELATED,
    "variant-of": LinkRel.VARIANT_OF,
}


@dataclass(slots=True)
class Relations:
    """By the id of a record: keys of its parts, its links, its indicators and notes, and who tells of it as well."""

    joins: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    links: defaultdict[str, dict[tuple[LinkRel, str], None]] = field(default_factory=lambda: defaultdict(dict))
    indicators: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    notes: defaultdict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    told_by: dict[str, str] = field(default_factory=dict)


def relations(objects: Objects) -> Relations:
    """What the references, relationships, sightings and notes of a document say."""
    found = Relations()
    for one in objects.of(("report", "grouping")):
        _told_with(objects, one, found)
    for one in objects.of(INCIDENTS):
        of = found.told_by.get(one.record, one.record)
        for id_ in refs(one, "object_refs"):
            _refer(found, of, id_)
    for one in sorted(objects.of(("relationship",)), key=lambda entry: entry.record):
        if is_open(objects, one):
            _relate(found, one)
        else:
            one.note("MARKED_PART", "object_marking_refs: not marked CLEAR; the relation was left out")
    for one in sorted(objects.of(("sighting",)), key=lambda entry: entry.record):
        seen = ref(one, "sighting_of_ref")
        if seen and type_of(seen) in INCIDENTS and is_open(objects, one):
            found.joins[seen] |= {TARGETS + id_: None for id_ in refs(one, "where_sighted_refs")}
    for one in sorted(objects.of(("note",)), key=lambda entry: entry.record):
        for id_ in refs(one, "object_refs"):
            found.notes[found.told_by.get(id_, id_)].append(one)
    return found


def _told_with(objects: Objects, report: Entry, found: Relations) -> None:
    """A report of the same name as the one incident in it, as this registry exports them, tells of that incident."""
    incidents = [id_ for id_ in refs(report, "object_refs") if type_of(id_) == "incident"]
    incident = objects.get(incidents[0]) if len(incidents) == 1 else None
    if incident is None or not is_open(objects, report):
        return
    if report.line("name") and incident.line("name") == report.line("name"):
        found.told_by[report.record] = incident.record


def _refer(found: Relations, of: str, id_: str) -> None:
    type_ = type_of(id_)
    if id_ == of:
        return
    if type_ in _PARTS:
        found.joins[of][id_] = None
    elif type_ == "indicator":
        found.indicators[of][id_] = None
    elif type_ == "location":
        found.joins[of][TARGETS + id_] = None
    elif type_ == "course-of-action":
        found.links[of][LinkRel.MITIGATED_BY, id_] = None
    elif type_ == "vulnerability":
        found.links[of][LinkRel.EXPLOITS, id_] = None
    elif type_ in INCIDENTS:
        found.links[of][LinkRel.RELATED, id_] = None


def _relate(found: Relations, one: Entry) -> None:
    from_, to = ref(one, "source_ref"), ref(one, "target_ref")
    name = one.line("relationship_type")
    if from_ is None or to is None or name is None or from_ == to:
        one.note("MISSING", "relationship: source_ref, target_ref and relationship_type are needed; left out")
        return
    from_, to = found.told_by.get(from_, from_), found.told_by.get(to, to)
    if from_ == to:
        return
    for of, link in _linked(from_, to, name):
        found.links[of][link] = None
    if type_of(from_) in INCIDENTS:
        if type_of(to) in _PARTS:
            found.joins[from_][to] = None
        elif type_of(to) in _TARGETS and name in {"targets", "located-at", "impacts"}:
            found.joins[from_][TARGETS + to] = None
    elif type_of(from_) == "course-of-action" and type_of(to) == "attack-pattern":
        found.joins[from_][ADDRESSES + to] = None
    elif type_of(from_) == "indicator" and type_of(to) in INCIDENTS:
        found.indicators[to][from_] = None


def _linked(from_: str, to: str, name: str) -> Iterator[tuple[str, tuple[LinkRel, str]]]:
    here, there = type_of(from_), type_of(to)
    if here not in MAIN or there not in MAIN:
        return
    if here == "course-of-action" and there != here:
        yield to, (LinkRel.MITIGATED_BY, from_)
    elif here in INCIDENTS and there == "vulnerability":
        yield from_, (LinkRel.EXPLOITS, to)
    elif here in INCIDENTS and there == "campaign" and name == "attributed-to":
        yield from_, (LinkRel.SAME_CAMPAIGN, to)
    else:
        yield from_, (_RELATIONS.get(name, LinkRel.RELATED), to)
