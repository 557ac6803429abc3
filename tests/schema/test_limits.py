"""Documents that ask for too much are refused, in steps bounded by their length and before anything runs."""

from __future__ import annotations

import pytest
from graphql import (
    OperationDefinitionNode,
    build_client_schema,
    get_introspection_query,
    parse,
    print_schema,
)

from schema.documents import KEPT_DOCUMENTS, KEPT_LENGTH, KEPT_LETTERS, Documents
from schema.errors import RequestRefused
from schema.limits import MAX_COST, check, meter_for
from schema.root import build_schema
from tests.schema.world import Api


def doubling(levels: int, *, nested: bool) -> str:
    """Fragments that each use the next one twice, within a field or beside each other."""
    use = "record {{ uid ...f{0} }} other: record {{ ...f{0} }}" if nested else "...f{0} ...f{0}"
    bodies = [f"fragment f{at} on Link {{ rel {use.format(at + 1)} }}" for at in range(levels)]
    query = '{ record(number: "x") { links(first: 1) { ...f0 } } } '
    return query + " ".join(bodies) + f" fragment f{levels} on Link {{ rel }}"


def deep(levels: int) -> str:
    """Links of links."""
    body = "uid"
    for _ in range(levels):
        body = f"links(first: 1) {{ record {{ {body} }} }}"
    return f'{{ record(number: "x") {{ {body} }} }}'


def visited(document: str, **variables: object) -> tuple[int, str]:
    """How many nodes were looked at, and the code of the refusal."""
    parsed = parse(document)
    (operation,) = (one for one in parsed.definitions if isinstance(one, OperationDefinitionNode))
    meter = meter_for(build_schema().core, parsed, variables)
    try:
        check(meter, parsed, operation)
    except RequestRefused as refused:
        return meter.visited, refused.errors[0]["extensions"]["code"]
    return meter.visited, ""


def cost(document: str, **variables: object) -> int:
    """The cost of the only operation."""
    return Documents(build_schema().core).prepare(document, None, variables).load.cost


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("levels", [10, 20, 40])
def test_doubling_fragments_cost_one_visit_a_node(levels: int, *, nested: bool) -> None:
    document = doubling(levels, nested=nested)

    steps, _ = visited(document)

    assert steps <= document.count("{") + document.count("...") + document.count("rel") + document.count("uid")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (deep(6), "QUERY_TOO_DEEP"),
        ("{ viewer " * 300 + "}" * 300, "QUERY_TOO_DEEP"),
        ("{ viewer " * 1900 + "}" * 1900, "QUERY_TOO_DEEP"),
        ("{" + " ... {" * 150 + "viewer { roles }" + "}" * 151, "QUERY_TOO_DEEP"),
        ("{" + " ".join(f"a{at}: viewer {{ roles }}" for at in range(31)) + "}", "TOO_MANY_ALIASES"),
        ("{ viewer { " + " ".join(f"a{at}: roles" for at in range(201)) + " } }", "TOO_MANY_ALIASES"),
        ("{ ...a ...a } fragment a on Query { " + "viewer { roles } " * 16 + "}", "TOO_MANY_ALIASES"),
        ("{ viewer { " + "roles " * 600 + "} }", "QUERY_TOO_COMPLEX"),
        ("{ viewer { " + "roles " * 4000 + "} }", "QUERY_TOO_COMPLEX"),
        ("{ viewer { roles " + "@include(if: true) " * 51 + "} }", "QUERY_TOO_COMPLEX"),
        (
            "{ viewer { roles } } " + " ".join(f"fragment f{at} on Viewer {{ roles }}" for at in range(51)),
            "QUERY_TOO_COMPLEX",
        ),
        ("query a { viewer { roles } } query b { viewer { " + "roles " * 600 + "} }", "QUERY_TOO_COMPLEX"),
        (
            "{ incidents(first: 100) { nodes { mitigations(first: 100) { nodes { uid title } } } } }",
            "QUERY_TOO_COMPLEX",
        ),
        ("{ incidents(last: 100) { nodes { links(first: 100) { record { uid title } } } } }", "QUERY_TOO_COMPLEX"),
        (doubling(40, nested=False), "QUERY_TOO_COMPLEX"),
        (doubling(40, nested=True), "QUERY_TOO_DEEP"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_what_asks_for_too_much_is_refused_before_it_runs(api: Api, document: str, code: str) -> None:
    name = {"operationName": "a"} if document.startswith("query a") else {}

    response = api.client.post("/graphql", json={"query": document} | name)

    assert 400 == response.status_code
    assert [code] == [error["extensions"]["code"] for error in response.json()["errors"]]


def test_page_sizes_multiply_what_is_below_them_and_come_from_variables_and_defaults_too() -> None:
    sized = "query ($n: Int = 7) { incidents(first: $n) { nodes { uid } } }"

    assert 1 + 5 * (5 + 2) == cost("{ incidents(first: 5) { nodes { uid } } }")
    assert 1 + 20 * (5 + 2) == cost("{ incidents { nodes { uid } } }")
    assert 1 + 50 * (5 + 2) == cost(sized, n=50)
    assert 1 + 7 * (5 + 2) == cost(sized)
    assert 1 + 100 * (5 + 2) == cost(sized, n=None)
    assert 1 + 100 * (5 + 2) == cost(sized.replace(" = 7", ""))
    assert 1 + 3 + 3 * (5 + 1) == cost("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["a", "b", "c"])


def test_the_cost_of_many_ids_is_counted_wherever_they_stand(api: Api) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Incident { links(first: 100) { record { uid } } } } }"

    (error,) = api.errors(query, ids=["x"] * 100)

    assert ("QUERY_TOO_COMPLEX", MAX_COST) == (error["extensions"]["code"], error["extensions"]["limit"])


def test_ids_that_stand_in_the_default_of_a_variable_cost_as_much_as_elsewhere(api: Api) -> None:
    ids = "[" + '"x" ' * 100 + "]"
    body = "{ ... on Incident { links(first: 100) { record { uid } } }"
    query = f"query ($ids: [ID!]! = {ids}) {{ nodes(ids: $ids) {body} }} }}"

    (error,) = api.errors(query)

    assert "QUERY_TOO_COMPLEX" == error["extensions"]["code"]
    small = "{ nodes(ids: $ids) { id } }"
    assert 1 + 3 + 3 * (5 + 1) == cost(f'query ($ids: [ID!]! = ["a" "b" "c"]) {small}')
    assert cost(f"query ($ids: [ID!]!) {small}", ids=["a"]) == cost(f"query ($ids: [ID!]! = {ids}) {small}", ids=["a"])


def test_a_mutation_costs_more_than_a_read() -> None:
    document = 'mutation { withdraw(input: {uid: "a"}) { replayed } }'

    assert 12 == cost(document)


def test_the_usual_introspection_query_is_answered(api: Api) -> None:
    data = api.ask(get_introspection_query())

    assert "type Incident implements Record & Node" in print_schema(build_client_schema(data))  # type: ignore[arg-type]


def test_introspection_without_end_is_refused(api: Api) -> None:
    body = "name"
    for _ in range(20):
        body = f"fields {{ type {{ {body} }} }}"

    assert api.errors(f'{{ __type(name: "Query") {{ {body} }} }}')


def test_only_valid_and_short_documents_are_kept_and_the_oldest_go() -> None:
    documents = Documents(build_schema().core)
    long = "{ viewer { roles } }" + " " * KEPT_LENGTH

    for at in range(KEPT_DOCUMENTS + 10):
        documents.prepare(f"query q{at} {{ viewer {{ roles }} }}", None, {})
    documents.prepare(long, None, {})
    with pytest.raises(RequestRefused):
        documents.prepare("{ nothing }", None, {})

    kept = documents._kept
    assert KEPT_DOCUMENTS == len(kept)
    assert "query q0 { viewer { roles } }" not in kept
    assert long not in kept


def test_kept_documents_are_bounded_in_all_so_that_many_of_them_fill_no_memory() -> None:
    documents = Documents(build_schema().core)
    default = "[" + "1 " * 3900 + "]"

    for at in range(50):
        documents.prepare(f"query q{at}($ids: [ID!]! = {default}) {{ nodes(ids: $ids) {{ id }} }}", None, {"ids": []})

    kept = documents._kept
    assert 200_000 < sum(map(len, kept)) <= KEPT_LETTERS
    assert "query q49(" in next(reversed(kept))


def test_an_operation_is_measured_once_where_no_variable_matters() -> None:
    documents = Documents(build_schema().core)
    document = "query one { viewer { roles } } query two { incidents { totalCount } }"

    first = [documents.prepare(document, name, {}) for name in ("one", "two")]
    second = [documents.prepare(document, name, {}) for name in ("one", "two")]

    assert [id(one) for one in first] == [id(one) for one in second]
    assert first[0].root_fields != first[1].root_fields


def test_a_kept_document_is_measured_anew_with_its_variables(api: Api) -> None:
    query = "query ($n: Int) { incidents(first: 90) { nodes { links(first: $n) { record { uid title } } } } }"

    assert {"incidents": {"nodes": []}} == api.ask(query, n=1)
    assert "QUERY_TOO_COMPLEX" == api.errors(query, n=100)[0]["extensions"]["code"]
