"""The GraphQL schema, built once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.mutations import Mutation
from schema.queries import Query
from schema.shapes import LargeInt
from schema.types.record import TYPES

_LARGEST = 2**53 - 1


def _large_int(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    raise ValueError("a whole number up to 2^53-1 is expected")


def _read_instant(value: object) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    raise ValueError("an instant is expected")


def _say_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class UsePrepared(SchemaExtension):
    """Executes the document that was prepared before, instead of parsing and validating it again."""

    def on_parse(self) -> Iterator[None]:
        """Hand the document over; no errors means that it was validated."""
        execution = self.execution_context
        execution.graphql_document = execution.context.document
        execution.pre_execution_errors = []
        yield


class Schema(strawberry.Schema):
    """Strawberry's schema without its own logging: ``schema.errors`` logs each unexpected error once."""

    @property
    def core(self) -> GraphQLSchema:
        """The schema as graphql-core knows it."""
        return self._schema

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Leave errors to whoever presents them."""


@cache
def build_schema() -> Schema:
    """The schema; the same object at each call."""
    large = strawberry.scalar(
        name="LargeInt",
        description="A whole number that may exceed 32 bits, up to 2^53-1.",
        serialize=_large_int,
        parse_value=_large_int,
    )
    instant = strawberry.scalar(
        name="DateTime",
        description="An instant by RFC 3339, such as 2026-03-14T15:00:00Z. Answers are in UTC.",
        serialize=_say_instant,
        parse_value=_read_instant,
    )
    config = StrawberryConfig(scalar_map={LargeInt: large, datetime: instant})
    return Schema(Query, Mutation, types=list(TYPES.values()), extensions=[UsePrepared], config=config)
