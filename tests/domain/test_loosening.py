"""Queries that match more than another."""

from __future__ import annotations

import pytest

from registry.domain.loosening import any_word, respelt, single_words, with_one_less
from registry.domain.query import parse, render


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", "a OR b"),
        ('a "b c" jail* wrod~', 'a OR "b c" OR jail* OR wrod~'),
        ("a b kind:lesson -c", "(a OR b) kind:lesson -c"),
        ("a (b OR c) d", "(a OR d) (b OR c)"),
        ("a a", None),
        ("a", None),
        ("a OR b", None),
        ("kind:lesson a", None),
        ("", None),
    ],
)
def test_any_of_the_words_stands_for_all_of_them(text: str, expected: str | None) -> None:
    found = any_word(parse(text))

    assert expected == (render(found) if found else None)


def test_each_condition_is_left_out_in_turn() -> None:
    found = [(render(left), render(rest)) for left, rest in with_one_less(parse("a kind:lesson (b OR c)"))]

    assert [("a", "kind:lesson (b OR c)"), ("kind:lesson", "a (b OR c)"), ("b OR c", "a kind:lesson")] == found
    assert [("a", "")] == [(render(left), render(rest)) for left, rest in with_one_less(parse("a"))]
    assert [] == list(with_one_less(parse("")))


def test_single_words_are_spelt_otherwise_and_nothing_else() -> None:
    query = parse('phising (mesage OR phising) "phising mesage" -phising provider:phising two-words phis*')

    found = respelt(query, {"phising": "phishing", "mesage": "message"})

    assert ("phising", "mesage") == single_words(query)
    expected = 'phishing (message OR phishing) "phising mesage" -phising provider:phising two-words phis*'
    assert parse(expected) == found
