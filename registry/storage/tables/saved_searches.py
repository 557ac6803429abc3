"""Searches that people keep, and what they were told of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class SavedSearchRow(Row, table=True):
    """A search, and how far its matches were told."""

    __tablename__ = "saved_searches"
    __table_args__ = (Index(None, "person", "organisation"),)

    id: str = Field(primary_key=True)
    person: str
    organisation: str = Field(foreign_key="organisations.id")
    name: str
    text: str
    address: str
    token: str = Field(unique=True)
    created_at: datetime
    position: int = Field(index=True)
    is_whole: bool
    webhook: str | None = Field(default=None, foreign_key="webhooks.id", index=True)
    digest: str
    digest_due_at: datetime | None = Field(default=None, index=True)
    memory: bytes


class SavedMatchRow(Row, table=True):
    """A record that a saved search was told of: ids only, never content."""

    __tablename__ = "saved_search_matches"
    __table_args__ = (UniqueConstraint("search", "number"),)

    search: str = Field(primary_key=True, foreign_key="saved_searches.id")
    uid: str = Field(primary_key=True, index=True)
    number: int
    revision: int
    at: datetime
    letter: str | None = Field(default=None, index=True)


SAVED_SEARCHES = table_of(SavedSearchRow)
SAVED_MATCHES = table_of(SavedMatchRow)
