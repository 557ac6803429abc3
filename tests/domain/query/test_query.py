"""The query language: what a text means, what is wrong with it, and what is offered instead."""

from __future__ import annotations

import sys
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
    DateOf,
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

_DATES = ("occurred", "after", "before", "published", "published_after", "published_before")
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
        ("kind:incidents", FieldIs("kind", "incident")),
        ("kind:policies", FieldIs("kind", "usage_policy")),
        ('has:"Mitigations"', FieldIs("has", "mitigation")),
        ("reported:others", FieldIs("reported", "other")),
        ("license:cc0-1.0", FieldIs("licence", "cc0-1.0")),
        ("organisation:acme", FieldIs("owner", "acme")),
        ("type:incident", FieldIs("kind", "incident")),
        ("category:fraud", FieldIs("misuse", "fraud")),
        ("company:Acme", FieldIs("provider", "Acme")),
        ("since:2023", DateRange(date(2023, 1, 1), None)),
        ("from:2023-04", DateRange(date(2023, 4, 1), None)),
        ("id:CVE-2026-1", FieldIs("id", "CVE-2026-1")),
        ("misuse:influence-operation", FieldIs("misuse", "influence_operation")),
        ("technique:aml.t0051.001", FieldIs("technique", "AML.T0051.001")),
        ("technique:T0051", AnyOf((FieldIs("technique", "AML.T0051"), FieldIs("technique", "T0051")))),
        ('technique:"T0051"', FieldIs("technique", "T0051")),
        ("technique:t1566", FieldIs("technique", "T1566")),
        ("country:de", FieldIs("country", "DE")),
        ("country:Germany", FieldIs("country", "DE")),
        ('country:"united kingdom"', FieldIs("country", "GB")),
        ("country:usa", FieldIs("country", "US")),
        ('country:"ZZ"', FieldIs("country", "ZZ")),
        ("lifecycle:Deployment", FieldIs("lifecycle", "deployment")),
        ("misuse:(fraud OR spam)", AnyOf((FieldIs("misuse", "fraud"), FieldIs("misuse", "spam")))),
        ('provider:("Open AI" OR acme)', AnyOf((FieldIs("provider", "Open AI"), FieldIs("provider", "acme")))),
        (
            "model:(a -(b OR c))",
            All((FieldIs("model", "a"), Not(AnyOf((FieldIs("model", "b"), FieldIs("model", "c")))))),
        ),
        (
            "weakness_class:(cwe:CWE-79 OR cwe:CWE-80)",
            AnyOf((FieldIs("weakness_class", "cwe:CWE-79"), FieldIs("weakness_class", "cwe:CWE-80"))),
        ),
        ("severity:(0 OR >=4)", AnyOf((SeverityRange(0, 0), SeverityRange(4, 5)))),
        ("severity:serious", SeverityRange(3, 3)),
        ("severity:High", SeverityRange(4, 5)),
        ("severity:>=moderate", SeverityRange(2, 5)),
        ("severity:2..", SeverityRange(2, 5)),
        ("severity:..2", SeverityRange(0, 2)),
        ("occurred:2024", DateRange(date(2024, 1, 1), date(2025, 1, 1))),
        ("occurred:2024..2026-02", DateRange(date(2024, 1, 1), date(2026, 3, 1))),
        ("occurred:2024..", DateRange(date(2024, 1, 1), None)),
        ("occurred:..2024-02", DateRange(None, date(2024, 3, 1))),
        ("occurred:>2024", DateRange(date(2025, 1, 1), None)),
        ("occurred:<=2024-02-29", DateRange(None, date(2024, 3, 1))),
        ("published:2026-03", DateRange(date(2026, 3, 1), date(2026, 4, 1), DateOf.PUBLISHED)),
        ("published-after:2026", DateRange(date(2026, 1, 1), None, DateOf.PUBLISHED)),
        ("published_before:2026", DateRange(None, date(2026, 1, 1), DateOf.PUBLISHED)),
        (
            "after:2026 published_before:2025",
            All((DateRange(date(2026, 1, 1), None), DateRange(None, date(2025, 1, 1), DateOf.PUBLISHED))),
        ),
        ("\uff4b\uff49\uff4e\uff44\uff1a\uff4c\uff45\uff53\uff53\uff4f\uff4e", FieldIs("kind", "lesson")),
        ("\uff08a OR b\uff09 \uff02b c\uff02", All((AnyOf((A, B)), Phrase(("b", "c"))))),
        ("jail\uff0a", Prefix("jail")),
        ("\uff0da", Not(A)),
        ("fra\u200bud \ufeffkind:lesson\u200f", All((Word("fraud"), FieldIs("kind", "lesson")))),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", Word("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")),
        ("a\ud83d", Word("a\ufffd")),
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
        ("sev:high", 1, "severity:high"),
        ("provider: x", 1, "provider:x"),
        ("model:gpt*", 1, "model:gpt"),
        ("severity:3..1", 1, "severity:1..3"),
        ("severity:9", 1, "severity:5"),
        ("severity>=3", 1, "severity:>=3"),
        ("severity:2-4", 1, "severity:2..4"),
        ("severity:seriuos", 1, "severity:serious"),
        ("severity:>5 a", 1, "severity:>=5 a"),
        ("severity:x a", 1, "a"),
        ("a after:2026-13", 3, "a after:2026"),
        ("after:2026-02-30", 1, "after:2026-02"),
        ("after:2026/3/4", 1, "after:2026-03-04"),
        ("after:2024..2025", 1, "occurred:2024..2025"),
        ("after:>=2024", 1, "after:2024"),
        ("occurred:2026..2024", 1, "occurred:2024..2026"),
        ("occurred:2024-2026", 1, "occurred:2024..2026"),
        ("year:2024..2026", 1, "occurred:2024..2026"),
        ("a published:soon", 3, "a"),
        ("occurred:9999", 1, "9999"),
        ("published:2026 published:2025", 16, "published:2026"),
        ("a || b", 3, "a OR b"),
        ("country:Germny", 1, "country:DE"),
        ("country:ZZ", 1, "ZZ"),
        ("misuse:(fraud OR jailbrak)", 18, "misuse:(fraud OR jailbreak)"),
        ("misuse:(fraud model:x)", 15, "misuse:(fraud )"),
        ("mysuse:(fraud OR spam)", 1, "misuse:(fraud OR spam)"),
        ("misuse:(fraud OR spam", 1, "misuse:(fraud OR spam)"),
        ("misuse:() a", 1, "a"),
        ("has:mitigatoin", 1, "has:mitigation"),
        ("state:publshed", 1, "state:published"),
        ("caf\u0065\u0301 severity:x", 7, "caf\u00e9"),
        ("\u200b\u200bkind:x a", 3, "a"),
        ("a after:2026 before:2025", 14, "a after:2026"),
        ("kind:insident", 1, "kind:incident"),
        ("a status:fixt", 3, "a status:fixed"),
        ("outcome:zzz a", 1, "a"),
        ("motive:money", 1, "money"),
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


HOSTILE = [
    "(",
    ")",
    '"',
    "-",
    "a",
    "(a ",
    "provder:x ",
    "OR ",
    "* ",
    "abc* ",
    "abcd~ ",
    "a:",
    "a:(",
    "misuse:(",
    "-(",
    '"a" ',
    "severity:9 ",
    "occurred:2026..2024 ",
    "country:x ",
    "\u0301",
    "\u202e",
    "\u200d",
    "\uff08",
    "\u0958",
    "\U0001f600",
    "\ud83d",
    "\u05d0\u05b0",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("length", [MAX_LENGTH, 10_000])
def test_hostile_texts_are_read_quickly(piece: str, length: int) -> None:
    with Effort() as effort, suppress(BadQuery):
        parse((piece * length)[:length])

    assert BOUND > effort.spent


@pytest.mark.parametrize("piece", HOSTILE)
def test_reading_takes_steps_in_proportion_to_the_length(piece: str) -> None:
    # Four times the length: a square would be sixteen times the steps.
    short, long = (_steps((piece * size)[:size]) for size in (MAX_LENGTH // 4, MAX_LENGTH))

    assert 8 * short + 2000 > long


def _steps(text: str) -> int:
    """How many calls of functions reading *text* takes."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with suppress(BadQuery):
            parse(text)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("text", ["\u202efraud\u202c\u2066", "fra\u00adud", "\ufefffraud\u200b", "fraud\0"])
def test_what_nobody_sees_changes_no_word(text: str) -> None:
    assert Word("fraud") == parse(text)


def test_a_text_that_is_too_long_is_cut_where_a_word_ends() -> None:
    with pytest.raises(BadQuery) as caught:
        parse("fraud " * 2000)

    assert MAX_LENGTH + 1 > caught.value.column
    assert " ".join(["fraud"] * MAX_TERMS) == caught.value.suggestion


def test_every_facet_is_a_field() -> None:
    assert {*FACETS, *INDEX_ONLY, "kind", "number", "severity", *_DATES} == set(fields())


def test_an_unknown_term_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(BadQuery) as refused:
        parse("harm:finantial")

    assert 1 == refused.value.column
    assert "harm:financial" == refused.value.suggestion
