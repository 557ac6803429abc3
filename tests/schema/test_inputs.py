"""Bad input: everything that is wrong is told at once, nothing is repeated, nothing is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from registry.domain.vocabulary import Kind
from tests.schema.documents import content
from tests.schema.world import Api

SUBMIT = "mutation ($input: SubmitIncidentInput!) { submitIncident(input: $input) { record { uid } } }"


@pytest.mark.parametrize(
    ("kind", "required"),
    [
        (Kind.INCIDENT, ["title", "summary"]),
        (Kind.MITIGATION, ["name", "description", "type"]),
        (Kind.LESSON, ["statement", "context"]),
    ],
)
@pytest.mark.parametrize("said", [{}, {"content": None}, {"content": {}}])
def test_all_that_is_missing_is_told_at_once(api: Api, kind: Kind, required: list[str], said: dict[str, Any]) -> None:
    found = api.refused(f"submit{kind.title()}", said, by="submitter")

    assert [(f"input.content.{name}", "REQUIRED") for name in required] == found
    assert found == api.refused(f"validate{kind.title()}", said, by="submitter")


def test_every_problem_of_every_part_is_told_with_its_path(api: Api) -> None:
    said = {
        "content": {
            "title": "x" * 301,
            "severity": 9,
            "misuseCategories": ["spam", "spamm"],
            "harms": [{"quantity": 10**12 + 1}],
            "sources": [{"url": "javascript:alert(1)"}],
            "timeline": {"started": "yesterday"},
        },
        "restricted": {"narrative": "a\x00b", "links": [{"rel": "RELATED"}]},
        "marking": {"language": "English", "embargoUntil": "2026-05-01T00:00:00"},
        "externalRef": "",
    }

    found = api.refused("submitIncident", said, by="submitter")

    assert {
        ("input.content.sources.0.url", "INVALID_FORMAT"),
        ("input.content.title", "TOO_LONG"),
        ("input.content.summary", "REQUIRED"),
        ("input.content.severity", "OUT_OF_RANGE"),
        ("input.content.misuseCategories.1", "UNKNOWN_TERM"),
        ("input.content.timeline.started", "INVALID_FORMAT"),
        ("input.content.harms.0.type", "REQUIRED"),
        ("input.content.harms.0.quantity", "OUT_OF_RANGE"),
        ("input.restricted.narrative", "INVALID_TEXT"),
        ("input.restricted.links.0.target", "REQUIRED"),
        ("input.marking.embargoUntil", "INVALID_FORMAT"),
        ("input.marking.language", "INVALID_FORMAT"),
        ("input.externalRef", "REQUIRED"),
    } == set(found)


def test_an_unknown_term_comes_with_the_nearest_one(api: Api) -> None:
    payload = api.write("submitIncident", {"content": content(misuse_categories=["spamm"])}, by="submitter")

    assert ["did you mean spam?"] == [one["hint"] for one in payload["userErrors"]]


@pytest.mark.parametrize(
    ("field", "value", "path", "expected"),
    [
        ("severity", "secret-value", ["severity"], "Int"),
        ("title", 7654321, ["title"], "String"),
        ("intent", "secret-value", ["intent"], "MISUSE, UNINTENDED, UNKNOWN"),
        ("misuseCategories", [7654321], ["misuseCategories", "0"], "String"),
        ("systems", [{"provider": {"secret-value": 1}}], ["systems", "0", "provider"], "String"),
        ("systems", "secret-value", ["systems"], "SystemInput"),
        ("harms", [{"quantity": 7654321.5}], ["harms", "0", "quantity"], "LargeInt"),
        ("harms", [None], ["harms", "0"], "HarmInput"),
        ("colour", "secret-value", ["colour"], "no field colour"),
        ("upstream", {"source": "secret-value"}, ["upstream"], "no field upstream"),
        ("severity", 7654321.5, ["severity"], "a whole number is expected here"),
        ("secret-value", 1, [], "no field of this name"),
    ],
)
def test_a_value_of_the_wrong_type_is_told_by_its_path_and_never_repeated(
    api: Api, field: str, value: Any, path: list[str], expected: str
) -> None:
    errors = api.errors(SUBMIT, by="submitter", input={"content": content() | {field: value}})

    assert ["INVALID_VALUE"] == [error["extensions"]["code"] for error in errors]
    assert ["input", "content", *path] == errors[0]["extensions"]["path"]
    assert expected in errors[0]["message"]
    assert "secret-value" not in str(errors)
    assert "7654321" not in str(errors)


@pytest.mark.parametrize("said", [{}, {"input": None}, {"input": 3}])
def test_a_missing_input_is_told(api: Api, said: dict[str, Any]) -> None:
    (error,) = api.errors(SUBMIT, by="submitter", **said)

    assert "INVALID_VALUE" == error["extensions"]["code"]
    assert "input" == error["extensions"]["path"][0]


def test_values_in_the_document_itself_are_not_repeated_either(api: Api) -> None:
    document = (
        'mutation { submitIncident(input: {content: {title: 1, severity: "secret", intent: SECRET}}) { replayed } }'
    )

    errors = api.errors(document, by="submitter")

    assert ["INVALID_VALUE"] * 3 == [error["extensions"]["code"] for error in errors]
    assert "secret" not in str(errors).lower()
    assert all(error["locations"] for error in errors)


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("title: 1", "a text is expected here (String)"),
        ('severity: "secret"', "a whole number is expected here (Int)"),
        ("severity: 99999999999999", "a whole number is expected here (Int)"),
        ("intent: SECRET", "one of these is expected here: MISUSE, UNINTENDED, UNKNOWN"),
        ('systems: "secret"', "an object is expected here (SystemInput)"),
        ("harms: [{quantity: 1.5}]", "a whole number is expected here (LargeInt)"),
        ('summry: "secret"', "IncidentInput has no field summry; did you mean summary?"),
        ("misuse_categories: []", "IncidentInput has no field misuse_categories; did you mean misuseCategories?"),
        ("misuseCategories: [null]", "null is not allowed here: a text is expected here (String)"),
    ],
)
def test_a_literal_is_told_as_well_as_a_variable(api: Api, literal: str, expected: str) -> None:
    document = "mutation { submitIncident(input: {content: {%s}}) { replayed } }"

    (error,) = api.errors(document % literal, by="submitter")

    assert ("INVALID_VALUE", expected) == (error["extensions"]["code"], error["message"])
    assert [1] == [one["line"] for one in error["locations"]]


def test_a_literal_that_leaves_out_what_is_required_is_told_which_field(api: Api) -> None:
    errors = api.errors('mutation { publish(input: {uid: "x"}) { replayed } }', by="reviewer")

    assert ["expectedRevision is required: a whole number"] == [one["message"] for one in errors]


@pytest.mark.parametrize("day", ["2026-13-01", "14.3.2026", 2026])
def test_a_day_is_told_with_its_form(api: Api, day: object) -> None:
    document = "query ($f: RecordFilterInput) { incidents(filter: $f) { totalCount } }"
    literal = "{ incidents(filter: {occurredFrom: DAY}) { totalCount } }".replace("DAY", json.dumps(day))

    errors = api.errors(document, f={"occurredFrom": day}) + api.errors(literal)

    assert ["a day such as 2026-03-14 is expected here (Date)"] * 2 == [one["message"] for one in errors]


@pytest.mark.parametrize("said", [{"uid": "x"}, {"uid": "x", "expectedRevision": None}])
def test_a_required_field_that_is_missing_is_told_by_its_name_and_place(api: Api, said: dict[str, Any]) -> None:
    document = "mutation ($input: PublishInput!) { publish(input: $input) { replayed } }"

    (error,) = api.errors(document, by="reviewer", input=said)

    assert "expectedRevision is required: a whole number" == error["message"]
    assert ["input", "expectedRevision"] == error["extensions"]["path"]


def test_each_unknown_field_is_told_once_with_the_field_it_looks_like(api: Api) -> None:
    said = {
        "content": content() | {"summry": "x", "event_kind": "x", "qqqqq": 1},
        "external_ref": "x",
        "a b": 1,
        "c d": 2,
    }

    errors = api.errors(SUBMIT, by="submitter", input=said)

    assert [
        (["input", "content", "summry"], "did you mean summary?"),
        (["input", "content", "event_kind"], "did you mean eventKind?"),
        (["input", "content", "qqqqq"], None),
        (["input", "external_ref"], "did you mean externalRef?"),
        (["input"], None),
    ] == [(one["extensions"]["path"], one["extensions"].get("hint")) for one in errors]


def test_nesting_without_end_is_refused(api: Api) -> None:
    nested: Any = "x"
    for _ in range(400):
        nested = {"content": nested}

    (error,) = api.errors(SUBMIT, by="submitter", input=nested)

    assert "INVALID_VALUE" == error["extensions"]["code"]


def test_a_part_that_is_too_large_is_refused(api: Api) -> None:
    steps = [{"text": "x" * 20_000}] * 20

    found = api.refused("submitIncident", {"content": content(procedure=steps)}, by="submitter")

    assert [("input.content", "TOO_LONG")] == found


@pytest.mark.parametrize(
    ("name", "said", "by", "expected"),
    [
        (
            "updateIncident",
            {"uid": "a", "content": {}},
            "submitter",
            ["content.title", "content.summary", "expectedRevision"],
        ),
        ("withdraw", {"uid": "a"}, "submitter", ["reason"]),
        ("erase", {"uid": "a", "reason": "x"}, "operator", ["reason"]),
        ("reviewSubmission", {"uid": "a", "expectedRevision": 1, "decision": "REJECT"}, "reviewer", ["reason"]),
        ("submitIncident", {"content": content(), "idempotencyKey": ""}, "submitter", ["idempotencyKey"]),
    ],
)
def test_what_a_step_needs_is_told(api: Api, name: str, said: dict[str, Any], by: str, expected: list[str]) -> None:
    assert [f"input.{path}" for path in expected] == [path for path, _ in api.refused(name, said, by=by)]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("idempotencyKey", "", "REQUIRED"),
        ("idempotencyKey", "x" * 201, "TOO_LONG"),
        ("externalRef", "", "REQUIRED"),
        ("externalRef", "x" * 121, "TOO_LONG"),
        ("externalRef", "a\nb", "INVALID_TEXT"),
    ],
)
def test_a_key_that_is_empty_or_too_long_is_told_as_such(api: Api, field: str, value: str, code: str) -> None:
    said = {"content": content(), field: value}

    assert [(f"input.{field}", code)] == api.refused("submitIncident", said, by="submitter")


def test_a_withdrawal_without_a_reason_tells_who_would_read_it(api: Api) -> None:
    payload = api.write("withdraw", {"uid": "x"}, by="submitter")

    messages = [one["message"] for one in payload["userErrors"]]
    assert ["say why; of a record that was public everybody reads the reason"] == messages


@pytest.mark.parametrize("by", ["", "reviewer"])
def test_whoever_may_not_submit_is_told_by_an_error_and_a_request_id(api: Api, by: str) -> None:
    (error,) = api.errors(SUBMIT, by=by, input={"content": content()})

    assert ("FORBIDDEN" if by else "UNAUTHENTICATED") == error["extensions"]["code"]
    assert error["extensions"]["requestId"]
    assert ["submitIncident"] == error["path"]
