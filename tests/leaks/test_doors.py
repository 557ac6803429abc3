"""Strangers' answers are the same, byte by byte, whether hidden records exist or not; and so are other members'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from graphql import GraphQLObjectType
from starlette.routing import Mount, Route

from schema.root import build_schema
from tests.client import Client
from tests.leaks import twins
from tests.leaks.doors import Question, documents, pages, questions
from tests.leaks.twins import SECRET_WORD, Twin, build, close
from web.app import create_app

# What differs from answer to answer by its nature.
_VARYING = frozenset({"date", "x-request-id"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back: everything but the time and the id of the request, wherever that is repeated."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Door:
    """A node and a client of its application. ``known`` keeps what strangers were answered: nothing changes."""

    twin: Twin
    client: Client
    known: dict[str, Answer] = field(default_factory=dict)

    def public(self, question: Question) -> Answer:
        """What a stranger is answered."""
        name = repr(question)
        if name not in self.known:
            self.known[name] = self.answer(question)
        return self.known[name]

    def answer(self, question: Question, *, key: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Ask *question*, with the key of the person of this name, if any."""
        given = dict(headers or {})
        if key is not None:
            given["Authorization"] = f"Bearer {self.twin.keys[key]}"
        response = self.client.request(question.method, question.path, json=question.document, headers=given)
        return _answer(response)


def _answer(response: httpx.Response) -> Answer:
    kept = tuple(sorted((name, value) for name, value in response.headers.items() if name not in _VARYING))
    request_id = response.headers["x-request-id"].encode()
    return Answer(response.status_code, kept, response.content.replace(request_id, b"request-id"))


def _open(hide: twins.Hide, factory: pytest.TempPathFactory) -> Iterator[Door]:
    twin = build(factory.mktemp("twin") / "data", hide)
    with Client(create_app(twin.registry)) as client:
        yield Door(twin, client)
    close(twin)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A node where nothing is hidden."""
    yield from _open(twins.hide_nothing, tmp_path_factory)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A node where another organisation hides records."""
    yield from _open(twins.hide_of_others, tmp_path_factory)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A node where everything is hidden that can be."""
    yield from _open(twins.hide_everything, tmp_path_factory)


def test_the_public_records_are_the_same_in_all_nodes(plain: Door, others: Door, full: Door) -> None:
    expected = {name: (record.uid, record.number) for name, record in plain.twin.public_records.items()}

    for door in (others, full):
        assert expected == {name: (record.uid, record.number) for name, record in door.twin.public_records.items()}
        assert [] != door.twin.hidden_records


def test_every_route_is_asked(plain: Door, full: Door) -> None:
    routes = create_app(plain.twin.registry).routes

    assert [] == [route for route in routes if isinstance(route, Mount)]
    assert {route.path for route in routes if isinstance(route, Route)} == pages(full.twin).keys()


def test_every_root_field_is_asked(full: Door) -> None:
    asked = " ".join(document["query"] for document in documents(full.twin))
    core = build_schema().core
    assert isinstance(core.query_type, GraphQLObjectType)
    assert isinstance(core.mutation_type, GraphQLObjectType)
    # These write only what is new, or what has no record in it.
    elsewhere = {
        name
        for name in core.mutation_type.fields
        if name.startswith(("submit", "validate", "update", "describe")) or name.endswith(("ApiKey", "Group"))
    } - {"validateIncident", "updateIncident"}

    names = core.query_type.fields.keys() | (core.mutation_type.fields.keys() - elsewhere)

    assert [] == sorted(name for name in names if f" {name}" not in asked)


def test_a_stranger_is_answered_the_same_whatever_is_hidden(plain: Door, full: Door) -> None:
    differing = [question for question in questions(full.twin) if plain.public(question) != full.public(question)]

    assert [] == differing


def test_every_question_is_understood(full: Door) -> None:
    """Else the answers would be the same for the wrong reason."""
    refused = []
    for question in questions(full.twin):
        answer = full.public(question)
        is_graphql = question.document is not None
        if answer.status >= 500 or (is_graphql and (answer.status not in {200, 294} or b'"data"' not in answer.body)):
            refused.append((question, answer.body[:200]))

    assert [] == refused


def test_a_strangers_copy_is_current_whatever_is_hidden(plain: Door, full: Door) -> None:
    unlike = []
    for question in questions(full.twin):
        tag = dict(plain.public(question).headers).get("etag")
        if tag is None or question.method != "GET":
            continue
        answers = [door.answer(question, headers={"If-None-Match": tag}) for door in (plain, full)]
        if answers[0] != answers[1] or answers[0].status != 304:
            unlike.append(question)

    assert [] == unlike


def test_public_answers_by_get_have_the_same_tags(plain: Door, full: Door) -> None:
    query = "{ records(first: 5) { totalCount edges { cursor node { uid title } } } changes { nodes { publicSeq } } }"
    question = Question("GET", str(httpx.URL("/graphql", params={"query": query})))

    assert plain.answer(question) == full.answer(question)
    assert "etag" in dict(plain.answer(question).headers)


def test_a_member_is_answered_the_same_whatever_others_hide(plain: Door, others: Door) -> None:
    differing = [
        question
        for question in questions(others.twin)
        if plain.answer(question, key="submitter") != others.answer(question, key="submitter")
    ]

    assert [] == differing


@pytest.mark.parametrize("name", ["plain", "full"])
def test_nothing_hidden_and_nothing_gone_is_in_any_answer(
    name: str, request: pytest.FixtureRequest, full: Door
) -> None:
    door: Door = request.getfixturevalue(name)
    word = SECRET_WORD.lower().encode()

    telling = [
        question
        for question in questions(full.twin)
        if not question.echoes and word in door.public(question).body.lower()
    ]

    assert [] == telling


def test_what_is_gone_leaves_its_tombstone(full: Door) -> None:
    for name in ("erased", "narrowed", "withdrawn"):
        record = full.twin.public_records[name]
        assert 410 == full.answer(Question("GET", f"/r/{record.number}")).status
        assert 410 == full.answer(Question("GET", f"/r/{record.number}.json")).status


def test_the_owner_sees_what_others_do_not(full: Door) -> None:
    seen = full.answer(Question("POST", "/graphql", {"query": "{ records { totalCount } }"}), key="outsider")
    public = full.answer(Question("POST", "/graphql", {"query": "{ records { totalCount } }"}))

    assert seen != public
