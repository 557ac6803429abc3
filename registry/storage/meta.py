"""Small facts about the store itself."""

from __future__ import annotations

from sqlalchemy import String, delete, insert, select

from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import META

_GET = Prepared(select(META.c.value).where(META.c.name == named("name", String())))


class MetaTable:
    """``ports.Meta``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def get(self, name: str) -> str | None:
        """See the port."""
        row = self._statements.first(_GET, {"name": name})
        return None if row is None else str(row[0])

    def forget(self, name: str) -> None:
        """See the port."""
        self._statements.run(delete(META).where(META.c.name == name))

    def put(self, name: str, value: str) -> None:
        """See the port."""
        self.forget(name)
        self._statements.run(insert(META), {"name": name, "value": value})
