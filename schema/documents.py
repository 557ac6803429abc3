"""From the text of a request to a document that may be executed: parsed, within the limits, valid.

Valid documents are kept by their text, so that a client that sends variables pays for validation once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    SKIP,
    DocumentNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VisitorAction,
    parse,
    specified_rules,
    type_from_ast,
    validate,
)

from schema.errors import RequestRefused
from schema.limits import Load, check, meter_for
from schema.values import Faults

MAX_TOKENS = 4000
MAX_LETTERS = 100_000
MAX_MESSAGE_LETTERS = 500
MAX_ERRORS = 50
KEPT_DOCUMENTS = 500
KEPT_LENGTH = 20_000
# Of all kept documents: a parsed one may need some hundred bytes a letter.
KEPT_LETTERS = 250_000


class LiteralsRule(ValuesOfCorrectTypeRule):
    """GraphQL's rule for literal values, told as for variables: what is expected, and never what was sent."""

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        """Check a whole literal at once."""
        if input_type is not None:
            faults = Faults(MAX_ERRORS)
            faults.check(node, input_type)
            for one in faults.found:
                extensions = {"code": "INVALID_VALUE"} | ({"hint": one.hint} if one.hint else {})
                self.report_error(GraphQLError(one.text, one.node, extensions=extensions))
        return SKIP


_RULES = tuple(LiteralsRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that may be executed, and the operation of it that was chosen."""

    document: DocumentNode
    operation: OperationDefinitionNode
    load: Load
    root_fields: frozenset[str]

    @property
    def is_query(self) -> bool:
        """Whether it only reads."""
        return self.operation.operation is OperationType.QUERY


@dataclass(frozen=True, slots=True)
class Kept:
    """A valid document, with those of its operations that cost the same whatever the variables say, by their name."""

    document: DocumentNode
    prepared: dict[str | None, Prepared] = field(default_factory=dict)


class Documents:
    """Prepares documents for one schema and keeps the valid ones, within bounds of their number and of all letters."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._letters = 0

    def knows(self, text: str) -> bool:
        """Whether the document was found valid lately, so that it is neither parsed nor validated again."""
        return text in self._kept

    def prepare(self, text: str, operation_name: str | None, variables: Mapping[str, Any]) -> Prepared:
        """Parse, bound and validate *text*, choose the operation, and check its variables.

        Raises:
            RequestRefused: with every validation error, or every variable at fault.
        """
        kept = self._kept.get(text)
        known = None if kept is None else kept.prepared.get(operation_name)
        if known is not None:
            self._kept.move_to_end(text)
            _check_variables(self._schema, known.operation, variables)
            return known
        document = _parse(text) if kept is None else kept.document
        operation = _choose(document, operation_name)
        watched = _Watched(variables)
        meter = meter_for(self._schema, document, watched)
        load = check(meter, document, operation)
        if kept is None:
            self._validate(document)
            kept = self._keep(text, document)
        else:
            self._kept.move_to_end(text)
        _check_variables(self._schema, operation, variables)
        prepared = Prepared(document, operation, load, frozenset(meter.root_fields))
        if not watched.was_read:
            kept.prepared[operation_name] = prepared
        return prepared

    def validate(self, text: str) -> None:
        """Check a document by itself, whatever its operations and without values for its variables.

        Raises:
            RequestRefused: with every error.
        """
        document = _parse(text)
        for operation in document.definitions:
            if isinstance(operation, OperationDefinitionNode):
                check(meter_for(self._schema, document, {}), document, operation)
        self._validate(document)

    def _validate(self, document: DocumentNode) -> None:
        errors = validate(self._schema, document, _RULES, max_errors=MAX_ERRORS)
        if errors:
            raise RequestRefused.many(
                (
                    str((error.extensions or {}).get("code", "INVALID_DOCUMENT")),
                    error.message[:MAX_MESSAGE_LETTERS],
                    {"locations": [location.formatted for location in error.locations or ()], **_hint(error)},
                )
                for error in errors
            )

    def _keep(self, text: str, document: DocumentNode) -> Kept:
        """Keep *document* unless it is long; those not asked for longest make room."""
        kept = Kept(document)
        if len(text) < KEPT_LENGTH:
            self._kept[text] = kept
            self._letters += len(text)
        while len(self._kept) > KEPT_DOCUMENTS or self._letters > KEPT_LETTERS:
            oldest, _ = self._kept.popitem(last=False)
            self._letters -= len(oldest)
        return kept


def _hint(error: GraphQLError) -> dict[str, object]:
    hint = (error.extensions or {}).get("hint")
    return {"hint": hint} if hint else {}


class _Watched(Mapping[str, Any]):
    """Variables that note whether the load depends on any of them: if not, it need not be measured again."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self.was_read = False

    def __getitem__(self, name: str) -> Any:
        self.was_read = True
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        self.was_read = True
        return iter(self._variables)

    def __len__(self) -> int:
        self.was_read = True
        return len(self._variables)


def _parse(text: str) -> DocumentNode:
    if len(text) > MAX_LETTERS:
        message = f"a document is limited to {MAX_LETTERS} characters; send long values as variables"
        raise RequestRefused(None, "QUERY_TOO_COMPLEX", message, limit=MAX_LETTERS)
    try:
        return parse(text, max_tokens=MAX_TOKENS)
    except GraphQLSyntaxError as error:
        # graphql-core tells its own two bounds from bad syntax by the message only.
        if "nested too deeply" in error.message:
            raise RequestRefused(None, "QUERY_TOO_DEEP", "the document is nested too deeply") from None
        if "tokens" in error.message:
            message = f"a document is limited to {MAX_TOKENS} tokens"
            raise RequestRefused(None, "QUERY_TOO_COMPLEX", message, limit=MAX_TOKENS) from None
        locations = [location.formatted for location in error.locations or ()]
        message = error.message[:MAX_MESSAGE_LETTERS]
        raise RequestRefused(None, "SYNTAX_ERROR", message, locations=locations) from None


def _choose(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    chosen = [one for one in operations if name is None or (one.name is not None and one.name.value == name)]
    if len(chosen) == 1:
        return chosen[0]
    if name is None and operations:
        raise RequestRefused(None, "OPERATION_NAME_REQUIRED", "the document has several operations: say operationName")
    raise RequestRefused(None, "NO_SUCH_OPERATION", "the document has no operation of this name")


def _check_variables(schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
    """Find every variable that does not fit its type; messages say what is expected and never what was sent."""
    faults = Faults(MAX_ERRORS)
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        type_: Any = type_from_ast(schema, definition.type)
        value = variables.get(name, Undefined)
        if value is not Undefined or not definition.default_value:
            faults.check(value, type_, (name,))
    if faults.found:
        raise RequestRefused.many(
            ("INVALID_VALUE", one.text, {"path": list(one.path)} | ({"hint": one.hint} if one.hint else {}))
            for one in faults.found
        )
