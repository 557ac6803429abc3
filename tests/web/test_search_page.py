"""The search page: every state is an address, and there is always a way on."""

from __future__ import annotations

import re
from html import escape

import pytest
from defusedxml.ElementTree import fromstring
from starlette.datastructures import QueryParams

from registry.service import life, review
from tests import factories
from tests.client import Client
from tests.web.node import Node, unknown_number
from web.pages.search_state import SearchState, read_state


def test_a_number_goes_straight_to_its_record(client: Client, node: Node) -> None:
    record = node.publish(factories.content())

    answer = client.get("/search", params={"q": f" {str(record.number).lower()} "})

    assert 303 == answer.status_code
    assert f"/r/{record.number}" == answer.headers["location"]


def test_a_number_nobody_has_is_searched_for(client: Client, node: Node) -> None:
    record = node.publish(factories.content())

    answer = client.get("/search", params={"q": unknown_number(record)})

    assert 200 == answer.status_code
    assert "0 records" in answer.text


def test_results_say_the_query_in_words_and_mark_what_matched(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of spam", summary="Accounts sent messages."))

    answer = client.get("/search?q=messages&misuse=spam")

    assert (
        "<strong>1 record</strong> where the text has “messages” and misuse is “Spam and bulk content”." in answer.text
    )
    assert "<mark>messages</mark>" in answer.text


def test_a_facet_narrows_and_a_chip_widens_again(client: Client, node: Node) -> None:
    node.publish(factories.content(misuse_categories=["spam"]))
    node.publish(factories.content(misuse_categories=["fraud"]))

    everything = client.get("/search").text
    narrowed = client.get("/search?misuse=fraud").text

    assert 'href="/search?misuse=fraud"' in everything
    assert "<strong>1 record</strong>" in narrowed
    assert re.search(r'<a href="/search"><span class="hidden">Remove filter </span>Misuse: Fraud', narrowed)


def test_pages_follow_one_another_without_gap_or_repetition(client: Client, node: Node) -> None:
    numbers = {str(node.publish(factories.content()).number) for _ in range(23)}

    first = client.get("/search?q=spam&sort=published").text
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after is not None
    second = client.get(after[1].replace("&amp;", "&")).text

    shown = [set(re.findall(r'href="/r/([^"]+)"', page)) for page in (first, second)]
    assert [20, 3] == [len(one) for one in shown]
    assert numbers == shown[0] | shown[1]
    assert 'rel="next"' not in second


def test_a_cursor_of_another_search_is_refused(client: Client) -> None:
    answer = client.get("/search?q=spam&after=AAAA")

    assert 400 == answer.status_code
    assert "start again without one" in answer.text


def test_where_nothing_is_found_a_filter_less_is_offered(client: Client, node: Node) -> None:
    node.publish(factories.content())

    answer = client.get("/search?q=spam&severity=5")

    assert "Nothing was found" in answer.text
    assert '<a href="/search?q=spam">Without Severity: 5 · Catastrophic</a> (1)' in answer.text


def test_where_nothing_is_found_the_usual_spelling_is_offered(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of phishing messages", misuse_categories=["cyber/phishing"]))

    answer = client.get("/search?q=phising+mesages")

    assert 'Did you mean <a href="/search?q=phishing+messages">phishing messages</a> (1)?' in answer.text


def test_a_spelling_is_offered_beside_words_that_no_record_has(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of phishing"))

    answer = client.get("/search?q=phising+xylophone+kind:incident")

    offered = '<a href="/search?q=%28phishing+OR+xylophone%29+kind%3Aincident">'
    assert f"Did you mean {offered}(phishing OR xylophone) kind:incident</a> (1)?" in answer.text


@pytest.mark.parametrize("typed", ['"Open AI"', "OpenIA", "open"])
def test_a_name_that_no_record_has_is_offered_as_records_spell_it(client: Client, node: Node, typed: str) -> None:
    node.publish(factories.content(title="A wave of spam", systems=[{"provider": "OpenAI"}]))
    node.publish(factories.content(title="A wave of fraud", systems=[{"provider": "Mistral"}]))

    answer = client.get("/search", params={"q": f"provider:{typed} spam"})

    assert 'Did you mean <a href="/search?q=provider%3AOpenAI+spam">provider:OpenAI spam</a> (1)?' in answer.text


@pytest.mark.parametrize("typed", ["spam 2023-2026", "spam 2023..2026", "spam 2023\u20132026"])
def test_years_written_as_a_word_are_offered_as_a_time(client: Client, node: Node, typed: str) -> None:
    node.publish(factories.content(title="A wave of spam", timeline={"started": "2024-05"}))

    answer = client.get("/search", params={"q": typed})

    offered = '<a href="/search?q=spam+occurred%3A2023..2026">spam occurred:2023..2026</a>'
    assert f"Did you mean {offered} (1)?" in answer.text


def test_a_name_that_only_hidden_records_have_is_not_offered(client: Client, node: Node) -> None:
    node.publish(factories.content(systems=[{"provider": "Acme"}]))
    node.submit(factories.content(systems=[{"provider": "Quixotic"}]))
    node.catch_up()

    assert "Did you mean" not in client.get("/search?q=provider:Quixotik").text


def test_a_spelling_that_only_hidden_records_have_is_not_offered(client: Client, node: Node) -> None:
    node.submit(factories.content(title="A wave of quixotic"))
    node.catch_up()

    assert "Did you mean" not in client.get("/search?q=quixotik").text


def test_where_nothing_is_found_a_word_less_is_offered(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of spam"))

    answer = client.get("/search?q=spam+xylophone")

    assert '<a href="/search?q=spam">Without “xylophone”</a> (1)' in answer.text


def test_where_no_record_has_all_words_those_with_some_stand_apart(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of spam", misuse_categories=["spam"]))
    node.publish(factories.content(title="A wave of fraud", misuse_categories=["fraud"]))

    answer = client.get("/search?q=wave+xylophone&misuse=spam").text

    found, some = answer.split("No record has all of these words; these have some")
    assert "<strong>0 records</strong>" in found
    assert "/r/" not in found
    assert 1 == len(set(re.findall(r'href="(/r/[^"]+)"', some)))
    assert '<a href="/search?q=wave+OR+xylophone&amp;misuse=spam">Search for any of the words</a>' in some


def test_records_with_some_words_are_not_in_feeds_and_files(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of spam"))

    assert "<entry>" not in client.get("/search.atom?q=wave+xylophone").text
    assert "" == client.get("/export.jsonl?q=wave+xylophone").text


def test_words_that_name_a_term_lead_to_it(client: Client, node: Node) -> None:
    node.publish(factories.content(misuse_categories=["agent_hijack"]))

    answer = client.get("/search?q=prompt+injection")

    assert '<a href="/taxonomies/misuse_category/agent_hijack">Agent hijack by prompt injection</a> (1)' in answer.text


def test_a_year_leads_to_its_events(client: Client, node: Node) -> None:
    node.publish(factories.content(timeline={"started": "2023-05"}))

    answer = client.get("/search?q=2023")

    assert '<a href="/search?year=2023">Events of 2023</a> (1)' in answer.text


def test_a_facet_with_many_values_shows_them_all_on_request(client: Client, node: Node) -> None:
    for country in ("AT", "BE", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE"):
        node.publish(factories.content(targets=[{"country": country}]))

    few, every = client.get("/search").text, client.get("/search?all=country").text

    assert 'href="/search?all=country#filters">All 10<' in few
    assert [8, 10] == [len(re.findall(r'href="/search\?country=', page)) for page in (few, every)]


def test_of_many_years_the_latest_are_shown_however_few_records_they_have(client: Client, node: Node) -> None:
    for year in (2012, 2013, 2014, 2015, 2016, 2017, 2018, 2019, 2020):
        node.publish(factories.content(timeline={"started": f"{year}-05"}))
        node.publish(factories.content(timeline={"started": f"{year}-06"}))
    node.publish(factories.content(timeline={"started": "2024-05"}))

    shown = re.findall(r'href="/search\?year=([0-9]+)"', client.get("/search").text)

    assert ["2024", "2020", "2019", "2018", "2017", "2016", "2015", "2014"] == shown


def test_values_of_one_facet_are_alternatives(client: Client, node: Node) -> None:
    node.publish(factories.content(misuse_categories=["spam"]))
    node.publish(factories.content(misuse_categories=["fraud", "spam"]))
    node.publish(factories.content(misuse_categories=["fraud"]))
    node.publish(factories.content(misuse_categories=["cyber"]))

    one, two = client.get("/search?misuse=fraud").text, client.get("/search?misuse=fraud&misuse=spam").text

    assert "<strong>2 records</strong> where misuse is “Fraud”." in one
    assert "adds 1: 3 with it" in one
    assert "<strong>3 records</strong> where misuse is “Fraud" in two
    assert '<a class="on" href="/search?misuse=spam">' in two
    assert re.search(r'<a class="on" href="/search">.*4 without it', one)


def test_different_facets_hold_together(client: Client, node: Node) -> None:
    node.publish(factories.content(misuse_categories=["spam"], severity=2))
    node.publish(factories.content(misuse_categories=["fraud"], severity=3))

    assert "<strong>1 record</strong>" in client.get("/search?misuse=fraud&misuse=spam&severity=3").text


def test_an_alternative_within_what_was_typed_stands_alone_beside_filters() -> None:
    assert '(a OR b) misuse:"x"' == SearchState("a OR b", (("misuse", "x"),)).text
    assert '((a)OR(b)) misuse:"x"' == SearchState("(a)OR(b)", (("misuse", "x"),)).text
    chosen = (("misuse", "x"), ("kind", "lesson"), ("misuse", "y"))
    assert 'a (misuse:"x" OR misuse:"y") kind:"lesson"' == SearchState("a", chosen).text


@pytest.mark.parametrize("typed", ["a) OR (b", "a OR", 'a "b', "a -"])
def test_no_filter_mends_a_text_that_cannot_be_read(typed: str) -> None:
    assert typed == SearchState(typed, (("misuse", "fraud"), ("misuse", "spam"))).text


def test_months_lead_to_what_happened_in_them(client: Client, node: Node) -> None:
    for day in ("2023-05", "2023-05-04", "2023-07-01"):
        node.publish(factories.content(timeline={"started": day}))
    node.publish(factories.content(timeline={}))

    answer = client.get("/search?q=spam+OR+wave").text

    link = re.search(r'<a href="([^"]+)">May 2023</a></th><td>2</td>', answer)
    assert link is not None
    assert "/search?q=%28spam+OR+wave%29+occurred%3A2023-05" == link[1]
    assert "<strong>2 records</strong>" in client.get(link[1]).text
    unknown = re.search(r'<a href="([^"]+)">At an unknown time</a> <span class="count">1</span>', answer)
    assert unknown is not None
    assert "<strong>1 record</strong>" in client.get(unknown[1]).text


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("2025-03", "/trends?q=spam"),
        ("2021-03", "/trends?q=spam&amp;rows=quarter"),
        ("2012", "/trends?q=spam&amp;rows=year"),
    ],
)
def test_trends_are_offered_by_times_that_hold_all_that_was_found(
    client: Client, node: Node, first: str, expected: str
) -> None:
    node.publish(factories.content(title="A wave of spam", timeline={"started": first}))
    node.publish(factories.content(title="More spam", timeline={"started": "2026-05"}))

    assert f'Count: <a href="{expected}">Trends</a>' in client.get("/search?q=spam").text


def test_many_years_stand_year_by_year_and_a_month_follows_its_year(client: Client, node: Node) -> None:
    for day in ("1970", "2021-02", "2023-05", "2023-06"):
        node.publish(factories.content(timeline={"started": day}))

    years = client.get("/search").text
    months = client.get("/search?q=occurred:2023").text

    assert re.search(r'<a href="/search\?q=before%3A2000">Before 2000</a></th><td>1</td>', years)
    assert re.search(r'<a href="/search\?q=occurred%3A2023">2023</a></th><td>2</td>', years)
    assert '<a href="/search?q=occurred%3A2023-05">May 2023</a></th><td>1</td>' in months


def test_all_matches_are_offered_in_every_form(client: Client, node: Node) -> None:
    node.publish(factories.content(misuse_categories=["spam"]))

    answer = client.get("/search?q=spam&misuse=spam&misuse=fraud").text

    paths = re.findall(r'href="(/(?:export|search|trends)[.?][^"]+)"', answer)
    kept = [one for one in paths if one.startswith(("/export", "/search.", "/trends"))]
    endings = {one.partition("?")[0] for one in kept}
    assert {f"/export.{form}" for form in ("jsonl", "csv", "bib", "ris", "csl.json", "zip")} <= endings
    assert {"/search.atom", "/search.json", "/trends"} <= endings
    assert {"q=spam&amp;misuse=spam&amp;misuse=fraud"} == {one.partition("?")[2] for one in kept}
    assert {200} == {client.get(one.replace("&amp;", "&")).status_code for one in set(kept)}
    assert '<link rel="alternate" type="application/atom+xml"' in answer


def test_the_columns_of_a_table_are_chosen_in_a_form(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of spam"))
    form = re.search(r'<form action="/export.csv">(.*?)</form>', client.get("/search?q=spam").text, re.DOTALL)
    assert form is not None
    names = re.findall(r'name="columns" value="([^"]+)"', form[1])

    told = client.get("/export.csv", params={"q": "spam", "columns": ["title", names[0]]}).text

    assert 'name="q" value="spam"' in form[1]
    assert f"title,{names[0]},licence,attribution" == told.splitlines()[0]


def test_a_facet_that_divides_nothing_is_left_out(client: Client, node: Node) -> None:
    node.publish(factories.content(misuse_categories=["spam"]))
    node.publish(factories.content(misuse_categories=["spam", "fraud"]))

    answer = client.get("/search")

    assert ">Misuse</summary>" in answer.text
    assert ">Kind</summary>" not in answer.text


def test_without_words_nothing_is_a_better_match(client: Client, node: Node) -> None:
    node.publish(factories.content())

    assert "Best match" in client.get("/search?q=spam").text
    assert 'aria-current="true">Newest' in client.get("/search?misuse=spam").text
    assert "Best match" not in client.get("/search?misuse=spam").text


def test_the_page_says_when_the_index_is_behind(client: Client, node: Node) -> None:
    node.publish(factories.content())
    assert "taking in recent changes" not in client.get("/search").text

    written = node.submit(factories.content())
    review.claim(node.registry, node.reviewer, written.uid, expected_revision=1)
    review.approve(node.registry, node.reviewer, written.uid, expected_revision=1)
    review.publish(node.registry, node.reviewer, written.uid, expected_revision=1)

    assert "taking in recent changes" in client.get("/search").text


def test_a_text_that_cannot_be_read_is_marked_and_mended(client: Client) -> None:
    answer = client.get("/search", params={"q": "spam AND (wave", "kind": "lesson"})

    assert 400 == answer.status_code
    assert "spam AND <mark>(</mark>wave" in answer.text
    assert 'value="spam AND (wave"' in answer.text
    assert '<a href="/search?q=spam+AND+%28wave%29&amp;kind=lesson"><code>spam AND (wave)</code></a>' in answer.text


def test_a_text_with_or_is_marked_at_its_place_beside_a_filter(client: Client) -> None:
    answer = client.get("/search", params={"q": "a OR severity:9", "kind": "lesson"})

    assert 400 == answer.status_code
    assert "a OR <mark>s</mark>everity:9" in answer.text


def test_a_facet_value_nobody_has_is_a_search_without_results_or_an_error(client: Client) -> None:
    assert 200 == client.get("/search", params={"provider": 'A"B) OR (x'}).status_code
    assert 400 == client.get("/search?severity=99").status_code
    assert 400 == client.get("/search?kind=everything").status_code


def test_a_very_long_query_is_refused_politely(client: Client) -> None:
    answer = client.get("/search", params={"q": "word " * 1000})

    assert 400 == answer.status_code
    assert "at most 1000 characters" in answer.text


def test_the_table_view_tells_the_same_records(client: Client, node: Node) -> None:
    record = node.publish(factories.content())

    answer = client.get("/search?view=table")

    assert f'<th scope="row"><a href="/r/{record.number}">{record.number}</a></th>' in answer.text


def test_a_withdrawn_record_is_not_found(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    life.withdraw(node.registry, node.reviewer, record.uid, reason="Gone.")

    assert str(record.number) not in client.get("/search").text


def test_an_address_keeps_its_whole_state() -> None:
    state = SearchState(typed="a b", view="table").choosing("misuse", "fraud/scam").choosing("provider", "Open AI")

    read = read_state(QueryParams(state.url.partition("?")[2]))

    assert state == read
    assert 'a b misuse:"fraud/scam" provider:"Open AI"' == read.text
    assert state.typing("") == state.typing("x").typing("")
    read = read.dropping("misuse", "fraud/scam").dropping("provider", "Open AI")
    assert SearchState(typed="a b", view="table") == read


@pytest.mark.parametrize(
    "typed",
    [
        "ab* " * 500,
        "*",
        "(" * 300,
        'a "b',
        "\u202efraud:\u202c x",
        "provder:acme",
        "occurred:2026..2024",
        "\u0301",
        "a ||",
    ],
)
def test_a_query_that_cannot_be_read_is_kept_in_the_form(client: Client, typed: str) -> None:
    answer = client.get("/search", params={"q": typed})

    assert 400 == answer.status_code
    assert f'value="{escape(typed, quote=True)}"' in answer.text.replace("&#34;", "&quot;")
    assert "<mark>" in answer.text


def test_browsers_take_the_search_from_its_description(client: Client) -> None:
    described = client.get("/opensearch.xml")

    assert 'rel="search" type="application/opensearchdescription+xml" href="/opensearch.xml"' in client.get("/").text
    assert "application/opensearchdescription+xml" == described.headers["content-type"].partition(";")[0]
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    root = fromstring(described.text)
    (pages,) = (one for one in root.iter(f"{space}Url") if one.get("type") == "text/html")
    assert len(root.findtext(f"{space}ShortName") or "") in range(1, 17)
    address = (pages.get("template") or "").replace("{searchTerms}", "spam")
    assert 200 == client.get(address.partition("/search")[1] + address.partition("/search")[2]).status_code
