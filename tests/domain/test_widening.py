"""Records that come behind the matches of a query."""

from __future__ import annotations

import pytest

from registry.domain.query import parse, render
from registry.domain.search import Query
from registry.domain.widening import widened


@pytest.mark.parametrize(
    ("text", "held", "expected"),
    [
        ("a b", {}, "a OR b"),
        ("a b", {"a b": 2}, "(a OR b) -(a b)"),
        ("a b kind:lesson", {}, "(a OR b) kind:lesson"),
        ("a b kind:lesson", {"a b kind:lesson": 1}, "(a OR b) kind:lesson -(a b)"),
        ("health care", {"healthcare": 3}, "health OR care OR healthcare"),
        ("jailbreak story", {'"jail break"': 1}, 'jailbreak OR story OR "jail break"'),
        ("breakers story", {'"bre akers"': 1, '"break ers"': 4}, 'breakers OR story OR "break ers"'),
        ('"role play" jail', {"roleplay": 1, "playjail": 1}, '"role play" OR jail'),
        ("short wider", {'"sho rt"': 1, '"wi der"': 1}, "short OR wider"),
        ("jailbreak", {'"jail break"': 1}, None),
        ("a OR b", {}, None),
        ("", {}, None),
    ],
)
def test_any_word_counts_and_words_written_together_or_apart(
    text: str, held: dict[str, int], expected: str | None
) -> None:
    def count(query: Query) -> int:
        return held.get(render(query), 0)

    found = widened(parse(text), count)

    assert expected == (render(found) if found else None)


def test_what_a_wider_query_says_is_read_back() -> None:
    found = widened(parse('a "b c" kind:lesson -d'), lambda _: 1)

    assert found is not None
    assert found == parse(render(found))


def test_only_a_few_words_are_looked_up_however_many_there_are() -> None:
    asked: list[Query] = []

    def count(query: Query) -> int:
        asked.append(query)
        return 0

    widened(parse(" ".join(f"word{letter}ishly" for letter in "abcdefghijklmnop")), count)

    assert 60 > len(asked)
