"""Queries that match more than another."""

from __future__ import annotations

import pytest

from registry.domain.loosening import any_word, names_like, replaced, respelt, single_words, with_one_less
from registry.domain.query import parse, render
from registry.domain.search import FieldIs


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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Open AI", ["OpenAI"]),
        ("opnai", ["OpenAI"]),
        ("OPENAI", []),
        ("Google", ["Google DeepMind"]),
        ("cc-by", ["CC-BY-4.0"]),
        ("gpt4", ["GPT-4", "GPT-4o"]),
        ("GPT-5", []),
        ("ne", []),
        ("nee", []),
        ("xylophone", []),
        ("*", []),
    ],
)
def test_names_are_alike_by_their_letters_and_their_beginning_but_codes_are_not(name: str, expected: list[str]) -> None:
    names = ("en", "OpenAI", "GPT-4o", "GPT-4", "Google DeepMind", "CC-BY-4.0")

    assert expected == list(names_like(name, names))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("provider:opnai", "provider:OpenAI"),
        ("a provider:opnai -provider:opnai", "a provider:OpenAI -provider:opnai"),
    ],
)
def test_a_name_is_written_otherwise_where_it_has_to_hold(text: str, expected: str) -> None:
    assert expected == render(replaced(parse(text), FieldIs("provider", "opnai"), FieldIs("provider", "OpenAI")))
