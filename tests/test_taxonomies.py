"""What is shipped: every file is valid, cites its source, and says in our own words what its top terms mean."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from registry import taxonomies
from registry.domain import terms
from registry.domain.content.base import validate
from registry.domain.content.parts import Classification
from registry.domain.crosswalk import parse_term
from registry.domain.taxonomy import MAX_DEFINITION, Taxonomy
from web.pages import wording

DOCUMENT = Path(__file__).parents[1] / "docs" / "taxonomies.md"
RELEASES = taxonomies.releases()
MAPPINGS = taxonomies.mappings()
EXPECTED = {
    "admiralty-scale", "atlas", "avid", "cset", "cwe", "disarm", "estimative-language", "gmf", "misuse_category", "mit",
    "mlcommons", "oecd", "owasp", "safe", "severity", "tlp", "veris",
}  # fmt: skip
NAMES = [release.namespace for release in RELEASES]


def test_every_taxonomy_of_the_list_is_shipped_once() -> None:
    assert EXPECTED == set(NAMES)
    assert len(EXPECTED) == len(NAMES)


@pytest.mark.parametrize("release", RELEASES, ids=NAMES)
def test_a_release_names_its_version_licence_and_source(release: Taxonomy) -> None:
    assert release.version
    assert release.title
    assert release.licence
    assert release.url.startswith(("https://", "/taxonomies/"))


@pytest.mark.parametrize("release", RELEASES, ids=NAMES)
def test_codes_are_unique_and_parents_exist(release: Taxonomy) -> None:
    codes = Counter(term.code for term in release.terms)
    parents = {term.parent for term in release.terms if term.parent is not None}

    assert codes
    assert [] == [code for code, count in codes.items() if count > 1]
    assert set() == parents - codes.keys()
    assert [] == [code for code in codes if not 1 <= len(code) <= 120 or code != code.strip()]


@pytest.mark.parametrize("release", RELEASES, ids=NAMES)
def test_every_top_term_has_our_definition_and_no_term_a_text_of_the_publisher(release: Taxonomy) -> None:
    top = [term for term in release.terms if term.parent is None]
    defined = [term.definition for term in release.terms if term.definition]

    assert [] == [term.code for term in top if not term.definition]
    assert [] == [text for text in defined if len(text) > MAX_DEFINITION or not text.endswith(".")]
    assert [] == [term.code for term in release.terms if term.description is not None]
    assert [] == [term.code for term in release.terms if len(term.name) > 120]


def test_every_end_of_a_mapping_exists_and_no_pair_stands_twice() -> None:
    known = {(release.namespace, term.code) for release in RELEASES for term in release.terms}
    ends = [((one.taxonomy, one.code), (one.to_taxonomy, one.to_code)) for one in MAPPINGS]

    assert [] == [end for pair in ends for end in pair if end not in known]
    assert len(ends) == len({frozenset(pair) for pair in ends})
    assert all(one.source for one in MAPPINGS)


def test_every_neighbour_that_a_term_of_ours_names_is_mapped() -> None:
    mapped = {(one.code, one.to_taxonomy, one.to_code) for one in MAPPINGS if one.taxonomy == "misuse_category"}
    named = {(term.code, *parse_term(to)) for term in terms.MISUSE.terms for to in term.maps_to}

    assert set() == named - mapped


def test_our_severities_are_those_of_the_pages_and_stand_beside_those_of_the_oecd() -> None:
    severity = next(release for release in RELEASES if release.namespace == "severity")
    mapped = {one.code for one in MAPPINGS if (one.taxonomy, one.to_taxonomy) == ("severity", "oecd")}

    assert [(str(at), name) for at, name in enumerate(wording.SEVERITIES)] == [
        (term.code, term.name) for term in severity.terms
    ]
    assert {str(at) for at in range(6)} == mapped


def test_the_document_lists_what_is_shipped() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert [] == [
        release.namespace
        for release in RELEASES
        if f"| `{release.namespace}` | {release.version} | {len(release.terms)} | " not in text
        or f"| {release.licence} |" not in text
    ]


def test_judgments_are_held_against_what_is_shipped_without_a_node() -> None:
    judged = {"taxonomy": "mit", "version": "1", "value": "4.3", "annotator_kind": "person"}
    classifications = [validate(Classification, one) for one in (judged, {**judged, "value": "4.33"})]

    found = taxonomies.unknown(classifications)

    assert [("1", "UNKNOWN_TERM", "did you mean 4.3?")] == [(one.path[2], one.code, one.hint) for one in found]
