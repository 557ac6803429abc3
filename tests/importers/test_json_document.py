"""Foreign JSON is read within limits, and whatever is wrong is one problem with its place."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.json_document import JsonLine, read_json, read_json_lines
from registry.domain.canonical import MAX_SAFE, JsonValue, canonical_bytes
from registry.domain.errors import InvalidInput
from tests.effort import BOUND, Effort


def refusal(body: bytes, **limits: int) -> str:
    with pytest.raises(InvalidInput) as raised:
        read_json(body, **limits)
    (problem,) = raised.value.problems
    assert problem.code == "BROKEN_DOCUMENT"
    return problem.message


def test_a_document_is_read_with_and_without_a_mark_at_the_front() -> None:
    body = '{"ä": [1, 2.5, true, null, "x"]}'.encode()

    assert {"ä": [1, 2.5, True, None, "x"]} == read_json(body) == read_json(b"\xef\xbb\xbf" + body)


def test_of_a_repeated_key_the_last_value_stands() -> None:
    assert {"a": 2} == read_json(b'{"a": 1, "a": 2}')


@pytest.mark.parametrize(
    "written",
    [str(MAX_SAFE + 1), "-" + "9" * 5000, "1e400", "-1e17", "1." + "0" * 20 + "e300", "1e" + "9" * 4000],
)
def test_a_number_that_cannot_be_held_stays_as_it_was_written(written: str) -> None:
    value = read_json(b"[%s]" % written.encode())

    assert [written] == value
    assert canonical_bytes(value)


@pytest.mark.parametrize("written", [MAX_SAFE, -MAX_SAFE, 0, -0.5, 1e15])
def test_a_number_that_can_be_held_is_one(written: float) -> None:
    assert [written] == read_json(json.dumps([written]).encode())


def test_half_a_surrogate_pair_becomes_a_replacement_character_and_a_whole_one_its_character() -> None:
    value = read_json(rb'{"\ud800k": ["a\uDC00", "\ud83d\ude00"]}')

    assert {"\ufffdk": ["a\ufffd", "\U0001f600"]} == value
    assert canonical_bytes(value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "line 1, column 1: expecting value"),
        (b'{"a": 1}\n{"b": 2}', "line 2, column 1: extra data"),
        (b'{"a": 1,\n "b": }', "line 2, column 7: expecting value"),
        (b'{"a": "\x01"}', "line 1, column 8: invalid control character"),
        (rb'["\q"]', r"line 1, column 3: invalid \escape"),
        (b'["NaN",\n NaN]', "line 2, column 2: NaN and Infinity are no JSON"),
        (b'{"a": -Infinity}', "line 1, column 7: NaN and Infinity are no JSON"),
        (b'["\xc3\xa4", "\xff"]', "line 1, column 8: UTF-8 is expected"),
        ('{"a": 1}'.encode("utf-16"), "line 1, column 1: UTF-8 is expected"),
        (b'"never closed \\', "line 1, column 1: unterminated string starting"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(body: bytes, message: str) -> None:
    assert message == refusal(body)


def test_limits_hold_and_are_told() -> None:
    assert "nesting is limited to 28 levels" == refusal(b"[" * 29 + b"]" * 29)
    assert "nesting is limited to 2 levels" == refusal(b'{"a": [[]]}', max_depth=2)
    assert "more than 4 values" == refusal(b"[1, 2, 3, 4, 5]", max_nodes=4)
    assert "a document is limited to 3 bytes" == refusal(b"[ 1]", max_bytes=3)


def test_brackets_and_commas_within_texts_count_for_nothing() -> None:
    text = '[{,:"\\' * 100

    assert [text] == read_json(json.dumps([text]).encode(), max_depth=1, max_nodes=3)


@pytest.mark.parametrize(
    "body",
    [b"[" * 1_000_000, b'"' + rb"\"" * 500_000, b'{"a":' * 200_000, b'"' * 1_000_001, b"9" * 1_000_000],
    ids=["lists", "escapes", "objects", "quotes", "digits"],
)
def test_no_document_costs_more_than_its_length(body: bytes) -> None:
    with Effort() as effort, suppress(InvalidInput):
        read_json(body)

    assert BOUND > effort.spent


def test_each_line_is_read_for_itself_and_a_broken_one_spoils_no_other() -> None:
    lines = read_json_lines(b'\xef\xbb\xbf{"a": 1}\r\n\n{"a": \n[NaN]\n"x\xff"\n"\xe2\x80\xa8"\n')

    assert [JsonLine(1, {"a": 1}), JsonLine(6, "\u2028")] == [line for line in lines if line.problem is None]
    assert [3, 4, 5] == [line.number for line in lines if line.problem is not None]
    assert {"BROKEN_DOCUMENT"} == {line.problem.code for line in lines if line.problem is not None}


@pytest.mark.parametrize("limits", [{"max_nodes": 5}, {"max_bytes": 5}])
def test_too_many_lines_or_values_are_refused_as_a_whole(limits: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        read_json_lines(b"[1, 2]\n" * 5, **limits)
    with pytest.raises(InvalidInput):
        read_json_lines(b"\n" * 10, **limits)


values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_SAFE, MAX_SAFE)
    | st.floats(-1e15, 1e15)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=12,
)


@given(values, st.booleans())
def test_what_was_written_is_read_back(value: JsonValue, ascii_only: bool) -> None:
    assert value == read_json(json.dumps(value, ensure_ascii=ascii_only).encode())


@given(st.binary(max_size=200) | st.text('[]{}":,0123456789\\ud8eEN-. \n', max_size=60).map(str.encode))
def test_no_bytes_make_it_fail_otherwise_and_all_it_reads_can_be_hashed(body: bytes) -> None:
    with suppress(InvalidInput):
        canonical_bytes(read_json(body))
    with suppress(InvalidInput):
        read_json_lines(body)
