"""Vocabularies of this registry."""

from __future__ import annotations

import strawberry

from registry.domain import terms


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
