"""Lists: pages in both directions, filters, and cursors that belong to one list and one viewer."""

from __future__ import annotations

import copy
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.change import LOG_ID
from registry.domain.facets import FACETS
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.service import ingest
from tests import factories
from tests.clocks import CountingIds, FixedClock
from tests.schema.world import Api
from tests.service.world import People, close_registry, open_registry, published, submitted, take_over

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String, $filter: RecordFilterInput,
    $order: RecordOrder! = PUBLISHED) {
  incidents(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $order) {
    nodes { title } edges { cursor node { title } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
TITLES = [f"Incident {at}" for at in range(5)]


@pytest.fixture(scope="module")
def published_five(
    template: tuple[Path, People, CountingIds], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, CountingIds]:
    """The file of a store with five published incidents, one an hour."""
    database, people, given = template
    place, clock, ids = tmp_path_factory.mktemp("five"), FixedClock(), copy.copy(given)
    shutil.copy(database, place)
    registry = open_registry(place, clock, ids)
    for at, title in enumerate(TITLES):
        clock.advance(hours=1)
        published(registry, people, factories.content(title=title, severity=at, timeline={"started": f"202{at}"}))
    close_registry(registry)
    return registry.settings.database_path, ids


@pytest.fixture
def five(api: Api, published_five: tuple[Path, CountingIds], clock: FixedClock) -> list[str]:
    """Titles of five published incidents, the newest first."""
    take_over(api.registry, *published_five)
    clock.advance(hours=len(TITLES))
    return TITLES[::-1]


def page(api: Api, *, by: str = "", **arguments: Any) -> dict[str, Any]:
    """A page of incidents."""
    found: dict[str, Any] = api.ask(PAGE, by=by, **arguments)["incidents"]
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    return found


def titles(found: dict[str, Any]) -> list[str]:
    """The titles of a page."""
    return [node["title"] for node in found["nodes"]]


def test_pages_forwards_and_backwards_meet(api: Api, five: list[str]) -> None:
    first = page(api, first=2)
    second = page(api, first=2, after=first["pageInfo"]["endCursor"])
    third = page(api, first=2, after=second["pageInfo"]["endCursor"])
    back = page(api, last=2, before=third["pageInfo"]["startCursor"])
    end = page(api, last=2)

    assert five == titles(first) + titles(second) + titles(third)
    assert titles(second) == titles(back)
    assert five[-2:] == titles(end)
    assert [True, True, False] == [one["pageInfo"]["hasNextPage"] for one in (first, second, third)]
    assert [5] * 3 == [one["totalCount"] for one in (first, second, third)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"severityAtLeast": 3}, ["Incident 4", "Incident 3"]),
        ({"occurredFrom": "2021-01-01", "occurredBefore": "2023-01-01"}, ["Incident 2", "Incident 1"]),
        ({"year": ["2020", "2024"]}, ["Incident 4", "Incident 0"]),
        ({"misuse": ["phishing"]}, []),
        ({"owner": "delta"}, []),
        ({"states": ["WITHDRAWN"]}, []),
        ({"severityAtLeast": None}, [f"Incident {at}" for at in (4, 3, 2, 1, 0)]),
    ],
)
def test_a_filter_narrows_the_list_and_its_total(
    api: Api, five: list[str], said: dict[str, Any], expected: list[str]
) -> None:
    found = page(api, filter=said)

    assert (expected, len(expected)) == (titles(found), found["totalCount"])


@pytest.mark.parametrize("order", ["PUBLISHED", "CHANGED", "OCCURRED", "SEVERITY"])
def test_every_order_pages(api: Api, five: list[str], order: str) -> None:
    first = page(api, first=3, order=order)
    rest = page(api, first=3, order=order, after=first["pageInfo"]["endCursor"])

    assert five == titles(first) + titles(rest)


@pytest.mark.parametrize(
    "changed",
    [
        {"by": "submitter"},
        {"filter": {"severityAtLeast": 0}},
        {"order": "SEVERITY"},
    ],
)
def test_a_cursor_of_another_viewer_filter_or_order_is_refused(
    api: Api, five: list[str], changed: dict[str, Any]
) -> None:
    cursor = page(api, first=2)["pageInfo"]["endCursor"]
    by = changed.pop("by", "")

    (error,) = api.errors(PAGE, by=by, after=cursor, **changed)

    assert ("BAD_CURSOR", ["after"]) == (error["extensions"]["code"], error["extensions"]["argument"])


def test_a_cursor_of_another_list_is_refused(api: Api, five: list[str]) -> None:
    cursor = page(api, first=2)["pageInfo"]["endCursor"]

    for query in (
        "query ($c: String) { records(after: $c) { totalCount } }",
        "query ($c: String) { changes(after: $c) { nodes { kind } } }",
        'query ($c: String) { search(query: "spam", after: $c) { totalCount } }',
        'query ($c: String) { search(query: "spam", scope: MINE, after: $c) { totalCount } }',
    ):
        assert "BAD_CURSOR" == api.errors(query, c=cursor)[0]["extensions"]["code"]


@pytest.mark.parametrize("cursor", ["", "x", "!!", "\N{SNOWMAN}", "A" * 1000])
def test_what_is_no_cursor_is_refused_and_leaves_the_rest_of_the_answer(api: Api, cursor: str) -> None:
    body = api.send("query ($c: String) { incidents(after: $c) { totalCount } viewer { roles } }", c=cursor).json()

    assert {"incidents": None, "viewer": {"roles": ["ANYBODY"]}} == body["data"]
    assert ["BAD_CURSOR"] == [error["extensions"]["code"] for error in body["errors"]]


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"first": 0}, ["first"]),
        ({"first": 101}, ["first"]),
        ({"first": -1}, ["first"]),
        ({"last": 101}, ["last"]),
        ({"first": 1, "last": 1}, ["last"]),
        ({"first": 1, "before": "x"}, ["last"]),
        ({"before": "x"}, ["before"]),
        ({"filter": {"misuse": ["a"] * 21}}, ["filter", "misuse"]),
        ({"filter": {"misuse": ["a" * 121]}}, ["filter", "misuse"]),
    ],
)
def test_a_page_that_cannot_be_is_an_error_that_names_the_argument(
    api: Api, arguments: dict[str, Any], argument: list[str]
) -> None:
    (error,) = api.errors(PAGE, **arguments)

    assert argument == error["extensions"]["argument"]


def test_totals_count_what_the_viewer_sees(api: Api, people: People, five: list[str]) -> None:
    submitted(api.registry, people)

    assert [5, 5, 6, 6] == [page(api, by=by)["totalCount"] for by in ("", "outsider", "submitter", "reviewer")]


def test_changes_are_read_in_order_with_their_records_from_any_point(api: Api, five: list[str]) -> None:
    query = """query ($after: String) { changes(first: 4, after: $after) {
      edges { cursor node { kind publicSeq subject step actor } record { title } } pageInfo { hasNextPage endCursor }
    } }"""
    edges: list[dict[str, Any]] = []
    after = None
    while True:
        found = api.ask(query, after=after)["changes"]
        edges += found["edges"]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break

    assert [str(at + 1) for at in range(len(edges))] == [edge["cursor"] for edge in edges]
    assert five[::-1] == [edge["record"]["title"] for edge in edges if edge["record"]]
    assert {None} == {edge["node"]["actor"] for edge in edges} == {edge["node"]["step"] for edge in edges}


def test_a_search_pages_and_counts_by_facet(api: Api, five: list[str]) -> None:
    api.index()
    query = """query ($after: String) { search(query: "spam", first: 3, sort: SEVERITY, after: $after) {
      totalCount nodes { title } edges { score }
      facets { name values { value label count } } pageInfo { hasNextPage hasPreviousPage endCursor }
    } }"""

    first = api.ask(query)["search"]
    rest = api.ask(query, after=first["pageInfo"]["endCursor"])["search"]

    assert five == titles(first) + titles(rest)
    assert ((True, False), (False, True)) == tuple(
        (one["pageInfo"]["hasNextPage"], one["pageInfo"]["hasPreviousPage"]) for one in (first, rest)
    )
    misuse = next(facet for facet in first["facets"] if facet["name"] == "misuse")
    assert {"value": "spam", "count": 5} == {name: misuse["values"][0][name] for name in ("value", "count")}
    assert "spam" != misuse["values"][0]["label"]


FACETED = "{ search { totalCount %s } }"


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ('facets(names: ["intent", "misuse"]) { name }', ["intent", "misuse"]),
        ('... on SearchConnection { facets(names: ["severity"]) { name } }', ["severity"]),
        ("facets(names: []) { name }", []),
        ("facets { name }", list(FACETS)),
    ],
)
def test_only_the_facets_that_are_asked_for_are_told(
    api: Api, five: list[str], selection: str, expected: list[str]
) -> None:
    api.index()

    found = api.ask(FACETED % selection)["search"]

    assert (5, expected) == (found["totalCount"], [facet["name"] for facet in found["facets"]])


def test_facets_are_found_in_fragments_by_variables_and_under_aliases(api: Api, five: list[str]) -> None:
    api.index()
    query = """query ($names: [String!]) { search { ...one ...one two: facets(names: $names) { name } } }
      fragment one on SearchConnection { one: facets(names: ["intent"]) { name values { count } } }"""

    found = api.ask(query, names=["misuse"])["search"]

    assert (["intent"], ["misuse"]) == tuple([facet["name"] for facet in found[name]] for name in ("one", "two"))
    assert 5 == sum(value["count"] for value in found["one"][0]["values"])


def test_a_facet_that_is_not_counted_is_refused(api: Api) -> None:
    (error,) = api.errors(FACETED % 'facets(names: ["secret"]) { name }')

    assert ("INVALID_INPUT", "UNKNOWN_FIELD") == (
        error["extensions"]["code"],
        error["extensions"]["problems"][0]["code"],
    )
    assert "secret" not in error["message"]


def test_an_empty_page_of_changes_gives_back_its_cursor(api: Api, five: list[str]) -> None:
    query = """query ($after: String) {
      changes(first: 60, after: $after) { logId nodes { uid } pageInfo { endCursor } } }"""
    end = api.ask(query)["changes"]["pageInfo"]["endCursor"]

    empty = api.ask(query, after=end)["changes"]
    (beyond,) = api.errors(query, after=str(int(end) + 1))

    assert ([], end) == (empty["nodes"], empty["pageInfo"]["endCursor"])
    assert ("BAD_CURSOR", ["after"]) == (beyond["extensions"]["code"], beyond["extensions"]["argument"])


def test_the_log_is_named_for_everybody(api: Api) -> None:
    with api.registry.storage.begin() as unit:
        unit.meta.put(LOG_ID, "log-1")

    assert "log-1" == api.ask("{ changes { logId } }")["changes"]["logId"]


def test_ones_own_records_are_listed_in_every_state(api: Api, people: People, five: list[str]) -> None:
    submitted(api.registry, people, factories.content(title="Waiting"))

    own = page(api, by="submitter", filter={"mine": True, "states": ["SUBMITTED"]})["nodes"]
    asked = [("submitter", True), ("submitter", False), ("outsider", True)]
    counts = [page(api, by=by, filter={"mine": mine})["totalCount"] for by, mine in asked]

    assert ["Waiting"] == [node["title"] for node in own]
    assert [6, 6, 0] == counts


@pytest.mark.parametrize(("by", "said"), [("", {"mine": True}), ("submitter", {"mine": True, "owner": "acme"})])
def test_what_cannot_be_ones_own_is_refused(api: Api, by: str, said: dict[str, Any]) -> None:
    (error,) = api.errors(PAGE, by=by, filter=said)

    assert ["filter", "mine"] == error["extensions"]["argument"]


def test_a_query_that_cannot_be_read_is_told_with_its_column_and_a_query_that_can(api: Api) -> None:
    (error,) = api.errors('{ search(query: "spam AND (") { totalCount } }')

    assert "BAD_QUERY" == error["extensions"]["code"]
    assert error["extensions"]["column"] > 1
    assert error["extensions"]["argument"] == ["query"]
    assert error["extensions"]["requestId"]


def test_vocabularies_and_taxonomies_are_read(api: Api) -> None:
    terms = tuple(TaxonomyTerm(f"T{at}", f"Term {at}") for at in range(25))
    release = Taxonomy("made-up", "1", "Made up", "CC0-1.0", "https://example.org", terms)
    ingest.put_taxonomy(api.registry, LOCAL_OPERATOR, release)
    query = """query ($after: String) { taxonomy(namespace: "made-up") {
      version terms(after: $after) { totalCount nodes { code } pageInfo { hasNextPage endCursor } }
    } taxonomies(first: 100) { nodes { namespace } } vocabularies { name terms { code } }
    none: taxonomy(namespace: "x") { title } }"""

    first = api.ask(query)
    rest = api.ask(query, after=first["taxonomy"]["terms"]["pageInfo"]["endCursor"])

    shown = [node["code"] for one in (first, rest) for node in one["taxonomy"]["terms"]["nodes"]]
    assert [term.code for term in terms] == shown
    assert (25, None) == (first["taxonomy"]["terms"]["totalCount"], first["none"])
    assert {"namespace": "made-up"} in first["taxonomies"]["nodes"]
    assert "spam" in {
        term["code"] for one in first["vocabularies"] if one["name"] == "misuse_category" for term in one["terms"]
    }


def test_a_date_is_a_date(api: Api) -> None:
    (error,) = api.errors(PAGE, filter={"occurredFrom": "yesterday"})

    assert "INVALID_VALUE" == error["extensions"]["code"]
    assert [] == page(api, filter={"occurredFrom": date.max.isoformat()})["nodes"]
