"""The records of ATLAS: how a case study is read as an incident, and a mitigation as one of ours.

Everything that is mapped by rule, and not by the publisher, is mapped by ``atlas_rules``.
"""

from __future__ import annotations

import re

from importers import atlas_rules as rules
from importers.atlas_markup import as_markdown
from importers.contract import Draft, upstream_hash
from importers.entry import Entry
from importers.party import read_party
from registry.domain.canonical import JsonValue
from registry.domain.content.base import validate
from registry.domain.content.incident import Timeline
from registry.domain.content.parts import Source
from registry.domain.errors import InvalidInput
from registry.domain.vocabulary import Kind

SOURCE = "atlas"
LICENCE = "Apache-2.0"
SITE = "https://atlas.mitre.org"
CODE = re.compile(r"[A-Za-z][A-Za-z0-9.\-]{1,39}")
MAX_LABEL = 120
COMMON_FIELDS = frozenset(
    {"id", "name", "object-type", "created_date", "modified_date", "references", "ATT&CK-reference"}
)

_EVENT = {"incident": "incident", "exercise": "exercise"}
_GRANULARITY = {"YEAR": 4, "MONTH": 7, "DATE": 10}
_MAX_LINE = 300
_CASE_FIELDS = COMMON_FIELDS | {
    "summary", "incident-date", "incident-date-granularity", "procedure", "reporter", "reported-by", "target", "actor",
    "case-study-type", "maturity",
}  # fmt: skip
_MITIGATION_FIELDS = COMMON_FIELDS | {"description", "techniques", "ml-lifecycle", "lifecycle", "category"}


def read_case(entry: Entry, codes: frozenset[str]) -> Draft:
    entry.expect(_CASE_FIELDS)
    steps = [_step(step, codes) for step in entry.objects("procedure")]
    techniques = [step["technique"] for step in steps if "technique" in step]
    event = _EVENT.get((entry.line("case-study-type") or "").lower())
    if event is None:
        entry.note("UNKNOWN_TERM", "case-study-type: incident or exercise is expected; taken as incident")
    target, reporter = entry.line("target"), _reporter(entry)
    content: dict[str, JsonValue] = {
        "title": entry.line("name", needed=True),
        "summary": linked(entry.text("summary", needed=True) or ""),
        "event_kind": event or "incident",
        "intent": "misuse",
        "misuse_categories": rules.misuse_of(techniques),
        "systems": rules.systems_of(target or ""),
        "actors": _actors(entry, exercise=event == "exercise"),
        "targets": _targets(entry, target),
        "procedure": [step for step in steps if step],
        "timeline": _timeline(entry),
        "detection": _detection(reporter),
        "relation": "intentional_misuse",
        "sources": _sources(entry),
    }
    # An exercise is told by those who did it, an incident mostly by others.
    standing = "acknowledged" if event == "exercise" else "alleged"
    reported_by = "self" if reporter and target and reporter.casefold() == target.casefold() else "others"
    return _draft(entry, Kind.INCIDENT, content, "studies", standing, {"reported_by": reported_by})


def read_mitigation(entry: Entry, codes: frozenset[str]) -> Draft:
    entry.expect(_MITIGATION_FIELDS)
    name = entry.line("name", needed=True)
    content: dict[str, JsonValue] = {
        "name": name,
        "description": linked(entry.text("description", needed=True) or ""),
        "type": _type(entry, name or ""),
        "categories": rules.categories_of(entry.items("category")),
        "lifecycle": _lifecycle(entry),
        "addresses": _addresses(entry, codes),
        "sources": _sources(entry),
    }
    return _draft(entry, Kind.MITIGATION, content, "mitigations", "acknowledged")


def _draft(
    entry: Entry,
    kind: Kind,
    content: dict[str, JsonValue],
    page: str,
    standing: str,
    more: dict[str, JsonValue] | None = None,
) -> Draft:
    marking: dict[str, JsonValue] = {"tlp": "CLEAR", "licence": LICENCE, "obligations": ["attribution"]}
    marking |= {"language": "en", "provenance": "verbatim", "standing": standing, **(more or {})}
    said = {name: value for name, value in content.items() if value}
    return Draft(
        entry.record,
        kind,
        {**said, "aliases": [entry.record]},
        marking,
        upstream_hash(entry.fields),
        f"{SITE}/{page}/{entry.record}",
    )


def linked(text: str) -> str:
    return as_markdown(text, SITE)


def _technique(entry: Entry, name: str, codes: frozenset[str]) -> dict[str, str]:
    """The field *name* as an id, under the key that our content has for it; empty where there is none."""
    value = entry.line(name)
    if value is None:
        return {}
    if not CODE.fullmatch(value):
        entry.note("BAD_TECHNIQUE", f"{name}: not the form of an id; left out")
        return {}
    if value.startswith("AML.") and value not in codes:
        entry.note("UNKNOWN_TECHNIQUE", f"{name}: this release does not define it; kept")
    return {"tactic" if name == "tactic" else "technique": value}


def _step(step: Entry, codes: frozenset[str]) -> dict[str, str]:
    text = step.text("description")
    said = {"text": linked(text)} if text else {}
    return {**_technique(step, "tactic", codes), **_technique(step, "technique", codes), **said}


def _addresses(entry: Entry, codes: frozenset[str]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for inner in entry.objects("techniques", text_as="id"):
        use = inner.text("use")
        address = _technique(inner, "id", codes) | ({"use": linked(use)} if use else {})
        if address:
            found.append(address)
    return found


def _reporter(entry: Entry) -> str | None:
    """Who told of the case, if it is clearly an organisation; nobody else is kept."""
    name = entry.line("reporter")
    return None if name is None else read_party(name, organisations=rules.ORGANISATIONS).label


def _detection(reporter: str | None) -> dict[str, JsonValue]:
    return {"by": reporter} if reporter else {}


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
    if target is not None and len(target) > MAX_LABEL:
        entry.note("TOO_LONG", f"target: more than {MAX_LABEL} characters; left out")
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
        if isinstance(item, str) and 0 < len(" ".join(item.split())) <= MAX_LABEL:
            stages.append(rules.stage_of(" ".join(item.split())))
        else:
            entry.note("MISPLACED_OBJECT", f"{name}: the name of a stage is expected; left out")
    return stages
