"""The query language: what a text means, what is wrong with it, and what is offered instead."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest

from registry.domain.errors import BadQuery
from registry.domain.facets import FACETS
from registry.domain.query import fields, parse
from registry.domain.query.parsing import MAX_FUZZY, MAX_LENGTH, MAX_LEVELS, MAX_PREFIXES, MAX_TERMS
from registry.domain.search import (
    All,
    AnyOf,
    DateRange,
    Everything,
    FieldIs,
    Fuzzy,
    Not,
    Phrase,
    Prefix,
    Query,
    SeverityRange,
    Word,
)
from registry.domain.search_fields import INDEX_ONLY
from tests.effort import BOUND, Effort

A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Everything()),
        (" \t\0 ", Everything()),
        ("a", A),
        ("a b", All((A, B))),
        ("a AND b", All((A, B))),
        ("a and b", All((A, Word("and"), B))),
        ("a OR b c", AnyOf((A, All((B, C))))),
        ("(a OR b) c", All((AnyOf((A, B)), C))),
        ("a (b c)", All((A, B, C))),
        ("-a", Not(A)),
        ("NOT a b", All((Not(A), B))),
        ("a -(b OR c)", All((A, Not(AnyOf((B, C)))))),
        ('"a  b"', Phrase(("a", "b"))),
        ("\u201ca b\u201d", Phrase(("a", "b"))),
        ('a"b"', All((A, Phrase(("b",))))),
        ("jail*", Prefix("jail")),
        ("jailbrake~", Fuzzy("jailbrake")),
        ("~50", Word("~50")),
        ("source:atlas", FieldIs("source", "atlas")),
        ("has:Mitigation", FieldIs("has", "mitigation")),
        ("review:imported -licence:CC0-1.0", All((FieldIs("review", "imported"), Not(FieldIs("licence", "CC0-1.0"))))),
        ("provider:acme", FieldIs("provider", "acme")),
        ('PROVIDER:"Open  AI"', FieldIs("provider", "Open AI")),
        ("misuse:fraud/scam", FieldIs("misuse", "fraud/scam")),
        ("misuse:astroturfing", FieldIs("misuse", "influence_operation/astroturfing")),
        ('misuse:"Election interference"', FieldIs("misuse", "influence_operation/election")),
        ("kind:Incident", FieldIs("kind", "incident")),
        ('kind:"usage policy"', FieldIs("kind", "usage_policy")),
        ('event:"Near miss"', FieldIs("event", "near_miss")),
        ("status:wont_fix", FieldIs("status", "wont_fix")),
        ("status:superseded", FieldIs("status", "superseded")),
        ("actor_kind:insider", FieldIs("actor_kind", "insider")),
        ('weakness_class:"cwe:CWE-1427"', FieldIs("weakness_class", "cwe:CWE-1427")),
        ("classification:mit:4.3", FieldIs("classification", "mit:4.3")),
        ("lifecycle:deployment", FieldIs("lifecycle", "deployment")),
        ("number:LOCAL-INC-2026-00001", FieldIs("number", "LOCAL-INC-2026-00001")),
        ("severity:3", SeverityRange(3, 3)),
        ("severity:>=3", SeverityRange(3, 5)),
        ("severity:>3", SeverityRange(4, 5)),
        ("severity:<=3", SeverityRange(0, 3)),
        ("severity:<3", SeverityRange(0, 2)),
        ("severity:1..3", SeverityRange(1, 3)),
        ("after:2026", DateRange(date(2026, 1, 1), None)),
        ("after:2026-03", DateRange(date(2026, 3, 1), None)),
        ("before:2026-02-03", DateRange(None, date(2026, 2, 3))),
        ("https://example.org/a?b", Word("https://example.org/a?b")),
        ("12:30", Word("12:30")),
        ("cafe\u0301", Word("caf\u00e9")),
    ],
)
def test_a_text_means(text: str, expected: Query) -> None:
    assert expected == parse(text)


@pytest.mark.parametrize(
    ("text", "column", "suggestion"),
    [
        ('fraud "voice clone', 7, 'fraud "voice clone"'),
        ("(a OR b", 1, "(a OR b)"),
        ("((a) OR (b", 9, "((a) OR (b))"),
        ("a) b", 2, "a b"),
        ("a ()", 3, "a"),
        ("a OR", 3, "a"),
        ("AND a", 1, "a"),
        ("a & b", 3, "a b"),
        ("a *", 3, "a"),
        ("a ab*", 3, "a ab"),
        ("ja*l", 1, "ja"),
        ("jail*break", 1, "jail*"),
        ("AML.T00*", 1, "AML.T00"),
        ("a you~", 3, "a you"),
        ("GPT-4~", 1, "GPT-4"),
        ("~", 1, None),
        ("jail*~", 1, "jail*"),
        ("model:gpt~", 1, "model:gpt"),
        ("provder:acme x", 1, "provider:acme x"),
        ("qqqqq:acme", 1, "acme"),
        ("provider: x", 1, "x"),
        ("model:gpt*", 1, "model:gpt"),
        ("severity:3..1", 1, "severity:1..3"),
        ("severity:9", 1, None),
        ("severity:>5 a", 1, "a"),
        ("severity:high a", 1, "a"),
        ("a after:2026-13", 3, "a"),
        ("a after:2026 before:2025", 14, "a after:2026"),
        ("kind:incidents", 1, "kind:incident"),
        ("a status:fixt", 3, "a status:fixed"),
        ("outcome:zzz a", 1, "a"),
        ("motive:money", 1, None),
        ('""', 1, None),
        ("*", 1, None),
        ("-", 1, None),
    ],
)
def test_what_cannot_be_read_names_its_column_and_offers_a_valid_query(
    text: str, column: int, suggestion: str | None
) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(text)

    assert (column, suggestion) == (caught.value.column, caught.value.suggestion)
    if suggestion is not None:
        parse(suggestion)


@pytest.mark.parametrize(
    "text",
    [
        "a" * (MAX_LENGTH + 1),
        "a " * (MAX_TERMS + 1),
        f'"{"a " * (MAX_TERMS + 1)}"',
        "a." * (MAX_TERMS + 1),
        f'"{"a." * (MAX_TERMS + 1)}"',
        "(" * (MAX_LEVELS + 1) + "a" + ")" * (MAX_LEVELS + 1),
        "-" * (MAX_LEVELS + 1) + "a",
        "abc* " * (MAX_PREFIXES + 1),
        "abcd~ " * (MAX_FUZZY + 1),
    ],
)
def test_queries_are_bounded(text: str) -> None:
    with pytest.raises(BadQuery, match="problem"):
        parse(text)


def test_the_bounds_themselves_are_allowed() -> None:
    assert All((A,) * MAX_TERMS) == parse("a " * MAX_TERMS)
    assert A == parse("(" * MAX_LEVELS + "a" + ")" * MAX_LEVELS)
    assert Word("a" * MAX_LENGTH) == parse("a" * MAX_LENGTH)


@pytest.mark.parametrize(
    "piece", ["(", ")", '"', "-", "a", "(a ", "provder:x ", "OR ", "*", "a:", "-(", '"a" ', "\u0301"]
)
def test_hostile_texts_are_read_quickly(piece: str) -> None:
    with Effort() as effort, suppress(BadQuery):
        parse((piece * MAX_LENGTH)[:MAX_LENGTH])

    assert BOUND > effort.spent


def test_every_facet_is_a_field() -> None:
    assert {*FACETS, *INDEX_ONLY, "kind", "number", "severity", "after", "before"} == set(fields())


def test_an_unknown_term_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(BadQuery) as refused:
        parse("harm:finantial")

    assert 1 == refused.value.column
    assert "harm:financial" == refused.value.suggestion
