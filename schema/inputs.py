"""Inputs: made from the content models, so that there is one list of fields.

Every field may be left out here, also those that the domain requires: it then answers with all problems at
once, each with its path, where GraphQL would stop at the request as a whole.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Optional

import strawberry

from registry.domain.canonical import JsonValue
from registry.domain.content.base import Model
from registry.domain.content.kinds import PUBLIC, RESTRICTED
from registry.domain.content.marking import Marking
from registry.domain.vocabulary import Kind
from schema import enums  # noqa: F401  # registers the closed vocabularies
from schema.shapes import Shape, shapes_of
from schema.types.screening import ScreeningAnswersInput

# Set by importers only.
_LEFT_OUT = frozenset({"upstream"})


def make_input(name: str, description: str, fields: dict[str, tuple[Any, str]]) -> Any:
    """An input class; *fields* maps names to ``(type, description)``, and each may be left out."""
    namespace: dict[str, Any] = {"__annotations__": {}, "__module__": __name__, "__doc__": description}
    for field, (type_, text) in fields.items():
        namespace["__annotations__"][field] = Optional[type_]  # noqa: UP045  # built at run time
        namespace[field] = strawberry.field(default=strawberry.UNSET, description=text)
    return strawberry.input(type(name, (), namespace), description=description)


@cache
def input_of(model: type[Model]) -> Any:
    """The input class for *model*."""
    fields = {
        shape.name: (_input_type(shape), shape.description) for shape in shapes_of(model) if shape.name not in _LEFT_OUT
    }
    return make_input(f"{model.__name__}Input", (model.__doc__ or "").strip(), fields)


def _input_type(shape: Shape) -> Any:
    leaf: Any = input_of(shape.leaf) if shape.is_model else shape.leaf
    return list[leaf] if shape.many else leaf


def to_json(value: Any) -> JsonValue:
    """What an input says, as JSON values; what was left out or null is not in it."""
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [to_json(item) for item in value]
    items = ((name, given(getattr(value, name))) for name in type(value).__annotations__)
    return {name: to_json(item) for name, item in items if item is not None}


def given(value: Any) -> Any:
    """*value*, or ``None`` where the field was left out."""
    return None if value is strawberry.UNSET else value


_COMMON: dict[str, tuple[Any, str]] = {
    "screening": (ScreeningAnswersInput, "What you answer to what screening finds; see userErrors and findings."),
    "idempotency_key": (str, "1 to 200 characters. The same key with the same content gives the first answer again."),
    "client_mutation_id": (str, "Given back as it is."),
}
_REFERENCE: dict[str, tuple[Any, str]] = {
    "id": (strawberry.ID, "The record's id; or give uid."),
    "uid": (str, "The record's uid; or give id."),
}


def _parts(kind: Kind) -> dict[str, tuple[Any, str]]:
    return {
        "content": (input_of(PUBLIC[kind]), "The public part. Required."),
        "restricted": (input_of(RESTRICTED[kind]), "What only the owner and the claiming reviewer read."),
        "marking": (input_of(Marking), "Who may see it; RED unless you say otherwise."),
    }


def _submit_input(kind: Kind) -> Any:
    external = {
        "external_ref": (str, "Your own key for it; a known one makes a new revision of the same record."),
        "number": (str, "An unused number that your organisation reserved; it is given at publication."),
    }
    return make_input(f"Submit{kind.type_name}Input", f"A new {kind.noun}.", _parts(kind) | external | _COMMON)


def _update_input(kind: Kind) -> Any:
    expected = {"expected_revision": (int, "The draftRevision that you read. Required.")}
    text = (
        f"The whole new content of {kind.with_article}: what content leaves out is removed. If restricted or marking "
        "is left out as a whole, it stays as it was."
    )
    return make_input(f"Update{kind.type_name}Input", text, _REFERENCE | expected | _parts(kind) | _COMMON)


SUBMIT: dict[Kind, Any] = {kind: _submit_input(kind) for kind in Kind}
UPDATE: dict[Kind, Any] = {kind: _update_input(kind) for kind in Kind}
