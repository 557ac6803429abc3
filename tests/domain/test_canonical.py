"""Canonical JSON is RFC 8785, a fixed point, and the ground of the salted hashes."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.canonical import (
    MAX_DEPTH,
    MAX_SAFE,
    JsonValue,
    canonical_bytes,
    normalise,
    parse_json,
    part_hash,
)
from registry.domain.errors import InvalidInput
from tests.domain.strategies import clean_texts, hostile_json, writable_json


def nested(depth: int) -> JsonValue:
    """Lists in lists."""
    value: JsonValue = []
    for _ in range(depth):
        value = [value]
    return value


@given(writable_json)
def test_what_was_written_is_read_and_written_again_the_same(value: JsonValue) -> None:
    written = canonical_bytes(value)

    assert written == canonical_bytes(parse_json(written))


@given(writable_json)
def test_what_was_written_means_what_went_in(value: JsonValue) -> None:
    assert value == parse_json(canonical_bytes(value))


@given(writable_json)
def test_what_is_written_is_what_an_encoder_of_rfc_8785_writes(value: JsonValue) -> None:
    assert rfc8785.dumps(cast("Any", value)) == canonical_bytes(value)


@given(st.dictionaries(clean_texts, writable_json, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(document: dict[str, JsonValue], random: Any) -> None:
    keys = list(document)
    random.shuffle(keys)

    assert canonical_bytes(document) == canonical_bytes({key: document[key] for key in keys})


@given(hostile_json)
def test_what_cannot_be_written_is_invalid_input_and_nothing_else(value: JsonValue) -> None:
    try:
        written = canonical_bytes(value)
    except InvalidInput:
        return

    assert written == canonical_bytes(parse_json(written))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, False, None]}, '{"a":[true,false,null],"b":1}'),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e-7, "1e-7"),
        (0.000001, "0.000001"),
        (333333333.3333333, "333333333.3333333"),
        (MAX_SAFE, "9007199254740991"),
        ('\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ("\b\t\n\f\r\x7f", '"\\b\\t\\n\\f\\r\x7f"'),
        # Keys are ordered by their UTF-16 units, so that a surrogate pair stands before U+FB33.
        ({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "\r": 4, "1": 5}, '{"\\r":4,"1":5,"€":3,"😀":2,"\ufb33":1}'),
    ],
)
def test_the_rules_of_rfc_8785_hold(value: JsonValue, expected: str) -> None:
    assert expected.encode() == canonical_bytes(value)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), MAX_SAFE + 1, -MAX_SAFE - 1, 1e20, "\ud800"]
)
def test_numbers_out_of_range_and_broken_texts_are_refused(value: JsonValue) -> None:
    with pytest.raises(InvalidInput) as raised:
        canonical_bytes({"inner": [value]})

    assert ["NOT_CANONICAL"] == [problem.code for problem in raised.value.problems]


def test_a_key_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidInput):
        canonical_bytes(cast("JsonValue", {1: "one"}))


@pytest.mark.parametrize("function", [canonical_bytes, normalise])
def test_nesting_is_bounded(function: Any) -> None:
    function(nested(MAX_DEPTH))

    for depth in (MAX_DEPTH + 1, 5000):
        with pytest.raises(InvalidInput) as raised:
            function(nested(depth) if depth < 900 else json.loads("[" * 900 + "]" * 900))
        assert ["TOO_DEEP"] == [problem.code for problem in raised.value.problems]


@given(hostile_json)
def test_normalising_twice_is_normalising_once(value: JsonValue) -> None:
    once = normalise(value)

    assert repr(once) == repr(normalise(once))


def test_texts_are_composed_and_trimmed_but_keys_and_numbers_stay() -> None:
    value: JsonValue = {" key ": [" cafe\u0301\n", 1, 1.5, None, True, {"x": "\t"}]}

    assert {" key ": ["café", 1, 1.5, None, True, {"x": ""}]} == normalise(value)


@given(st.binary(min_size=16, max_size=16), st.binary())
def test_a_part_hash_is_sha256_over_salt_and_body(salt: bytes, body: bytes) -> None:
    assert hashlib.sha256(salt + body).digest() == part_hash(salt, body)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16), st.binary())
def test_another_salt_gives_another_hash(salt: bytes, other: bytes, body: bytes) -> None:
    assert (salt == other) == (part_hash(salt, body) == part_hash(other, body))
