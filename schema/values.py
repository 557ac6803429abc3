"""What is wrong with the values of inputs: of variables, and of literals in the document.

Messages tell what is expected and never what was sent; names are told only where they are names.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    is_required_input_field,
)
from strawberry.utils.str_converters import to_snake_case

Path: TypeAlias = "tuple[str, ...]"

_MAX_NAME = 80
_NAME = re.compile(rf"[_A-Za-z][_0-9A-Za-z]{{0,{_MAX_NAME - 1}}}")
_FORMS = {
    "Int": "a whole number",
    "LargeInt": "a whole number",
    "Float": "a number",
    "String": "a text",
    "ID": "an id",
    "Boolean": "true or false",
    "Date": "a day such as 2026-03-14",
    "DateTime": "an instant with its time zone such as 2026-03-14T15:00:00Z",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where, from the outermost value inward, and for a literal, its node."""

    path: Path
    message: str
    hint: str | None = None
    node: Node | None = None

    @property
    def text(self) -> str:
        """The message with its hint."""
        return f"{self.message}; {self.hint}" if self.hint else self.message


@dataclass(slots=True)
class Faults:
    """Finds what is wrong with values, at most *limit* things."""

    limit: int
    found: list[Fault] = field(default_factory=list)

    def check(self, value: Any, type_: GraphQLInputType, path: Path = ()) -> None:
        """Check a value of a variable, or a literal; variables within a literal are checked by themselves."""
        if isinstance(value, VariableNode):
            return
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
            if _is_null(value):
                self._add(path, _required(path, type_), node=_node(value))
                return
        if _is_null(value):
            return
        if isinstance(type_, GraphQLList):
            items = _items(value)
            if items is None:
                self.check(value, type_.of_type, path)
            else:
                for at, item in enumerate(items):
                    self.check(item, type_.of_type, (*path, str(at)))
        elif isinstance(type_, GraphQLInputObjectType):
            self._check_object(value, type_, path)
        elif not _fits(value, type_):
            self._add(path, _expectation(type_), node=_node(value))

    def _check_object(self, value: Any, type_: GraphQLInputObjectType, path: Path) -> None:
        said = _fields(value)
        if said is None:
            self._add(path, _expectation(type_), node=_node(value))
            return
        for name, definition in type_.fields.items():
            if name in said:
                self.check(said[name], definition.type, (*path, name))
            elif is_required_input_field(definition):
                where = (*path, name)
                self._add(where, _required(where, definition.type), node=_node(value))
        for name, inner in said.items():
            if name not in type_.fields:
                self._add_unknown(name, type_, path, _node(inner))

    def _add_unknown(self, name: str, type_: GraphQLInputObjectType, path: Path, node: Node | None) -> None:
        if len(self.found) >= self.limit:
            return
        if not _NAME.fullmatch(name):
            unnamed = Fault(path, f"{type_} has no field of this name", node=node)
            if unnamed not in self.found:
                self.found.append(unnamed)
            return
        nearest = _nearest(name, type_.fields)
        hint = f"did you mean {nearest}?" if nearest else None
        self._add((*path, name), f"{type_} has no field {name}", hint, node=node)

    def _add(self, path: Path, message: str, hint: str | None = None, *, node: Node | None) -> None:
        if len(self.found) < self.limit:
            self.found.append(Fault(path, message, hint, node))


def _is_null(value: Any) -> bool:
    return value is None or value is Undefined or isinstance(value, NullValueNode)


def _node(value: Any) -> Node | None:
    return value if isinstance(value, Node) else None


def _items(value: Any) -> Iterable[Any] | None:
    """What a list holds; a single value stands for a list of one."""
    if isinstance(value, ListValueNode):
        return value.values
    return value if isinstance(value, list) else None


def _fields(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, ObjectValueNode):
        return {one.name.value: one.value for one in value.fields}
    return value if isinstance(value, dict) else None


def _fits(value: Any, type_: GraphQLScalarType | GraphQLEnumType) -> bool:
    """Whether a leaf type takes the value; scalars refuse by raising, or by giving nothing."""
    try:
        if not isinstance(value, ValueNode):
            return type_.coerce_input_value(value) is not Undefined
        read: Callable[[Any], object] = type_.coerce_input_literal or type_.parse_literal
        return read(value) is not Undefined
    except (GraphQLError, ValueError, TypeError, OverflowError):
        return False


def _required(path: Path, type_: GraphQLInputType) -> str:
    if path and not path[-1].isdigit():
        return f"{path[-1]} is required: {_form(type_)}"
    return f"null is not allowed here: {_expectation(type_)}"


def _expectation(type_: GraphQLInputType) -> str:
    if isinstance(type_, GraphQLEnumType):
        return f"one of these is expected here: {', '.join(type_.values)}"
    return f"{_form(type_)} is expected here ({type_})"


def _form(type_: GraphQLInputType) -> str:
    """What values of the type look like."""
    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if isinstance(type_, GraphQLList):
        return f"a list, of which each is {_form(type_.of_type)}"
    if isinstance(type_, GraphQLEnumType):
        return f"one of {', '.join(type_.values)}"
    if isinstance(type_, GraphQLInputObjectType):
        return "an object"
    return _FORMS.get(type_.name, f"a value of the type {type_}")


def _nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like *name*, which may be written as files write it."""
    written = {to_snake_case(one): one for one in known}
    matches = difflib.get_close_matches(to_snake_case(name), written, n=1)
    return written[matches[0]] if matches else None
