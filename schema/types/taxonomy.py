"""Taxonomies: releases, their terms, and neighbours in other taxonomies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property

import strawberry

from registry.domain import taxonomy as domain
from registry.domain.crosswalk import Relation, TermMapping
from registry.domain.pages import Page
from registry.service import taxonomies
from schema.context import Context, Info
from schema.fields import resolved
from schema.types.pages import After, Connection, First, List

strawberry.enum(Relation, name="TermRelation", description="What a neighbouring term is, compared with the term.")


@strawberry.type(description="A neighbour of a term in another taxonomy.")
class TermNeighbour:
    """The other end of a mapping."""

    taxonomy: str = strawberry.field(description="Short name of the other taxonomy.")
    code: str = strawberry.field(description="Code of the term there.")
    relation: Relation = strawberry.field(description="What that term is, compared with this one.")
    of: str = strawberry.field(description="Code of the term here.")
    source: str = strawberry.field(description="Who found that they correspond.")


@strawberry.type(description="A term of a taxonomy.")
class TaxonomyTerm:
    """A term of a taxonomy."""

    code: str
    name: str
    parent: str | None = strawberry.field(description="Code of the term above it.")
    field: str | None = strawberry.field(description="Field whose value it is, in a taxonomy that has several.")
    url: str | None = strawberry.field(description="Its page at the publisher.")
    definition: str | None = strawberry.field(description="What it means, in one sentence of this project.")
    description: str | None = strawberry.field(description="The publisher's text, where its licence permits.")
    neighbours: strawberry.Private[Callable[[str], list[TermNeighbour]]]

    @resolved("Its neighbours in other taxonomies, or in one of them.")
    def mappings(self, to: str | None = None) -> list[TermNeighbour]:
        return [one for one in self.neighbours(self.code) if to is None or one.taxonomy == to]


@strawberry.type(description="A release of a taxonomy.")
class Taxonomy:
    """A release of a taxonomy."""

    release: strawberry.Private[domain.Taxonomy]

    @resolved("Short name, such as atlas.")
    def namespace(self) -> str:
        return self.release.namespace

    @resolved("Release.")
    def version(self) -> str:
        return self.release.version

    @resolved("Every release that is kept here, newest first.")
    def versions(self, info: Info) -> list[str]:
        context = info.context
        return list(taxonomies.versions(context.registry, context.actor, self.release.namespace))

    @resolved("Full name.")
    def title(self) -> str:
        return self.release.title

    @resolved("Licence of its text.")
    def licence(self) -> str:
        return self.release.licence

    @resolved("Where it is published.")
    def url(self) -> str:
        return self.release.url

    @resolved("Its fields, where it has several.")
    def fields(self) -> list[str]:
        return list(self.release.fields)

    @resolved("Its terms, in the publisher's order.")
    def terms(self, info: Info, first: First = None, after: After = None) -> Connection[TaxonomyTerm]:
        release = self.release
        listing = List(info.context, "terms", (release.namespace, release.version))
        request = listing.request(first, after)
        start = int(request.position[0]) + 1 if request.position else 0
        shown = release.terms[start : start + request.limit]
        positions = tuple((start + at,) for at in range(len(shown)))
        page: Page[object] = Page(shown, positions, start + len(shown) < len(release.terms), start > 0)
        neighbours = _Neighbours(info.context, release.namespace)
        nodes = [term_type(one, neighbours.of) for one in shown]
        return Connection(nodes=nodes, page=page, seal=listing.seal, total=lambda: len(release.terms))

    @resolved("The term with this code. What this release does not say of it is taken from another release.")
    def term(self, info: Info, code: str) -> TaxonomyTerm | None:
        context, release = info.context, self.release
        found = taxonomies.term(context.registry, context.actor, release.namespace, code, release.version)
        return None if found is None else term_type(found, _Neighbours(context, release.namespace).of)


def term_type(term: domain.TaxonomyTerm, neighbours: Callable[[str], list[TermNeighbour]]) -> TaxonomyTerm:
    """A term as GraphQL shows it; *neighbours* are asked for only if they are selected."""
    return TaxonomyTerm(
        code=term.code,
        name=term.name,
        parent=term.parent,
        field=term.field,
        url=term.url,
        definition=term.definition,
        description=term.description,
        neighbours=neighbours,
    )


def neighbour_type(mapping: TermMapping) -> TermNeighbour:
    """The far end of a mapping as GraphQL shows it."""
    return TermNeighbour(
        taxonomy=mapping.to_taxonomy,
        code=mapping.to_code,
        relation=mapping.relation,
        of=mapping.code,
        source=mapping.source,
    )


class _Neighbours:
    """The neighbours of a taxonomy's terms, read once and only if a term is asked for them."""

    def __init__(self, context: Context, namespace: str) -> None:
        self._context = context
        self._namespace = namespace

    def of(self, code: str) -> list[TermNeighbour]:
        """The neighbours of one term."""
        return self._by_code.get(code, [])

    @cached_property
    def _by_code(self) -> dict[str, list[TermNeighbour]]:
        found: defaultdict[str, list[TermNeighbour]] = defaultdict(list)
        for mapping in taxonomies.crosswalk(self._context.registry, self._context.actor, self._namespace):
            found[mapping.code].append(neighbour_type(mapping))
        return found
