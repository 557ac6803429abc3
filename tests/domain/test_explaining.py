"""A query told back in words."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.explaining import explanation
from registry.domain.query import fields, parse
from registry.domain.search import All, AnyOf, FieldIs, Fuzzy, Not, Phrase, Prefix, Query, Word
from registry.domain.search_fields import COUNTED, INDEX_ONLY, VALUES_OF, Has
from registry.domain.search_labels import HAVING, LABELS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("spam", "the text has “spam”"),
        ('spam "a wave" jail* fruad~', ("the text has “spam”, the phrase “a wave”, a word that begins with “jail” "
         "and a word spelt like “fruad”")),
        ("provider:Acme OR severity:>=3", "either provider is “Acme” or severity is 3 or more"),
        ("severity:1..3", "severity is 1 to 3"),
        ("severity:4", "severity is 4 (severe)"),
        ("-misuse:fraud/scam", "misuse is not “Scams”"),
        ("-spam", "the text does not have “spam”"),
        ("-(a b)", "it is not so that (the text has “a” and “b”)"),
        ("-severity:4", "it is not so that severity is 4 (severe)"),
        ("spam wave country:DE", "the text has “spam” and “wave” and country is “Germany (DE)”"),
        ("a b OR c", "either (the text has “a” and “b”) or the text has “c”"),
        ("a (b OR c)", "the text has “a” and (either the text has “b” or the text has “c”)"),
        ("misuse:(spam OR jailbreak) a", "(misuse is “Spam and bulk content” or “Jailbreak”) and the text has “a”"),
        ("has:mitigation -has:evidence", "it has a mitigation and it has no evidence"),
        ("has:mitigation OR has:lesson", "either it has a mitigation or it has a lesson"),
        ("occurred:2023", "it happened in 2023"),
        ("after:2026-03-14", "it happened on or after 14 March 2026"),
        ("before:2026-03-14", "it happened before 14 March 2026"),
        ("occurred:2026-03-14", "it happened on 14 March 2026"),
        ("published:2026-02..2026-03", "it was published from 1 February 2026 to 31 March 2026"),
        ("reported:self review:imported", ("reported by is “Those it is about” and review is "
         "“Imported, not reviewed here”")),
    ],
)  # fmt: skip
def test_a_query_is_said_in_words(text: str, said: str) -> None:
    assert said == explanation(parse(text))


def test_every_field_has_a_name() -> None:
    assert {*COUNTED, *INDEX_ONLY, "number"} == set(LABELS)
    assert set(Has) == set(HAVING)
    unsaid = set(fields()) - set(LABELS)
    assert {"after", "before", "occurred", "published", "published_after", "published_before"} == unsaid


def test_every_value_of_a_closed_field_is_told_differently() -> None:
    queries = [FieldIs(field, value) for field, values in VALUES_OF.items() for value in values]

    assert len(queries) == len({explanation(one) for one in queries})


_leaves: st.SearchStrategy[Query] = st.sampled_from(
    [
        Word("a"),
        Word("b"),
        Phrase(("a",)),
        Prefix("abc"),
        Fuzzy("abcd"),
        FieldIs("misuse", "spam"),
        FieldIs("misuse", "fraud"),
        FieldIs("has", "mitigation"),
        FieldIs("has", "lesson"),
        parse("severity:3"),
        parse("after:2026"),
    ]
)


def _groups(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    some = st.lists(inner, min_size=2, max_size=2).map(tuple)
    return st.one_of(
        inner.map(Not),
        some.filter(lambda items: not any(isinstance(item, All) for item in items)).map(All),
        some.filter(lambda items: not any(isinstance(item, AnyOf) for item in items)).map(AnyOf),
    )


@settings(max_examples=30)
@given(st.lists(st.recursive(_leaves, _groups, max_leaves=4), min_size=20, max_size=20))
def test_queries_that_differ_are_told_differently(queries: list[Query]) -> None:
    for one, other in product(queries, repeat=2):
        assert (one == other) is (explanation(one) == explanation(other))
