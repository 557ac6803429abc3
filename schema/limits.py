"""How much one request may ask for: depth, aliases, fields and cost, found in one linear pass.

A fragment's load does not depend on where it is used, so it is computed once and added at each use. Whatever
a document looks like, each of its nodes is visited once, and numbers stop growing at a ceiling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)
from graphql.type import SchemaMetaFieldDef, TypeMetaFieldDef

from registry.domain.pages import DEFAULT_PAGE, MAX_PAGE
from schema.costs import is_list, item_cost, own_cost
from schema.errors import RequestRefused

MAX_DEPTH = 12
MAX_ALIASES = 200
MAX_ROOT_FIELDS = 30
MAX_FIELDS = 600
MAX_DIRECTIVES = 50
MAX_DEFINITIONS = 50
MAX_PAIRS = 1500
MAX_COST = 20_000

_MAX_NESTING = 100
_MAX_COMPARED = 6000
_CEILING = 10**9
_LIST_SIZE = 10
_INTROSPECTED = 5
_MUTATION_COST = 10
# A mutation whose name begins so stores nothing; nor does the field that tells the type.
_DRY_RUN = ("validate", "__")
_META = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


@dataclass(frozen=True, slots=True)
class Load:
    """What a selection asks for.

    Attributes:
        depth: levels of data; introspection has its own bound in graphql-core.
        width: fields at this level, each use of a fragment counted.
        writes: those of them that change something.
    """

    cost: int = 0
    depth: int = 0
    aliases: int = 0
    width: int = 0
    writes: int = 0

    def __add__(self, other: Load) -> Load:
        """Both side by side."""
        return Load(
            min(self.cost + other.cost, _CEILING),
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, _CEILING),
            min(self.width + other.width, _CEILING),
            min(self.writes + other.writes, _CEILING),
        )


NOTHING = Load()


@dataclass(slots=True)
class Meter:
    """One pass over a document.

    Attributes:
        visited: nodes looked at so far; at most the document's own number, whatever the fragments do.
        root_fields: names of the fields of ``Query`` met so far, and of those elsewhere that rest on the index.
        defaults: what the operation says of variables that were not sent.
        pairs: fields that answer under the same name in the same place: validation compares each with each.
        compared: nodes looked at to count those pairs.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    visited: int = 0
    directives: int = 0
    root_fields: set[str] = field(default_factory=set)
    defaults: Mapping[str, ValueNode] = field(default_factory=dict)
    pairs: int = 0
    compared: int = 0
    _known: dict[str, Load] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)

    def load(self, selections: SelectionSetNode, parent: GraphQLNamedType | None, nesting: int = 0) -> Load:
        """The load of a selection on the type *parent*, which is ``None`` where the document names no such type."""
        self._compare(selections, {}, set(), nesting)
        return self._load(selections, parent, nesting)

    def _load(self, selections: SelectionSetNode, parent: GraphQLNamedType | None, nesting: int) -> Load:
        if nesting > _MAX_NESTING:
            raise _too_deep()
        total = NOTHING
        for node in selections.selections:
            self.visited += 1
            self.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                total += self._field(node, parent, nesting)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self.schema.get_type(condition.name.value) if condition else parent
                total += self._load(node.selection_set, inner, nesting + 1)
            elif isinstance(node, FragmentSpreadNode):
                total += self._fragment(node.name.value, nesting)
        return total

    def visit_unused(self, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        """Visit what *operation* does not use, for its size."""
        for name in self.fragments:
            self._fragment(name, 0)
        for other in document.definitions:
            if isinstance(other, OperationDefinitionNode) and other is not operation:
                self.load(other.selection_set, None)

    def _compare(self, selections: SelectionSetNode, seen: dict[str, int], within: set[str], nesting: int) -> None:
        """Count the pairs of a selection, fragments included; it stops where no document may go."""
        if nesting > _MAX_NESTING:
            raise _too_deep()
        for node in selections.selections:
            self.compared += 1
            if self.pairs > MAX_PAIRS or self.compared > _MAX_COMPARED:
                raise _too_complex("fewer fields may answer under the same name: leave out what is asked for twice")
            if isinstance(node, FieldNode):
                name = (node.alias or node.name).value
                self.pairs += seen.get(name, 0)
                seen[name] = seen.get(name, 0) + 1
            elif isinstance(node, InlineFragmentNode):
                self._compare(node.selection_set, seen, within, nesting + 1)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in within:
                within.add(node.name.value)
                if node.name.value in self.fragments:
                    self._compare(self.fragments[node.name.value].selection_set, seen, within, nesting + 1)

    def _fragment(self, name: str, nesting: int) -> Load:
        if name not in self._known:
            definition = self.fragments.get(name)
            self._known[name] = NOTHING  # a cycle ends here; validation tells of it, and of unknown names
            if definition is not None:
                type_ = self.schema.get_type(definition.type_condition.name.value)
                self._known[name] = self.load(definition.selection_set, type_, nesting + 1)
        return self._known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, nesting: int) -> Load:
        name = node.name.value
        definition = parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
        if parent is self.schema.query_type:
            definition = _META.get(name, definition)
        if parent is self.schema.query_type or name == "related":
            self.root_fields.add(name)
        child_type = get_named_type(definition.type) if definition else None
        child = self.load(node.selection_set, child_type, nesting + 1) if node.selection_set else NOTHING
        size = self._size(node, definition, parent)
        said = sum(self._values(argument.value) for argument in node.arguments or ())
        cost = own_cost(name, definition, parent) + said + size * (child.cost + item_cost(name, definition))
        return Load(
            cost=min(cost, _CEILING),
            depth=1 if name.startswith("__") else 1 + child.depth,
            aliases=child.aliases + (node.alias is not None),
            width=1,
            writes=int(parent is self.schema.mutation_type and not name.startswith(_DRY_RUN)),
        )

    def _size(self, node: FieldNode, definition: GraphQLField | None, parent: GraphQLNamedType | None) -> int:
        """How many things the field may give."""
        if definition is None or parent is None:
            return 1
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "first" in definition.args:
            sizes = [self._number(given[name]) for name in ("first", "last") if name in given]
            return max(sizes, default=DEFAULT_PAGE)
        if "ids" in definition.args:
            return max(1, self._length(given.get("ids")))
        if not is_list(definition) or parent.name.endswith("Connection"):
            return 1
        if parent.name == "History":
            return MAX_PAGE
        return _INTROSPECTED if parent.name.startswith("__") else _LIST_SIZE

    def _values(self, value: ValueNode) -> int:
        """How many values the variables within an argument hold; each is read anew wherever it is used."""
        if isinstance(value, VariableNode):
            name = value.name.value
            if name not in self._sizes:
                self._sizes[name] = _count(self._said(value))
            return self._sizes[name]
        if isinstance(value, ListValueNode):
            return sum(map(self._values, value.values))
        if isinstance(value, ObjectValueNode):
            return sum(self._values(one.value) for one in value.fields)
        return 0

    def _said(self, value: object) -> object:
        """The value of a variable: as it was sent, or the literal that stands for it."""
        if not isinstance(value, VariableNode):
            return value
        name = value.name.value
        return self.variables[name] if name in self.variables else self.defaults.get(name)

    def _number(self, value: ValueNode) -> int:
        """The page size that an argument says; the default for null, the largest for what cannot be a size."""
        said = self._said(value)
        if isinstance(said, IntValueNode):
            said = int(said.value[:9])
        if said is None or isinstance(said, NullValueNode):
            return MAX_PAGE if isinstance(value, VariableNode) else DEFAULT_PAGE
        return min(max(said, 1), MAX_PAGE) if isinstance(said, int) else MAX_PAGE

    def _length(self, value: ValueNode | None) -> int:
        said = self._said(value)
        if isinstance(said, ListValueNode):
            return len(said.values)
        return len(said) if isinstance(said, list) else 1


def _count(value: object) -> int:
    """How many values stand within a list or an object; it stops counting where no request may go."""
    found, waiting = 0, [value]
    while waiting and found <= MAX_COST:
        one = waiting.pop()
        if isinstance(one, ListValueNode):
            one = list(one.values)
        elif isinstance(one, ObjectValueNode):
            one = [inner.value for inner in one.fields]
        if isinstance(one, dict | list):
            found += len(one)
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return found


def meter_for(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> Meter:
    """A meter for one document and the values of its variables."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    return Meter(schema, fragments, variables)


def check(meter: Meter, document: DocumentNode, operation: OperationDefinitionNode) -> Load:
    """Measure *operation* and compare with the caps; the document's other parts count by their size only.

    Raises:
        RequestRefused: it asks for too much: ``QUERY_TOO_DEEP``, ``TOO_MANY_ALIASES`` or ``QUERY_TOO_COMPLEX``.
    """
    if len(document.definitions) > MAX_DEFINITIONS:
        raise _too_complex(f"at most {MAX_DEFINITIONS} fragments and operations are allowed")
    given = operation.variable_definitions or ()
    meter.defaults = {one.variable.name.value: one.default_value for one in given if one.default_value}
    load = meter.load(operation.selection_set, meter.schema.get_root_type(operation.operation))
    if operation.operation is OperationType.MUTATION:
        load += Load(cost=_MUTATION_COST * load.width)
    if load.depth > MAX_DEPTH:
        raise _too_deep()
    if load.aliases > MAX_ALIASES or load.width > MAX_ROOT_FIELDS:
        message = f"at most {MAX_ALIASES} aliases and {MAX_ROOT_FIELDS} fields at the root are allowed"
        raise RequestRefused(None, "TOO_MANY_ALIASES", message)
    if load.cost > MAX_COST:
        message = f"this query may touch too much: its cost is over {MAX_COST}; ask for smaller pages or fewer levels"
        raise RequestRefused(None, "QUERY_TOO_COMPLEX", message, limit=MAX_COST)
    meter.visit_unused(document, operation)
    if meter.visited > MAX_FIELDS:
        raise _too_complex(f"at most {MAX_FIELDS} fields are allowed")
    if meter.directives > MAX_DIRECTIVES:
        raise _too_complex(f"at most {MAX_DIRECTIVES} directives are allowed")
    return load


def _too_deep() -> RequestRefused:
    return RequestRefused(None, "QUERY_TOO_DEEP", f"at most {MAX_DEPTH} levels are allowed", limit=MAX_DEPTH)


def _too_complex(message: str) -> RequestRefused:
    return RequestRefused(None, "QUERY_TOO_COMPLEX", message)
