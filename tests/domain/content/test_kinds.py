"""A submission of any kind is read whole, or every problem of all its parts is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.canonical import JsonValue
from registry.domain.content.base import to_document
from registry.domain.content.kinds import PUBLIC, RESTRICTED, parse, parse_file
from registry.domain.content.marking import DEFAULT_LICENCE, Marking, is_under_embargo
from registry.domain.errors import InvalidInput
from registry.domain.vocabulary import Kind, Standing, Tlp
from tests import factories
from tests.clocks import START
from tests.domain.strategies import hostile_json

FILE_FIELDS = ["kind", "content", "restricted", "marking", "external_ref"]


def problems_of(document: JsonValue) -> list[tuple[str, str]]:
    """Place and code of what is wrong with a file."""
    try:
        parse_file(document)
    except InvalidInput as error:
        return [(".".join(one.path), one.code) for one in error.problems]
    return []


def file_with(**fields: JsonValue) -> dict[str, JsonValue]:
    """A good file of an incident, with other or more fields."""
    good: dict[str, JsonValue] = {"kind": "incident", "content": factories.incident_document()}
    return good | fields


def test_every_kind_has_both_parts() -> None:
    assert set(Kind) == set(PUBLIC) == set(RESTRICTED)


def test_a_marking_is_closed_unless_opened() -> None:
    marking = parse_file(file_with()).content.marking

    assert Marking() == marking
    assert (Tlp.RED, Standing.ALLEGED, DEFAULT_LICENCE) == (marking.tlp, marking.standing, marking.licence)


def test_problems_of_all_parts_are_told_at_once() -> None:
    document = file_with(
        content={"title": "x"}, restricted={"prompt": "x"}, marking={"tlp": "WHITE"}, external_ref=5, colour="red"
    )

    assert [
        ("colour", "UNKNOWN_FIELD"),
        ("external_ref", "INVALID_TYPE"),
        ("content.summary", "REQUIRED"),
        ("restricted.prompt", "UNKNOWN_FIELD"),
        ("marking.tlp", "UNKNOWN_TERM"),
    ] == problems_of(document)


@pytest.mark.parametrize("kind", [None, "", "weaknesses", 5, ["incident"], {}])
def test_an_unknown_kind_is_told_with_the_unknown_fields(kind: JsonValue) -> None:
    assert [("kind", "UNKNOWN_TERM"), ("colour", "UNKNOWN_FIELD")] == problems_of(file_with(kind=kind, colour="red"))


@pytest.mark.parametrize("document", [None, [], "incident", 5])
def test_a_file_is_an_object(document: JsonValue) -> None:
    assert [("", "INVALID_TYPE")] == problems_of(document)


@pytest.mark.parametrize("field", ["content", "restricted", "marking"])
@pytest.mark.parametrize("value", [[], "", 0, False, "x", [{}]])
def test_each_part_is_an_object(field: str, value: JsonValue) -> None:
    assert [(field, "INVALID_TYPE")] == problems_of(file_with(**{field: value}))


def test_a_file_without_content_lacks_what_is_required() -> None:
    assert [("content.title", "REQUIRED"), ("content.summary", "REQUIRED")] == problems_of({"kind": "incident"})


def test_absent_and_null_parts_are_empty() -> None:
    assert parse_file(file_with()) == parse_file(file_with(restricted=None, marking=None, external_ref=None))


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("", "REQUIRED"),
        ("x" * 121, "TOO_LONG"),
        ("a\x00b", "INVALID_TEXT"),
        ("a\nb", "INVALID_TEXT"),
        (7, "INVALID_TYPE"),
    ],
)
def test_the_owners_key_is_a_short_line(reference: JsonValue, code: str) -> None:
    assert [("external_ref", code)] == problems_of(file_with(external_ref=reference))


def test_the_owners_key_is_kept_without_white_space_around_it() -> None:
    assert parse_file(file_with(external_ref=" CASE-1 ")).external_ref == "CASE-1"


@pytest.mark.parametrize("value", ["2026-04-01T00:00:00Z", "2026-04-01T02:00:00+02:00", "2026-03-31T23:00-01:00"])
def test_an_embargo_is_an_instant_in_utc(value: str) -> None:
    marking = parse_file(file_with(marking={"embargo_until": value})).content.marking

    assert datetime(2026, 4, 1, tzinfo=UTC) == marking.embargo_until
    assert marking.embargo_until is not None
    assert timedelta(0) == marking.embargo_until.utcoffset()


@pytest.mark.parametrize(
    "value",
    ["2026-04-01", "2026-04-01T00:00:00", "1775001600", 1775001600, True, "soon", "0001-01-01T00:00:00+23:00", {}],
)
def test_an_embargo_that_is_no_instant_is_refused(value: JsonValue) -> None:
    assert [("marking.embargo_until", "INVALID_FORMAT")] == problems_of(file_with(marking={"embargo_until": value}))


@pytest.mark.parametrize("value", ["yes", 1, 0, "true", "off"])
def test_whether_reviewers_read_the_restricted_part_is_said_outright(value: JsonValue) -> None:
    document = file_with(marking={"restricted_for_review": value})

    assert [("marking.restricted_for_review", "INVALID_TYPE")] == problems_of(document)


@pytest.mark.parametrize("language", ["english", "EN", "e", "en_GB", "en-gb"])
def test_a_language_is_written_as_its_tag(language: str) -> None:
    assert [("marking.language", "INVALID_FORMAT")] == problems_of(file_with(marking={"language": language}))


@pytest.mark.parametrize("field", ["obligations", "content_warnings"])
def test_a_marking_has_few_obligations_and_warnings(field: str) -> None:
    assert [] == problems_of(file_with(marking={field: ["x"] * 10}))
    assert [(f"marking.{field}", "TOO_MANY")] == problems_of(file_with(marking={field: ["x"] * 11}))


def test_a_marking_survives_being_written() -> None:
    marking = {"tlp": "GREEN", "embargo_until": "2026-04-01T02:00:00+02:00", "obligations": ["attribution"]}
    written = parse_file(file_with(marking=marking)).content.marking

    assert written == parse_file(file_with(marking=to_document(written))).content.marking


@pytest.mark.parametrize(("offset", "expected"), [(-1, False), (0, False), (1, True)])
def test_an_embargo_ends_at_its_instant(offset: int, expected: bool) -> None:
    marking = Marking(embargo_until=START + timedelta(seconds=offset))

    assert expected == is_under_embargo(marking, START)


def test_without_an_instant_there_is_no_embargo() -> None:
    assert not is_under_embargo(Marking(), START)


@given(hostile_json)
def test_an_arbitrary_file_is_read_or_invalid_input(document: JsonValue) -> None:
    problems_of(document)


@given(st.dictionaries(st.sampled_from(FILE_FIELDS), hostile_json | st.sampled_from(list(Kind))))
def test_a_file_with_arbitrary_fields_is_read_or_invalid_input(document: Any) -> None:
    problems_of(document)


@given(st.sampled_from(list(Kind)), hostile_json, hostile_json, hostile_json)
def test_arbitrary_parts_are_read_or_invalid_input(kind: Kind, content: Any, restricted: Any, marking: Any) -> None:
    try:
        parse(kind, content=content, restricted=restricted, marking=marking)
    except InvalidInput as error:
        paths = {problem.path[0] for problem in error.problems}
        assert paths <= {"content", "restricted", "marking"}
