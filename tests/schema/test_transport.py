"""GraphQL over HTTP: methods, media types, bodies; bad ones are refused with a code, never with a trace."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from schema.transport import NEW_TYPE, OLD_TYPE
from tests.schema.world import REQUEST_ID, Api
from tests.service.world import People, published, state_of

QUERY = '{ vocabulary(name: "sector") { name } }'
POSTED = {"Content-Type": "application/json"}


def post(api: Api, body: bytes | str, **headers: str) -> httpx.Response:
    """POST *body* as it is."""
    return api.client.post("/graphql", content=body, headers=POSTED | headers)


def told(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which has a request id and nothing else."""
    body = response.json()
    assert list(body) == ["errors"]
    (error,) = body["errors"]
    assert error["extensions"]["requestId"] == REQUEST_ID
    return response.status_code, error["extensions"]["code"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "BAD_JSON"),
        (b"{", "BAD_JSON"),
        (b'{"query": "\xff"}', "BAD_JSON"),
        (b'{"query": "\\ud800"}', "BAD_JSON"),
        (b"[" * 100_000, "BAD_JSON"),
        (b'{"query": "{ viewer { roles } }", "variables": {"a": NaN}}', "BAD_JSON"),
        (b"3", "BAD_REQUEST"),
        (b"null", "BAD_REQUEST"),
        (b'"{ viewer { roles } }"', "BAD_REQUEST"),
        (b"{}", "BAD_REQUEST"),
        (b'{"query": ""}', "BAD_REQUEST"),
        (b'{"query": 3}', "BAD_REQUEST"),
        (b'{"query": "{ viewer { roles } }", "variables": []}', "BAD_REQUEST"),
        (b'{"query": "{ viewer { roles } }", "operationName": 3}', "BAD_REQUEST"),
        (b'{"query": "{ viewer { roles } }", "extensions": 3}', "BAD_REQUEST"),
        (b'[{"query": "{ viewer { roles } }"}]', "BATCH_NOT_SUPPORTED"),
    ],
)
def test_a_body_that_is_no_request_is_refused_whatever_the_media_type(api: Api, body: bytes, code: str) -> None:
    before = state_of(api.registry)

    assert (400, code) == told(post(api, body))
    assert (400, code) == told(post(api, body, Accept=OLD_TYPE))
    assert before == state_of(api.registry)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": ""},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_only_plain_json_may_be_posted(api: Api, headers: dict[str, str]) -> None:
    status, code = told(post(api, json.dumps({"query": QUERY}), **headers))

    assert status == 415
    assert code.startswith("UNSUPPORTED")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(api: Api, method: str) -> None:
    response = api.client.request(method, "/graphql")

    assert (405, "METHOD_NOT_ALLOWED") == told(response)
    assert response.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", NEW_TYPE),
        ("*/*", NEW_TYPE),
        (NEW_TYPE, NEW_TYPE),
        (OLD_TYPE, OLD_TYPE),
        (f"{NEW_TYPE};q=0.5, {OLD_TYPE}", OLD_TYPE),
        (f"text/html, {OLD_TYPE};q=0.9, {NEW_TYPE};q=0.9", NEW_TYPE),
    ],
)
def test_the_media_type_is_the_one_that_the_client_prefers(api: Api, accept: str, expected: str) -> None:
    response = api.send(QUERY, accept=accept)

    assert 200 == response.status_code
    assert f"{expected}; charset=utf-8" == response.headers["content-type"]
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize("accept", ["text/html", f"{NEW_TYPE};q=0", "application/json;q=x"])
def test_a_client_that_accepts_neither_media_type_is_told_so(api: Api, accept: str) -> None:
    assert (406, "NOT_ACCEPTABLE") == told(api.send(QUERY, accept=accept))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "SYNTAX_ERROR"),
        ("{ nothing }", "INVALID_DOCUMENT"),
        ("{ ...unknown }", "INVALID_DOCUMENT"),
        ("{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }", "INVALID_DOCUMENT"),
        ("query a { viewer { roles } } query b { viewer { roles } }", "OPERATION_NAME_REQUIRED"),
        ("fragment a on Viewer { roles }", "NO_SUCH_OPERATION"),
        ("subscription { viewer { roles } }", "INVALID_DOCUMENT"),
    ],
)
def test_a_bad_document_is_400_in_the_new_media_type_and_200_in_the_old(api: Api, query: str, code: str) -> None:
    new, old = api.send(query, accept=NEW_TYPE), api.send(query, accept=OLD_TYPE)

    assert [400, 200] == [new.status_code, old.status_code]
    assert code == old.json()["errors"][0]["extensions"]["code"]
    assert new.json() == old.json()
    assert "data" not in new.json()


def test_one_of_several_operations_is_chosen_by_its_name(api: Api) -> None:
    query = "query a { viewer { roles } } query b { vocabularies { name } }"

    response = post(api, json.dumps({"query": query, "operationName": "b"}))
    unknown = post(api, json.dumps({"query": query, "operationName": "c"}))

    assert ["vocabularies"] == list(response.json()["data"])
    assert (400, "NO_SUCH_OPERATION") == told(unknown)


def test_queries_may_be_sent_by_get_and_mutations_may_not(api: Api) -> None:
    query = "query ($name: String!) { vocabulary(name: $name) { name } }"
    mutation = 'mutation { submitIncident(input: {content: {title: "x"}}) { replayed } }'
    before = state_of(api.registry)

    answered = api.client.get("/graphql", params={"query": query, "variables": '{"name": "sector"}'})
    refused = api.client.get("/graphql", params={"query": mutation}, headers={"Authorization": "submitter"})

    assert {"vocabulary": {"name": "sector"}} == answered.json()["data"]
    assert (405, "METHOD_NOT_ALLOWED") == told(refused)
    assert "POST" == refused.headers["allow"]
    assert before == state_of(api.registry)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "BAD_REQUEST"),
        ({"query": QUERY, "variables": "{"}, "BAD_JSON"),
        ({"query": QUERY, "variables": "3"}, "BAD_REQUEST"),
        ({"query": QUERY, "extensions": "["}, "BAD_JSON"),
    ],
)
def test_bad_parameters_of_a_get_are_refused(api: Api, params: dict[str, str], code: str) -> None:
    assert (400, code) == told(api.client.get("/graphql", params=params))


def test_a_public_answer_has_a_tag_that_changes_with_what_strangers_see(api: Api, people: People) -> None:
    params = {"query": "{ incidents { totalCount } }"}
    first = api.client.get("/graphql", params=params)
    tag = first.headers["etag"]

    again = api.client.get("/graphql", params=params, headers={"If-None-Match": f'"other", W/{tag}'})
    published(api.registry, people)
    later = api.client.get("/graphql", params=params, headers={"If-None-Match": tag})

    assert "public, no-cache" == first.headers["cache-control"]
    assert (304, b"", tag) == (again.status_code, again.content, again.headers["etag"])
    assert (200, 1) == (later.status_code, later.json()["data"]["incidents"]["totalCount"])
    assert tag != later.headers["etag"]


def test_a_tag_says_nothing_about_drafts_and_differs_by_document_variables_and_media_type(
    api: Api, people: People
) -> None:
    query = 'query ($name: String) { vocabulary(name: $name) { name } other: vocabulary(name: "sector") { name } }'

    def tag(accept: str = OLD_TYPE, **params: str) -> str:
        asked: dict[str, Any] = {"query": query.replace("String", "String!")} | params
        return api.client.get("/graphql", params=asked, headers={"Accept": accept}).headers["etag"]

    before = tag(variables='{"name": "harm_type"}')
    api.write("submitIncident", {"content": {"title": "T", "summary": "S"}}, by="submitter")

    assert before == tag(variables='{"name": "harm_type"}')
    assert before != tag(variables='{"name": "motive"}')
    assert before != tag(NEW_TYPE, variables='{"name": "harm_type"}')
    assert before != tag(query=QUERY)


@pytest.mark.parametrize(
    ("query", "by"),
    [
        (QUERY, "submitter"),
        ('{ search(query: "x") { totalCount } }', ""),
        ('{ ...a } fragment a on Query { search(query: "x") { totalCount } }', ""),
        ('{ incidents(after: "x") { totalCount } }', ""),
    ],
)
def test_answers_for_members_of_the_index_and_with_errors_are_not_shared(api: Api, query: str, by: str) -> None:
    headers = {"Authorization": by} if by else {}

    response = api.client.get("/graphql", params={"query": query}, headers=headers)

    assert response.is_success
    assert "private, no-store" == response.headers["cache-control"]
    assert "etag" not in response.headers


def test_posted_answers_are_not_shared_and_tell_their_cost(api: Api) -> None:
    response = api.send(QUERY)

    assert "private, no-store" == response.headers["cache-control"]
    assert {"requested": 2, "limit": 20_000} == response.json()["extensions"]["cost"]
