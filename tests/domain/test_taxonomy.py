"""Versions, merging of what is said of one release, and judgments in the terms of taxonomies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.content.base import validate
from registry.domain.content.parts import Classification
from registry.domain.crosswalk import Relation, TermMapping
from registry.domain.errors import Problem
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm, check_classifications, merged, version_key

HARMS = Taxonomy(
    "harms",
    "2",
    "Harms",
    "CC0-1.0",
    "https://example.org",
    (
        TaxonomyTerm("type", "Type", definition="What was harmed."),
        TaxonomyTerm("health", "Health and safety", "type", field="type"),
        TaxonomyTerm("type/unclear", "unclear", "type", field="type"),
        TaxonomyTerm("level", "Level"),
        TaxonomyTerm("high", "High", "level", field="level"),
    ),
)


def judged(**fields: str) -> Classification:
    """A judgment that somebody has health harmed, changed by *fields*."""
    given = {"taxonomy": "harms", "version": "2", "value": "health", "annotator_kind": "person"} | fields
    return validate(Classification, {name: value for name, value in given.items() if value})


def problems(*classifications: Classification) -> list[Problem]:
    """What is wrong with them where ``harms`` has the versions 2 and 1."""
    return check_classifications(
        classifications, versions={"harms": ("2", "1"), "mit": ("1",)}, releases={("harms", "2"): HARMS}
    )


@pytest.mark.parametrize("fields", [
    {}, {"field": "type"}, {"value": "Health and safety"}, {"value": "unclear"}, {"value": "unclear", "field": "type"},
    {"value": "type/unclear"}, {"value": "high", "field": "level"},
])  # fmt: skip
def test_a_code_or_an_exact_name_is_accepted(fields: dict[str, str]) -> None:
    assert [] == problems(judged(**fields))


@pytest.mark.parametrize(("fields", "place", "code", "hint"), [
    ({"taxonomy": "harm"}, "taxonomy", "UNKNOWN_TAXONOMY", "did you mean harms?"),
    ({"taxonomy": "x" * 120}, "taxonomy", "UNKNOWN_TAXONOMY", "such as harms, mit; all: taxonomies in the API"),
    ({"version": "3"}, "version", "UNKNOWN_VERSION", "such as 2, 1; all: versions of the taxonomy in the API"),
    ({"value": "helth"}, "value", "UNKNOWN_TERM", "did you mean health?"),
    ({"value": "health and safety"}, "value", "UNKNOWN_TERM", "did you mean health?"),
    ({"value": "high", "field": "type"}, "value", "UNKNOWN_TERM", "such as health, type/unclear; all: terms of"),
    ({"value": "type"}, "value", "UNKNOWN_TERM", "such as health, type/unclear, high; all: terms of"),
    ({"field": "tyxe"}, "field", "UNKNOWN_TERM", "did you mean type?"),
])  # fmt: skip
def test_what_is_not_known_is_told_with_the_nearest_name(
    fields: dict[str, str], place: str, code: str, hint: str
) -> None:
    (found,) = problems(judged(**fields))

    assert (("content", "classifications", "0", place), code) == (found.path, found.code)
    assert (found.hint or "").startswith(hint)


def test_every_judgment_is_checked_and_what_was_sent_is_not_repeated() -> None:
    found = problems(judged(), judged(taxonomy="zorbelgrint"), judged(value="zorbelgrint"))

    assert [("1", "UNKNOWN_TAXONOMY"), ("2", "UNKNOWN_TERM")] == [(one.path[2], one.code) for one in found]
    assert "zorbelgrint" not in str(found)


def test_versions_are_sorted_by_their_numbers() -> None:
    versions = ["5.6.0", "unknown", "2026.08", "4.9.1", "5.10", "9" * 500]

    assert ["unknown", "4.9.1", "5.6.0", "5.10", "2026.08", "9" * 500] == sorted(versions, key=version_key)


def test_what_is_said_anew_of_a_release_loses_neither_terms_nor_definitions() -> None:
    given = replace(
        HARMS,
        licence="CC-BY-4.0",
        terms=(TaxonomyTerm("type", "Kind", description="Long."), TaxonomyTerm("new", "New")),
    )

    found = merged(HARMS, given)

    assert ["type", "new", "health", "type/unclear", "level", "high"] == [term.code for term in found.terms]
    assert TaxonomyTerm("type", "Kind", description="Long.", definition="What was harmed.") == found.terms[0]
    assert "CC-BY-4.0" == found.licence == merged(found, HARMS).licence
    assert found == merged(found, given)


def test_a_mapping_is_turned_around_with_its_relation() -> None:
    mapping = TermMapping("a", "1", "b", "2", Relation.BROADER, "us")

    assert TermMapping("b", "2", "a", "1", Relation.NARROWER, "us") == mapping.reverse
    assert mapping == mapping.reverse.reverse
    assert [Relation.EXACT, Relation.RELATED] == [Relation.EXACT.reverse, Relation.RELATED.reverse]
