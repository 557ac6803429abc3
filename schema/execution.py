"""Executing a prepared document: graphql-core's executor, with a short way for the fields that most answers consist of.

A field without arguments whose resolver only reads is called directly, without Strawberry's wrapper and without the
bookkeeping that graphql-core does for each field. Whatever is unusual about such a field (an exception, a null where
there may be none) is left to graphql-core, which then resolves the field again and reports it.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeAlias

import anyio
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    execute,
    is_leaf_type,
)
from graphql.execution import Executor
from strawberry.types.field import StrawberryField

from schema.context import Context

Resolve: TypeAlias = Callable[[Any, Any], Any]
Complete: TypeAlias = Callable[[Any], Any]

_DEFINITION = "strawberry-definition"


class TimeOver(Exception):
    """The execution took longer than it may; nothing of it is answered."""


class Unusual(Exception):
    """A value that graphql-core has to judge."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a resolver gets that is called directly."""

    context: Context


class Direct:
    """A resolver that only needs the object, and perhaps the context. ``complete`` is there for leaf values."""

    def __init__(self, resolve: Resolve, type_: GraphQLOutputType) -> None:
        self.resolve = resolve
        self.complete = _completion(type_)

    def __call__(self, source: Any, info: Any) -> Any:
        """As graphql-core calls it."""
        return self.resolve(source, info)


class DirectExecutor(Executor[Any]):
    """Answers leaf fields with a ``Direct`` resolver by itself."""

    def execute_fields(  # type: ignore[no-untyped-def]
        self, parent_type: GraphQLObjectType, source_value: Any, path, grouped_field_set, position_context
    ) -> Any:
        """The fields of one object, in the order in which they were asked for."""
        if time.monotonic() > self.context_value.ends_at:
            raise TimeOver
        results: dict[str, Any] = {}
        others = {}
        fields = parent_type.fields
        asked = Asked(self.context_value)
        for response_name, details in grouped_field_set.items():
            name = details[0].node.name.value
            field = fields.get(name)
            resolver = None if field is None else field.resolve
            results[response_name] = None
            if isinstance(resolver, Direct) and resolver.complete is not None:
                try:
                    results[response_name] = resolver.complete(resolver.resolve(source_value, asked))
                    continue
                except Exception:  # noqa: BLE001, S110  # resolved again below, and reported there
                    pass
            elif name == "__typename":
                results[response_name] = parent_type.name
                continue
            others[response_name] = details
        if not others:
            return results
        rest = super().execute_fields(parent_type, source_value, path, others, position_context)
        if isinstance(rest, dict):
            return results | rest
        return _joined(results, rest)


async def _joined(results: dict[str, Any], rest: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    return results | await rest


async def run(
    schema: GraphQLSchema,
    document: DocumentNode,
    context: Context,
    variables: Mapping[str, Any],
    operation_name: str | None,
) -> ExecutionResult:
    """Execute a document that was found valid, until ``context.ends_at``.

    It ends between two fields, and where it waits for a thread. What runs in a thread, and a single statement, cannot
    be ended: the answer is then given up as soon as they end.

    Raises:
        TimeOver: it took longer.
    """
    with anyio.move_on_at(_on_the_loops_clock(context.ends_at)) as waiting:
        result = execute(
            schema,
            document,
            context_value=context,
            variable_values=dict(variables),
            operation_name=operation_name,
            executor_class=DirectExecutor,
        )
        done = result if isinstance(result, ExecutionResult) else await result
    if waiting.cancelled_caught or time.monotonic() > context.ends_at:
        raise TimeOver
    return done


def _on_the_loops_clock(ends_at: float) -> float:
    return ends_at - time.monotonic() + anyio.current_time()


def make_direct(schema: GraphQLSchema) -> None:
    """Put ``Direct`` resolvers into *schema* wherever a field has no arguments and does not wait."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and _DEFINITION in type_.extensions:
            # The resolvers return the right types; checking each object once more is not needed.
            type_.is_type_of = None
            for field in type_.fields.values():
                resolve = _direct(field)
                if resolve is not None:
                    field.resolve = Direct(resolve, field.type)


def _direct(field: GraphQLField) -> Resolve | None:
    definition = field.extensions.get(_DEFINITION)
    if not isinstance(definition, StrawberryField) or definition.arguments or definition.extensions:
        return None
    resolver = definition.base_resolver
    if resolver is None:
        read = attrgetter(definition.python_name)
        return lambda source, _info: read(source)
    if resolver.is_async:
        return None
    function: Any = resolver.wrapped_func
    parameters = set(inspect.signature(function).parameters)
    if parameters == {"self"}:
        return lambda source, _info: function(source)
    return (lambda source, info: function(source, info=info)) if parameters == {"self", "info"} else None


def _completion(type_: GraphQLOutputType) -> Complete | None:
    """How a value of a leaf type, or of a list of them, is told; ``None`` for objects."""
    if isinstance(type_, GraphQLNonNull):
        inner = _completion(type_.of_type)
        return None if inner is None else _never_null(inner)
    if isinstance(type_, GraphQLList):
        inner = _completion(type_.of_type)
        return None if inner is None else _each(inner)
    if is_leaf_type(type_):
        say = type_.coerce_output_value
        return lambda value: None if value is None else say(value)
    return None


def _never_null(inner: Complete) -> Complete:
    def complete(value: Any) -> Any:
        if value is None:
            raise Unusual
        return inner(value)

    return complete


def _each(inner: Complete) -> Complete:
    def complete(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise Unusual
        return [inner(item) for item in value]

    return complete
