"""Releases of taxonomies beside each other, and the mappings between their terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import ColumnElement, delete, insert, select

from registry.domain.crosswalk import OF_GALAXIES, Relation, TermMapping
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm, version_key
from registry.storage.statements import Statements
from registry.storage.tables import CROSSWALKS, TAXONOMIES


class TaxonomyTable:
    """``ports.Taxonomies``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def put(self, taxonomy: Taxonomy) -> bool:
        """See the port."""
        if self.get(taxonomy.namespace, taxonomy.version) == taxonomy:
            return False
        same = (TAXONOMIES.c.namespace == taxonomy.namespace) & (TAXONOMIES.c.version == taxonomy.version)
        self._statements.run(delete(TAXONOMIES).where(same))
        terms = [_said(asdict(term)) for term in taxonomy.terms]
        self._statements.run(insert(TAXONOMIES), {**asdict(taxonomy), "terms": terms})
        return True

    def get(self, namespace: str, version: str | None = None) -> Taxonomy | None:
        """See the port."""
        wanted = next(iter(self.versions(namespace)), None) if version is None else version
        if wanted is None:
            return None
        same = (TAXONOMIES.c.namespace == namespace) & (TAXONOMIES.c.version == wanted)
        row = self._statements.row(select(TAXONOMIES).where(same))
        if row is None:
            return None
        return Taxonomy(**{**row, "terms": tuple(TaxonomyTerm(**term) for term in row["terms"])})

    def versions(self, namespace: str) -> tuple[str, ...]:
        """See the port."""
        statement = select(TAXONOMIES.c.version).where(TAXONOMIES.c.namespace == namespace)
        return tuple(sorted(self._statements.run(statement).scalars(), key=version_key, reverse=True))

    def namespaces(self) -> tuple[str, ...]:
        """See the port."""
        statement = select(TAXONOMIES.c.namespace).distinct().order_by(TAXONOMIES.c.namespace)
        return tuple(self._statements.run(statement).scalars())

    def replace_mappings(self, mappings: Sequence[TermMapping]) -> bool:
        """See the port."""
        return self._replace(~CROSSWALKS.c.source.startswith(OF_GALAXIES, autoescape=True), mappings)

    def put_mappings_of(self, source: str, mappings: Sequence[TermMapping]) -> bool:
        """See the port."""
        others = {_pair(one) for one in self._found(CROSSWALKS.c.source != source)}
        return self._replace(CROSSWALKS.c.source == source, [one for one in mappings if _pair(one) not in others])

    def _replace(self, condition: ColumnElement[bool], mappings: Sequence[TermMapping]) -> bool:
        """Put *mappings* in the place of those of *condition*, and of any other between the same terms."""
        kept = self._found(condition)
        if set(kept) == set(mappings):
            return False
        pairs = {_pair(one) for one in mappings}
        gone = kept + [one for one in self._found(~condition) if _pair(one) in pairs]
        for one in gone:
            same = (CROSSWALKS.c.taxonomy == one.taxonomy) & (CROSSWALKS.c.code == one.code)
            same &= (CROSSWALKS.c.to_taxonomy == one.to_taxonomy) & (CROSSWALKS.c.to_code == one.to_code)
            self._statements.run(delete(CROSSWALKS).where(same))
        if mappings:
            self._statements.run(insert(CROSSWALKS), [asdict(one) for one in mappings])
        return True

    def mappings(self, namespace: str, code: str | None = None) -> tuple[TermMapping, ...]:
        """See the port."""
        here, there = CROSSWALKS.c.taxonomy == namespace, CROSSWALKS.c.to_taxonomy == namespace
        if code is not None:
            here, there = here & (CROSSWALKS.c.code == code), there & (CROSSWALKS.c.to_code == code)
        # Two questions, each by an index of its own.
        found = [self._found(here), [one.reverse for one in self._found(there)]]
        order = {(one.taxonomy, one.code, one.to_taxonomy, one.to_code): one for part in found for one in part}
        return tuple(order[key] for key in sorted(order))

    def _found(self, condition: ColumnElement[bool]) -> list[TermMapping]:
        rows = self._statements.run(select(CROSSWALKS).where(condition)).mappings()
        return [TermMapping(**{**row, "relation": Relation(row["relation"])}) for row in rows]


def _pair(one: TermMapping) -> frozenset[tuple[str, str]]:
    """The two terms, whichever way they are kept."""
    return frozenset({(one.taxonomy, one.code), (one.to_taxonomy, one.to_code)})


def _said(term: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in term.items() if value is not None}
