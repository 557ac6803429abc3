"""Registered documents: asked for by their hash, by the appendix of GraphQL over HTTP on persisted documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.domain.trusted_document import id_of
from registry.ports import Registry
from registry.service import trusted_documents
from tests.client import Client
from tests.schema.world import Api, make_app
from tests.service.world import People, state_of

DOCUMENT = "query ($name: String!) { vocabulary(name: $name) { name } }"
MUTATION = 'mutation { withdraw(input: {uid: "a"}) { replayed } }'
VARIABLES = '{"name":"sector"}'


def registered(api: Api, text: str = DOCUMENT) -> str:
    """The id of a registered document."""
    return trusted_documents.register(api.registry, LOCAL_OPERATOR, text, label="test").id


def code(answer: object) -> str:
    """The code of the only error."""
    (error,) = answer.json()["errors"]  # type: ignore[attr-defined]
    return str(error["extensions"]["code"])


@pytest.fixture
def strict(registry: Registry, people: People) -> Iterator[Client]:
    """An API that answers strangers registered documents only."""
    settings = registry.settings.model_copy(update={"trusted_documents_only": True})
    with Client(make_app(replace(registry, settings=settings), people)) as client:
        yield client


def test_the_id_is_the_hash_of_the_text_with_its_white_space() -> None:
    published = "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}"
    compact = "query($id:ID!){user(id:$id){name}}"

    assert "sha256:7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e" == id_of(published)
    assert "sha256:71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b" == id_of(compact)


def test_a_registered_document_is_asked_for_by_its_id(api: Api) -> None:
    params = {"documentId": registered(api), "variables": VARIABLES}

    got = api.client.get("/graphql", params=params)
    posted = api.client.post("/graphql", json={"documentId": params["documentId"], "variables": {"name": "sector"}})

    assert {"vocabulary": {"name": "sector"}} == got.json()["data"] == posted.json()["data"]


def test_its_answers_are_cached_as_those_of_the_text(api: Api) -> None:
    by_id = {"documentId": registered(api), "variables": VARIABLES}

    first = api.client.get("/graphql", params=by_id)
    again = api.client.get("/graphql", params=by_id, headers={"If-None-Match": first.headers["etag"]})
    by_text = api.client.get("/graphql", params={"query": DOCUMENT, "variables": VARIABLES})

    assert "public, no-cache" == first.headers["cache-control"]
    assert (304, b"") == (again.status_code, again.content)
    assert first.headers["etag"] == by_text.headers["etag"]
    assert first.content == by_text.content


@pytest.mark.parametrize(
    "document_id", ["sha256:" + "0" * 64, "sha256:", "nonsense", "x" * 10_000, "SHA256:" + "a" * 64, "%", ""]
)
def test_an_unknown_id_is_one_error_with_its_code(api: Api, document_id: str) -> None:
    new = api.client.get("/graphql", params={"documentId": document_id})
    old = api.client.post("/graphql", json={"documentId": document_id}, headers={"Accept": "application/json"})

    assert [400, 200] == [new.status_code, old.status_code]
    assert "PERSISTED_DOCUMENT_NOT_FOUND" == code(new) == code(old)
    assert "data" not in new.json()
    assert len(new.content) < 500


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": "sha256:" + "0" * 64, "query": DOCUMENT},
        {"documentId": 3},
        {"documentId": []},
        {"documentId": None},
    ],
)
def test_an_id_that_is_no_text_or_stands_beside_a_document_is_refused(api: Api, body: dict[str, object]) -> None:
    assert (400, "BAD_REQUEST") == ((answer := api.client.post("/graphql", json=body)).status_code, code(answer))


def test_mutations_are_not_executed_by_get(api: Api) -> None:
    before = registered(api, MUTATION)

    answer = api.client.get("/graphql", params={"documentId": before}, headers={"Authorization": "submitter"})

    assert (405, "POST") == (answer.status_code, answer.headers["allow"])


def test_a_document_that_was_taken_away_is_unknown_at_once(api: Api) -> None:
    document_id = registered(api)
    assert api.client.get("/graphql", params={"documentId": document_id, "variables": VARIABLES}).is_success

    trusted_documents.remove(api.registry, LOCAL_OPERATOR, document_id)

    assert "PERSISTED_DOCUMENT_NOT_FOUND" == code(api.client.get("/graphql", params={"documentId": document_id}))
    with pytest.raises(NotFound):
        trusted_documents.remove(api.registry, LOCAL_OPERATOR, document_id)


def test_a_registered_document_is_measured_as_any_other(api: Api) -> None:
    text = "query ($n: Int) { incidents(first: 90) { nodes { links(first: $n) { record { uid title } } } } }"

    answer = api.client.get("/graphql", params={"documentId": registered(api, text), "variables": '{"n":100}'})

    assert "QUERY_TOO_COMPLEX" == code(answer)


def test_strangers_may_be_held_to_registered_documents(api: Api, strict: Client) -> None:
    document_id = registered(api)

    by_text = strict.post("/graphql", json={"query": DOCUMENT, "variables": {"name": "sector"}})
    by_id = strict.get("/graphql", params={"documentId": document_id, "variables": VARIABLES})
    member = strict.post(
        "/graphql", json={"query": DOCUMENT, "variables": {"name": "sector"}}, headers={"Authorization": "submitter"}
    )

    assert (403, "PERSISTED_DOCUMENT_REQUIRED") == (by_text.status_code, code(by_text))
    assert {"vocabulary": {"name": "sector"}} == by_id.json()["data"] == member.json()["data"]


def test_only_who_maintains_the_node_registers(registry: Registry, people: People) -> None:
    before = state_of(registry)

    for actor in (people.stranger, people.submitter, people.operator):
        with pytest.raises((Forbidden, Unauthenticated)):
            trusted_documents.register(registry, actor, DOCUMENT, label="mine")
    for text, label in (("", "x"), ("x" * 20_001, "x"), (DOCUMENT, ""), (DOCUMENT, "x" * 201)):
        with pytest.raises(InvalidInput):
            trusted_documents.register(registry, LOCAL_OPERATOR, text, label=label)
    assert before == state_of(registry)


def test_registering_and_removing_are_noted_as_events(registry: Registry) -> None:
    document = trusted_documents.register(registry, LOCAL_OPERATOR, DOCUMENT, label="one")
    trusted_documents.register(registry, LOCAL_OPERATOR, DOCUMENT, label="two")
    trusted_documents.remove(registry, LOCAL_OPERATOR, document.id)

    with registry.storage.read() as reader:
        names = [event.name.value for event in reader.events.newest(limit=3)]
    assert ["node:document:distrust", "node:document:trust", "node:document:trust"] == names
