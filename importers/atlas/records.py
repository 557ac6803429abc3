"""The records of ATLAS: how a case study is read as an incident, and a mitigation as one of ours.

Everything that is mapped by rule, and not by the publisher, is mapped by ``importers.atlas.rules``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from importers.atlas import rules
from importers.atlas.markup import as_markdown
from importers.contract import Draft, Mapped, upstream_hash
from importers.entry import Entry
from importers.party import Party, read_party
from registry.domain.canonical import JsonValue
from registry.domain.content.base import validate
from registry.domain.content.incident import Timeline
from registry.domain.content.parts import Source
from registry.domain.errors import InvalidInput
from registry.domain.vocabulary import Kind, MappingMethod

SOURCE = "atlas"
LICENCE = "Apache-2.0"
SITE = "https://atlas.mitre.org"
CODE = re.compile(r"[A-Za-z][A-Za-z0-9.\-]{1,39}")
MAX_LABEL = 120
COMMON_FIELDS = frozenset(
    {"id", "name", "object-type", "created_date", "modified_date", "references", "ATT&CK-reference"}
)

_RULES = "atlas-rules@1"
# What a rule made each field from; all others are the publisher's.
_CASE_BASES = {
    "intent": "case-study-type",
    "misuse_categories": "procedure[].technique",
    "systems": "target",
    "actors": "actor",
    "detection": "reporter",
    "relation": "case-study-type",
}
_MITIGATION_BASES = {"type": "name, category", "functions": "name, category", "layer": "name, category"}
# The address of an incident of another database, to which a reference says that it is the same.
_AIID = re.compile(r"https://incidentdatabase\.ai/cite/([0-9]{1,6})/?(?:#.*)?")
_EVENT = {"incident": "incident", "exercise": "exercise"}
_GRANULARITY = {"YEAR": 4, "MONTH": 7, "DATE": 10}
_MAX_LINE = 300
_MAX_ALIASES = 40
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
    actor = read_party(entry.line("actor") or "", organisations=rules.ORGANISATIONS)
    content: dict[str, JsonValue] = {
        "title": entry.line("name", needed=True),
        "summary": linked(entry.text("summary", needed=True) or ""),
        "event_kind": event or "incident",
        "intent": "misuse",
        "misuse_categories": rules.misuse_of(techniques),
        "systems": rules.systems_of(target or ""),
        "actors": _actors(entry, actor, exercise=event == "exercise"),
        "targets": _targets(entry, target),
        "procedure": [step for step in steps if step],
        "timeline": _timeline(entry),
        "detection": {"by": reporter.label} if reporter.label else {},
        "relation": "intentional_misuse",
        "sources": _sources(entry),
    }
    # An exercise is told by those who did it, an incident mostly by others.
    standing = "acknowledged" if event == "exercise" else "alleged"
    theirs = [target, *rules.providers_of(target or "")]
    is_own = reporter.label is not None and reporter.label.casefold() in {one.casefold() for one in theirs if one}
    draft = _draft(entry, Kind.INCIDENT, content, "studies", {"standing": standing})
    marking = {**draft.marking, "reported_by": "self" if is_own else "others"}
    names = dict.fromkeys((*actor.names, *reporter.names))
    return replace(draft, marking=marking, mapped=_mapped(draft, _CASE_BASES), names=tuple(names))


def read_mitigation(entry: Entry, codes: frozenset[str]) -> Draft:
    entry.expect(_MITIGATION_FIELDS)
    name = entry.line("name", needed=True)
    type_ = _type(entry, name or "")
    function = rules.FUNCTIONS_BY_TYPE.get(type_)
    content: dict[str, JsonValue] = {
        "name": name,
        "description": linked(entry.text("description", needed=True) or ""),
        "type": type_,
        "layer": rules.LAYER_BY_TYPE.get(type_),
        "functions": [function] if function else [],
        "categories": rules.categories_of(entry.items("category")),
        "lifecycle": _lifecycle(entry),
        "addresses": _addresses(entry, codes),
        "sources": _sources(entry),
    }
    draft = _draft(entry, Kind.MITIGATION, content, "mitigations", {"standing": "acknowledged"})
    return replace(draft, mapped=_mapped(draft, _MITIGATION_BASES))


def _draft(entry: Entry, kind: Kind, content: dict[str, JsonValue], page: str, more: dict[str, JsonValue]) -> Draft:
    marking: dict[str, JsonValue] = {"tlp": "CLEAR", "licence": LICENCE, "obligations": ["attribution"]}
    said = {name: value for name, value in content.items() if value}
    return Draft(
        entry.record,
        kind,
        {**said, "aliases": [entry.record, *_same_elsewhere(entry, said.get("sources"))]},
        {**marking, "language": "en", "provenance": "verbatim", **more},
        upstream_hash(entry.fields),
        f"{SITE}/{page}/{entry.record}",
    )


def _mapped(draft: Draft, bases: dict[str, str]) -> tuple[Mapped, ...]:
    """Which fields of *draft* a rule made, and from what; an incident of the AIID among the aliases is one of them."""
    made = [Mapped(name, MappingMethod.RULE, _RULES, basis) for name, basis in bases.items() if name in draft.content]
    if "AIID-" in str(draft.content["aliases"]):
        made.append(Mapped("aliases", MappingMethod.RULE, _RULES, "references[].url"))
    return tuple(made)


def _same_elsewhere(entry: Entry, sources: JsonValue) -> list[JsonValue]:
    """Ids of the same thing in ATT&CK, as the publisher says, and in the AIID, to which a reference leads."""
    found: list[JsonValue] = []
    attack = entry.fields.get("ATT&CK-reference")
    if attack is not None:
        id_ = attack.get("id") if isinstance(attack, dict) else None
        if isinstance(id_, str) and CODE.fullmatch(id_):
            found.append(f"ATT&CK {id_}")
        else:
            entry.note("WRONG_TYPE", "ATT&CK-reference: an object with an id is expected; left out")
    for source in sources if isinstance(sources, list) else []:
        url = source.get("url") if isinstance(source, dict) else None
        cited = _AIID.fullmatch(url) if isinstance(url, str) else None
        if cited is not None:
            found.append(f"AIID-{int(cited[1])}")
    return list(dict.fromkeys(found))[:_MAX_ALIASES]


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


def _reporter(entry: Entry) -> Party:
    """Who told of the case: an organisation, as far as that is clear; nobody else is kept."""
    name = entry.line("reporter") or entry.line("reported-by")
    party = read_party(name, organisations=rules.ORGANISATIONS) if name is not None else Party(None, None)
    if party.left_out:
        entry.note("REPORTER_NOT_KEPT", "reporter: left out what is not clearly an organisation or a class of people")
    return party


def _actors(entry: Entry, party: Party, *, exercise: bool) -> list[JsonValue]:
    if entry.line("actor") is None:
        return []
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
