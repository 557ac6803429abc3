"""GraphQL documents that an operator has registered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class TrustedDocumentRow(Row, table=True):
    """A document by the hash of its text."""

    __tablename__ = "trusted_documents"

    id: str = Field(primary_key=True)
    text: str = Field(sa_type=Text)
    label: str
    registered_at: datetime


TRUSTED_DOCUMENTS = table_of(TrustedDocumentRow)
