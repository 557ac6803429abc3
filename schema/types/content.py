"""Output types of the content models, and reading stored content into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Optional, TypeAlias

import strawberry

from registry.domain.canonical import JsonValue
from registry.domain.content.base import Model
from registry.domain.content.parts import Link
from schema import enums  # noqa: F401  # registers the closed vocabularies
from schema.shapes import Shape, is_enum, shapes_of

Reader: TypeAlias = Callable[[Any], Any]


@cache
def output_of(model: type[Model]) -> Any:
    """The output type for *model*; links are left out, because each viewer sees others of them."""
    namespace: dict[str, Any] = {"__annotations__": {}, "__module__": __name__, "__doc__": model.__doc__}
    for shape in shapes_of(model):
        if shape.leaf is Link:
            continue
        always = shape.required or shape.default is not None
        namespace["__annotations__"][shape.name] = output_type(shape, always=always)
        namespace[shape.name] = strawberry.field(description=shape.description)
    return strawberry.type(type(model.__name__, (), namespace), description=(model.__doc__ or "").strip())


def output_type(shape: Shape, *, always: bool) -> Any:
    """The GraphQL type of a field; it can be null unless it is a list or *always* there."""
    leaf: Any = output_of(shape.leaf) if shape.is_model else shape.leaf
    if shape.many:
        return list[leaf]
    return leaf if always else Optional[leaf]  # noqa: UP045  # built at run time


@cache
def reader_of(model: type[Model]) -> Callable[[Mapping[str, JsonValue]], Any]:
    """A function that reads a stored document of *model* into its output type."""
    output = output_of(model)
    readers = tuple((shape.name, field_reader(shape)) for shape in shapes_of(model) if shape.leaf is not Link)
    return lambda document: output(**{name: read(document.get(name)) for name, read in readers})


def field_reader(shape: Shape) -> Reader:
    """A function that reads one field's stored value, or the default that stands for a missing one."""
    one = _leaf_reader(shape)
    if shape.many:
        return lambda value: [one(item) for item in value or ()]
    return lambda value: shape.default if value is None else one(value)


def _leaf_reader(shape: Shape) -> Reader:
    if shape.is_model:
        return reader_of(shape.leaf)
    if is_enum(shape.leaf):
        enum: Reader = shape.leaf
        return enum
    if shape.leaf is datetime:
        return datetime.fromisoformat
    return lambda value: value
