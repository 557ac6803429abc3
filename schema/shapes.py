"""What the content models say about their fields, in the terms that GraphQL needs.

Inputs and outputs are both made from these, so a field added to the domain is in the API.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NewType, Union, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime
from pydantic.fields import FieldInfo
from strawberry.utils.str_converters import to_camel_case

from registry.domain.content.base import Model, TermOf, Text
from registry.domain.content.kinds import PUBLIC, RESTRICTED

LargeInt = NewType("LargeInt", int)

_LARGEST_INT = 2**31 - 1
_LEAVES = (str, int, bool)


@dataclass(frozen=True, slots=True)
class Shape:
    """One field of a model.

    Attributes:
        leaf: ``str``, ``int``, ``bool``, ``LargeInt``, ``datetime``, a closed vocabulary or another model.
        many: whether it is a list of them.
        default: the JSON value that stands for a missing one; ``None`` where there is none.
    """

    name: str
    description: str
    leaf: Any
    many: bool
    required: bool
    default: Any

    @property
    def is_model(self) -> bool:
        """Whether the leaf is a model with fields of its own."""
        return isinstance(self.leaf, type) and issubclass(self.leaf, Model)


@cache
def shapes_of(model: type[Model]) -> tuple[Shape, ...]:
    """The fields of *model*, in their order."""
    return tuple(_shape(name, field) for name, field in model.model_fields.items())


def is_enum(leaf: Any) -> bool:
    """Whether *leaf* is a closed vocabulary."""
    return isinstance(leaf, type) and issubclass(leaf, StrEnum)


def enums_of(model: type[Model]) -> Iterator[type[StrEnum]]:
    """Every closed vocabulary that *model* or a model within it uses."""
    for shape in shapes_of(model):
        if is_enum(shape.leaf):
            yield shape.leaf
        elif shape.is_model:
            yield from enums_of(shape.leaf)


@cache
def long_texts() -> frozenset[str]:
    """The GraphQL names of every field of a content model that may hold a long text."""
    waiting: list[type[Model]] = [*PUBLIC.values(), *RESTRICTED.values()]
    names = set()
    for model in waiting:
        hints = get_type_hints(model, include_extras=True)
        names |= {to_camel_case(name) for name, hint in hints.items() if Text in (hint, *get_args(hint))}
        waiting.extend(shape.leaf for shape in shapes_of(model) if shape.is_model and shape.leaf not in waiting)
    return frozenset(names)


@cache
def texts_of(model: type[Model]) -> frozenset[str]:
    """The fields of *model* in which somebody writes words, or whose models may hold some: no terms, dates, numbers."""
    hints = get_type_hints(model, include_extras=True)
    return frozenset(
        one.name for one in shapes_of(model) if one.is_model or (one.leaf is str and not _is_term(hints[one.name]))
    )


def _is_term(hint: Any) -> bool:
    return isinstance(hint, TermOf) or any(map(_is_term, get_args(hint)))


def _shape(name: str, field: FieldInfo) -> Shape:
    leaf, many, largest = _unwrap(field.annotation, list(field.metadata))
    if leaf is AwareDatetime:
        leaf = datetime
    if leaf is int and largest > _LARGEST_INT:
        leaf = LargeInt
    if not (leaf in _LEAVES or leaf in {LargeInt, datetime} or is_enum(leaf) or issubclass(leaf, Model)):
        raise TypeError(f"the schema knows no GraphQL type for the field {name}")
    default = None if field.is_required() or many else field.default
    return Shape(name, field.description or "", leaf, many, field.is_required(), default)


def _unwrap(annotation: Any, metadata: list[Any]) -> tuple[Any, bool, float]:
    """The leaf type, whether it is a list, and the largest number allowed."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return _unwrap(inner, metadata + more)
    if origin in {Union, UnionType}:
        (inner,) = (one for one in get_args(annotation) if one is not NoneType)
        return _unwrap(inner, metadata)
    if origin is tuple:
        leaf, _, largest = _unwrap(get_args(annotation)[0], [])
        return leaf, True, largest
    return annotation, False, _largest(metadata)


def _largest(metadata: list[Any]) -> float:
    nested = [item for one in metadata if isinstance(one, FieldInfo) for item in one.metadata]
    return max((one.le for one in [*metadata, *nested] if hasattr(one, "le")), default=0)
