"""The GraphQL over HTTP specification (September 2026), requirement by requirement; and bodies that mean no good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from registry.ports import Registry
from schema.transport import NEW_TYPE, OLD_TYPE
from tests.client import Client
from tests.schema.world import Api, make_app
from tests.service.world import People, state_of

QUERY = '{ vocabulary(name: "sector") { name } }'
DATA = {"vocabulary": {"name": "sector"}}
PARTIAL = '{ vocabulary(name: "sector") { name } incidents(after: "x") { totalCount } }'
MUTATION = 'mutation { withdraw(input: {uid: "a"}) { replayed } }'
RECOMMENDED = f"{NEW_TYPE}; charset=utf-8, {OLD_TYPE}; charset=utf-8"


def post(api: Api, body: Any, **headers: str) -> httpx.Response:
    """POST a body: bytes as they are, else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body)
    return api.client.post("/graphql", content=content, headers={"Content-Type": OLD_TYPE} | headers)


def get(api: Api, **params: str) -> httpx.Response:
    """GET with these parameters."""
    return api.client.get("/graphql", params=params)


def code(answer: httpx.Response) -> str:
    """The code of the first error."""
    return str(answer.json()["errors"][0]["extensions"]["code"])


def test_a_server_must_accept_post_with_json_in_utf_8(api: Api) -> None:
    assert DATA == post(api, {"query": QUERY}).json()["data"]
    assert DATA == post(api, {"query": QUERY}, **{"Content-Type": 'application/json; charset="UTF-8"'}).json()["data"]
    assert DATA == post(api, {"query": QUERY}, **{"Content-Type": "APPLICATION/JSON;x=y"}).json()["data"]


def test_utf_8_must_be_assumed_where_no_encoding_is_said(api: Api) -> None:
    query = "query ($name: String!) { vocabulary(name: $name) { name } }"

    answer = post(api, json.dumps({"query": query, "variables": {"name": "ä€😀"}}, ensure_ascii=False).encode())

    assert {"vocabulary": None} == answer.json()["data"]


def test_queries_and_mutations_have_one_address(api: Api) -> None:
    assert 200 == post(api, {"query": QUERY}).status_code
    assert "withdraw" in post(api, {"query": MUTATION}).json()["data"]


@pytest.mark.parametrize("accept", ["", NEW_TYPE, OLD_TYPE, RECOMMENDED, "*/*"])
def test_the_answer_says_its_media_type_and_encoding(api: Api, accept: str) -> None:
    answer = post(api, {"query": QUERY}, Accept=accept)

    assert answer.headers["content-type"] in {f"{NEW_TYPE}; charset=utf-8", f"{OLD_TYPE}; charset=utf-8"}


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (RECOMMENDED, NEW_TYPE),
        (f"{OLD_TYPE}, {NEW_TYPE};q=0.9", OLD_TYPE),
        (f"{NEW_TYPE};q=0, */*;q=0.5", OLD_TYPE),
        (f"{OLD_TYPE};q=0.1, application/*;q=0.9", NEW_TYPE),
        (f"*/*;q=0.1, {OLD_TYPE};q=0.2", OLD_TYPE),
        (f"{NEW_TYPE}; charset=utf-16, {OLD_TYPE}", OLD_TYPE),
        (f"text/html, {OLD_TYPE.upper()}", OLD_TYPE),
        (f"{OLD_TYPE};q=0.001, text/plain", OLD_TYPE),
    ],
)
def test_the_answer_has_the_media_type_that_is_wanted_most(api: Api, accept: str, expected: str) -> None:
    assert expected == post(api, {"query": QUERY}, Accept=accept).headers["content-type"].partition(";")[0]


def test_every_accept_header_counts(api: Api) -> None:
    headers = [("Accept", "text/html"), ("Accept", OLD_TYPE), ("Content-Type", OLD_TYPE)]

    answer = api.client.post("/graphql", content=json.dumps({"query": QUERY}), headers=headers)

    assert f"{OLD_TYPE}; charset=utf-8" == answer.headers["content-type"]


@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/*;q=0", "*/*;q=0", f"{OLD_TYPE};charset=latin-1", f"{OLD_TYPE};q=nan", ",", ";"],
)
def test_what_cannot_be_answered_in_is_406(api: Api, accept: str) -> None:
    assert (406, "NOT_ACCEPTABLE") == ((answer := post(api, {"query": QUERY}, Accept=accept)).status_code, code(answer))


@pytest.mark.parametrize(
    "said", [{"variables": None}, {"operationName": None}, {"extensions": None}, {"extensions": {}}]
)
def test_null_is_the_same_as_leaving_out_an_optional_parameter(api: Api, said: dict[str, Any]) -> None:
    assert DATA == post(api, {"query": QUERY} | said).json()["data"]


def test_parameters_that_the_specification_does_not_name_are_ignored(api: Api) -> None:
    assert DATA == post(api, {"query": QUERY, "qeury": 3, "id": "x"}).json()["data"]
    assert DATA == get(api, query=QUERY, nonsense="1").json()["data"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"qeury": QUERY},
        {"query": None},
        {"query": ["x"]},
        {"query": {"a": 1}},
        {"query": QUERY, "variables": [7]},
        {"query": QUERY, "variables": "{}"},
        {"query": QUERY, "variables": False},
        {"query": QUERY, "operationName": {}},
        {"query": QUERY, "extensions": []},
        {"query": QUERY, "extensions": "x"},
        {"query": QUERY, "extensions": False},
    ],
)
def test_a_request_that_is_not_well_formed_is_400_in_both_media_types(api: Api, said: dict[str, Any]) -> None:
    for accept in (NEW_TYPE, OLD_TYPE):
        answer = post(api, said, Accept=accept)
        assert (400, "BAD_REQUEST") == (answer.status_code, code(answer))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"NONSENSE", "BAD_JSON"),
        (b'{"query":', "BAD_JSON"),
        (b'{"query": "{ viewer { roles } }"} trailing', "BAD_JSON"),
        (b'{"query": "{ viewer { roles } }"}{}', "BAD_JSON"),
        (b'\xef\xbb\xbf{"query": "{ viewer { roles } }"}', "BAD_JSON"),
        ('{"query": "{ viewer { roles } }"}'.encode("utf-16"), "BAD_JSON"),
        ('{"query": "{ viewer { roles } }"}'.encode("utf-32"), "BAD_JSON"),
        (b'{"query": "\xc0\x80"}', "BAD_JSON"),
        (b'{"query": "\xed\xa0\x80"}', "BAD_JSON"),
        (b'{"query": "{ a }", "variables": {"x": "\\ud800"}}', "BAD_JSON"),
        (b'{"query": "{ a }", "variables": {"x": Infinity}}', "BAD_JSON"),
        (b'{"query": "{ a }", "variables": {"x": -NaN}}', "BAD_JSON"),
        (b'{"query": "{ a }", "variables": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}", "BAD_JSON"),
        (b'{"query": "{ a }", "variables": {"a": ' + b"[" * 60 + b"]" * 60 + b"}}", "INVALID_VALUE"),
        (b'[{"query": "{ a }"}, {"query": "{ b }"}]', "BATCH_NOT_SUPPORTED"),
        (b"[]", "BATCH_NOT_SUPPORTED"),
        (b"", "BAD_JSON"),
        (b"true", "BAD_REQUEST"),
        (b'"x"', "BAD_REQUEST"),
    ],
)
def test_a_body_that_cannot_be_read_is_400(api: Api, body: bytes, expected: str) -> None:
    before = state_of(api.registry)

    answer = post(api, body)

    assert (400, expected) == (answer.status_code, code(answer))
    assert before == state_of(api.registry)


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "9" * 400, "1" + "0" * 4000, "1e-400", "0.1e1", "9223372036854775808"]
)
def test_numbers_of_any_size_are_read_or_refused(api: Api, number: str) -> None:
    body = f'{{"query": "query ($n: Int) {{ incidents(first: $n) {{ totalCount }} }}", "variables": {{"n": {number}}}}}'

    answer = post(api, body.encode())

    assert answer.status_code in {200, 400, 294}
    assert answer.status_code == 200 or code(answer) in {"BAD_JSON", "INVALID_VALUE", "INVALID_INPUT"}


def test_of_a_key_that_stands_twice_the_last_is_measured_and_executed(api: Api) -> None:
    cheap, dear = '"{ viewer { roles } }"', '"{ taxonomies(first: 2) { totalCount } }"'

    first = post(api, f'{{"query": {cheap}, "query": {dear}}}'.encode()).json()
    second = post(api, f'{{"query": {dear}, "query": {cheap}}}'.encode()).json()

    assert ["taxonomies"] == list(first["data"])
    assert ["viewer"] == list(second["data"])
    assert first["extensions"]["cost"]["requested"] > second["extensions"]["cost"]["requested"]


@pytest.mark.parametrize(
    "headers", [{"Content-Type": ""}, {"Content-Type": "application/graphql"}, {"Content-Type": "text/json"}]
)
def test_a_post_without_a_media_type_that_is_read_is_4xx(api: Api, headers: dict[str, str]) -> None:
    answer = post(api, {"query": QUERY}, **headers)

    assert (415, "UNSUPPORTED_MEDIA_TYPE") == (answer.status_code, code(answer))


def test_two_content_types_are_refused(api: Api) -> None:
    headers = [("Content-Type", OLD_TYPE), ("Content-Type", "text/plain")]

    assert 415 == api.client.post("/graphql", content=json.dumps({"query": QUERY}), headers=headers).status_code


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip"])
def test_an_encoded_body_is_refused_and_not_unpacked(api: Api, encoding: str) -> None:
    answer = post(api, {"query": QUERY}, **{"Content-Encoding": encoding})

    assert (415, "UNSUPPORTED_ENCODING") == (answer.status_code, code(answer))


def test_get_takes_its_parameters_from_the_address(api: Api) -> None:
    query = "query a($name: String!) { vocabulary(name: $name) { name } } query b { viewer { roles } }"

    answer = get(api, query=query, operationName="a", variables='{"name": "sector"}', extensions='{"x": 1}')

    assert DATA == answer.json()["data"]


def test_an_empty_operation_name_is_none_and_the_word_null_is_a_name(api: Api) -> None:
    assert DATA == get(api, query=QUERY, operationName="").json()["data"]
    assert DATA == post(api, {"query": QUERY, "operationName": ""}).json()["data"]
    named = get(api, query="query null { viewer { roles } } query b { viewer { roles } }", operationName="null")
    assert "viewer" in named.json()["data"]


@pytest.mark.parametrize("name", ["query", "variables", "operationName", "extensions", "documentId"])
def test_a_parameter_that_stands_twice_in_an_address_is_refused(api: Api, name: str) -> None:
    values = {"query": QUERY, "variables": "{}", "operationName": "", "extensions": "{}", "documentId": ""}[name]
    twice = f"{name}={quote(values)}&{name}={quote(values)}"

    answer = api.client.get(f"/graphql?{twice}" + ("" if name == "query" else f"&query={quote(QUERY)}"))

    assert (400, "BAD_REQUEST") == (answer.status_code, code(answer))


@pytest.mark.parametrize(
    "document", [MUTATION, "query a { viewer { roles } } " + MUTATION.replace("mutation", "mutation b")]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_get_must_not_execute_mutations(api: Api, document: str, method: str) -> None:
    before = state_of(api.registry)

    params = {"query": document, "operationName": "b" if "query a" in document else ""}
    answer = api.client.request(method, "/graphql", params=params, headers={"Authorization": "submitter"})

    assert (405, "POST") == (answer.status_code, answer.headers["allow"])
    assert before == state_of(api.registry)


def test_a_query_beside_a_mutation_is_answered_by_get(api: Api) -> None:
    document = "query a { viewer { roles } } " + MUTATION.replace("mutation", "mutation b")

    assert "viewer" in get(api, query=document, operationName="a").json()["data"]


def test_head_is_answered_as_get(api: Api) -> None:
    headers = api.client.request("HEAD", "/graphql", params={"query": QUERY}).headers

    assert headers["etag"] == get(api, query=QUERY).headers["etag"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"query": "{"}, "SYNTAX_ERROR"),
        ({"query": "{ nothing }"}, "INVALID_DOCUMENT"),
        ({"query": "query a { viewer { roles } } query b { viewer { roles } }"}, "OPERATION_NAME_REQUIRED"),
        ({"query": "query a { viewer { roles } }", "operationName": "b"}, "NO_SUCH_OPERATION"),
        ({"query": "query ($u: String!) { record(uid: $u) { uid } }", "variables": {"u": None}}, "INVALID_VALUE"),
        ({"query": "query ($u: String!) { record(uid: $u) { uid } }"}, "INVALID_VALUE"),
        ({"query": "subscription { viewer { roles } }"}, "INVALID_DOCUMENT"),
        ({"query": "type Query { a: Int }"}, "NO_SUCH_OPERATION"),
    ],
)
def test_a_request_error_is_400_in_the_new_media_type_and_200_in_the_old(
    api: Api, said: dict[str, Any], expected: str
) -> None:
    new, old = post(api, said, Accept=NEW_TYPE), post(api, said, Accept=OLD_TYPE)

    assert [400, 200] == [new.status_code, old.status_code]
    assert expected == code(new) == code(old)
    assert "data" not in new.json()
    assert "data" not in old.json()


def test_data_without_errors_is_200_and_with_errors_294_or_200(api: Api) -> None:
    whole = [post(api, {"query": QUERY}, Accept=accept) for accept in (NEW_TYPE, OLD_TYPE)]
    partial = [post(api, {"query": PARTIAL}, Accept=accept) for accept in (NEW_TYPE, OLD_TYPE)]

    assert [200, 200] == [one.status_code for one in whole]
    assert [294, 200] == [one.status_code for one in partial]
    assert {"vocabulary", "incidents"} == set(partial[0].json()["data"]) or partial[0].json()["data"] is None
    assert "errors" not in whole[0].json()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "TRACE"])
def test_other_methods_are_405_with_those_allowed(api: Api, method: str) -> None:
    answer = api.client.request(method, "/graphql")

    assert (405, "GET, HEAD, POST") == (answer.status_code, answer.headers["allow"])


@pytest.fixture
def tight(registry: Registry, people: People) -> Iterator[Client]:
    """An API that sends at most 100 bytes."""
    settings = registry.settings.model_copy(update={"max_response_bytes": 100})
    with Client(make_app(replace(registry, settings=settings), people)) as client:
        yield client


@pytest.fixture
def hasty(registry: Registry, people: People) -> Iterator[Client]:
    """An API that gives a query no time at all."""
    settings = registry.settings.model_copy(update={"max_query_seconds": 0.0})
    with Client(make_app(replace(registry, settings=settings), people)) as client:
        yield client


def test_an_answer_that_is_too_large_is_an_error_with_a_code(tight: Client) -> None:
    answer = tight.post("/graphql", json={"query": "{ vocabularies { name } }"})

    assert (500, "RESPONSE_TOO_LARGE") == (answer.status_code, code(answer))
    assert "data" not in answer.json()


def test_a_query_that_takes_too_long_is_ended_with_a_code(hasty: Client) -> None:
    answers = [
        hasty.post("/graphql", json={"query": query})
        for query in (QUERY, "{ incidents { totalCount nodes { uid } } }", '{ search(query: "x") { totalCount } }')
    ]

    assert {(503, "QUERY_TOO_SLOW")} == {(one.status_code, code(one)) for one in answers}
    assert not any("data" in one.json() for one in answers)


def test_a_mutation_is_never_cut_short(hasty: Client) -> None:
    answer = hasty.post("/graphql", json={"query": MUTATION}, headers={"Authorization": "submitter"})

    assert "withdraw" in answer.json()["data"]
