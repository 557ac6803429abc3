"""Taxonomies by namespace; one release of each is kept."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import delete, insert, select

from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.storage.statements import Statements
from registry.storage.tables import TAXONOMIES


class TaxonomyTable:
    """``ports.Taxonomies``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def put(self, taxonomy: Taxonomy) -> bool:
        """See the port."""
        if self.get(taxonomy.namespace) == taxonomy:
            return False
        self._statements.run(delete(TAXONOMIES).where(TAXONOMIES.c.namespace == taxonomy.namespace))
        self._statements.run(insert(TAXONOMIES), asdict(taxonomy))
        return True

    def get(self, namespace: str) -> Taxonomy | None:
        """See the port."""
        statement = select(TAXONOMIES).where(TAXONOMIES.c.namespace == namespace)
        row = self._statements.row(statement)
        if row is None:
            return None
        return Taxonomy(**{**row, "terms": tuple(TaxonomyTerm(**term) for term in row["terms"])})

    def namespaces(self) -> tuple[str, ...]:
        """See the port."""
        statement = select(TAXONOMIES.c.namespace).order_by(TAXONOMIES.c.namespace)
        return tuple(self._statements.run(statement).scalars())
