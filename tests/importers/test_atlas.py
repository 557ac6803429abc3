"""ATLAS: what is taken from a record, what is noted beside it, and what leaves it out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from operator import setitem
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers.atlas.rules import MISUSE_BY_TECHNIQUE, TYPE_BY_CATEGORY, TYPE_BY_NAME
from importers.contract import Draft, Parsed, RawDocument, TaxonomyDraft
from importers.preparing import prepare
from importers.sources.atlas import IMPORTER
from registry.domain import terms
from registry.domain.content.kinds import parse as parse_content
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding
from tests.importers.golden import FIXTURES

RELEASES = [(FIXTURES / "atlas" / f"release-{n}.yaml").read_bytes() for n in (1, 2)]
TREES = [yaml.safe_load(body) for body in RELEASES]


def case(**fields: object) -> dict[str, object]:
    """A case study; a keyword replaces or adds a field, written with underscores."""
    told = {name.replace("_", "-"): value for name, value in fields.items()}
    return {"id": "AML.CS0001", "name": "Case", "summary": "It happened.", "case-study-type": "incident"} | told


def mitigation(**fields: object) -> dict[str, object]:
    told = {name.replace("_", "-"): value for name, value in fields.items()}
    return {"id": "AML.M0001", "name": "Measure", "description": "Do it.", "category": ["Policy"]} | told


def read(document: object) -> list[Parsed]:
    body = document if isinstance(document, bytes) else yaml.safe_dump(document).encode()
    return list(IMPORTER.parse(RawDocument("ATLAS.yaml", body), IMPORTER.source))


def release(*cases: object, mitigations: tuple[object, ...] = ()) -> dict[str, object]:
    technique = {"id": "AML.T0051", "name": "Injection", "object-type": "technique"}
    return {
        "version": "1",
        "matrices": [{"techniques": [technique], "mitigations": list(mitigations)}],
        "case-studies": list(cases),
    }


def drafts(parsed: list[Parsed]) -> list[Draft]:
    return [each for each in parsed if isinstance(each, Draft)]


def codes(parsed: list[Parsed], *, refused: bool | None = None) -> list[str]:
    findings = [each for each in parsed if isinstance(each, Finding)]
    return [each.code for each in findings if refused in {None, each.refused}]


@pytest.mark.parametrize(
    ("granularity", "expected"), [("YEAR", "2024"), ("MONTH", "2024-03"), ("DATE", "2024-03-14"), (None, "2024-03-14")]
)
def test_the_date_is_as_exact_as_the_source_says(granularity: str | None, expected: str) -> None:
    study = case(incident_date="2024-03-14", incident_date_granularity=granularity)

    (draft,) = drafts(read(release(study)))

    assert {"started": expected} == draft.content["timeline"]


def test_a_link_within_the_site_becomes_absolute_and_no_other_does() -> None:
    text = "[a](/techniques/AML.T0051) [b](https://example.org/x) [c](//example.org/y)"

    (draft,) = drafts(read(release(case(summary=text, procedure=[{"description": text}]))))

    expected = "[a](https://atlas.mitre.org/techniques/AML.T0051) [b](https://example.org/x) [c](//example.org/y)"
    assert expected == draft.content["summary"]
    assert [{"text": expected}] == draft.content["procedure"]


def test_people_are_named_neither_in_the_content_nor_in_a_finding() -> None:
    parsed = read(release(case(actor="Ada Example", reporter="Bob Sample")))

    (draft,) = drafts(parsed)
    findings = [each for each in parsed if isinstance(each, Finding)]
    assert ["REPORTER_NOT_KEPT", "ACTOR_NOT_KEPT"] == codes(parsed)
    assert "Ada" not in repr((draft.content, findings))
    assert "Bob" not in repr((draft.content, findings))


def test_people_who_are_left_out_are_told_to_whoever_masks_names_in_texts() -> None:
    study = case(actor="Ada Example, Example University", reporter="Bob Sample", summary="Ada Example broke in.")

    (draft,) = drafts(read(release(study)))
    ready, _ = prepare(IMPORTER.source, draft)

    assert ("Ada Example", "Bob Sample") == draft.names
    assert ready is not None
    assert ready.held
    assert "Ada" not in repr(ready.content.public)


def test_every_field_that_a_rule_made_is_told_with_its_basis() -> None:
    step = {"tactic": "AML.TA0001", "technique": "AML.T0051"}
    study = case(target="ChatGPT", actor="Example Labs", reporter="Example Institute", procedure=[step])

    incident, measure = drafts(read(release(study, mitigations=(mitigation(name="Control Access"),))))

    assert {
        "intent": "case-study-type",
        "misuse_categories": "procedure[].technique",
        "systems": "target",
        "actors": "actor",
        "detection": "reporter",
        "relation": "case-study-type",
    } == {one.field: one.basis for one in incident.mapped}
    assert ["type", "functions"] == [one.field for one in measure.mapped]
    assert ("access_control", ["prevent"]) == (measure.content["type"], measure.content["functions"])


@pytest.mark.parametrize(
    ("reporter", "target", "expected"),
    [
        ("PyTorch", "PyTorch", "self"),
        ("Microsoft", "Microsoft's Tay AI Chatbot", "self"),
        ("Example Labs", "ChatGPT", "others"),
        (None, "ChatGPT", "others"),
    ],
)
def test_whoever_provides_the_target_reports_about_themselves(reporter: str | None, target: str, expected: str) -> None:
    (draft,) = drafts(read(release(case(reporter=reporter, target=target))))

    assert expected == draft.marking["reported_by"]


def test_ids_that_the_same_thing_has_elsewhere_are_aliases() -> None:
    reference = {"title": "AIID - Incident 6", "url": "https://incidentdatabase.ai/cite/6/"}
    other = {"title": "All", "url": "https://incidentdatabase.ai/cite/"}
    attack = {"id": "M1044", "url": "https://attack.mitre.org/mitigations/M1044/"}
    measure = mitigation(**{"ATT&CK_reference": attack})

    incident, taken_measure = drafts(read(release(case(references=[reference, other]), mitigations=(measure,))))

    assert ["AML.CS0001", "AIID-6"] == incident.content["aliases"]
    assert "aliases" in [one.field for one in incident.mapped]
    assert ["AML.M0001", "ATT&CK M1044"] == taken_measure.content["aliases"]


@pytest.mark.parametrize("reference", ["M1044", {"id": 5}, {}, [1]])
def test_a_reference_to_attack_that_is_none_is_noted(reference: object) -> None:
    parsed = read(release(mitigations=(mitigation(**{"ATT&CK_reference": reference}),)))

    assert ["WRONG_TYPE"] == codes(parsed, refused=False)
    assert ["AML.M0001"] == drafts(parsed)[0].content["aliases"]


def test_a_fetch_begins_at_the_newest_release() -> None:
    (wanted,) = IMPORTER.begin(IMPORTER.source, None)

    assert ("ATLAS.yaml", None) == (wanted.name, wanted.body)
    assert "raw.githubusercontent.com" in IMPORTER.source.hosts


def test_the_users_of_a_product_being_aimed_at_does_not_make_the_product_the_target() -> None:
    (draft,) = drafts(read(release(case(target="ChatGPT users"))))

    assert [{"provider": "OpenAI", "model": "ChatGPT"}] == draft.content["systems"]
    assert [{"label": "ChatGPT users"}] == draft.content["targets"]


def test_a_product_without_a_known_provider_and_a_provider_without_a_product_are_said_as_far_as_known() -> None:
    (draft,) = drafts(read(release(case(target="MathGPT, Kaspersky's model"))))

    assert [{"provider": "Kaspersky", "role": "target"}, {"model": "MathGPT", "role": "target"}] == draft.content[
        "systems"
    ]


def test_the_same_record_has_the_same_hash_in_any_order_and_another_one_when_a_field_changes() -> None:
    turned = dict(reversed(case().items()))

    (first,), (same,), (other,) = (drafts(read(release(each))) for each in (case(), turned, case(summary="More.")))

    assert first.sha256 == same.sha256
    assert first.sha256 != other.sha256


def test_a_release_number_alone_changes_no_draft() -> None:
    newer = release(case(), mitigations=(mitigation(),)) | {"version": "2"}

    assert drafts(read(release(case(), mitigations=(mitigation(),)))) == drafts(read(newer))


def test_the_rules_name_only_terms_that_exist() -> None:
    misuse = {category for category in MISUSE_BY_TECHNIQUE.values() if category}
    types = {term for _, term in TYPE_BY_NAME} | set(TYPE_BY_CATEGORY.values())

    assert [] == [category for category in misuse if terms.MISUSE.find(category) is None]
    assert [] == [term for term in types if terms.MITIGATION_TYPE.find(term) is None]


@pytest.mark.parametrize(
    ("study", "code"),
    [
        (case(name=None), "MISSING"),
        (case(summary="  "), "MISSING"),
        (case(summary=["a"]), "WRONG_TYPE"),
        (case(id=None), "MISSING"),
        (case(id={"a": 1}), "MISSING"),
        ("a mere text", "WRONG_TYPE"),
    ],
)
def test_a_record_without_what_is_needed_is_left_out_and_the_others_are_taken(study: object, code: str) -> None:
    parsed = read(release(study, case(id="AML.CS0002")))

    assert [code] == codes(parsed)
    assert [code] == codes(parsed, refused=True)
    assert ["AML.CS0002"] == [draft.upstream_id for draft in drafts(parsed)]


@pytest.mark.parametrize(
    ("study", "code"),
    [
        (case(colour="green"), "UNKNOWN_FIELD"),
        (case(case_study_type="rumour"), "UNKNOWN_TERM"),
        (case(procedure="steps"), "WRONG_TYPE"),
        (case(procedure=["step"]), "WRONG_TYPE"),
        (case(procedure=[{"technique": "AML.T9999"}]), "UNKNOWN_TECHNIQUE"),
        (case(procedure=[{"technique": "not an id"}]), "BAD_TECHNIQUE"),
        (case(procedure=[{"technique": ["AML.T0051"]}]), "WRONG_TYPE"),
        (case(incident_date="last winter"), "BAD_DATE"),
        (case(incident_date="2024-13-45"), "BAD_DATE"),
        (case(references=[{"title": "no address"}]), "BAD_URL"),
        (case(references=[{"url": "javascript:alert(1)"}]), "BAD_URL"),
        (case(references=[{"url": "https://example.org", "title": "t" * 301}]), "TOO_LONG"),
        (case(target="t" * 121), "TOO_LONG"),
        (case(actor="Ada Example"), "ACTOR_NOT_KEPT"),
    ],
)
def test_an_odd_detail_is_noted_and_the_record_is_taken(study: dict[str, object], code: str) -> None:
    parsed = read(release(study))

    (draft,) = drafts(parsed)
    assert [code] == codes(parsed, refused=False)
    assert [code] == codes(parsed)
    assert draft.kind is parse_content(draft.kind, content=draft.document(IMPORTER.source), marking=draft.marking).kind


def test_a_technique_among_the_lifecycle_stages_is_noted_and_left_out() -> None:
    stray = {"id": "AML.T0051", "use": "slipped in"}

    parsed = read(release(mitigations=(mitigation(ml_lifecycle=["Deployment", stray]),)))

    assert ["MISPLACED_OBJECT"] == codes(parsed)
    assert ["deployment"] == drafts(parsed)[0].content["lifecycle"]


def test_a_fault_that_recurs_in_a_record_is_noted_once() -> None:
    crowd = {f"field{number}": "x" for number in range(500)}

    parsed = read(release(case(procedure=["a text"] * 500, **crowd)))

    assert 20 == codes(parsed).count("UNKNOWN_FIELD")
    assert 1 == codes(parsed).count("WRONG_TYPE")


def test_techniques_of_a_mitigation_may_be_mere_ids() -> None:
    (draft,) = drafts(read(release(mitigations=(mitigation(techniques=["AML.T0051"]),))))

    assert [{"technique": "AML.T0051"}] == draft.content["addresses"]


def test_a_release_from_before_matrices_is_taken_as_well() -> None:
    flat = release(case(reported_by="Somebody")) | {"techniques": [{"id": "AML.T0043", "name": "Craft"}]}
    flat.pop("matrices")

    parsed = read(flat)

    assert ["REPORTER_NOT_KEPT"] == codes(parsed)
    assert ["AML.CS0001"] == [draft.upstream_id for draft in drafts(parsed)]
    assert [["AML.T0043"]] == [[term.code for term in each.terms] for each in parsed if isinstance(each, TaxonomyDraft)]


def test_the_second_of_two_records_with_one_id_is_left_out() -> None:
    parsed = read(release(case(name="First"), case(name="Second")))

    assert ["DUPLICATE_ID"] == codes(parsed)
    assert ["First"] == [draft.content["title"] for draft in drafts(parsed)]


@pytest.mark.parametrize("body", [b"", b"[]", b"just a text", b"- 1\n- 2\n"])
def test_a_file_that_holds_no_object_is_one_finding(body: bytes) -> None:
    expected = [Finding("atlas", "ATLAS.yaml", "BROKEN_DOCUMENT", "an object is expected at the top")]

    assert expected == read(body)


def test_a_file_of_something_else_is_one_finding() -> None:
    assert ["MISSING"] == codes(read({"openapi": "3.1.0"}), refused=True)


def test_broken_yaml_is_one_finding_with_line_and_column() -> None:
    (finding,) = read(b"version: 1\nmatrices: [a, b\n")

    assert isinstance(finding, Finding)
    assert "BROKEN_DOCUMENT" == finding.code
    assert finding.message.startswith("line 3, column 1: ")


def taken(body: bytes) -> None:
    """Parse *body* and validate every draft: nothing but ``InvalidInput`` may come of it."""
    for parsed in read(body):
        if isinstance(parsed, Draft):
            with suppress(InvalidInput):
                parse_content(parsed.kind, content=parsed.document(IMPORTER.source), marking=parsed.marking)
        else:
            assert isinstance(parsed, Finding | TaxonomyDraft)


spans = st.tuples(st.integers(0, 6000), st.integers(0, 60), st.binary(max_size=12))


@settings(max_examples=150)
@given(st.sampled_from(RELEASES), st.lists(spans, min_size=1, max_size=4))
def test_bytes_cut_out_and_put_in_never_make_it_fail(body: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for start, length, put_in in edits:
        body = body[:start] + put_in + body[start + length :]

    taken(body)


@settings(max_examples=60)
@given(st.sampled_from(RELEASES), st.integers(0, 6000))
def test_a_truncated_file_never_makes_it_fail(body: bytes, end: int) -> None:
    taken(body[:end])


junk: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def spots(tree: Any) -> list[Callable[[Any], None]]:
    """For each place in *tree*, what puts another value there."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found: list[Callable[[Any], None]] = []
    for key, value in pairs:
        found.append(partial(setitem, tree, key))
        found.extend(spots(value))
    return found


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_junk_in_any_place_of_the_tree_never_makes_it_fail(data: st.DataObject) -> None:
    tree = copy.deepcopy(data.draw(st.sampled_from(TREES)))
    places = spots(tree)
    for place in data.draw(st.lists(st.integers(0, len(places) - 1), min_size=1, max_size=5)):
        places[place](data.draw(junk))

    taken(yaml.safe_dump(tree).encode())


def test_a_reporter_that_is_an_organisation_is_told_and_nobody_else() -> None:
    cases = [case(reporter=name) for name in ("Example Research Institute", "Jane Roe")]

    found = [drafts(read(release(one)))[0].content.get("detection") for one in cases]

    assert [{"by": "Example Research Institute"}, None] == found
