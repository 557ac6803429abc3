"""What screening found and somebody accepted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class ScreeningAcceptanceRow(Row, table=True):
    """Acceptances; of the passage a salted hash, which goes with the record."""

    __tablename__ = "screening_acceptances"

    id: str = Field(primary_key=True)
    uid: str = Field(foreign_key="records.uid", index=True)
    code: str
    rule: str
    path: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    salt: bytes
    hash: bytes
    person: str | None = None
    organisation: str | None = None
    at: datetime


SCREENING_ACCEPTANCES = table_of(ScreeningAcceptanceRow)
