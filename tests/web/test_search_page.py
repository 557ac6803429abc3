"""The search page: every state is an address, and there is always a way on."""

from __future__ import annotations

import re
from html import escape

import pytest
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

    assert 'Did you mean <a href="/search?q=phishing+messages">phishing messages</a>? (1)' in answer.text


def test_where_nothing_is_found_a_word_less_is_offered(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of spam"))

    answer = client.get("/search?q=spam+xylophone")

    assert '<a href="/search?q=spam">Without “xylophone”</a> (1)' in answer.text
    assert '<a href="/search?q=spam+OR+xylophone">Any of the words</a> (1)' in answer.text


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
