"""GraphQL documents that an operator has registered."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from registry.domain.trusted_document import TrustedDocument
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import TRUSTED_DOCUMENTS

_ID = named("id", TRUSTED_DOCUMENTS.c.id.type)
_TEXT = Prepared(select(TRUSTED_DOCUMENTS.c.text).where(TRUSTED_DOCUMENTS.c.id == _ID))
_ALL = Prepared(select(TRUSTED_DOCUMENTS).order_by(TRUSTED_DOCUMENTS.c.label, TRUSTED_DOCUMENTS.c.id))


class TrustedDocumentTable:
    """``ports.TrustedDocuments``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def save(self, document: TrustedDocument) -> None:
        """See the port."""
        values = {
            "id": document.id,
            "text": document.text,
            "label": document.label,
            "registered_at": document.registered_at,
        }
        statement = insert(TRUSTED_DOCUMENTS).values(values)
        self._statements.run(statement.on_conflict_do_update(index_elements=["id"], set_={"label": document.label}))

    def text(self, document_id: str) -> str | None:
        """See the port."""
        row = self._statements.first(_TEXT, {"id": document_id})
        return None if row is None else str(row[0])

    def all(self) -> tuple[TrustedDocument, ...]:
        """See the port."""
        return tuple(TrustedDocument(*row) for row in self._statements.fetch(_ALL))

    def remove(self, document_id: str) -> bool:
        """See the port."""
        gone = self._statements.run(delete(TRUSTED_DOCUMENTS).where(TRUSTED_DOCUMENTS.c.id == document_id))
        return gone.rowcount > 0
