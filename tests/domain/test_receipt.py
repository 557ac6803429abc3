"""Receipt codes: read however they are written, checked, and never told by their hash."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.receipt import hash_code, is_well_formed, new_code

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = st.binary(min_size=32, max_size=32)


@given(RANDOM)
def test_a_code_has_five_groups_of_six(random: bytes) -> None:
    code = new_code(random)

    assert re.fullmatch(f"[{ALPHABET}]{{6}}(-[{ALPHABET}]{{6}}){{4}}", code)
    assert is_well_formed(code)


@given(RANDOM)
def test_small_letters_spaces_and_likely_slips_do_not_matter(random: bytes) -> None:
    code = new_code(random)
    written = [code.lower(), code.replace("-", " "), f" {code}\n", code.replace("0", "o").replace("1", "l")]

    assert {hash_code(code)} == {hash_code(one) for one in written}
    assert all(is_well_formed(one) for one in written)


@given(RANDOM, st.integers(0, 29), st.sampled_from(ALPHABET))
def test_a_wrong_symbol_is_noticed(random: bytes, at: int, other: str) -> None:
    text = new_code(random).replace("-", "")
    wrong = text[:at] + other + text[at + 1 :]

    assert (wrong == text) == is_well_formed(wrong)
    assert (wrong == text) == (hash_code(wrong) == hash_code(text))


@given(st.binary(min_size=19, max_size=19), st.binary(min_size=19, max_size=19))
def test_145_bits_of_what_is_random_are_in_a_code(first: bytes, second: bytes) -> None:
    mask = (1 << 145) - 1
    differ = int.from_bytes(first, "big") & mask != int.from_bytes(second, "big") & mask

    assert differ == (new_code(first) != new_code(second))


@pytest.mark.parametrize("text", ["", "nonsense", "U" * 30, "0" * 29, "0" * 31, "\x00" * 30, "é" * 30, "\udcff" * 30])
def test_what_is_no_code_has_a_hash_all_the_same(text: str) -> None:
    assert not is_well_formed(text)
    assert 32 == len(hash_code(text))


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    assert 32 == len(hash_code(text))
    assert is_well_formed(text) in {True, False}
