"""Vocabularies of this registry, and taxonomies of others."""

from __future__ import annotations

import strawberry

from registry.domain import taxonomy as domain
from registry.domain import terms
from registry.domain.pages import Page
from schema.context import Info
from schema.fields import resolved
from schema.types.pages import After, Connection, First, List


@strawberry.type(description="One value of a vocabulary.")
class Term:
    """A term of an open vocabulary."""

    code: str = strawberry.field(description="What contents hold.")
    label: str
    parent: str | None = strawberry.field(description="The code one level up.")
    source: str = strawberry.field(description="Where the term comes from.")
    maps_to: list[str] = strawberry.field(description="Neighbours in other taxonomies, as scheme:code.")


@strawberry.type(description="A named list of terms.")
class Vocabulary:
    """An open vocabulary: it grows without a change of the API."""

    name: str
    label: str
    terms: list[Term]


def vocabulary_type(vocabulary: terms.Vocabulary) -> Vocabulary:
    """A vocabulary of the domain as GraphQL shows it."""
    shown = [
        Term(code=term.code, label=term.label, parent=term.parent, source=term.source, maps_to=list(term.maps_to))
        for term in vocabulary.terms
    ]
    return Vocabulary(name=vocabulary.name, label=vocabulary.label, terms=shown)


@strawberry.type(description="A term of somebody else's taxonomy.")
class TaxonomyTerm:
    """A term of a taxonomy."""

    code: str
    name: str
    parent: str | None
    url: str | None
    description: str | None


@strawberry.type(description="A release of somebody else's taxonomy.")
class Taxonomy:
    """A taxonomy as it was imported."""

    release: strawberry.Private[domain.Taxonomy]

    @resolved("Short name, such as atlas.")
    def namespace(self) -> str:
        return self.release.namespace

    @resolved("Release.")
    def version(self) -> str:
        return self.release.version

    @resolved("Full name.")
    def title(self) -> str:
        return self.release.title

    @resolved("Licence of its text.")
    def licence(self) -> str:
        return self.release.licence

    @resolved("Where it is published.")
    def url(self) -> str:
        return self.release.url

    @resolved("Its terms, in the publisher's order.")
    def terms(self, info: Info, first: First = None, after: After = None) -> Connection[TaxonomyTerm]:
        release = self.release
        listing = List(info.context, "terms", (release.namespace, release.version))
        request = listing.request(first, after)
        start = int(request.position[0]) + 1 if request.position else 0
        shown = release.terms[start : start + request.limit]
        positions = tuple((start + at,) for at in range(len(shown)))
        page: Page[object] = Page(shown, positions, start + len(shown) < len(release.terms), start > 0)
        nodes = [
            TaxonomyTerm(code=one.code, name=one.name, parent=one.parent, url=one.url, description=one.description)
            for one in shown
        ]
        return Connection(nodes=nodes, page=page, seal=listing.seal, total=lambda: len(release.terms))
