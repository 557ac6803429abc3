"""A publisher's file of a taxonomy is read whole, or refused with every problem and its place."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.contract import RawDocument
from importers.taxonomy_file import MAX_BYTES, read_taxonomy
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.errors import InvalidInput
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.ports import Registry
from registry.service import ingest, taxonomies

TAXONOMY: dict[str, Any] = {
    "namespace": "Weather",
    "version": 3,
    "description": "How the sky looks.",
    "predicates": [
        {"value": "rain", "expanded": "Rain", "description": "Water that falls."},
        {"value": "wind", "expanded": "Moving air. " * 20},
    ],
    "values": [
        {"predicate": "rain", "entry": [{"value": "light rain", "expanded": "A drizzle"}, {"value": "unknown"}]},
        {"predicate": "wind", "entry": [{"value": "unknown"}]},
    ],
}
GALAXY: dict[str, Any] = {
    "type": "birds",
    "name": "Birds",
    "version": 2,
    "source": "https://example.org/birds",
    "values": [
        {"value": "Blue tit", "description": "Small.", "meta": {"external_id": "B1", "refs": ["https://x.org/1"]}},
        {"value": "Great tit", "meta": {"refs": ["javascript:x"]}},
    ],
}


def read(document: object, *, licence: str | None = "CC0-1.0", name: str = "x.json") -> Taxonomy:
    """Read a document as the file it would be."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_taxonomy(RawDocument(name, body), licence=licence)


def test_a_misp_taxonomy_keeps_its_tree_and_texts() -> None:
    release = read(TAXONOMY)

    assert ("misp-weather", "3", "weather", "CC0-1.0") == (
        release.namespace,
        release.version,
        release.title,
        release.licence,
    )
    assert (
        TaxonomyTerm("rain", "Rain", description="Water that falls."),
        TaxonomyTerm("light-rain", "A drizzle", "rain", field="rain"),
        TaxonomyTerm("rain/unknown", "Unknown", "rain", field="rain"),
        TaxonomyTerm("wind", "Wind", description=("Moving air. " * 20).strip()),
        TaxonomyTerm("wind/unknown", "Unknown", "wind", field="wind"),
    ) == release.terms


def test_a_misp_galaxy_keeps_ids_texts_and_safe_addresses() -> None:
    release = read(GALAXY)

    assert ("birds", "2", "Birds", "https://example.org/birds") == (
        release.namespace,
        release.version,
        release.title,
        release.url,
    )
    assert (
        TaxonomyTerm("B1", "Blue tit", url="https://x.org/1", description="Small."),
        TaxonomyTerm("Great-tit", "Great tit"),
    ) == release.terms


def test_texts_are_left_out_where_the_licence_does_not_let_them_be_kept() -> None:
    release = read(TAXONOMY, licence="CC-BY-NC-ND-4.0")

    assert [None] * 5 == [term.description for term in release.terms]


def test_the_licence_in_the_file_goes_before_the_one_given() -> None:
    assert "MIT" == read({**TAXONOMY, "licence": "MIT"}).licence


@pytest.mark.parametrize(("document", "code", "path"), [
    (b"", "BROKEN_JSON", ()),
    (b"{", "BROKEN_JSON", ()),
    (b"\xff\xfe", "BROKEN_JSON", ()),
    (b"[" * 100_000, "BROKEN_JSON", ()),
    (b'{"a": ' + b"9" * 5000 + b"}", "BROKEN_JSON", ()),
    (b" " * (MAX_BYTES + 1), "TOO_LONG", ()),
    ([], "UNKNOWN_FORM", ()),
    ({"namespace": "x"}, "UNKNOWN_FORM", ()),
    ({**TAXONOMY, "predicates": {}}, "WRONG_TYPE", ("predicates",)),
    ({**TAXONOMY, "values": ["x"]}, "WRONG_TYPE", ("values", "0")),
    ({**TAXONOMY, "predicates": [{}], "values": []}, "WRONG_TYPE", ("predicates", "0", "value")),
    ({**TAXONOMY, "values": [{"predicate": "x", "entry": []}]}, "UNKNOWN_TERM", ("values", "0", "predicate")),
    ({**TAXONOMY, "predicates": [], "values": []}, "MISSING", ("terms",)),
    ({**TAXONOMY, "namespace": "../x"}, "INVALID_TEXT", ("namespace",)),
    ({**TAXONOMY, "version": "1" * 500}, "INVALID_TEXT", ("version",)),
    ({**TAXONOMY, "predicates": TAXONOMY["predicates"] * 2, "values": []}, "DUPLICATE_ID", ("terms", "0", "code")),
    ({**GALAXY, "values": [{"value": "x" * 400}]}, "INVALID_TEXT", ("terms", "0", "code")),
    ({**GALAXY, "values": [{"value": "x", "description": "\ud800"}]}, "INVALID_TEXT", ("terms", "0", "description")),
    ({**GALAXY, "values": [{"value": "x", "description": "x" * 50_001}]}, "TOO_LONG", ("terms", "0", "description")),
    ({**GALAXY, "values": [{"value": "!", "meta": 3}]}, "INVALID_TEXT", ("terms", "0", "code")),
])  # fmt: skip
def test_what_is_broken_is_refused_with_its_place(document: object, code: str, path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(document)

    assert (code, path) == (refused.value.problems[0].code, refused.value.problems[0].path)


def test_without_a_licence_nothing_is_taken() -> None:
    with pytest.raises(InvalidInput) as refused:
        read(TAXONOMY, licence=None)

    assert [("REQUIRED", ("licence",))] == [(one.code, one.path) for one in refused.value.problems]


def test_a_file_that_is_no_release_of_atlas_is_refused() -> None:
    for body in (b"a: [", b"- 1", b"techniques: []", b"x: 1"):
        with pytest.raises(InvalidInput):
            read(body, name="ATLAS.yaml")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(
    st.sampled_from(["namespace", "version", "predicates", "values", "entry", "value", "type", "meta", "refs"]), one
), max_leaves=25))  # fmt: skip
def test_no_document_is_a_fault_of_the_program(document: object) -> None:
    for whole in (document, {**TAXONOMY, "values": document}, {**GALAXY, "values": document}):
        with suppress(InvalidInput):
            assert read(whole).terms


@pytest.mark.data
def test_the_publishers_own_files_are_read(test_data: Path) -> None:
    files = [*(test_data / "misp").rglob("*.json"), *(test_data / "atlas").glob("*.yaml")]

    releases = {path.name: read(path.read_bytes(), name=path.name) for path in files}

    assert len(releases) == 30
    assert ("atlas", "5.3.0") == (releases["ATLAS-v5.3.0.yaml"].namespace, releases["ATLAS-v5.3.0.yaml"].version)
    assert 298 == len(releases["disarm-techniques.json"].terms)


@pytest.mark.data
@pytest.mark.parametrize(("name", "namespace", "code"), [
    ("misp/taxonomies/ai-safety-benchmark.json", "mlcommons", "violent-crimes"),
    ("misp/galaxy/disarm-techniques.json", "disarm", "T0049.004"),
    ("misp/taxonomies/admiralty-scale.json", "admiralty-scale", "a"),
    ("misp/taxonomies/estimative-language.json", "estimative-language", "low"),
])  # fmt: skip
def test_a_publishers_file_adds_its_texts_to_the_release_that_is_shipped(
    test_data: Path, registry: Registry, name: str, namespace: str, code: str
) -> None:
    taxonomies.load_shipped(registry, LOCAL_OPERATOR)
    shipped = taxonomies.release(registry, LOCAL_OPERATOR, namespace)
    assert shipped is not None

    ingest.put_taxonomy(registry, LOCAL_OPERATOR, read((test_data / name).read_bytes()))

    enriched = taxonomies.release(registry, LOCAL_OPERATOR, namespace)
    assert enriched is not None
    before, after = shipped.find(code), enriched.find(code)
    assert before is not None
    assert after is not None
    assert after.description
    assert replace(before, name=after.name, url=after.url, description=after.description) == after
    assert {term.code for term in shipped.terms} == {term.code for term in enriched.terms}
