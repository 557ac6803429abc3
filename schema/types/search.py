"""Searching: what the search service found, as GraphQL shows it."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry

from registry.domain import terms
from registry.domain.record import Record as DomainRecord
from registry.domain.search import FacetCount, Snippet
from registry.domain.terms import Vocabulary
from registry.service.search import SearchPage
from schema.fields import resolved
from schema.types.pages import PageInfo, page_info
from schema.types.record import Record, record_type, record_types

_VOCABULARIES: dict[str, Vocabulary] = {
    "misuse": terms.MISUSE,
    "harm": terms.HARM,
    "sector": terms.SECTOR,
    "scrutiny": terms.SCRUTINY,
    "enforcement": terms.ENFORCEMENT,
    "mitigation": terms.MITIGATION_TYPE,
}


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
    count: int


@strawberry.type(description="A property of the matches, with its values, the most frequent first.")
class Facet:
    """A facet over all matches."""

    name: str
    values: list[FacetValue]


@strawberry.type(description="A page of matches.")
class SearchConnection:
    """Matches; total and facets are over all of them, not only the page."""

    edges: list[SearchEdge]
    page_info: PageInfo
    total_count: int | None = strawberry.field(description="Exact number of matches; null in your own scope.")
    facets: list[Facet]

    @resolved("The records of the page.")
    def nodes(self) -> list[Record]:
        return [edge.node for edge in self.edges]


def search_type(found: SearchPage, *, continued: bool) -> SearchConnection:
    """A page of public matches; *continued* tells whether it was reached by a cursor."""
    records = record_types([match.record for match in found.matches])
    edges = [
        SearchEdge(node=record, snippet=_pieces(match.snippet), score=match.score, cursor=match.cursor)
        for match, record in zip(found.matches, records, strict=True)
    ]
    info = page_info([edge.cursor for edge in edges], has_next=found.has_next, has_previous=continued)
    return SearchConnection(edges=edges, page_info=info, total_count=found.total, facets=_facets(found.facets))


def own_search_type(found: tuple[DomainRecord, ...]) -> SearchConnection:
    """What only the viewer sees: without numbers over all of it, which would tell of what others hide."""
    edges = [SearchEdge(node=record_type(one), snippet=[], score=None, cursor=None) for one in found]
    info = page_info([], has_next=False, has_previous=False)
    return SearchConnection(edges=edges, page_info=info, total_count=None, facets=[])


def _pieces(snippet: Snippet) -> list[SnippetPiece]:
    return [SnippetPiece(text=text, match=match) for text, match in snippet.pieces]


def _facets(counted: Mapping[str, tuple[FacetCount, ...]]) -> list[Facet]:
    return [
        Facet(
            name=name,
            values=[FacetValue(value=one.value, label=_label(name, one.value), count=one.count) for one in counts],
        )
        for name, counts in counted.items()
    ]


def _label(facet: str, value: str) -> str:
    vocabulary = _VOCABULARIES.get(facet)
    term = vocabulary.find(value) if vocabulary else None
    return term.label if term else value
