"""Small facts about the store itself."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from registry.storage.statements import Statements
from registry.storage.tables import META


class MetaTable:
    """``ports.Meta``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def get(self, name: str) -> str | None:
        """See the port."""
        return self._statements.run(select(META.c.value).where(META.c.name == name)).scalar_one_or_none()

    def put(self, name: str, value: str) -> None:
        """See the port."""
        self._statements.run(delete(META).where(META.c.name == name))
        self._statements.run(insert(META), {"name": name, "value": value})
