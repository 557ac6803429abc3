"""A record as objects of STIX 2.1, without extensions but the one by which OASIS writes TLP 2.0.

Every record is a ``report``, which is what platforms make an event or a report of: importers drop ``incident`` and
``note``. What it names stands beside it: techniques as ``attack-pattern``, organisations as ``identity``, a mitigation
as ``course-of-action``, a weakness as ``vulnerability``, traces as ``indicator``. What an object refers to comes before
it. What is gone keeps its ids, is ``revoked``, and says nothing but its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from registry.domain.canonical import JsonValue
from registry.domain.facets import summary_of, title_of
from registry.domain.interop import ids
from registry.domain.interop.addresses import uri_of
from registry.domain.interop.patterns import pattern_of
from registry.domain.interop.told import SINCE, NameOf, Told, codes_in, instant_of
from registry.domain.published import attribution_of
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind, LinkRel, Tlp

MEDIA_TYPE = "application/stix+json;version=2.1"
# The ids that the OASIS extension for TLP 2.0 gives to its five markings, and when it made them.
TLP_IDS = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP_SINCE = "2022-10-01T00:00:00.000Z"
_MAIN = {Kind.MITIGATION: "course-of-action", Kind.WEAKNESS: "vulnerability"}
_CONFIDENCE = {"low": 15, "moderate": 50, "high": 85}
_RELATIONS = {
    LinkRel.DERIVED_FROM: "derived-from",
    LinkRel.OBSERVED_IN: "related-to",
    LinkRel.DUPLICATE_OF: "duplicate-of",
    LinkRel.VARIANT_OF: "variant-of",
}

Object = dict[str, JsonValue]


def stix_objects(told: Told, *, name_of: NameOf) -> Iterator[Object]:
    """All that is told of a record; nothing where the viewer has it elsewhere."""
    if told.is_told:
        yield from _content(told, name_of)
    else:
        if not told.is_left:
            yield from _gone(told)
        if told.traces:
            yield from _markings(told.restricted_level)
            yield _node(told)
            yield from _indicators(told)
            yield from _of_report(told)
    if not told.keeps_indicators:
        now = sum(pattern_of(one["type"], one["value"]) is not None for one in told.traces)
        yield from (_gone_indicator(told, at) for at in range(now, told.patterns))


def bundle(told: Told, *, name_of: NameOf) -> Object:
    """The objects of one record, each once, as a bundle; the same record makes the same bundle."""
    found = {str(one["id"]): one for one in stix_objects(told, name_of=name_of)}
    id_ = ids.part_id(told.record.uid, "bundle", int(told.modified_at.timestamp()))
    return {"type": "bundle", "id": f"bundle--{id_}", "objects": list(found.values())}


def marking_definition(level: Tlp) -> Object:
    """The object that OASIS defines for a level of TLP 2.0."""
    said = level.value.lower()
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_IDS[level],
        "created": _TLP_SINCE,
        "name": f"TLP:{level.value}",
        "extensions": {_TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": said}},
    }


def report_id(uid: RecordUid) -> str:
    """The id of the report that every record is."""
    return f"report--{ids.record_id(uid)}"


def main_id(kind: Kind, uid: str) -> str:
    """The id of the object that says what a record is: its report where there is no better one."""
    return f"{_MAIN.get(kind, 'report')}--{ids.record_id(RecordUid(uid))}"


def instant(at: datetime) -> str:
    """An instant as STIX writes it, to the millisecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _content(told: Told, name_of: NameOf) -> Iterator[Object]:
    yield from _markings(told.level, *((told.restricted_level,) if told.traces else ()))
    yield _node(told)
    parts = [*_organisations(told), *_techniques(told, name_of), *_main(told), *_indicators(told)]
    related = [*_addressed(told, parts), *_links(told)]
    yield from parts
    yield from related
    refs = [str(one["id"]) for one in (*parts, *related)] or [f"identity--{ids.node_id(told.record.origin)}"]
    yield _report(told, refs)


def _report(told: Told, refs: list[str]) -> Object:
    kind, content = told.record.kind, told.content
    found = _object(told, report_id(told.record.uid)) | {
        "name": title_of(kind, content),
        "description": summary_of(kind, content),
        "published": instant(told.created_at),
        "object_refs": [*refs],
        "external_references": [*_references(told)],
        "lang": told.record.head.marking.language,
    }
    found |= {"report_types": ["threat-report"]} if kind is Kind.INCIDENT else {}
    labels = [kind.value, *content.get("misuse_categories", [])]
    confidence = _CONFIDENCE.get(str(content.get("confidence")))
    return found | {"labels": labels} | ({} if confidence is None else {"confidence": confidence})


def _object(told: Told, id_: str, *, level: Tlp | None = None) -> Object:
    return {
        "type": id_.partition("--")[0],
        "spec_version": "2.1",
        "id": id_,
        "created_by_ref": f"identity--{ids.node_id(told.record.origin)}",
        "created": instant(told.created_at),
        "modified": instant(told.modified_at),
        "object_marking_refs": [TLP_IDS[level or told.level]],
    }


def _markings(*levels: Tlp) -> Iterator[Object]:
    """The markings of what a record tells, and that of what everybody knows."""
    yield from map(marking_definition, dict.fromkeys((Tlp.CLEAR, *levels)))


def _lasting(id_: str, name: str, level: Tlp = Tlp.CLEAR) -> Object:
    """What is the same in every record of a level that names it; in all records where everybody knows it."""
    since = instant(SINCE)
    said: Object = {"type": id_.partition("--")[0], "spec_version": "2.1", "id": id_}
    return said | {"created": since, "modified": since, "name": name, "object_marking_refs": [TLP_IDS[level]]}


def _node(told: Told) -> Object:
    origin = told.record.origin
    return _lasting(f"identity--{ids.node_id(origin)}", origin) | {"identity_class": "system"}


def _organisations(told: Told) -> Iterator[Object]:
    content = told.content
    named = [told.owner, content.get("provider")]
    named += [one.get("provider") for field in ("systems", "affected") for one in content.get(field, [])]
    for name in dict.fromkeys(name for name in named if name):
        id_ = f"identity--{ids.organisation_id(name, told.level)}"
        yield _lasting(id_, name, told.level) | {"identity_class": "organization"}


def _techniques(told: Told, name_of: NameOf) -> Iterator[Object]:
    for source, code in codes_in(told.content):
        id_ = f"attack-pattern--{ids.technique_id(source, code)}"
        reference: JsonValue = {"source_name": source, "external_id": code}
        yield _lasting(id_, name_of(code) or code) | {"external_references": [reference]}


def _main(told: Told) -> Iterator[Object]:
    kind, content = told.record.kind, told.content
    if kind not in _MAIN:
        return
    said = _object(told, main_id(kind, told.record.uid)) | {
        "name": title_of(kind, content),
        "description": summary_of(kind, content),
    }
    references = list(_references(told)) if kind is Kind.MITIGATION else [*_references(told), *_faults(content)]
    yield said | {"external_references": references}


def _references(told: Told) -> Iterator[JsonValue]:
    yield {"source_name": told.record.origin, "external_id": told.number, "url": told.url}
    marking = told.record.head.marking
    named = attribution_of(told.content, None) or told.owner or ""
    yield {"source_name": "licence", "description": f"{marking.licence}. {named}".rstrip(". ")}
    for one in told.content.get("sources", []):
        host = one.get("publisher") or urlsplit(one["url"]).hostname
        said = {"source_name": host, "description": one.get("title"), "url": uri_of(one["url"])}
        yield {name: value for name, value in said.items() if value}


def _faults(content: Mapping[str, Any]) -> Iterator[JsonValue]:
    for alias in content.get("aliases", []):
        if alias.upper().startswith("CVE-"):
            yield {"source_name": "cve", "external_id": alias.upper()}
    for one in content.get("classes", []):
        yield {"source_name": one["scheme"], "external_id": one["code"]}


def _addressed(told: Told, parts: list[Object]) -> Iterator[Object]:
    """What a mitigation acts against."""
    if told.record.kind is not Kind.MITIGATION:
        return
    id_ = main_id(told.record.kind, told.record.uid)
    addressed = (str(one["id"]) for one in parts if one["type"] == "attack-pattern")
    yield from (_relationship(told, id_, "mitigates", one) for one in addressed)


def _links(told: Told) -> Iterator[Object]:
    here = main_id(told.record.kind, told.record.uid)
    for link in told.content.get("links", []):
        kind = told.linked.get(link["target"])
        if kind is None or link["rel"] == LinkRel.NOT_RELATED:
            continue
        there = main_id(kind, link["target"])
        relation = _RELATIONS.get(LinkRel(link["rel"]), "related-to")
        # A measure stands before what it is against, as in the relationships of STIX.
        pair = (there, here) if link["rel"] == LinkRel.MITIGATED_BY else (here, there)
        if here != there:
            yield _relationship(told, pair[0], relation, pair[1])


def _relationship(told: Told, source: str, kind: str, target: str, *, level: Tlp | None = None) -> Object:
    id_ = f"relationship--{ids.relationship_id(source, kind, target)}"
    said = {"relationship_type": kind, "source_ref": source, "target_ref": target}
    return _object(told, id_, level=level) | said


def _indicators(told: Told) -> Iterator[Object]:
    patterns = ((one, pattern_of(one["type"], one["value"])) for one in told.traces)
    known = ((one, found) for one, found in patterns if found is not None)
    for at, (one, found) in enumerate(known):
        since = instant_of(one["first_seen"]) if "first_seen" in one else told.created_at
        said = _object(told, _indicator_id(told, at), level=told.restricted_level) | {
            "name": one["value"][:250],
            "description": one.get("description"),
            "pattern_type": found[0],
            "pattern": found[1],
            "valid_from": instant(since),
        }
        until = instant_of(one["expires_at"]) if "expires_at" in one else None
        said |= {"valid_until": instant(until)} if until is not None and until > since else {}
        yield {name: value for name, value in said.items() if value is not None}


def _of_report(told: Told) -> Iterator[Object]:
    """That the indicators belong to a report that stands elsewhere."""
    report = report_id(told.record.uid)
    for one in _indicators(told):
        yield _relationship(told, str(one["id"]), "related-to", report, level=told.restricted_level)


def _gone(told: Told) -> Iterator[Object]:
    yield from _markings(told.level)
    yield _node(told)
    main = main_id(told.record.kind, told.record.uid)
    if told.record.kind in _MAIN:
        yield _object(told, main) | {"name": told.name_when_gone, "revoked": True}
    yield _object(told, report_id(told.record.uid)) | {
        "name": told.name_when_gone,
        "published": instant(told.created_at),
        "object_refs": [f"identity--{ids.node_id(told.record.origin)}"],
        "revoked": True,
    }


def _gone_indicator(told: Told, at: int) -> Object:
    return _object(told, _indicator_id(told, at), level=told.restricted_level) | {
        "name": told.name_when_gone,
        "pattern_type": "stix",
        "pattern": f"[file:name = '{told.name_when_gone}']",
        "valid_from": instant(told.created_at),
        "revoked": True,
    }


def _indicator_id(told: Told, at: int) -> str:
    return f"indicator--{ids.part_id(told.record.uid, 'indicator', at)}"
