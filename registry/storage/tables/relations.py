"""What editors decided of pairs of records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class RelationDecisionRow(Row, table=True):
    """A pair, the lower uid as ``a``."""

    __tablename__ = "relation_decisions"

    a: str = Field(primary_key=True, foreign_key="records.uid")
    b: str = Field(primary_key=True, foreign_key="records.uid", index=True)
    verdict: str
    reason: str = Field(sa_type=Text)
    decided_by: str
    decided_at: datetime


RELATION_DECISIONS = table_of(RelationDecisionRow)
