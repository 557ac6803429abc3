"""Trends as a page and as a table: every number leads to the search behind it."""

from __future__ import annotations

import csv
import html
import io
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product

import pytest
from starlette.datastructures import QueryParams

from registry.domain.actor import ANONYMOUS
from registry.domain.search import IndexEntry
from registry.domain.search_fields import Reported
from registry.domain.spreadsheet import plain
from registry.domain.trends import NOTICE, Most, Trends, Value
from registry.ports import Registry
from registry.service import trends as service
from registry.service.index_state import state_of_index
from registry.service.search import search
from registry.settings import Settings
from tests import factories
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.search import corpus
from tests.web.node import Furnished, Node, open_node
from web.app import create_app
from web.pages.charts import scale
from web.pages.search_state import SearchState, read_state
from web.pages.trends_links import Links
from web.pages.trends_state import TrendsState, read_trends

_MISUSES = ("fraud", "fraud/scam", "jailbreak", "spam")
_HOSTILE = ('=1+1"; DROP', "Quo'ted <b>", "Société «Éclair»", "Éclair", "-minus", "a OR b", "x" * 250)
_MOST_BYTES = 160_000


def drawn(count: int) -> list[IndexEntry]:
    """Public records with terms of the vocabularies and names that nobody would choose."""
    chooser = random.Random(11)
    entries = []
    for number, one in enumerate(corpus.documents(count, seed=11), start=1):
        misuses = {("misuse", value) for value in chooser.sample(_MISUSES, k=chooser.randrange(3))}
        facets = {(field, value) for field, value in one.facets if field in {"country", "year"}} | misuses
        facets |= {("provider", chooser.choice((*corpus.PROVIDERS, *_HOSTILE))), ("kind", one.kind)}
        facets |= {("reported", chooser.choice(tuple(Reported)).value)}
        facets |= set() if one.severity is None else {("severity", str(one.severity))}
        measures = (("time_to_containment", float(number % 50)),) if number % 3 else ()
        entries.append(
            IndexEntry(corpus.uid(number), replace(one, facets=tuple(sorted(facets)), measures=measures), None)
        )
    return entries


@pytest.fixture(scope="module")
def many(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A node whose index holds 400 records that were drawn by lot."""
    settings = _settings(furnished, tmp_path_factory)
    with open_node(settings, FixedClock(), CountingIds(), furnished) as opened:
        opened.registry.index.apply(drawn(400), position=1)
        yield opened.registry


def _settings(furnished: Furnished, factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(data_dir=factory.mktemp("trends") / "data", limits=False)
    settings.data_dir.mkdir()
    shutil.copy(furnished.store, settings.database_path)
    return settings


@pytest.fixture(scope="module")
def reader(many: Registry) -> Iterator[Client]:
    """A client of that node."""
    with Client(create_app(many)) as opened:
        yield opened


def asked() -> list[TrendsState]:
    """Pages of every sort, of several searches."""
    searches = (
        SearchState(),
        SearchState("-misuse:spam OR kind:incident", (("kind", "lesson"),)),
        SearchState("severity:>=1", (("misuse", "fraud"),)),
    )
    axes = (("month", None), ("quarter", "misuse"), ("misuse", "provider"), ("provider", "severity"), ("year", "kind"))
    return [TrendsState(one, rows, columns) for one, (rows, columns) in product(searches, axes)]


def numbers(links: Links, found: Trends) -> Iterator[tuple[str | None, int, Value]]:
    """Every link with what it says."""
    for part in found.parts:
        yield links.part(part.reported), part.whole.count, ""
        yield links.undated(part.reported), part.undated, ""
        for (row, column), cell in part.cells.items():
            yield links.cell(part.reported, row, column), cell.count, f"{row} {column}"


@pytest.mark.parametrize("state", asked(), ids=lambda state: state.url)
def test_following_a_number_finds_exactly_as_many(many: Registry, state: TrendsState) -> None:
    found = service.trends(many, ANONYMOUS, state.search.text, rows=state.rows, columns=state.columns, most=Most(5, 4))

    unled = set()
    for address, count, where in numbers(Links(state.search, found), found):
        if address is None:
            unled.add(where)
            continue
        followed = read_state(QueryParams(address.partition("?")[2]))
        assert count == search(many, ANONYMOUS, followed.text, first=1, facets=()).total, (address, where)
    # No query says a value with a quotation mark in it, or what is beyond such values.
    assert all(any(sign in str(where) for sign in ('"', "«", "None")) for where in unled), unled


def test_what_is_typed_and_chosen_already_stays_in_the_search_behind_a_number(many: Registry) -> None:
    state = TrendsState(SearchState("-misuse:spam OR kind:incident", (("misuse", "fraud"),)), "misuse", "country")
    found = service.trends(many, ANONYMOUS, state.search.text, rows="misuse", columns="country")

    address = Links(state.search, found).cell(Reported.SELF, "jailbreak", "DE")

    assert address is not None
    followed = read_state(QueryParams(address.partition("?")[2]))
    assert "(-misuse:spam OR kind:incident) reported:self misuse:jailbreak" == followed.typed
    assert (("misuse", "fraud"), ("country", "DE")) == followed.chosen


def test_a_search_that_would_be_too_long_is_no_link(many: Registry) -> None:
    typed = "kind:incident " * 60
    found = service.trends(many, ANONYMOUS, typed, rows="provider", columns="severity")

    links = [address for address, _, where in numbers(Links(SearchState(typed), found), found) if where]

    assert {None} == set(links)


def test_each_reporter_has_a_part_with_a_chart_and_its_table(reader: Client) -> None:
    answer = reader.get("/trends?rows=quarter&columns=misuse")

    assert 200 == answer.status_code
    headings = re.findall(r'<h2 id="(\w+)">', answer.text)
    assert [one.value for one in Reported] == headings
    assert 3 == answer.text.count('role="img"') == answer.text.count("<table")
    assert "style=" not in answer.text
    assert NOTICE in answer.text


def test_the_numbers_of_the_page_are_links_that_keep_their_word(reader: Client) -> None:
    text = reader.get("/trends?rows=year&columns=kind&misuse=fraud").text

    links = re.findall(r'<td[^>]*><a href="([^"]+)">([\d,]+)</a>', text)
    assert 9 <= len(links)
    for address, count in links[::3]:
        followed = reader.get(html.unescape(address)).text
        assert f"<strong>{count} record" in followed, address


@pytest.mark.parametrize("query", ["rows=month&columns=misuse", "rows=provider&columns=country&measure=duration"])
def test_a_page_stays_within_its_weight(reader: Client, query: str) -> None:
    assert _MOST_BYTES > len(reader.get(f"/trends?{query}").content)


def test_a_median_says_of_how_many_records_it_is(reader: Client, many: Registry) -> None:
    found = service.trends(many, ANONYMOUS, "", rows="year", measure="time_to_containment")
    cell = found.parts[0].cells["2024", ""]

    text = reader.get("/trends?rows=year&measure=time_to_containment").text

    assert f"{cell.median:g} days</a> <small>of {cell.measured} of {cell.count}</small>" in text
    assert f"{found.parts[0].whole.count - found.parts[0].whole.measured} do not tell the time to containment" in text


def test_names_stand_by_alphabet_on_the_page(reader: Client) -> None:
    text = reader.get("/trends?rows=provider").text

    shown = re.findall(r'<th scope="row" dir="auto">([^<]*)</th>', text)
    names = [html.unescape(one) for one in shown[: shown.index("Other or none") if "Other or none" in shown else None]]
    first = names[: len(names) // 3] if "Other or none" not in shown else names
    assert sorted(first, key=str.casefold) == first
    assert "Names stand by alphabet." in text


def test_the_table_to_take_along_says_the_same_numbers(reader: Client, many: Registry) -> None:
    found = service.trends(many, ANONYMOUS, "", rows="provider", columns="misuse", measure="time_to_containment")

    answer = reader.get("/trends.csv?rows=provider&columns=misuse&measure=time_to_containment")

    assert "text/csv; charset=utf-8; header=present" == answer.headers["content-type"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    told = {
        (plain(one["provider"]), plain(one["misuse"]), one["reported"]): (
            int(one["reports"]),
            one["with_time_to_containment"],
        )
        for one in rows
    }
    expected: dict[tuple[str, str, str], tuple[int, str]] = {}
    for part in found.parts:
        for (row, column), cell in part.cells.items():
            expected[row or "(other or none)", column or "(other or none)", part.reported] = (
                cell.count,
                str(cell.measured),
            )
        expected["(undated)", "(all)", part.reported] = (part.undated, "")
        expected["(all)", "(all)", part.reported] = (part.whole.count, str(part.whole.measured))
    assert expected == told
    assert {(NOTICE, *map(str, state_of_index(many)))} == {
        (one["notice"], one["log_id"], one["public_seq"]) for one in rows
    }
    assert not [cell for one in rows for cell in one.values() if cell[:1] in tuple("=+-@")]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("rows=provders", "Did you mean provider?"),
        ("rows=month&columns=month", "Choose another field than that of the rows"),
        ("rows=month&columns=year", "one may be a time"),
        ("measure=time_to_contain", "Did you mean time_to_containment?"),
        ("columns=%3Cscript%3E", "Columns are one of: month"),
        ("q=misuse:fraud+severity:9", "column 14"),
        ("q=(", "column 1"),
        ("q=a%00b", ""),
        ("misuse=nonsense%22", "has no such term"),
    ],
)
def test_what_cannot_be_counted_is_told_and_the_form_is_kept(reader: Client, query: str, said: str) -> None:
    answer = reader.get(f"/trends?{query}&year=2024")
    table = reader.get(f"/trends.csv?{query}")

    if said:
        assert (400, 400) == (answer.status_code, table.status_code)
        assert said.lower() in html.unescape(answer.text).lower()
        assert '<input type="hidden" name="year" value="2024">' in answer.text
    assert answer.status_code < 500
    assert "<script>" not in answer.text


def test_nothing_to_count_says_so(client: Client, node: Node) -> None:
    answer = client.get("/trends?q=zorbelgrint")

    assert 200 == answer.status_code
    assert "There is nothing to count" in answer.text
    assert '<svg class="chart"' not in answer.text


def test_a_search_leads_to_its_trends_and_back(client: Client, node: Node) -> None:
    node.publish(factories.content(misuse_categories=["spam"]))

    found = client.get("/search?q=kind%3Aincident&misuse=spam").text
    counted = client.get("/trends?q=kind%3Aincident&misuse=spam").text

    assert 'href="/trends?q=kind%3Aincident&amp;misuse=spam"' in found
    assert 'href="/search?q=kind%3Aincident&amp;misuse=spam"' in counted
    assert '<a href="/trends?q=kind%3Aincident"><span class="hidden">Remove filter </span>Misuse: Spam' in counted


def test_the_state_of_a_page_is_its_address() -> None:
    for state in asked():
        assert state == read_trends(QueryParams(state.url.partition("?")[2]))


def test_a_scale_is_round_and_reaches_the_highest() -> None:
    for most in (0, 0.5, 1, 3, 5, 6, 9, 10, 11, 49, 50, 51, 99, 1234, 10**6, 10**9 + 1):
        marks = scale(most)
        assert 2 <= len(marks) <= 7
        assert marks[-1] >= most
        assert {marks[1] - marks[0]} == {after - before for before, after in pairwise(marks)}
        assert str(marks[1]).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize("path", ["/trends.csv?rows=nothing", "/search.atom?q=("])
def test_a_program_that_asks_for_a_file_is_told_in_json_what_is_wrong_and_a_browser_on_a_page(
    reader: Client, path: str
) -> None:
    program = reader.get(path, headers={"Accept": "*/*"})
    browser = reader.get(path, headers={"Accept": "text/html,*/*"})

    assert (400, 400) == (program.status_code, browser.status_code)
    assert "application/json" == program.headers["Content-Type"]
    assert browser.headers["Content-Type"].startswith("text/html")
