"""Fields with a resolver, and types that are given the fields of several areas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import strawberry
from strawberry.types.field import StrawberryField

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Class = TypeVar("Class", bound=type)


def resolved(
    description: str, *, graphql_type: Any = None
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Make a field of the method; *graphql_type* is given where the type is made at run time."""
    field: object = strawberry.field(description=description, graphql_type=graphql_type)
    return cast("Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]", field)


def with_fields(*areas: type) -> Callable[[Class], Class]:
    """Give a type the fields of *areas*: classes that stand below it and know nothing of it."""

    def add(cls: Class) -> Class:
        for area in areas:
            for name, one in vars(area).items():
                if isinstance(one, StrawberryField):
                    setattr(cls, name, one)
        return cls

    return add
