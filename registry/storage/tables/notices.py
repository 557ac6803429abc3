"""Notices to named parties."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class NoticeRow(Row, table=True):
    """Who was told of which passage, and what came of it."""

    __tablename__ = "notices"

    id: str = Field(primary_key=True)
    uid: str = Field(foreign_key="records.uid", index=True)
    draft_revision: int
    party: str
    organisation: str | None = Field(default=None, foreign_key="organisations.id", index=True)
    passage: str = Field(sa_type=Text)
    asked_at: datetime
    due_at: datetime
    state: str
    answer: str | None = None


NOTICES = table_of(NoticeRow)
