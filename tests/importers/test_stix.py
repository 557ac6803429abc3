"""STIX 2.1: which objects become records, in whatever order and version they come, and what only few may see."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from importers.contract import Draft, Parsed, RawDocument, TakenBack
from importers.joining import joined
from importers.sources.stix import IMPORTER
from importers.stix import rules
from importers.tlp import tlp_of_stix
from registry.domain import terms
from registry.domain.content.kinds import parse as parse_content
from registry.domain.finding import Finding
from registry.domain.vocabulary import LinkRel, Tlp
from tests.importers.golden import FIXTURES

CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
GREEN_1 = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"


def id_of(type_: str, number: int = 1) -> str:
    return f"{type_}--5f000000-0000-4000-8000-{number:012d}"


def thing(type_: str, number: int = 1, **fields: object) -> dict[str, Any]:
    told: dict[str, object] = {"type": type_, "id": id_of(type_, number), "spec_version": "2.1", "name": "A name"}
    return told | {"modified": "2024-01-01T00:00:00Z", "object_marking_refs": [CLEAR]} | fields


def relation(from_: str, name: str, to: str, number: int = 90, **fields: object) -> dict[str, Any]:
    return thing("relationship", number, relationship_type=name, source_ref=from_, target_ref=to, **fields)


def technique(number: int = 1, code: str = "T1566", **fields: object) -> dict[str, Any]:
    reference = {"source_name": "mitre-attack", "external_id": code}
    return thing("attack-pattern", number, external_references=[reference], **fields)


def read(*objects: object) -> list[Parsed]:
    body = json.dumps({"type": "bundle", "id": id_of("bundle"), "objects": objects}).encode()
    return list(IMPORTER.parse(RawDocument("bundle.json", body), IMPORTER.source))


def put_together(*pages: list[Parsed]) -> dict[str, Draft]:
    """The drafts of a run, with what other pages say of them."""
    parsed = [one for page in pages for one in page]
    drafts = {one.upstream_id: one for one in parsed if isinstance(one, Draft)}
    rest = [one for one in parsed if not isinstance(one, Draft | Finding | TakenBack)]
    return joined(IMPORTER, drafts, rest)[0]  # type: ignore[arg-type]


def drafts(*objects: object) -> dict[str, Draft]:
    return put_together(read(*objects))


def only(*objects: object) -> Draft:
    (found,) = drafts(*objects).values()
    return found


def codes(parsed: list[Parsed]) -> list[str]:
    return [one.code for one in parsed if isinstance(one, Finding)]


def test_the_order_of_objects_and_how_they_are_paged_changes_nothing() -> None:
    objects = json.loads((FIXTURES / "stix" / "bundle.json").read_bytes())["objects"]
    shuffled = random.Random(7).sample(objects, len(objects))
    parts = [one for one in objects if one["type"] in {"attack-pattern", "tool", "intrusion-set"}]
    others = [one for one in objects if one not in parts]

    whole = drafts(*objects)

    assert whole == drafts(*shuffled)
    assert whole == put_together(read(*others), read(*parts))
    assert 4 == len(whole)


def test_techniques_tools_actors_and_targets_become_parts_of_the_record_that_refers_to_them() -> None:
    objects = json.loads((FIXTURES / "stix" / "bundle.json").read_bytes())["objects"]

    found = drafts(*objects)

    report, campaign = found[id_of("report", 1)].content, found[id_of("campaign", 2)].content
    assert [{"technique": "T1566"}, {"technique": "AML.T0051"}] == report["procedure"]
    assert (["LureKit"], "misuse") == (report["other_tools"], report["intent"])
    assert [{"label": "Purple Heron", "motive": "financial"}] == campaign["actors"]
    target = {"label": "Customers of Example Bank", "kind": "group", "sector": "finance"}
    assert [target] == campaign["targets"]
    assert [{"technique": "T1566"}] == found[id_of("course-of-action", 8)].content["addresses"]


def test_of_several_versions_the_newest_counts_wherever_it_stands() -> None:
    old = thing("report", name="Old", modified="2024-01-01T00:00:00.999Z")
    new = thing("report", name="New", modified="2024-01-02T00:00:00Z")

    assert ["New"] * 2 == [only(*pair).content["title"] for pair in ((old, new), (new, old))]


def test_saving_again_is_no_change_but_another_word_or_another_part_is() -> None:
    one = only(thing("report"))

    assert one == only(thing("report", modified="2026-01-01T00:00:00Z"))
    assert one.sha256 != only(thing("report", name="Another")).sha256
    assert one.sha256 != only(thing("report", object_refs=[id_of("attack-pattern")]), technique()).sha256


@pytest.mark.parametrize(("markings", "expected"), [
    ([CLEAR], "CLEAR"), ([CLEAR, GREEN_1], "GREEN"), ([AMBER], "AMBER"), ([AMBER, RED], "RED"),
    ([id_of("marking-definition", 77)], "RED"), ([], "RED"),
])  # fmt: skip
def test_only_what_is_marked_clear_is_for_everybody_and_all_else_is_held(markings: list[str], expected: str) -> None:
    found = only(thing("report", object_marking_refs=markings))

    assert (expected, expected != "CLEAR") == (found.marking["tlp"], found.held)


@pytest.mark.parametrize(("definition", "expected"), [
    ({"definition_type": "tlp", "definition": {"tlp": "green"}}, "GREEN"),
    ({"definition_type": "tlp", "definition": 3}, "RED"),
    ({"definition_type": "statement", "definition": {"statement": "Copyright"}}, "CLEAR"),
    ({"definition_type": "own"}, "RED"),
    ({"extensions": {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {"tlp_2_0": "amber+strict"}}},
     "AMBER+STRICT"),
])  # fmt: skip
def test_a_marking_of_the_document_means_what_it_says(definition: dict[str, object], expected: str) -> None:
    marking = thing("marking-definition", 5, **definition)

    found = only(thing("report", object_marking_refs=[id_of("marking-definition", 5)]), marking)

    assert expected == found.marking["tlp"]


def test_the_row_may_say_what_unmarked_objects_are() -> None:
    open_source = replace(IMPORTER.source, options={"tlp": "CLEAR"})
    body = json.dumps([thing("report", object_marking_refs=[])]).encode()

    (found,) = IMPORTER.parse(RawDocument("x", body), open_source)

    assert isinstance(found, Draft)
    assert not found.held


def test_a_property_marked_on_its_own_goes_into_the_restricted_part() -> None:
    closed = [{"marking_ref": AMBER, "selectors": ["description", "labels.[0]"]}]

    found = only(thing("report", description="For few", labels=["spam"], granular_markings=closed))

    assert "For few" not in repr(found.content)
    assert "misuse_categories" not in found.content
    assert "For few" == found.restricted["narrative"]
    assert ("CLEAR", False) == (found.marking["tlp"], found.held)


def test_a_name_marked_on_its_own_closes_the_whole_record() -> None:
    found = only(thing("report", granular_markings=[{"marking_ref": RED, "selectors": ["name"]}]))

    assert ("RED", True) == (found.marking["tlp"], found.held)


def test_parts_and_relations_that_are_not_for_everybody_are_in_no_record() -> None:
    secret = technique(object_marking_refs=[AMBER])
    refers = thing("report", object_refs=[id_of("attack-pattern")])
    quiet = relation(id_of("report"), "uses", id_of("tool"), object_marking_refs=[RED])

    parsed = read(refers, secret, thing("tool", name="Quiet"), quiet)

    assert ["MARKED_PART", "MARKED_PART"] == codes(parsed)
    assert "T1566" not in repr(put_together(parsed))
    assert "other_tools" not in put_together(parsed)[id_of("report")].content


def test_no_person_is_named_in_a_record_or_a_finding() -> None:
    campaign = thing("campaign", created_by_ref=id_of("identity", 1))
    person = thing("identity", 1, name="Jane Roe", identity_class="individual")
    actor = thing("threat-actor", name="John Doe", threat_actor_types=["criminal"])
    aims = relation(id_of("campaign"), "targets", id_of("identity", 1))
    made = relation(id_of("campaign"), "attributed-to", id_of("threat-actor"), 91)

    parsed = read(campaign, person, actor, aims, made)
    (found,) = put_together(parsed).values()

    assert "Roe" not in repr((found.content, found.restricted))
    assert "Doe" not in repr((found.content, found.restricted))
    assert "Roe" not in repr([one for one in parsed if isinstance(one, Finding)])
    assert {"Jane Roe", "John Doe"} == set(found.names)
    assert [{"kind": "organised_crime"}] == found.content["actors"]
    assert [{"kind": "individual"}] == found.content["targets"]


@pytest.mark.parametrize(("from_", "name", "to", "of", "expected"), [
    ("course-of-action", "mitigates", "vulnerability", "vulnerability", LinkRel.MITIGATED_BY),
    ("course-of-action", "mitigates", "incident", "incident", LinkRel.MITIGATED_BY),
    ("campaign", "targets", "vulnerability", "campaign", LinkRel.EXPLOITS),
    ("incident", "attributed-to", "campaign", "incident", LinkRel.SAME_CAMPAIGN),
    ("report", "derived-from", "grouping", "report", LinkRel.DERIVED_FROM),
    ("report", "whatever", "grouping", "report", LinkRel.RELATED),
])  # fmt: skip
def test_relations_between_records_are_links(from_: str, name: str, to: str, of: str, expected: LinkRel) -> None:
    found = drafts(thing(from_), thing(to), relation(id_of(from_), name, id_of(to)))

    (link,) = found[id_of(of)].links
    assert expected is link[0]


def test_a_report_of_the_same_name_is_read_with_the_incident_in_it() -> None:
    incident = thing("incident", name="One")
    report = thing("report", name="One", object_refs=[id_of("incident"), id_of("attack-pattern")])

    found = only(report, technique(), incident)

    assert (id_of("incident"), [{"technique": "T1566"}]) == (found.upstream_id, found.content["procedure"])
    assert 2 == len(drafts(incident, report | {"name": "Another"}))


def test_an_open_incident_learns_nothing_from_a_closed_report_of_it() -> None:
    report = thing("report", object_marking_refs=[RED], object_refs=[id_of("incident"), id_of("attack-pattern")])

    found = drafts(thing("incident"), report, technique())

    assert "procedure" not in found[id_of("incident")].content
    assert found[id_of("report")].held


def test_what_is_revoked_is_taken_back_and_a_revoked_part_is_in_no_record() -> None:
    refers = thing("report", object_refs=[id_of("tool")])

    parsed = read(thing("incident", revoked=True), refers, thing("tool", revoked=True))

    assert TakenBack(id_of("incident")) in parsed
    assert "other_tools" not in put_together(parsed)[id_of("report")].content


def test_more_parts_and_links_than_a_record_takes_are_left_out_with_a_finding() -> None:
    many = [technique(number, f"T{1000 + number}") for number in range(150)]
    others = [thing("grouping", number) for number in range(250)]
    refers = thing("report", object_refs=[one["id"] for one in (*many, *others)])

    parsed = read(refers, *many, *others)
    found = put_together(parsed)[id_of("report")]

    assert (100, 200) == (len(found.content["procedure"]), len(found.links))  # type: ignore[arg-type]
    assert ["TOO_MANY"] == codes(parsed)
    parse_content(found.kind, content=found.document(IMPORTER.source), marking=found.marking)


def test_those_persons_are_sought_of_whose_name_a_record_has_a_word() -> None:
    people = [thing("identity", at, name=f"Jane Roe{at}", identity_class="individual") for at in range(50)]

    found = drafts(*people, thing("report", description="Told by roe7 herself"), thing("report", 2))

    assert ("Jane Roe7",) == found[id_of("report")].names
    assert () == found[id_of("report", 2)].names


def test_indicators_and_notes_are_in_the_restricted_part_alone() -> None:
    trace = thing("indicator", pattern="[url:value = 'https://lures.example/x']", valid_from="2024-01-01T00:00:00Z")
    odd = thing("indicator", 2, pattern="[a:b = 'c' AND d:e = 'f']", pattern_type="stix")
    note = thing("note", content="For few", object_refs=[id_of("report")])

    found = only(thing("report", object_refs=[id_of("indicator"), id_of("indicator", 2)]), trace, odd, note)

    assert "lures.example" not in repr(found.content)
    assert "For few" == found.restricted["narrative"]
    assert ["url", "text"] == [one["type"] for one in found.restricted["indicators"]]  # type: ignore[union-attr, index, call-overload]
    parse_content(found.kind, content=found.document(IMPORTER.source), restricted=found.restricted)


def test_objects_without_a_kind_of_ours_are_one_finding_a_type() -> None:
    parsed = read(*(thing("infrastructure", number) for number in range(30)), thing("x-secret-words"))

    told = [one.message for one in parsed if isinstance(one, Finding)]
    assert ["1 objects of another type", "30 objects of infrastructure"] == [one.partition(":")[0] for one in told]


def test_a_reference_that_leads_nowhere_is_a_finding_and_the_record_is_taken() -> None:
    parsed = read(thing("report", object_refs=[id_of("tool", 9), "nonsense", 7]))
    found = {one.upstream_id: one for one in parsed if isinstance(one, Draft)}

    _, findings = joined(IMPORTER, found, [])

    assert ["MISSING_PART"] == [one.code for one in findings]


@pytest.mark.parametrize("body", [
    b"", b"7", b'"x"', b'{"a": 1}', b'{"type": "bundle", "objects": 3}', b"\xff", b"[" * 100_000, b"[7]",
    b'[{"id": "x"}]', b'[{"id": {"a": 1}}]',
])  # fmt: skip
def test_what_is_no_stix_is_one_finding(body: bytes) -> None:
    (found,) = IMPORTER.parse(RawDocument("x", body), IMPORTER.source)

    assert isinstance(found, Finding)
    assert found.refused


def test_an_empty_bundle_or_envelope_is_none() -> None:
    for body in (b"{}", b'{"type": "bundle", "id": "x"}', b'{"more": false}', b'{"objects": []}', b"[]"):
        assert [] == list(IMPORTER.parse(RawDocument("x", body), IMPORTER.source))


def test_the_rules_name_only_terms_that_exist() -> None:
    assert [] == [one for one in rules.ACTOR_KINDS.values() if terms.ACTOR_KIND.find(one) is None]
    assert [] == [one for one in rules.MOTIVES.values() if terms.MOTIVE.find(one) is None]
    assert [] == [one for one in rules.SECTORS.values() if terms.SECTOR.find(one) is None]
    assert [] == [one for one in rules.TARGET_KINDS.values() if terms.TARGET_KIND.find(one) is None]
    assert [] == [one for one in rules.DETECTIONS.values() if terms.DETECTION.find(one) is None]
    assert [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.RED, None] == [
        tlp_of_stix(one) for one in (CLEAR, GREEN_1, AMBER, RED, "marking-definition--x")
    ]


@pytest.mark.parametrize(("value", "expected"), [
    (None, None), (0, None), (1, "low"), (29, "low"), (30, "moderate"), (69, "moderate"), (70, "high"), (100, "high"),
    (5000, None), (True, None), ("70", None),
])  # fmt: skip
def test_confidence_follows_the_scale_of_the_standard(value: Any, expected: str | None) -> None:
    assert expected == rules.confidence_of(value)
