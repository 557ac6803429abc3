"""Facets, title, severity and date are read out of a public part alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import to_document
from registry.domain.content.kinds import PUBLIC, parse
from registry.domain.facets import FACETS, facets_of, occurred_of, severity_of, summary_of, title_of
from registry.domain.vocabulary import Kind
from tests import factories
from tests.domain.strategies import hostile_json


def document_of(kind: Kind = Kind.INCIDENT, **fields: JsonValue) -> Document:
    """A public part as it is stored."""
    return to_document(parse(kind, content=factories.DOCUMENTS[kind](**fields)).public)


def test_an_incident_is_counted_by_everything_it_says() -> None:
    document = document_of(
        misuse_categories=["fraud/scam", "spam"],
        harms=[{"type": "privacy"}, {"type": "financial"}, {"type": "privacy"}],
        systems=[{"provider": "Acme", "model": "One"}, {"provider": "Acme"}],
        procedure=[{"technique": "AML.T0051"}, {"text": "x"}],
        targets=[{"sector": "finance", "country": "FR"}],
        scrutiny_domains=["legal"],
        enforcement=[{"action": "account_ban"}],
        intent="misuse",
        event_kind="near_miss",
        timeline={"detected": "2025-12-31T23:30:00-02:00"},
    )

    assert (
        ("country", "FR"),
        ("enforcement", "account_ban"),
        ("event", "near_miss"),
        ("harm", "financial"),
        ("harm", "privacy"),
        ("intent", "misuse"),
        ("misuse", "fraud"),
        ("misuse", "fraud/scam"),
        ("misuse", "spam"),
        ("model", "One"),
        ("provider", "Acme"),
        ("scrutiny", "legal"),
        ("sector", "finance"),
        ("technique", "AML.T0051"),
        ("year", "2026"),
    ) == facets_of(document)


def test_a_mitigation_is_counted_by_its_type_and_by_what_it_addresses() -> None:
    addresses: list[JsonValue] = [{"technique": "AML.T0054", "misuse_category": "jailbreak/service"}]

    assert (
        ("misuse", "jailbreak"),
        ("misuse", "jailbreak/service"),
        ("mitigation", "rate_limit"),
        ("technique", "AML.T0054"),
    ) == facets_of(document_of(Kind.MITIGATION, addresses=addresses))


def test_a_sub_technique_counts_for_its_technique_too() -> None:
    steps: list[JsonValue] = [{"technique": "AML.T0051.001"}, {"technique": "T1566.002"}, {"technique": "T0001.01"}]

    assert [("technique", code) for code in ("AML.T0051", "AML.T0051.001", "T0001.01", "T1566", "T1566.002")] == [
        one for one in facets_of(document_of(procedure=steps)) if one[0] == "technique"
    ]


def test_a_lesson_is_counted_by_the_models_it_applies_to() -> None:
    document = document_of(Kind.LESSON, applies_to=[{"model": "One"}, {"role": "x"}])

    assert (("model", "One"), ("status", "current")) == facets_of(document)


def test_evidence_and_the_place_of_a_mitigation_are_counted() -> None:
    evidence: list[JsonValue] = [{"setting": "red_team", "outcome": "bypassed"}]
    document = document_of(
        Kind.MITIGATION,
        layer="safeguards",
        functions=["detect", "deter"],
        lifecycle=["ML Model Evaluation", "deployment", "Night shift"],
        evidence=evidence,
    )

    assert {
        ("layer", "safeguards"),
        ("function", "detect"),
        ("function", "deter"),
        ("lifecycle", "ml_model_evaluation"),
        ("lifecycle", "deployment"),
        ("lifecycle", "Night shift"),
        ("outcome", "bypassed"),
        ("setting", "red_team"),
        ("mitigation", "rate_limit"),
    } == set(facets_of(document))


def test_a_weakness_is_counted_by_what_has_it_and_by_its_class() -> None:
    document = document_of(
        Kind.WEAKNESS,
        scope="model",
        affected=[{"provider": "Acme", "model": "One", "language": "fr"}],
        classes=[{"scheme": "cwe", "code": "CWE-1427"}, {"scheme": "ATLAS", "code": "AML.T0051.001"}],
    )

    assert {
        ("provider", "Acme"),
        ("model", "One"),
        ("language", "fr"),
        ("scope", "model"),
        ("status", "reported"),
        ("weakness_class", "cwe:CWE-1427"),
        ("weakness_class", "ATLAS:AML.T0051.001"),
        ("technique", "AML.T0051.001"),
        ("technique", "AML.T0051"),
    } == set(facets_of(document))


def test_a_policy_is_counted_by_its_provider_and_its_clauses() -> None:
    clauses: list[JsonValue] = [
        {"path": "1", "kind": "prohibited_use", "misuse_categories": ["fraud/scam"], "scrutiny_domains": ["legal"]},
        {"path": "2", "kind": "labour_standard"},
    ]

    assert {
        ("provider", "Acme"),
        ("clause", "prohibited_use"),
        ("clause", "labour_standard"),
        ("misuse", "fraud"),
        ("misuse", "fraud/scam"),
        ("scrutiny", "legal"),
    } == set(facets_of(document_of(Kind.USAGE_POLICY, clauses=clauses)))


def test_a_statement_is_counted_by_what_it_does() -> None:
    document = document_of(
        Kind.STATEMENT, statement_kind="adoption", adoption={"status": "done"}, stakeholder="data_workers"
    )

    expected = {("statement", "adoption"), ("adoption", "done"), ("stakeholder", "data_workers")}
    assert expected == set(facets_of(document))


@pytest.mark.parametrize("kind", list(Kind))
def test_classifications_of_every_kind_are_counted_with_who_judged(kind: Kind) -> None:
    judged: list[JsonValue] = [{"taxonomy": "mit", "version": "1", "value": "4.3", "annotator_kind": "machine"}]

    found = facets_of(document_of(kind, classifications=judged))

    assert {("classification", "mit:4.3"), ("annotator", "machine")} <= set(found)


@pytest.mark.parametrize(
    ("kind", "title", "summary"),
    [
        (Kind.INCIDENT, "title", "summary"),
        (Kind.MITIGATION, "name", "description"),
        (Kind.LESSON, "statement", "context"),
        (Kind.WEAKNESS, "title", "description"),
        (Kind.USAGE_POLICY, "title", "summary"),
        (Kind.STATEMENT, "title", "summary"),
    ],
)
def test_title_and_summary_stand_under_the_names_of_the_kind(kind: Kind, title: str, summary: str) -> None:
    document = document_of(kind)

    assert (document[title], document[summary]) == (title_of(kind, document), summary_of(kind, document))


def test_severity_is_the_overall_one() -> None:
    assert severity_of(document_of(severity=0)) == 0
    assert severity_of(document_of(Kind.LESSON)) is None


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        ({"started": "2024", "detected": "2025", "disclosed": "2026"}, "2024"),
        ({"detected": "2025-01", "disclosed": "2026"}, "2025-01"),
        ({"ended": "2023", "disclosed": "2026-02-03"}, "2026-02-03"),
        ({"ended": "2023", "contained": "2023"}, None),
        ({}, None),
    ],
)
def test_it_occurred_when_it_started_or_was_first_known(timeline: JsonValue, expected: str | None) -> None:
    assert expected == occurred_of(document_of(timeline=timeline))


@given(
    st.sampled_from([name for model in PUBLIC.values() for name in model.model_fields if name != "timeline"]),
    hostile_json,
)
def test_no_field_breaks_the_count(field: str, value: Any) -> None:
    found = facets_of({field: value})

    assert sorted(set(found)) == list(found)
    assert {facet for facet, _ in found} <= set(FACETS)
