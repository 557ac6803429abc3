"""Vocabularies: unique codes, two levels, every term with its source; hints that help."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain import vocabulary
from registry.domain.terms import ALL, MISUSE, Vocabulary
from registry.domain.vocabulary import Kind, Tlp

ENUMS = [
    item
    for item in vars(vocabulary).values()
    if isinstance(item, type) and issubclass(item, StrEnum) and item.__module__.startswith(vocabulary.__name__)
]
of_each = pytest.mark.parametrize("terms", ALL, ids=lambda terms: str(terms.name))


@of_each
def test_codes_are_unique_and_at_most_two_levels_deep(terms: Vocabulary) -> None:
    codes = [term.code for term in terms.terms]

    assert len(set(codes)) == len(codes)
    assert [] == [code for code in codes if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z]+)*(/[a-z]+(_[a-z]+)*)?", code)]


@of_each
def test_every_parent_is_a_term_and_stands_before_its_children(terms: Vocabulary) -> None:
    codes = [term.code for term in terms.terms]

    for term in terms.terms:
        assert term.parent is None or codes.index(term.parent) < codes.index(term.code)


@of_each
def test_every_term_has_a_label_and_a_source(terms: Vocabulary) -> None:
    assert all(term.label and term.source for term in terms.terms)
    assert all(re.fullmatch(r"[a-z]+:\S+", mapped) for term in terms.terms for mapped in term.maps_to)


def test_vocabularies_have_names_of_their_own() -> None:
    assert len({terms.name for terms in ALL}) == len(ALL)


@of_each
def test_a_code_is_found_and_nothing_else(terms: Vocabulary) -> None:
    for term in terms.terms:
        assert term is terms.find(term.code)
        assert terms.find(term.code + "x") is None


@given(st.text(st.characters(exclude_categories=[])))
def test_the_nearest_term_is_a_term_or_nothing(code: str) -> None:
    nearest = MISUSE.nearest(code)

    assert nearest is None or MISUSE.find(nearest)


@pytest.mark.parametrize(
    ("code", "expected"), [("Spam", "spam"), ("cyber/malwares", "cyber/malware"), ("x" * 10**6, None)]
)
def test_the_nearest_term_is_what_was_probably_meant(code: str, expected: str | None) -> None:
    assert expected == MISUSE.nearest(code)


@pytest.mark.parametrize("choices", ENUMS, ids=lambda choices: str(choices.__name__))
def test_every_closed_list_names_its_source(choices: type[StrEnum]) -> None:
    assert "Source:" in (choices.__doc__ or "")


def test_tlp_is_ordered_from_the_widest_to_the_narrowest() -> None:
    expected = [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED]

    assert expected == list(Tlp)


def test_number_codes_are_three_letters_and_unique() -> None:
    assert [kind.number_code for kind in Kind] == ["INC", "MIT", "LES", "WKN", "POL", "STA"]
