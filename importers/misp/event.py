"""One MISP event as an incident: what its tags, galaxies, attributes and marking say of it.

The title is the publisher's, the summary a sentence of ours from what was counted: MISP has none, and its comments
hold what must not be public. The hash leaves out what a carrier changes without a change of the event: times, local ids
and the carrying organisation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from importers import fitting
from importers.contract import Draft, Mapped, Source, TakenBack, upstream_hash
from importers.entry import Entry
from importers.marking import marking
from importers.misp import rules
from importers.misp.attributes import Attributes, read_attributes
from importers.misp.rules import Tag
from importers.misp.tags import classifications, read_tags
from importers.party import read_party
from importers.tlp import marked, strictest, tlp_named
from registry.domain.canonical import Document, JsonValue
from registry.domain.vocabulary import Kind, LinkRel, MappingMethod, Tlp

_FIELDS = frozenset(
    {
        "Attribute", "CryptographicKey", "EventReport", "Galaxy", "Object", "Org", "Orgc", "RelatedEvent",
        "ShadowAttribute", "SharingGroup", "Tag", "analysis", "attribute_count", "date", "deleted",
        "disable_correlation", "distribution", "event_creator_email", "extends_uuid", "extensionEvents", "id",
        "info", "locked", "org_id", "orgc_id", "proposal_email_lock", "protected", "publish_timestamp", "published",
        "sharing_group_id", "sighting_timestamp", "threat_level_id", "timestamp", "uuid", "warnings",
    }
)  # fmt: skip
# What changes on the way, or when somebody merely saves the event again.
_VOLATILE = frozenset(
    {
        "CryptographicKey", "Org", "RelatedEvent", "ShadowAttribute", "Sighting", "attribute_count",
        "event_creator_email", "event_id", "galaxy_id", "id", "local", "locked", "object_id", "org_id", "orgc_id",
        "proposal_email_lock", "publish_timestamp", "sharing_group_id", "sighting_timestamp", "tag_id", "timestamp",
        "user_id", "warnings",
    }
)  # fmt: skip
# Up to which level a distribution of MISP lets others see the event; 3 is everybody.
_DISTRIBUTION = {"0": Tlp.RED, "1": Tlp.AMBER, "2": Tlp.AMBER, "4": Tlp.RED}
_BASIS = {
    "summary": "Orgc, Attribute, Tag",
    "event_kind": "Tag[].name",
    "intent": "Tag[].name",
    "misuse_categories": "Tag[].name",
    "actors": "Galaxy, Attribute[threat-actor]",
    "targets": "Galaxy[sector, country, target-information], Attribute[target-org]",
    "other_tools": "Galaxy",
    "procedure": "Galaxy, in the order in which they are listed",
    "timeline.started": "date",
    "timeline.disclosed": "date",
    "confidence": "Tag[estimative-language]",
    "classifications": "Tag[].name, threat_level_id, analysis",
}
_CONFIDENCE = {"low": "low", "moderate": "moderate", "high": "high"}


def uuid_of(value: JsonValue) -> str | None:
    """The UUID as it is written with lower-case letters."""
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return str(UUID(value))
    except ValueError:
        return None


def read_event(event: Entry, source: Source) -> Draft | TakenBack | None:
    """The event; ``None`` where a finding refuses it."""
    if event.fields.get("deleted") in (True, 1, "1"):
        return TakenBack(event.record)
    event.expect(_FIELDS)
    info = fitting.line(event, "info", event.line("info", needed=True))
    if info is None:
        return None
    tags = read_tags(event)
    attributes = read_attributes(event)
    level = _level(event, source, [tag for tag, _ in tags])
    content = _content(event, source, info, tags, attributes)
    published = event.fields.get("published")
    if published in (False, 0, "0"):
        event.note("NOT_PUBLISHED", "published: its source has not published it; held", held=True)
    return Draft(
        event.record,
        Kind.INCIDENT,
        content,
        marking(source, tlp=level.value, provenance="summary"),
        upstream_hash(_lasting(event.fields)),
        _page(event, source),
        tuple(_links(event)),
        restricted=_restricted(event, attributes),
        mapped=tuple(
            Mapped(name, MappingMethod.RULE, rules.BY, basis) for name, basis in _BASIS.items() if _has(content, name)
        ),
        held=event.held,
        names=tuple(attributes.names),
    )


def _content(
    event: Entry, source: Source, info: str, tags: list[tuple[Tag, Document]], attributes: Attributes
) -> dict[str, JsonValue]:
    plain = [tag for tag, _ in tags]
    steps: dict[str, JsonValue] = {tag.code: {"technique": tag.code} for tag in plain if tag.is_technique and tag.code}
    misuse: list[JsonValue] = [*rules.misuse_of_tags(plain)]
    actors = _actors(event, tags, attributes)
    kind = rules.event_kind_of(plain)
    date = fitting.when(event, "date", event.fields.get("date"))
    found: dict[str, JsonValue] = {
        "title": info,
        "summary": _summary(event, source, attributes, len(steps)),
        "event_kind": kind,
        "intent": "misuse" if misuse or actors or steps else "unknown",
        "misuse_categories": misuse,
        "actors": actors,
        "targets": _targets(event, tags, attributes),
        "other_tools": fitting.first(event, "Galaxy", list(_values(event, tags, "is_tool")), 50),
        "procedure": fitting.first(event, "Galaxy", list(steps.values()), 100),
        "timeline": {("disclosed" if kind == "threat_report" else "started"): date} if date else None,
        "confidence": next(filter(None, map(_confidence, plain)), None),
        "sources": list(attributes.sources.values()),
        "classifications": classifications(event, source, plain),
        "aliases": [event.record],
    }
    return {name: value for name, value in found.items() if value}


def _has(content: Document, name: str) -> bool:
    field, _, inner = name.partition(".")
    value = content.get(field)
    return value is not None and (not inner or (isinstance(value, Mapping) and inner in value))


def _summary(event: Entry, source: Source, attributes: Attributes, steps: int) -> str:
    reporter = _reporter(event, source)
    told = f"An event of the source {source.title}" + (f", reported by {reporter}" if reporter else "") + "."
    # Nothing is said of traces and accounts: whether a restricted part holds any is nobody's business.
    counts = ((steps, "technique"), (len(attributes.sources), "source"))
    held = " and ".join(f"{count} {name}{'s' if count > 1 else ''}" for count, name in counts if count)
    faults = ", ".join(attributes.faults)
    parts = (told, f"It names {held}." if held else "", f"Faults: {faults}." if faults else "")
    return " ".join(part for part in parts if part)


def _reporter(event: Entry, source: Source) -> str | None:
    """The organisation that made the event, if it is clearly one or the source's row knows it."""
    made_by = event.fields.get("Orgc")
    name = made_by.get("name") if isinstance(made_by, Mapping) else None
    known = source.options.get("organisations")
    names = frozenset(one.lower() for one in known if isinstance(one, str)) if isinstance(known, list) else frozenset()
    if not isinstance(name, str) or not name.strip():
        return None
    label = read_party(" ".join(name.split()), organisations=names | {source.title.lower()}).label
    if label is None:
        event.note("PARTY_NOT_KEPT", "Orgc: left out what is not clearly an organisation; the source's row can name it")
    return label


def _actors(event: Entry, tags: list[tuple[Tag, Document]], attributes: Attributes) -> list[JsonValue]:
    found: dict[str, JsonValue] = {}
    for tag, meta in tags:
        name = fitting.label(event, "Galaxy", tag.value) if tag.is_actor else None
        if name:
            country = meta.get("country")
            country = country[0] if isinstance(country, list) and country else country
            found[name] = {"label": name} | ({"country": country} if fitting.is_country(country) else {})
    for name, kind in attributes.actors.items():
        found.setdefault(name, {"label": name} | ({"kind": kind} if kind else {}))
    return fitting.first(event, "Galaxy", list(found.values()), 50)


def _targets(event: Entry, tags: list[tuple[Tag, Document]], attributes: Attributes) -> list[JsonValue]:
    found: dict[str, JsonValue] = {name: {"label": name} for name in attributes.targets}
    for tag, meta in tags:
        if not tag.is_galaxy or tag.predicate not in {"sector", "target-information"}:
            continue
        name = fitting.label(event, "Galaxy", tag.value)
        sector = rules.sector_of(tag.value or "") if tag.predicate == "sector" else None
        codes = meta.get("iso-code")
        code = codes[0] if isinstance(codes, list) and codes else codes
        said = {"label": name, "sector": sector, "country": code if fitting.is_country(code) else None}
        if name:
            found[name] = {key: value for key, value in said.items() if value}
    return fitting.first(event, "Galaxy", list(found.values()), 50)


def _values(event: Entry, tags: list[tuple[Tag, Document]], which: str) -> Iterator[JsonValue]:
    names = (fitting.label(event, "Galaxy", tag.value) for tag, _ in tags if getattr(tag, which))
    yield from dict.fromkeys(name for name in names if name)


def _confidence(tag: Tag) -> str | None:
    if tag.namespace != "estimative-language" or tag.predicate != "confidence-in-analytic-judgment":
        return None
    return _CONFIDENCE.get(tag.value or "")


def _level(event: Entry, source: Source, tags: list[Tag]) -> Tlp:
    said = strictest(tlp_named(tag.predicate) for tag in tags if tag.namespace == "tlp")
    distribution = _DISTRIBUTION.get(str(event.fields.get("distribution")))
    unmarked = source.options.get("tlp")
    found = strictest(level for level in (said, distribution) if level is not None)
    return marked(event, found, unmarked=tlp_named(unmarked) if isinstance(unmarked, str) else None)


def _restricted(event: Entry, attributes: Attributes) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {
        "narrative": fitting.text(event, "Attribute", "\n\n".join(attributes.narrative)),
        "operational_detail": fitting.text(event, "Attribute", "\n\n".join(attributes.rules)),
        "indicators": list(attributes.indicators.values()),
    }
    return {name: value for name, value in found.items() if value}


def _links(event: Entry) -> Iterator[tuple[LinkRel, str]]:
    extended = uuid_of(event.fields.get("extends_uuid"))
    if extended and extended != event.record:
        yield LinkRel.RELATED, extended


def _page(event: Entry, source: Source) -> str | None:
    if not source.urls:
        return None
    return f"{source.urls[0].removesuffix('manifest.json').rstrip('/')}/{event.record}.json"


def _lasting(value: Document) -> dict[str, JsonValue]:
    return {name: _lasting_item(item) for name, item in value.items() if name not in _VOLATILE}


def _lasting_item(value: JsonValue) -> JsonValue:
    if isinstance(value, Mapping):
        return _lasting(value)
    return [_lasting_item(item) for item in value] if isinstance(value, list) else value
