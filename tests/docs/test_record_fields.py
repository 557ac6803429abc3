"""Every field that the design names for a kind is recorded, documented, in the API, and found by search."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, build_schema

from registry.domain import terms
from registry.domain.content.kinds import PUBLIC, RESTRICTED, parse_file
from registry.domain.facets import facets_of
from registry.domain.indexing import index_entry, plain
from registry.domain.search import SearchDocument
from registry.domain.vocabulary import Kind
from tests import factories
from tests.docs.blocks import DOCS, ROOT

COMMON = "sources links aliases upstream classifications withheld"
# What docs and issues ask of each kind, by hand: a field that a model loses is missed here.
FIELDS: dict[Kind, str] = {
    Kind.INCIDENT: """
        title summary narrative event_kind intent misuse_categories scrutiny_domains actors targets systems platforms
        other_tools procedure timeline detection enforcement scale harms severity safeguard_outcome confidence
        reversibility breakout_scale affected_groups relation objective authority_report
    """,
    Kind.MITIGATION: """
        name description type layer lifecycle functions categories addresses evidence implementations maturity
        side_effects cost
    """,
    Kind.LESSON: """
        statement context contributing_factors what_worked what_failed recommendation applies_to status
        design_coverage minimum_mitigation required_control_outcome
    """,
    Kind.WEAKNESS: """
        title description scope affected classes reproducibility evidence base_model weights_ref status fixed_in
        best_practices severity transferability prevalence discovered discovered_by
    """,
    Kind.USAGE_POLICY: """
        provider title summary version effective_from effective_to url archived_sha256 product_scope clauses
    """,
    Kind.STATEMENT: """
        about statement_kind title summary on_behalf_of stakeholder disputed_fields adoption evidence
    """,
}
HIDDEN: dict[Kind, str] = {
    Kind.INCIDENT: "narrative operational_detail notes links transcripts indicators deadlines",
    Kind.MITIGATION: "narrative operational_detail notes links evidence",
    Kind.LESSON: "narrative operational_detail notes links",
    Kind.WEAKNESS: "narrative operational_detail notes links exploit_detail evidence",
    Kind.USAGE_POLICY: "narrative operational_detail notes links",
    Kind.STATEMENT: "narrative operational_detail notes links",
}
OBJECTS: dict[str, str] = {
    "System": "provider model version surface role safeguard_version",
    "ThreatActor": "label kind motive country confidence state_responsibility skill account_count",
    "Target": "label kind sector infrastructure country",
    "Step": "tactic technique text system",
    "Timeline": "started ended detected contained enforced disclosed",
    "Detection": "method by signal",
    "Enforcement": "action count at text",
    "Scale": "accounts sessions prompts artefacts victims_reported victims_inferred languages",
    "Harm": "type stakeholder realisation severity quantity unit confidence direct",
    "AffectedGroup": "group basis worse",
    "Indicator": "type value role first_seen last_seen to_ids expires_at description",
    "Deadline": "regime event start due filed_at reference",
    "Source": "url title publisher published_on archive_url kind language reliability credibility",
    "Classification": "taxonomy version field value annotator_kind annotator confidence rationale",
    "Withheld": "field reason",
    "Addresses": "technique weakness misuse_category use",
    "Evidence": """
        setting outcome incident evaluation metric before after n observed_on period false_positive_cost side_effects
        confidence verification text
    """,
    "Period": "start end",
    "Verification": "method artefact_sha256 dataset reproducible",
    "Implementation": "organisation system since url text",
    "Audience": "model use_case role",
    "AffectedSystem": "provider model version_range use_case language",
    "WeaknessClass": "scheme code",
    "Reproducibility": "rate_permille n settings",
    "Transfer": "provider model version outcome text",
    "Clause": "path heading text summary kind misuse_categories scrutiny_domains severity_tier",
    "Adoption": "status since scope measured_effect",
}
# Values that are no words: addresses, dates, hashes, other records, and choices that no facet counts.
WORDLESS = """
    url archive_url published_on timeline at observed_on period effective_from effective_to discovered since
    archived_sha256 artefact_sha256 about incident weakness links upstream withheld confidence surface role realisation
    reversibility skill country reliability language severity maturity prevalence design_coverage
    transferability.outcome
"""
SDL = (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8")
FILES = sorted((DOCS / "examples").glob("*.json"))


@cache
def schema() -> Any:
    """The published schema."""
    return build_schema(SDL)


def camel(name: str) -> str:
    """The name of a field in GraphQL."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def in_sdl(type_name: str, fields: str) -> list[str]:
    """The fields that neither the type of this name nor its input lacks are left out; what is left is missing."""
    missing = []
    for name in fields.split():
        output, said = schema().get_type(type_name), schema().get_type(f"{type_name}Input")
        assert isinstance(output, GraphQLObjectType)
        if camel(name) not in output.fields:
            missing.append(f"{type_name}.{name}")
        if isinstance(said, GraphQLInputObjectType) and name != "upstream" and camel(name) not in said.fields:
            missing.append(f"{type_name}Input.{name}")
    return missing


def documented(heading: str) -> set[str]:
    """The fields in the table of the data dictionary under this heading."""
    text = (DOCS / "data-dictionary.md").read_text(encoding="utf-8")
    table = text.partition(f"### {heading}\n")[2].partition("\n#")[0]
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_has_the_fields_of_the_design_and_no_other(kind: Kind) -> None:
    assert set(f"{FIELDS[kind]} {COMMON}".split()) == PUBLIC[kind].model_fields.keys()
    assert set(HIDDEN[kind].split()) == RESTRICTED[kind].model_fields.keys()


@pytest.mark.parametrize("kind", list(Kind))
def test_the_fields_of_a_kind_are_in_the_api(kind: Kind) -> None:
    # Links of a restricted part are resolved for each viewer, beside the part.
    hidden = HIDDEN[kind].replace("links", "")

    assert [] == in_sdl(kind.type_name, f"{FIELDS[kind]} {COMMON}") + in_sdl(f"{kind.type_name}Restricted", hidden)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_fields_of_a_kind_are_in_the_data_dictionary(kind: Kind) -> None:
    heading = kind.noun.capitalize()

    assert set(f"{FIELDS[kind]} {COMMON}".split()) == documented(f"{heading}: `content`")
    assert set(HIDDEN[kind].split()) == documented(f"{heading}: `restricted`")


@pytest.mark.parametrize("name", OBJECTS)
def test_the_fields_of_an_object_are_in_the_api_and_in_the_data_dictionary(name: str) -> None:
    assert [] == in_sdl(name, OBJECTS[name])
    assert set(OBJECTS[name].split()) == documented(name)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_is_submitted_checked_updated_and_listed(kind: Kind) -> None:
    query, mutation = schema().query_type.fields, schema().mutation_type.fields

    assert camel(kind.plural) in query
    assert {f"{verb}{kind.type_name}" for verb in ("submit", "validate", "update")} <= mutation.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_an_example_says_is_found_by_search(path: Any) -> None:
    submission = json.loads(path.read_text(encoding="utf-8"))
    content = parse_file({**submission, "marking": {"tlp": "CLEAR"}}).content
    shown = index_entry(factories.published(content)).public
    assert shown is not None

    assert [] == [place for place, value in words_in(submission["content"]) if not is_found(value, shown)]


def words_in(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every text within *value* that holds words, with its place."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, list):
        for item in value:
            yield from words_in(item, at)
    elif isinstance(value, dict):
        for name, item in value.items():
            place = f"{at}.{name}" if at else name
            if not {name, place} & set(WORDLESS.split()):
                yield from words_in(item, place)


def is_found(value: str, shown: SearchDocument) -> bool:
    """Whether a text is in the search document: word for word, by the label of its term, or as a facet's value."""
    labels = {term.label for vocabulary in terms.ALL for term in vocabulary.terms if term.code == value}
    said = "\n".join((shown.text, *shown.labels))
    in_facet = any(value in (one, one.partition(":")[2], one.partition(":")[0]) for _, one in shown.facets)
    return plain(value) in said or in_facet or any(label in said for label in labels)


def test_the_search_over_words_notices_a_field_that_is_left_out() -> None:
    shown = index_entry(factories.published(factories.content())).public
    assert shown is not None

    assert ["narrative"] == [place for place, one in words_in({"narrative": "zzz"}) if not is_found(one, shown)]
    assert () == facets_of({})
