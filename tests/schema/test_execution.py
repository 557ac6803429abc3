"""Fields that are resolved directly answer as graphql-core would answer them, mistakes included."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLSchema, execute, parse
from graphql.execution import Executor

from schema.execution import Direct, DirectExecutor, make_direct
from schema.fields import resolved
from schema.root import build_schema


@strawberry.type
class Thing:
    """Has a field for everything that can go wrong."""

    name: str = "thing"
    missing: str | None = None
    lost: str = strawberry.field(default="", name="lost")
    names: list[str] = strawberry.field(default_factory=lambda: ["a", "b"])
    holes: list[str | None] = strawberry.field(default_factory=lambda: ["a", None])
    torn: list[str] | None = strawberry.field(default_factory=list)

    @resolved("Fails.")
    def broken(self) -> str | None:
        raise ValueError("broken")

    @resolved("Fails where null is not allowed.")
    def shattered(self) -> str:
        raise ValueError("shattered")

    @resolved("No whole number.")
    def number(self) -> int | None:
        return 2**40

    @resolved("Waits.")
    async def later(self) -> str:
        return "later"

    @resolved("Another one.")
    def inner(self) -> Thing | None:
        return made()

    @resolved("Several.")
    def several(self) -> list[Thing]:
        return [made(), made()]

    @resolved("With an argument.")
    def said(self, word: str = "none") -> str:
        return word


def made() -> Thing:
    """A thing with nulls where none may be."""
    thing = Thing()
    thing.lost = None  # type: ignore[assignment]
    thing.torn = [None]  # type: ignore[list-item]
    return thing


@strawberry.type
class Query:
    """The root."""

    @resolved("One.")
    def thing(self) -> Thing | None:
        return made()


def both(document: str) -> tuple[ExecutionResult, ExecutionResult]:
    """What graphql-core answers by itself, and what the direct executor answers."""
    schema = strawberry.Schema(Query)
    make_direct(schema._schema)
    return run(schema._schema, document, Executor), run(schema._schema, document, DirectExecutor)


@dataclass(frozen=True, slots=True)
class Unhurried:
    """What the executor wants to know of a request: until when."""

    ends_at: float = math.inf


def run(schema: GraphQLSchema, document: str, executor: Any) -> ExecutionResult:
    async def answer() -> ExecutionResult:
        result = execute(schema, parse(document), context_value=Unhurried(), executor_class=executor)
        return result if isinstance(result, ExecutionResult) else await result

    return asyncio.run(answer())


@pytest.mark.parametrize(
    "selection",
    [
        "name missing names holes",
        "holes __typename name again: name",
        "broken name",
        "name number",
        "name inner { shattered } missing",
        "inner { name lost } name",
        "inner { torn } several { torn name }",
        "several { name inner { name broken } }",
        "several { name shattered }",
        'later name inner { later names } several { said(word: "x") later }',
        "name @skip(if: true) missing @include(if: true) ... on Thing { names inner { ... on Thing { broken } } }",
    ],
)
def test_every_answer_is_the_one_of_graphql_core(selection: str) -> None:
    expected, actual = both(f"{{ thing {{ {selection} }} }}")

    assert expected.formatted == actual.formatted
    assert list(_keys(expected.data)) == list(_keys(actual.data))


def _keys(value: Any) -> Any:
    """Names of fields in the order of the answer."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


def test_the_fields_of_records_are_direct() -> None:
    incident = build_schema().core.type_map["Incident"]

    direct = {name for name, field in incident.fields.items() if isinstance(field.resolve, Direct)}  # type: ignore[attr-defined]

    assert {"number", "title", "severity", "misuseCategories", "owner"} <= direct
    assert not {"mitigations", "links", "history"} & direct
