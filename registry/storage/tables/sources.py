"""Sources by record, candidates for duplicates, and pairs that are none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class SourceKeyRow(Row, table=True):
    """Hashes of the addresses and aliases that public parts name: of a record's head, and of its newer work."""

    __tablename__ = "source_keys"

    key: bytes = Field(primary_key=True)
    uid: str = Field(primary_key=True, foreign_key="records.uid", index=True)
    is_work: bool = Field(primary_key=True)


class SuggestedRow(Row, table=True):
    """What a draft looked like when it was handed in."""

    __tablename__ = "suggested_duplicates"

    uid: str = Field(primary_key=True, foreign_key="records.uid")
    other: str = Field(primary_key=True, foreign_key="records.uid", index=True)
    score: int
    reasons: list[str] = Field(sa_type=JSON)


class NotRelatedRow(Row, table=True):
    """Pairs of records that are not the same, the lower uid first."""

    __tablename__ = "not_related"

    uid: str = Field(primary_key=True, foreign_key="records.uid")
    other: str = Field(primary_key=True, foreign_key="records.uid", index=True)
    actor: str
    at: datetime


SOURCE_KEYS = table_of(SourceKeyRow)
SUGGESTED_DUPLICATES = table_of(SuggestedRow)
NOT_RELATED = table_of(NotRelatedRow)
