"""What tests send as content, in the names that GraphQL has for the fields."""

from __future__ import annotations

from typing import Any

from registry.domain.vocabulary import Kind
from tests.factories import DOCUMENTS

# Fields of these documents that are named by their enum in GraphQL.
_ENUMS = frozenset({"statement_kind"})


def camel(value: Any) -> Any:
    """A document of the domain with its keys in camelCase."""
    if isinstance(value, dict):
        return {_camel(key): camel(item) for key, item in value.items()}
    return [camel(item) for item in value] if isinstance(value, list) else value


def content(kind: Kind = Kind.INCIDENT, **fields: Any) -> dict[str, Any]:
    """The public part of a record; a keyword, in the domain's names, replaces or adds a field."""
    document = DOCUMENTS[kind](**fields)
    named = {name: str(value).upper() if name in _ENUMS else value for name, value in document.items()}
    said: dict[str, Any] = camel(named)
    return said


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(piece.title() for piece in tail)
