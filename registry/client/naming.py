"""Between the file format (snake_case, the domain's values) and GraphQL (camelCase, names of enums in capitals).

Which field holds what is read from the content models, so a field added there travels without a change here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from registry.domain.canonical import JsonValue
from registry.domain.content.base import Model
from registry.domain.screening.acceptance import Answers
from registry.domain.screening.answering import to_answers_document


def camel(name: str) -> str:
    """``misuse_categories`` → ``misuseCategories``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def snake(name: str) -> str:
    """``misuseCategories`` → ``misuse_categories``."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)


def to_input(model: type[Model], document: Mapping[str, Any]) -> dict[str, JsonValue]:
    """A valid *document* of *model* as a GraphQL input."""
    leaves = leaves_of(model)
    return {camel(name): _each(value, leaves[name], _to_graphql) for name, value in document.items()}


def answered(answers: Answers) -> dict[str, JsonValue]:
    """The field ``screening`` of a GraphQL input; no field where nothing is answered."""
    said = {camel(name): value for name, value in to_answers_document(answers).items()}
    return {"screening": said} if said else {}


def from_output(model: type[Model], selected: Mapping[str, Any]) -> dict[str, JsonValue]:
    """What GraphQL answered to ``selection(model)``, as a document of *model* without what is empty."""
    found = {name: (selected.get(camel(name)), leaf) for name, leaf in leaves_of(model).items()}
    return {name: _each(value, leaf, _to_domain) for name, (value, leaf) in found.items() if value not in (None, [])}


def selection(model: type[Model], *, without: frozenset[str] = frozenset()) -> str:
    """Every field of *model*, and of the models in it, as a GraphQL selection; *without* some of the outermost."""
    fields = ((camel(name), leaf) for name, leaf in leaves_of(model).items() if name not in without)
    return " ".join(f"{name} {{ {selection(leaf)} }}" if _is(leaf, Model) else name for name, leaf in fields)


@cache
def leaves_of(model: type[Model]) -> dict[str, Any]:
    """The type of each field of *model*, or of its items where it is a list."""
    return {name: _leaf(field.annotation) for name, field in model.model_fields.items()}


def _leaf(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin in {Annotated, tuple}:
        return _leaf(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return _leaf(next(one for one in get_args(annotation) if one is not NoneType))
    return annotation


def _is(leaf: Any, kind: type) -> bool:
    return isinstance(leaf, type) and issubclass(leaf, kind)


def _each(value: Any, leaf: Any, convert: Any) -> Any:
    if isinstance(value, list):
        return [convert(item, leaf) for item in value]
    return convert(value, leaf)


def _to_graphql(value: Any, leaf: Any) -> Any:
    if _is(leaf, Model):
        return to_input(leaf, value)
    return leaf(value).name if _is(leaf, StrEnum) else value


def _to_domain(value: Any, leaf: Any) -> Any:
    if _is(leaf, Model):
        return from_output(leaf, value)
    # A value that this version does not know is shown as the node says it.
    return leaf[value].value if _is(leaf, StrEnum) and value in leaf.__members__ else value
