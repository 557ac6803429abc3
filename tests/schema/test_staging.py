"""Every change of the schema, asked for with a staging key: all but drafts are refused, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
)

from registry.domain.actor import Actor, Role
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from registry.service import submit
from schema.root import build_schema
from tests.client import Client
from tests.factories import content
from tests.schema.world import Api, make_app
from tests.service.world import People, published, unchanged

_SCHEMA = build_schema().core
_MUTATION = _SCHEMA.mutation_type
assert _MUTATION is not None
MUTATIONS = sorted(_MUTATION.fields)
# What a staging key is for; their own tests say how far it goes.
DRAFTS = {
    *(f"{verb}{kind.type_name}" for kind in Kind for verb in ("submit", "update", "validate")),
    "agreeToGuidelines",
}
_MOST_ROLES = frozenset(set(Role) - {Role.LOCAL_OPERATOR, Role.SYSTEM})


@pytest.fixture
def trying(people: People) -> Actor:
    """Somebody with every role of a member, through a staging key."""
    return replace(people.submitter, roles=_MOST_ROLES, staging=True)


@pytest.fixture
def api(api: Api, people: People, trying: Actor) -> Iterator[Api]:
    """What a staging key says to the API, as the submitter."""
    with Client(make_app(api.registry, replace(people, submitter=trying))) as client:
        yield Api(client, api.registry)


@pytest.fixture
def record(api: Api, people: People) -> Record:
    """A public record of the same organisation."""
    return published(api.registry, people)


def filled(of: Any, record: Record) -> Any:
    """The least that an input takes, about *record* where it names one."""
    of = get_nullable_type(of)
    if isinstance(of, GraphQLInputObjectType):
        fields = of.fields.items()
        said = {name: filled(one.type, record) for name, one in fields if isinstance(one.type, GraphQLNonNull)}
        about = {name: record.uid for name in ("uid", "into", "other") if name in of.fields}
        reasoned = {name: "r" for name in ("reason", "legalBasis") if name in of.fields}
        written = {"content": {"title": "T", "summary": "S"}} if "content" in of.fields else {}
        return said | about | reasoned | written
    if isinstance(of, GraphQLList):
        return [filled(of.of_type, record)]
    if isinstance(of, GraphQLEnumType):
        return next(iter(of.values))
    return {"Int": 1, "Boolean": True, "DateTime": "2027-01-01T00:00:00Z"}.get(of.name, record.uid)


def test_a_staging_key_is_refused_every_other_change(api: Api, record: Record) -> None:
    assert _MUTATION is not None
    with unchanged(api.registry):
        for name in (one for one in MUTATIONS if one not in DRAFTS):
            input_type = _MUTATION.fields[name].args["input"].type
            document = f"mutation ($input: {input_type}) {{ {name}(input: $input) {{ __typename }} }}"

            body = api.send(document, by="submitter", input=filled(input_type, record)).json()

            assert "FORBIDDEN" == body["errors"][0]["extensions"]["code"], (name, body)


@pytest.mark.parametrize(
    "field",
    [
        "groups { slug }", "notices { id }", "noticesToSend { text }", "blockedRecords { uid }",
        "cases { nodes { id } }",
        "reports { nodes { id } }", "proposals { nodes { id } }", "deadlines { items { regime } }",
        "reservedNumbers { number }", "applications { nodes { id } }", 'members(organisation: "acme") { person }',
        "viewer { apiKeys { id } }",
    ],
)  # fmt: skip
def test_a_staging_key_reads_nothing_of_the_house(api: Api, people: People, record: Record, field: str) -> None:
    submit.submit(api.registry, people.submitter, content(title="Secret to staging keys"))

    body = api.send(f"{{ {field} }}", by="submitter").json()

    told = str(body.get("data"))
    assert record.number is not None
    assert not body.get("data") or not any(found for found in _leaves(body["data"]))
    assert "Secret" not in told


def _leaves(found: Any) -> Iterator[Any]:
    """Everything in an answer that is no container."""
    if isinstance(found, dict):
        for one in found.values():
            yield from _leaves(one)
    elif isinstance(found, list):
        for one in found:
            yield from _leaves(one)
    else:
        yield found


def test_a_staging_key_submits_revises_and_checks_drafts(api: Api) -> None:
    said = {"content": {"title": "Tried out", "summary": "S"}, "externalRef": "one"}

    made = api.write("submitIncident", said, by="submitter")
    again = api.write(
        "updateIncident",
        {"uid": made["record"]["uid"], "expectedRevision": 1, "content": {"title": "Again", "summary": "S"}},
        by="submitter",
    )
    checked = api.write("validateIncident", {"content": {"title": "T", "summary": "S"}}, by="submitter")
    viewer = api.ask("{ viewer { staging permissions } }", by="submitter")["viewer"]

    assert ("DRAFT", "DRAFT") == (made["record"]["state"], again["record"]["state"])
    assert [] == checked["userErrors"]
    assert (True, 4) == (viewer["staging"], len(viewer["permissions"]))
