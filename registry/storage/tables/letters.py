"""Letters, and where people get them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class LetterRow(Row, table=True):
    """Letters that wait, and for a time those that were sent, without their words."""

    __tablename__ = "letters"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: str = Field(primary_key=True)
    kind: str
    subject: str
    body: str = Field(sa_type=Text)
    created_at: datetime
    due_at: datetime
    person: str | None = None
    address: str | None = None
    recipient: str = Field(index=True)
    about: str | None = Field(default=None, index=True)
    state: str
    attempts: int
    lease_until: datetime | None = None
    error: str | None = None
    done_at: datetime | None = None


class MailAddressRow(Row, table=True):
    """Addresses of people; the table can be emptied."""

    __tablename__ = "mail_addresses"

    person: str = Field(primary_key=True)
    address: str
    muted: list[str] = Field(sa_type=JSON)


LETTERS = table_of(LetterRow)
MAIL_ADDRESSES = table_of(MailAddressRow)
