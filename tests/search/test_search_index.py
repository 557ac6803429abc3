"""What every engine promises: what matches, in which order, on which page, with which counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from registry.domain.choices import chosen, without
from registry.domain.errors import InvalidInput
from registry.domain.query.parsing import parse
from registry.domain.record import RecordUid
from registry.domain.search import (
    All,
    AnyOf,
    Everything,
    FacetCount,
    FieldIs,
    Hit,
    Phrase,
    Query,
    SearchRequest,
    SearchSort,
    Word,
)
from registry.ports import SearchIndex
from tests.search import corpus
from tests.search.corpus import hidden, public, removed, uid


def found(index: SearchIndex, query: Query | str, **request: object) -> list[RecordUid]:
    """The uids of the first page."""
    tree = parse(query) if isinstance(query, str) else query
    return [hit.uid for hit in index.search(SearchRequest(tree, **request)).hits]  # type: ignore[arg-type]


def numbers(index: SearchIndex, query: str) -> set[int]:
    """Which of the records with the numbers 1 to 99 match."""
    by_uid = {uid(number): number for number in range(1, 100)}
    return {by_uid[one] for one in found(index, query, limit=100)}


def test_an_empty_index_has_position_zero_and_finds_nothing(search_index: SearchIndex) -> None:
    result = search_index.search(SearchRequest(Everything(), facets=("kind",)))

    assert (0, 0, (), {"kind": ()}) == (search_index.position(), result.total, result.hits, result.facets)


def test_words_match_by_their_stem_whatever_their_case(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "Jailbreaking policies"), public(2, "Something else")], position=1)

    for query in ("jailbreak", "JAILBREAKS", "policy", "policies jailbreaking"):
        assert {1} == numbers(search_index, query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("alpha beta", {1}),
        ("alpha OR gamma", {1, 2, 3}),
        ("alpha -beta", {2}),
        ("NOT alpha", {3, 4}),
        ("-alpha -gamma", {4}),
        ("alpha OR (gamma -delta)", {1, 2, 3}),
        ("(alpha OR gamma) beta", {1, 3}),
        ('"beta alpha"', set()),
        ('"alpha beta"', {1}),
        ("-(alpha OR gamma)", {4}),
        ("gamma OR provider:acme", {2, 3}),
        ("gamma provider:acme", set()),
        ("(alpha provider:acme) OR (gamma severity:4)", {2, 3}),
        ("-provider:acme alpha", {1}),
        ("alp*", {1, 2}),
        ("nothing", set()),
        ("", {1, 2, 3, 4}),
    ],
)
def test_queries_mean_what_they_say(search_index: SearchIndex, query: str, expected: set[int]) -> None:
    search_index.apply(
        [
            public(1, "alpha beta"),
            public(2, "alpha", facets=(("provider", "Acme"),)),
            public(3, "gamma", "beta", severity=4),
            public(4, "epsilon"),
        ],
        position=1,
    )

    assert expected == numbers(search_index, query)


def test_identifiers_are_found_as_they_are_written(search_index: SearchIndex) -> None:
    search_index.apply(
        [public(1, "One", "technique AML.T0051.000 seen", number="LOCAL-INC-2026-00001"), public(2, "AML T0052")],
        position=1,
    )

    assert {1} == numbers(search_index, "AML.T0051")
    assert {1} == numbers(search_index, "number:local-inc-2026-00001")
    assert set() == numbers(search_index, "number:local-inc-2026-0000")


def test_accents_and_other_scripts_are_found(search_index: SearchIndex) -> None:
    search_index.apply(
        [public(1, "Café Zürich"), public(2, "大型语言模型被滥用"), public(3, "мошенничество"), public(4, "हिन्दी पाठ")],
        position=1,
    )

    assert {1} == numbers(search_index, "cafe zurich")
    assert {1} == numbers(search_index, "CAFE\u0301")
    assert {2} == numbers(search_index, "语言模型")
    assert set() == numbers(search_index, "模语")
    assert {3} == numbers(search_index, "МОШЕННИЧЕСТВО")
    assert {4} == numbers(search_index, "हिन्दी")


def test_fields_match_whole_values_whatever_their_case(search_index: SearchIndex) -> None:
    search_index.apply(
        [
            public(1, "One", facets=(("provider", "Open AI"), ("year", "2025")), kind="lesson"),
            public(2, "Two", facets=(("provider", "OPEN AI"),)),
            public(3, "Three", facets=(("provider", "Open"),)),
        ],
        position=1,
    )

    assert {1, 2} == numbers(search_index, 'provider:"open ai"')
    assert {3} == numbers(search_index, "provider:open")
    assert {1} == numbers(search_index, "kind:lesson year:2025")


def test_severities_and_dates_are_ranges(search_index: SearchIndex) -> None:
    search_index.apply(
        [
            public(1, "One", severity=1, occurred_on=date(2026, 1, 31)),
            public(2, "Two", severity=3, occurred_on=date(2026, 2, 1)),
            public(3, "Three", severity=5, occurred_on=date(2026, 3, 1)),
            public(4, "Unknown"),
        ],
        position=1,
    )

    assert {2, 3} == numbers(search_index, "severity:>=3")
    assert {1, 2} == numbers(search_index, "severity:1..3")
    assert {2, 3} == numbers(search_index, "after:2026-02")
    assert {1} == numbers(search_index, "before:2026-02")
    assert {2} == numbers(search_index, "after:2026-02 before:2026-03")
    assert {4} == numbers(search_index, "-severity:0..5 -after:2000 -before:2000")


def test_a_word_in_the_title_counts_more(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "other words", "fraud here"), public(2, "fraud words", "other here")], position=1)

    assert [uid(2), uid(1)] == found(search_index, "fraud")


def test_equals_are_sorted_with_the_newest_first(search_index: SearchIndex) -> None:
    search_index.apply([public(number, "same text") for number in (2, 3, 1)], position=1)

    assert [uid(3), uid(2), uid(1)] == found(search_index, "same")


def test_sorting_puts_the_latest_or_gravest_first_and_the_unknown_last(search_index: SearchIndex) -> None:
    search_index.apply(
        [
            public(1, "x", severity=2, occurred_on=date(2025, 5, 1), published_at=datetime(2026, 1, 3, tzinfo=UTC)),
            public(2, "x", severity=None, occurred_on=None, published_at=datetime(2026, 1, 2, tzinfo=UTC)),
            public(3, "x", severity=5, occurred_on=date(2024, 5, 1), published_at=datetime(2026, 1, 1, tzinfo=UTC)),
        ],
        position=1,
    )

    orders = {sort: found(search_index, "x", sort=sort) for sort in SearchSort if sort is not SearchSort.RELEVANCE}

    assert {
        SearchSort.RECENCY: [uid(2), uid(1), uid(3)],
        SearchSort.PUBLISHED: [uid(1), uid(2), uid(3)],
        SearchSort.OCCURRED: [uid(1), uid(3), uid(2)],
        SearchSort.SEVERITY: [uid(3), uid(1), uid(2)],
    } == orders


@pytest.mark.parametrize("sort", SearchSort)
@pytest.mark.parametrize("text", ["", "provider:openai", "baba OR bibi OR dada OR kuku"])
def test_pages_follow_one_another_without_gap_or_repeat(search_index: SearchIndex, sort: SearchSort, text: str) -> None:
    search_index.apply(corpus.entries(60), position=1)
    query = parse(text)
    whole = search_index.search(SearchRequest(query, sort=sort, limit=100))

    pages: list[Hit] = []
    position, more = None, True
    while more:
        page = search_index.search(SearchRequest(query, sort=sort, limit=7, position=position))
        assert whole.total == page.total
        pages += page.hits
        more = page.has_next
        position = page.hits[-1].position if page.hits else None

    assert list(whole.hits) == pages


def test_facet_counts_equal_what_following_them_finds(search_index: SearchIndex) -> None:
    names = ("kind", "severity", "provider", "country", "misuse", "year", "harm")
    for batch in range(3):
        search_index.apply(corpus.entries(80)[batch * 30 : batch * 30 + 30], position=batch)

    def following(query: Query, field: str, value: str) -> int:
        """The total after choosing one more value; of a field that has a chosen one, either of them."""
        values = (*chosen(query).get(field, ()), value)
        either = AnyOf(tuple(FieldIs(field, one) for one in values))
        return search_index.search(SearchRequest(All((without(query, field), either)))).total

    for text in ("", "country:DE", "(country:DE OR country:FR) kind:lesson", "severity:>=2 -kind:lesson"):
        query = parse(text)
        result = search_index.search(SearchRequest(query, facets=names))

        told = {
            (name, one.value): result.total + one.adds if name in chosen(query) else one.count
            for name in names
            for one in result.facets[name]
        }
        assert {(name, value): following(query, name, value) for name, value in told} == told
    assert () == result.facets["harm"]


def test_facets_count_spellings_together_and_show_the_commonest(search_index: SearchIndex) -> None:
    spellings = ("OpenAI", "openai", "OpenAI", "OPENAI", "Meta")
    search_index.apply(
        [public(number, "x", facets=(("provider", name),)) for number, name in enumerate(spellings)], position=1
    )

    result = search_index.search(SearchRequest(Everything(), facets=("provider",)))

    assert (FacetCount("OpenAI", 4), FacetCount("Meta", 1)) == result.facets["provider"]


def test_a_facet_that_is_not_counted_is_refused(search_index: SearchIndex) -> None:
    with pytest.raises(InvalidInput):
        search_index.search(SearchRequest(Everything(), facets=("number",)))


def test_an_update_replaces_what_was_known(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "before", severity=1)], position=1)

    search_index.apply([public(1, "after", severity=2)], position=2)

    assert set() == numbers(search_index, "before:1999 OR severity:1")
    assert set() == numbers(search_index, '"before"')
    assert {1} == numbers(search_index, "severity:2")
    assert (1, 2) == (search_index.search(SearchRequest(Everything())).total, search_index.position())


def test_a_withdrawn_incident_is_not_found_by_search(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "misuse"), public(2, "misuse")], position=1)

    search_index.apply([hidden(1, "misuse")], position=2)

    assert {2} == numbers(search_index, "misuse")
    assert (uid(1),) == search_index.hidden_matches(Word("misuse"), limit=10)


def test_an_erased_record_is_in_neither_index(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "misuse"), hidden(2, "misuse")], position=1)

    search_index.apply([removed(1), removed(2)], position=2)

    assert 0 == search_index.search(SearchRequest(Everything())).total
    assert () == search_index.hidden_matches(Everything(), limit=10)


def test_the_last_entry_of_a_record_in_a_batch_counts(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "first"), removed(1), public(1, "last"), public(2, "x"), removed(2)], position=1)

    assert {1} == numbers(search_index, "")
    assert {1} == numbers(search_index, "last")


def test_applying_entries_twice_changes_nothing(search_index: SearchIndex) -> None:
    request = SearchRequest(Word(corpus.words(300)[2]), facets=("provider",))
    search_index.apply(corpus.entries(20), position=1)
    before = search_index.search(request)

    search_index.apply(corpus.entries(20), position=1)

    assert before == search_index.search(request)


def test_hidden_matches_are_the_newest_and_as_many_as_asked_for(search_index: SearchIndex) -> None:
    search_index.apply([hidden(number, "draft") for number in (3, 1, 2)], position=1)

    assert (uid(3), uid(2)) == search_index.hidden_matches(Word("drafts"), limit=2)


def test_a_rebuild_replaces_everything(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "old"), hidden(2, "old")], position=1)

    search_index.rebuild(iter([public(3, "new"), hidden(4, "new"), public(3, "newer")]), position=9)

    assert {3} == numbers(search_index, "newer")
    assert (uid(4),) == search_index.hidden_matches(Everything(), limit=9)
    assert (9, 1) == (search_index.position(), search_index.search(SearchRequest(Everything())).total)


def test_snippets_show_and_mark_the_words_that_matched(search_index: SearchIndex) -> None:
    body = f"{'filler ' * 60}The attackers automated their phishing, politely. {'filler ' * 60}"
    search_index.apply([public(1, "Title", body)], position=1)

    snippet = search_index.search(SearchRequest(parse("attacker phish*"))).hits[0].snippet

    assert ["attackers", "phishing"] == [text for text, matched in snippet.pieces if matched]
    assert len("".join(text for text, _ in snippet.pieces)) < 260


def test_a_snippet_without_words_is_the_beginning(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "Title", "A short body.", facets=(("country", "DE"),))], position=1)

    snippet = search_index.search(SearchRequest(FieldIs("country", "de"))).hits[0].snippet

    assert (("A short body.", False),) == snippet.pieces


def test_a_label_is_found_and_shown_only_where_nothing_of_the_text_matched(search_index: SearchIndex) -> None:
    entry = public(1, "Title", "A heading\n\nThe agent was hijacked.", labels=("AML.T0051", "Agent news", "Acme"))
    search_index.apply([entry], position=1)

    by_text, by_label = (search_index.search(SearchRequest(parse(text))).hits[0].snippet for text in ("agent", "acme"))

    assert (("A heading · The ", False), ("agent", True), (" was hijacked.", False)) == by_text.pieces
    assert (("A heading · The agent was hijacked. · ", False), ("Acme", True)) == by_label.pieces
    assert 1 == search_index.search(SearchRequest(parse("AML.T0051"))).total


def test_no_phrase_reaches_from_one_label_into_the_next(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "Title", "Text.", labels=("Acme", "Bee"))], position=1)

    assert [] == found(search_index, Phrase(("acme", "bee")))


def test_a_snippet_begins_with_a_sentence_where_one_begins_nearby(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "Title", f"{'filler ' * 60}end. The phishing began.{' filler' * 60}")], position=1)

    snippet = search_index.search(SearchRequest(parse("phishing"))).hits[0].snippet

    assert (("… ", False), ("The ", False), ("phishing", True)) == snippet.pieces[:3]


def test_snippets_mark_words_with_accents_and_in_other_scripts(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "Title", "Der Café-Betrug nutzte 大型语言模型.")], position=1)

    snippet = search_index.search(SearchRequest(parse("cafe 语言模型"))).hits[0].snippet

    assert ["Café", "语言模型"] == [text for text, matched in snippet.pieces if matched]


def test_a_phrase_needs_its_words_in_a_row(search_index: SearchIndex) -> None:
    search_index.apply(
        [public(1, "x", "deep fake of a voice"), public(2, "x", "fake and deep voice, deep fakes")], position=1
    )

    assert [uid(1), uid(2)] == sorted(found(search_index, Phrase(("deep", "fake"))))
    assert [uid(1)] == found(search_index, Phrase(("fake", "of", "a")))


def test_a_fuzzy_word_finds_words_that_differ_by_a_letter_or_two(search_index: SearchIndex) -> None:
    search_index.apply(
        [
            public(1, "A jailbreak"),
            public(2, "Jailbreaking of models"),
            public(3, "A jail"),
            public(4, "A fraud"),
            public(5, "A braid"),
        ],
        position=1,
    )

    assert {1, 2} == numbers(search_index, "jailbrake~")
    assert {1, 2} == numbers(search_index, "jialbreak~")
    assert {4} == numbers(search_index, "fruad~")
    assert set() == numbers(search_index, "praud~")
    assert {5} == numbers(search_index, "brayd~")


def test_a_snippet_marks_what_a_fuzzy_word_found(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "Title", "It was a jailbreak of a model.")], position=1)

    (hit,) = search_index.search(SearchRequest(parse("jailbrake~"))).hits

    assert ["jailbreak"] == [text for text, is_match in hit.snippet.pieces if is_match]


def test_a_range_of_days_is_of_occurring_or_of_publishing(search_index: SearchIndex) -> None:
    night = datetime(2026, 3, 14, 23, 59, 59, 999_999, tzinfo=UTC)
    search_index.apply(
        [
            public(1, "one", occurred_on=date(2026, 3, 15), published_at=night),
            public(2, "two", occurred_on=date(2026, 3, 14), published_at=night + timedelta(microseconds=1)),
            public(3, "three", published_at=None),
        ],
        position=1,
    )

    assert {1} == numbers(search_index, "published:2026-03-14")
    assert {2} == numbers(search_index, "published_after:2026-03-15")
    assert {1, 2} == numbers(search_index, "published:2026")
    assert {1} == numbers(search_index, "published:1969..2026-03-14")
    assert {2} == numbers(search_index, "occurred:2026-03-14")
    assert {3} == numbers(search_index, "-published:1900..2100")
