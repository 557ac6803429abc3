"""GraphQL selections of everything that a type has, made from the schema itself, so that no field is forgotten."""

from __future__ import annotations

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_required_argument,
)

# What leads from a record to other records is followed one step, to what identifies them.
_FEW = "{ __typename id uid number title state revision }"


def everything(schema: GraphQLSchema, type_name: str, *, of: str = "") -> str:
    """Every field of *type_name* with everything below it; records within are named only.

    Of an interface all its types are selected, or the one that *of* names: all at once may be too costly.
    """
    type_ = schema.type_map[type_name]
    above = frozenset[str]() if _is_record(schema, type_) else frozenset({"Record"})
    return _selection(schema, type_, above, of)


def _selection(schema: GraphQLSchema, type_: GraphQLNamedType, above: frozenset[str], of: str = "") -> str:
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    if _is_record(schema, type_) and any(_is_record(schema, schema.type_map[name]) for name in above):
        return _FEW
    below = above | {type_.name}
    fields = [_field(schema, name, one, below) for name, one in type_.fields.items() if _is_free(one)]
    if isinstance(type_, GraphQLInterfaceType):
        for concrete in schema.get_possible_types(type_):
            if of not in {"", concrete.name}:
                continue
            own = {name: one for name, one in concrete.fields.items() if name not in type_.fields and _is_free(one)}
            inner = " ".join(
                f"{concrete.name}_{name}: {_field(schema, name, one, below | {concrete.name})}"
                for name, one in own.items()
            )
            fields.append(f"... on {concrete.name} {{ __typename {inner} }}")
    # A request may name so many fields only: which type it is, is asked where it could be another.
    if isinstance(type_, GraphQLInterfaceType) or not fields:
        fields.append("__typename")
    return "{ " + " ".join(fields) + " }"


def _field(schema: GraphQLSchema, name: str, field: GraphQLField, above: frozenset[str]) -> str:
    return f"{name} {_selection(schema, get_named_type(field.type), above)}".strip()


def _is_free(field: GraphQLField) -> bool:
    return not any(is_required_argument(argument) for argument in field.args.values())


def _is_record(schema: GraphQLSchema, type_: GraphQLNamedType) -> bool:
    record = schema.type_map["Record"]
    assert isinstance(record, GraphQLInterfaceType)
    return type_ is record or type_ in schema.get_possible_types(record)
