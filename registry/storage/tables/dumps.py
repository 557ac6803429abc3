"""Dumps for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class DumpRow(Row, table=True):
    """Every dump that was made, with the hashes of its files; also of those that are gone."""

    __tablename__ = "dumps"

    name: str = Field(primary_key=True)
    made_at: datetime
    log_id: str
    public_seq: int
    records: int
    tombstones: int
    files: list[dict[str, Any]] = Field(sa_type=JSON)
    gone_at: datetime | None = None
    because: str | None = None


DUMPS = table_of(DumpRow)
