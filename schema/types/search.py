"""Searching: what the search service found, as GraphQL shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, cast

import strawberry
from graphql import FieldNode, FragmentSpreadNode, GraphQLObjectType, InlineFragmentNode, get_argument_values

from registry.domain.explaining import explanation
from registry.domain.facets import FACETS
from registry.domain.query import parse
from registry.domain.record import Record as DomainRecord
from registry.domain.search import FacetCount, Snippet
from registry.domain.search_labels import value_label
from registry.service.search import SearchPage
from schema.context import Info
from schema.fields import resolved
from schema.types.pages import PageInfo, page_info
from schema.types.record import Record
from schema.types.shown import record_type, record_types


@strawberry.type(description="A piece of text. It is plain text: escape it before you show it.")
class SnippetPiece:
    """One piece of a snippet."""

    text: str
    match: bool = strawberry.field(description="Whether it is what the query asked for.")


@strawberry.type(description="One match.")
class SearchEdge:
    """A match, why it is one, and the cursor that continues after it."""

    node: Record
    snippet: list[SnippetPiece] = strawberry.field(description="The text that shows why it was found.")
    score: float | None = strawberry.field(description="Relevance; null in your own scope.")
    cursor: str | None = strawberry.field(description="Continue after it; null in your own scope.")


@strawberry.type(description="How many matches have a value.")
class FacetValue:
    """A value of a facet."""

    value: str
    label: str
    count: int = strawberry.field(description="How many matches have it.")
    adds: int = strawberry.field(
        description="How many more records would match if it were chosen too, beside what the query chooses of this "
        "facet; 0 where it chooses nothing of it."
    )


@strawberry.type(
    description="A property of the matches, with its values; the most frequent first of all that the query would find "
    "without what it chooses of this facet."
)
class Facet:
    """A facet over all matches."""

    name: str
    values: list[FacetValue]


_Names = Annotated[
    list[str] | None, strawberry.argument(description="Which of them, by name; all but severity if left out.")
]


@strawberry.type(description="A page of matches.")
class SearchConnection:
    """Matches; total and facets are over all of them, not only the page."""

    edges: list[SearchEdge]
    page_info: PageInfo
    total_count: int | None = strawberry.field(description="Exact number of matches; null in your own scope.")
    explanation: str = strawberry.field(
        description='How the query was understood, in words, as the end of "records where"; empty for everything.'
    )
    counted: strawberry.Private[Mapping[str, tuple[FacetCount, ...]]]

    @resolved("How many matches have which value; counted only if you ask, and empty in your own scope.")
    def facets(self, names: _Names = None) -> list[Facet]:
        return _facets({name: self.counted[name] for name in _wanted(names) if name in self.counted})

    @resolved("The records of the page.")
    def nodes(self) -> list[Record]:
        return [edge.node for edge in self.edges]


def facets_selected(info: Info) -> tuple[str, ...]:
    """The facets that the selection on a search asks for."""
    execution = info._raw_info  # noqa: SLF001  # Strawberry tells of selections with everything below them only
    connection = cast("GraphQLObjectType", execution.schema.type_map["SearchConnection"])
    names: dict[str, None] = {}
    waiting = [node.selection_set for node in execution.field_nodes if node.selection_set]
    spread: set[str] = set()
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                waiting.append(execution.fragments[node.name.value].selection_set)
            elif isinstance(node, FieldNode) and node.name.value == "facets":
                said = get_argument_values(connection.fields["facets"], node, execution.variable_values)
                names.update(dict.fromkeys(_wanted(said.get("names"))))
    return tuple(names)


def _wanted(names: Sequence[str] | None) -> Sequence[str]:
    return FACETS if names is None else names


def search_type(found: SearchPage, *, continued: bool) -> SearchConnection:
    """A page of public matches; *continued* tells whether it was reached by a cursor."""
    records = record_types([match.record for match in found.matches])
    edges = [
        SearchEdge(node=record, snippet=_pieces(match.snippet), score=match.score, cursor=match.cursor)
        for match, record in zip(found.matches, records, strict=True)
    ]
    info = page_info([edge.cursor for edge in edges], has_next=found.has_next, has_previous=continued)
    return SearchConnection(
        edges=edges, page_info=info, total_count=found.total, explanation=explanation(found.query), counted=found.facets
    )


def own_search_type(text: str, found: tuple[DomainRecord, ...]) -> SearchConnection:
    """What only the viewer sees: without numbers over all of it, which would tell of what others hide."""
    edges = [SearchEdge(node=record_type(one), snippet=[], score=None, cursor=None) for one in found]
    info = page_info([], has_next=False, has_previous=False)
    return SearchConnection(
        edges=edges, page_info=info, total_count=None, explanation=explanation(parse(text)), counted={}
    )


def _pieces(snippet: Snippet) -> list[SnippetPiece]:
    return [SnippetPiece(text=text, match=match) for text, match in snippet.pieces]


def _facets(counted: Mapping[str, tuple[FacetCount, ...]]) -> list[Facet]:
    return [
        Facet(
            name=name,
            values=[
                FacetValue(
                    value=one.value, label=value_label(name, one.value), count=one.count - one.adds, adds=one.adds
                )
                for one in counts
            ],
        )
        for name, counts in counted.items()
    ]
