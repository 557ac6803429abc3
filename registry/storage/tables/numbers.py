"""Numbers that are set aside for organisations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class ReservedNumberRow(Row, table=True):
    """Reserved numbers by block, each with the record that asked for it. It outlives an erasure of that record."""

    __tablename__ = "reserved_numbers"
    __table_args__ = (Index(None, "organisation", "used_by"),)

    number: str = Field(primary_key=True)
    n: int
    block: str = Field(index=True)
    kind: str
    year: int
    organisation: str = Field(foreign_key="organisations.id")
    reserved_at: datetime
    used_by: str | None = Field(default=None, unique=True)


RESERVED_NUMBERS = table_of(ReservedNumberRow)
