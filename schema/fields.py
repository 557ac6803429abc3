"""A typed form of Strawberry's decorator for fields with a resolver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import strawberry

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def resolved(
    description: str, *, graphql_type: Any = None
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Make a field of the method; *graphql_type* is given where the type is made at run time."""
    field: object = strawberry.field(description=description, graphql_type=graphql_type)
    return cast("Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]", field)
