"""A record as an event of MISP, its line in a feed's ``manifest.json``, and its lines in ``hashes.csv``.

The uuid of an event is that of its record. Attributes have the place that they have in the record: what is no more
there is told as deleted. What is gone bears the tag ``withdrawn`` and says nothing but its number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from registry.domain.canonical import JsonValue
from registry.domain.facets import occurred_of, summary_of, title_of
from registry.domain.interop import ids
from registry.domain.interop.patterns import attribute_of
from registry.domain.interop.told import NameOf, Told, codes_in, instant_of
from registry.domain.published import attribution_of
from registry.domain.vocabulary import Tlp

WITHDRAWN = 'incident-commons:state="withdrawn"'
# As in MISP's taxonomy ``tlp``.
_COLOURS = {
    Tlp.CLEAR: "#ffffff", Tlp.GREEN: "#339900", Tlp.AMBER: "#ffc000", Tlp.AMBER_STRICT: "#ffc000", Tlp.RED: "#cc0033",
}  # fmt: skip
_GALAXIES = {
    "mitre-atlas": "mitre-atlas-attack-pattern",
    "mitre-attack": "mitre-attack-pattern",
    "disarm": "disarm-techniques",
}
_THREAT = {5: "1", 4: "1", 3: "2", 2: "3", 1: "3", 0: "4"}
_UNDEFINED = "4"
_COMPLETE = "2"

Document = dict[str, JsonValue]


def event(told: Told, *, name_of: NameOf) -> Document:
    """The event, as the file ``<uuid>.json`` of a feed holds it."""
    attributes: list[JsonValue] = [*_sources(told), *_own(told), *_indicators(told)]
    said = _head(told, name_of) | {"uuid": told.record.uid, "published": True, "Attribute": attributes}
    stamp = said["timestamp"]
    return {"Event": said | {"publish_timestamp": stamp}}


def manifest_entry(told: Told, *, name_of: NameOf) -> Document:
    """What the manifest says of the event."""
    head = _head(told, name_of)
    return head | {"timestamp": int(str(head["timestamp"]))}


def hashes(told: Told) -> Iterator[str]:
    """MD5 of each value of the event, by which MISP looks for it in feeds that it does not keep."""
    for one in (*_sources(told), *_own(told), *_indicators(told)):
        if not one.get("deleted"):
            yield hashlib.md5(str(one["value"]).encode(), usedforsecurity=False).hexdigest()


def tlp_tag(level: Tlp) -> Document:
    """The tag of a level."""
    return {"name": f"tlp:{level.value.lower()}", "colour": _COLOURS[level]}


def _head(told: Told, name_of: NameOf) -> Document:
    origin = told.record.origin
    content = told.content
    occurred = occurred_of(content) if content else None
    day = instant_of(occurred) if occurred else told.created_at
    return {
        "info": title_of(told.record.kind, content) if content else told.name_when_gone,
        "date": day.astimezone(UTC).date().isoformat(),
        "timestamp": str(int(told.modified_at.timestamp())),
        "analysis": _COMPLETE,
        "threat_level_id": _THREAT.get(content.get("severity", -1), _UNDEFINED),
        "Orgc": {"name": origin, "uuid": ids.node_id(origin)},
        "Tag": [*_tags(told, content, name_of)],
    }


def _tags(told: Told, content: Mapping[str, Any], name_of: NameOf) -> Iterator[JsonValue]:
    yield tlp_tag(told.level)
    names = _names(told, content, name_of) if content else iter((WITHDRAWN,))
    yield from ({"name": name, "colour": "#006b6b"} for name in dict.fromkeys(names))


def _names(told: Told, content: Mapping[str, Any], name_of: NameOf) -> Iterator[str]:
    yield _machine("incident-commons", "kind", told.record.kind.value)
    for category in content.get("misuse_categories", []):
        yield _machine("incident-commons", "misuse", category)
    for source, code in codes_in(content):
        galaxy, name = _GALAXIES.get(source), name_of(code)
        if galaxy is not None:
            yield _machine("misp-galaxy", galaxy, f"{name} - {code}" if name else code)
        else:
            yield _machine(source, "technique", code)
    for one in content.get("classifications", []):
        yield _machine(one["taxonomy"].removeprefix("misp-"), one.get("field") or "value", one["value"])


def _machine(namespace: str, predicate: str, value: str) -> str:
    said = value.replace('"', "'")
    return f'{_word(namespace)}:{_word(predicate)}="{said}"'


def _word(text: str) -> str:
    return "".join(one if one.isalnum() or one in "-._" else "-" for one in text)


def _attribute(told: Told, part: str, at: int, type_: str, category: str, value: str) -> dict[str, JsonValue]:
    return {
        "uuid": ids.part_id(told.record.uid, part, at),
        "type": type_,
        "category": category,
        "value": value,
        "to_ids": False,
        # That two records bear the same licence says nothing of them.
        "disable_correlation": part == "own",
        "timestamp": str(int(told.modified_at.timestamp())),
        "deleted": False,
    }


def _gone(told: Told, part: str, at: int) -> dict[str, JsonValue]:
    # A value is needed, even of what is gone; it tells which attribute that was, and nothing else.
    value = f"{told.name_when_gone}, {part} {at + 1}"
    return _attribute(told, part, at, "comment", "Other", value) | {"deleted": True}


def _sources(told: Told) -> Iterator[dict[str, JsonValue]]:
    found = told.content.get("sources", [])
    for at, one in enumerate(found):
        said = _attribute(told, "source", at, "link", "External analysis", one["url"])
        comment = ". ".join(one[name] for name in ("title", "publisher") if name in one)
        yield said | ({"comment": comment} if comment else {})
    yield from (_gone(told, "source", at) for at in range(len(found), told.sources))


def _own(told: Told) -> Iterator[dict[str, JsonValue]]:
    """The page of the record, its summary and its terms: attributes as well, since an event has no room for them."""
    if not told.content:
        yield from (_gone(told, "own", at) for at in range(3))
        return
    yield _attribute(told, "own", 0, "link", "Internal reference", told.url) | {"comment": told.number}
    yield _attribute(told, "own", 1, "comment", "Other", summary_of(told.record.kind, told.content))
    licence = told.record.head.marking.licence
    terms = f"{licence}. {attribution_of(told.content, None) or told.owner or ''}".rstrip(". ")
    yield _attribute(told, "own", 2, "comment", "Other", f"Licence: {terms}")


def _indicators(told: Told) -> Iterator[dict[str, JsonValue]]:
    for at, one in enumerate(told.traces):
        said = _attribute(told, "indicator", at, *attribute_of(one["type"], one["value"]))
        said |= {"to_ids": one.get("to_ids", False), "Tag": [tlp_tag(told.restricted_level)]}
        for name in ("first_seen", "last_seen"):
            said |= {name: instant_of(one[name]).isoformat()} if name in one else {}
        yield said | ({"comment": one["description"]} if "description" in one else {})
    if not told.keeps_indicators:
        yield from (_gone(told, "indicator", at) for at in range(len(told.traces), told.indicators))
