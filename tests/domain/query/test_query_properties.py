"""Whatever is typed, ``parse`` reads it or says ``BadQuery``; what ``render`` writes is read to the same tree."""

from __future__ import annotations

import re
from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.domain import terms, words
from registry.domain.errors import BadQuery
from registry.domain.query import parse, render
from registry.domain.query.parsing import MAX_FUZZY
from registry.domain.query.tokens import visible
from registry.domain.search import (
    All,
    AnyOf,
    DateOf,
    DateRange,
    FieldIs,
    Fuzzy,
    Not,
    Phrase,
    Prefix,
    Query,
    SeverityRange,
    Word,
)
from registry.domain.search_fields import Has
from registry.search import analysis

_SIGNS = [*"\uff08\uff09\uff02\uff1a\u00ad", *'() "-*~:\0\u0301\u202e\u200d\ud83d\u201c', " ", "//", ">=3", "1..2"]
_WORDS = [
    "a",
    "jail*",
    "brake~",
    "x_y",
    "\u4f60\u597d",
    "AND",
    "OR",
    "NOT",
    "provider:",
    "severity:",
    "after:2026",
    "occurred:2024..",
    "2026",
    "misuse:(",
    "technique:T0051",
    "country:",
    "seve:",
    "||",
    "kind:lesson",
]
_PIECES = st.sampled_from([*_SIGNS, *_WORDS])
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=25).map("".join))

_letters = st.text("abcdefghij\u00e9\u4f60\u0438", min_size=1, max_size=8)
_days = st.dates(date(1990, 1, 1), date(2030, 1, 1))


def _span(day: date, length: int, of: DateOf, ends: str) -> DateRange:
    start, end = (day if ends != "end" else None), (day + timedelta(days=length) if ends != "start" else None)
    return DateRange(start, end, of)


_leaves = st.one_of(
    _letters.map(Word),
    st.lists(_letters, min_size=1, max_size=3).map(lambda words: Phrase(tuple(words))),
    st.text("abcdefghij", min_size=3, max_size=8).map(Prefix),
    st.text("abcdefghij", min_size=4, max_size=8).map(Fuzzy),
    st.builds(
        FieldIs,
        st.sampled_from(["model", "number", "id", "weakness_class"]),
        st.sampled_from(["A", "Open AI", "a:(b)", "-x", "x*", "x~", "OR", "model:x", "cwe:CWE-79", "a)", "//x"]),
    ),
    st.builds(FieldIs, st.just("technique"), st.sampled_from(["AML.T0051", "T0051", "T1566.002", "other"])),
    st.builds(FieldIs, st.just("country"), st.sampled_from(["DE", "ZZ"])),
    st.builds(FieldIs, st.just("has"), st.sampled_from(tuple(map(str, Has)))),
    st.builds(FieldIs, st.just("misuse"), st.sampled_from([term.code for term in terms.MISUSE.terms])),
    st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda pair: SeverityRange(min(pair), max(pair))),
    st.builds(_span, _days, st.integers(1, 800), st.sampled_from([*DateOf]), st.sampled_from(["both", "start", "end"])),
)


def _groups(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    def lists(refused: type[All | AnyOf]) -> st.SearchStrategy[tuple[Query, ...]]:
        return st.lists(inner.filter(lambda item: not isinstance(item, refused)), min_size=2, max_size=3).map(tuple)

    return st.one_of(inner.map(Not), lists(All).map(All).filter(_has_days), lists(AnyOf).map(AnyOf))


def _has_days(query: All) -> bool:
    """Whether its ranges have days in common: others side by side are refused."""
    for of in DateOf:
        spans = [item for item in query.items if isinstance(item, DateRange) and item.of is of]
        starts, ends = [one.start for one in spans if one.start], [one.end for one in spans if one.end]
        if starts and ends and max(starts) >= min(ends):
            return False
    return True


_QUERIES: st.SearchStrategy[Query] = st.recursive(_leaves, _groups, max_leaves=8)


@settings(max_examples=400)
@given(_TEXTS)
@example("provider://x")
@example("-" * 20)
@example("NOT" * 3)
def test_parse_raises_nothing_but_bad_query_and_render_is_read_to_the_same_tree(text: str) -> None:
    try:
        query = parse(text)
    except BadQuery as error:
        column, suggestion = error.column, error.suggestion
    else:
        column, suggestion = 1, render(query)
        assert query == parse(suggestion)

    assert 1 <= column <= len(text) + 1
    if suggestion is not None:
        parse(suggestion)
    else:
        assert not re.search(r"[^\W_]", re.sub("[A-Za-z_-]+[:\uff1a]", " ", visible(text)))


@settings(max_examples=200)
@given(_QUERIES.filter(lambda query: str(query).count("Fuzzy") <= MAX_FUZZY))
def test_rendered_queries_are_read_to_the_same_tree(query: Query) -> None:
    assert query == parse(render(query))


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_terms_are_short_and_lie_where_spans_say(text: str) -> None:
    found = list(analysis.spans(text))

    assert analysis.terms(text) == [term for _, _, term in found]
    for begin, end, term in found:
        assert 0 <= begin < end <= len(text)
        assert 0 < len(term) <= words.MAX_WORD_LENGTH
