"""Objects of STIX that are parts of records: techniques, tools, actors, and those who were aimed at.

Each is a fragment, found by its id, or by its id after ``targets:`` or ``addresses:`` where it plays that part, so that
it may stand on another page than the record. No natural person is told: of an identity that may be one no name is kept,
and an actor keeps its name only where it is clearly no person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from importers import fitting
from importers.contract import Fragment, Mapped, upstream_hash
from importers.entry import Entry
from importers.party import read_party
from importers.stix import rules
from importers.stix.markings import closed_properties, is_open
from importers.stix.objects import Objects
from registry.domain.canonical import Document, JsonValue
from registry.domain.vocabulary import MappingMethod

TARGETS = "targets:"
ADDRESSES = "addresses:"
# Names that may be persons', by each of their words.
Persons: TypeAlias = "Mapping[str, tuple[str, ...]]"
_WORD = re.compile(r"\w{2,}")
_MAX_NAMES = 100
_VOLATILE = frozenset({"modified", "spec_version"})
_NO_PERSONS = frozenset({"class", "group", "organization", "system"})
_TYPES = ("attack-pattern", "identity", "intrusion-set", "location", "malware", "threat-actor", "tool")


def fragments(objects: Objects, persons: Persons) -> dict[str, Fragment]:
    """The fragments of a document by key; notes stand in their objects."""
    found: dict[str, Fragment] = {}
    for one in objects.of(_TYPES):
        if not is_open(objects, one) or closed_properties(objects, one):
            one.note("MARKED_PART", "object_marking_refs: not marked CLEAR; left out of the records that name it")
            continue
        names = named(persons, one)
        for fragment in _fragments(one):
            found[fragment.key] = replace(fragment, names=names) if names else fragment
    return found


def persons_in(objects: Objects) -> Persons:
    """The names in a document that are not clearly those of organisations or groups, by each of their words."""
    found: dict[str, dict[str, None]] = {}
    for one in objects.of(("identity", "threat-actor")):
        name = one.line("name")
        is_clear = one.line("identity_class") in _NO_PERSONS or read_party(name or "").label is not None
        if name and not is_clear:
            for word in _WORD.findall(name[: fitting.MAX_LINE].casefold()):
                found.setdefault(word, {})[name[: fitting.MAX_LINE]] = None
    return {word: tuple(names) for word, names in found.items()}


def named(persons: Persons, entry: Entry) -> tuple[str, ...]:
    """The persons of whose name the object has a word."""
    words = persons.keys() & frozenset(_WORD.findall(repr(dict(entry.fields)).casefold()))
    return tuple(sorted({name for word in words for name in persons[word]}))[:_MAX_NAMES]


def lasting(fields: Document) -> dict[str, JsonValue]:
    """What of an object is no mere sign that somebody saved it again."""
    return {name: value for name, value in fields.items() if name not in _VOLATILE}


def technique_of(entry: Entry) -> str | None:
    """The id of a technique that its external references tell."""
    for reference in entry.objects("external_references"):
        if (reference.line("source_name") or "").lower() in rules.TECHNIQUE_SOURCES:
            code = reference.line("external_id")
            if fitting.is_technique(code):
                return code
    return None


def _fragments(one: Entry) -> Iterator[Fragment]:
    match one.record.partition("--")[0]:
        case "attack-pattern":
            yield from _technique(one)
        case "tool" | "malware":
            yield from _tool(one)
        case "threat-actor" | "intrusion-set":
            yield from _actor(one)
        case "identity":
            yield from _identity(one)
        case _:
            yield from _location(one)


def _fragment(one: Entry, part: str, content: Document, *mapped: str, under: str = "") -> Fragment:
    by_rule = tuple(Mapped(name, MappingMethod.RULE, rules.BY, part) for name in mapped)
    return Fragment(under + one.record, part, content, upstream_hash(lasting(one.fields)), by_rule, is_needed=False)


def _technique(one: Entry) -> Iterator[Fragment]:
    code, name = technique_of(one), fitting.line(one, "name", one.line("name"))
    if code is None and name is None:
        one.note("NOT_KEPT", "attack-pattern: without a known id and a name; left out")
        return
    misuse = rules.misuse_of_labels(_labels(one), [code] if code else [])
    content: dict[str, JsonValue] = {"procedure": [{"technique": code} if code else {"text": name}], "intent": "misuse"}
    if misuse:
        content["misuse_categories"] = misuse
    yield _fragment(one, "attack-pattern", content, *content)
    if code:
        yield _fragment(one, "attack-pattern", {"addresses": [{"technique": code}]}, "addresses", under=ADDRESSES)


def _labels(one: Entry) -> list[str]:
    return [item for item in one.items("labels") if isinstance(item, str)][:100]


def _tool(one: Entry) -> Iterator[Fragment]:
    name = fitting.label(one, "name", one.line("name"))
    if name:
        types = [item for item in one.items("malware_types") if isinstance(item, str)][:100]
        misuse = rules.misuse_of_labels(types, [])
        content: dict[str, JsonValue] = {"other_tools": [name]} | ({"misuse_categories": misuse} if misuse else {})
        yield _fragment(one, "tool or malware", content, *content)


def _actor(one: Entry) -> Iterator[Fragment]:
    name = fitting.label(one, "name", one.line("name"))
    is_set = one.record.startswith("intrusion-set")
    # A set of intrusions is nobody's name; an actor may be a person.
    kept = name if is_set else read_party(name or "").label
    if name and kept is None:
        one.note("ACTOR_NOT_KEPT", "name: left out what is not clearly an organisation, a group or a tracking name")
    types = [item for item in one.items("threat_actor_types") if isinstance(item, str)]
    if one.line("resource_level") == "individual" and not is_set:
        kind: str | None = "individual"
    else:
        kind = next((rules.ACTOR_KINDS[item] for item in types if item in rules.ACTOR_KINDS), None)
    skill = one.line("sophistication")
    said: dict[str, JsonValue] = {
        "label": kept,
        "kind": kind or (None if kept else "unknown"),
        "motive": rules.MOTIVES.get(one.line("primary_motivation") or ""),
        "skill": skill if skill in rules.SKILLS else None,
    }
    content: Document = {"actors": [{key: value for key, value in said.items() if value}], "intent": "misuse"}
    yield _fragment(one, "actor", content, *content)


def _identity(one: Entry) -> Iterator[Fragment]:
    class_ = one.line("identity_class")
    name = fitting.label(one, "name", one.line("name")) if class_ in rules.TARGET_KINDS else None
    sectors = [item for item in one.items("sectors") if isinstance(item, str)]
    sector = next((rules.SECTORS[item] for item in sectors if item in rules.SECTORS), None)
    if class_ not in rules.TARGET_KINDS:
        one.note("PERSONAL_DATA", "identity: not of a class that is clearly no person; its name was left out")
    said = {"label": name, "kind": rules.TARGET_KINDS.get(class_ or "", "individual"), "sector": sector}
    target = {key: value for key, value in said.items() if value}
    yield _fragment(one, "identity", {"targets": [target]}, "targets", under=TARGETS)


def _location(one: Entry) -> Iterator[Fragment]:
    country = one.line("country")
    country = country.upper() if country and len(country) == 2 else None
    said = {"label": fitting.label(one, "name", one.line("name")), "country": country}
    target = {key: value for key, value in said.items() if value and (key == "label" or fitting.is_country(value))}
    if target:
        yield _fragment(one, "location", {"targets": [target]}, "targets", under=TARGETS)
