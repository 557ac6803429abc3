"""Cutting texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from registry.domain.shortening import ELLIPSIS, shortened


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("two words", 9, "two words"),
        ("some more words", 10, "some more…"),
        ("some more words", 9, "some mor…"),
        ("somewhat\nmore words", 12, "somewhat…"),
        ("a supercalifragilistic one", 10, "a superca…"),
        ("word", 3, "wo…"),
        ("", 5, ""),
    ],
)
def test_a_text_ends_behind_a_whole_word_where_that_leaves_half(text: str, longest: int, expected: str) -> None:
    assert expected == shortened(text, longest)


@given(some.text(), some.integers(1, 50))
def test_what_is_left_is_the_beginning_and_fits(text: str, longest: int) -> None:
    found = shortened(text, longest)

    assert len(found) <= longest or found == text
    assert found == text or text.startswith(found.removesuffix(ELLIPSIS))
    assert found == shortened(found, longest)
