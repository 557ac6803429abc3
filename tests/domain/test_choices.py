"""What a query chooses of a field, and the query without it."""

from __future__ import annotations

import pytest

from registry.domain.choices import chosen, without
from registry.domain.query import parse, render
from registry.domain.search import All, AnyOf, Everything, FieldIs, Not, Query, Word

_FRAUD, _SPAM = FieldIs("misuse", "fraud"), FieldIs("misuse", "spam")
_ACME = FieldIs("provider", "Acme")


@pytest.mark.parametrize(
    ("query", "expected", "rest"),
    [
        (_FRAUD, {"misuse": ("fraud",)}, Everything()),
        (AnyOf((_FRAUD, _SPAM)), {"misuse": ("fraud", "spam")}, Everything()),
        (All((Word("x"), _FRAUD)), {"misuse": ("fraud",)}, Word("x")),
        (
            All((Word("x"), AnyOf((_FRAUD, _SPAM)), _ACME)),
            {"misuse": ("fraud", "spam"), "provider": ("Acme",)},
            All((Word("x"), _ACME)),
        ),
        (AnyOf((_FRAUD, _ACME)), {}, AnyOf((_FRAUD, _ACME))),
        (AnyOf((_FRAUD, Word("x"))), {}, AnyOf((_FRAUD, Word("x")))),
        (Not(_FRAUD), {}, Not(_FRAUD)),
        (All((Word("x"), Not(_FRAUD))), {}, All((Word("x"), Not(_FRAUD)))),
        (All((Word("x"), All((_FRAUD,)))), {}, All((Word("x"), All((_FRAUD,))))),
    ],
)
def test_top_level_conditions_on_one_field_are_choices(
    query: Query, expected: dict[str, tuple[str, ...]], rest: Query
) -> None:
    assert (expected, rest) == (chosen(query), without(query, "misuse"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("severity:3", ("3",)),
        ("a severity:(3 OR 4)", ("3", "4")),
        ("severity:>=3", ()),
        ("severity:(3 OR >=4)", ()),
    ],
)
def test_levels_of_severity_are_choices_and_ranges_are_not(text: str, expected: tuple[str, ...]) -> None:
    assert expected == chosen(parse(text)).get("severity", ())


def test_a_range_stays_where_a_level_is_left_out() -> None:
    query = parse("a severity:(3 OR 4) severity:>=1")

    assert "a severity:>=1" == render(without(query, "severity"))
