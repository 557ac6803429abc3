"""Which term of one taxonomy stands for which term of another, and how exactly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# How the source of a mapping begins that an imported galaxy states; those that are shipped never begin so.
OF_GALAXIES = "MISP galaxy "


class Relation(StrEnum):
    """What the other term is, compared with the first. Source: SKOS mapping properties."""

    EXACT = "exact"
    BROADER = "broader"
    NARROWER = "narrower"
    RELATED = "related"

    @property
    def reverse(self) -> Relation:
        """The same relation, seen from the other term."""
        return {Relation.BROADER: Relation.NARROWER, Relation.NARROWER: Relation.BROADER}.get(self, self)


@dataclass(frozen=True, slots=True)
class TermMapping:
    """A term and its neighbour in another taxonomy; ``source`` says who found that they correspond."""

    taxonomy: str
    code: str
    to_taxonomy: str
    to_code: str
    relation: Relation
    source: str

    @property
    def reverse(self) -> TermMapping:
        """The same, seen from the neighbour."""
        return TermMapping(self.to_taxonomy, self.to_code, self.taxonomy, self.code, self.relation.reverse, self.source)


def parse_term(named: str) -> tuple[str, str]:
    """Taxonomy and code of ``taxonomy:code``."""
    taxonomy, _, code = named.partition(":")
    return taxonomy, code
