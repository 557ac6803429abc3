"""Cases with their messages and decisions, replies beside records, and requests by authorities.

Once a case is over and its time has passed its texts are empty and its receipt is gone; the row stays to be counted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class CaseRow(Row, table=True):
    """Cases. ``named`` is a number or uid as the person wrote it, of a record that may not be there."""

    __tablename__ = "cases"
    __table_args__ = (Index(None, "state", "urgent"), Index(None, "due_at", "id"))

    id: str = Field(primary_key=True)
    receipt_hash: bytes | None = Field(default=None, unique=True)
    wish: str
    ground: str
    urgent: bool
    about: str = Field(sa_type=Text)
    named: str | None = Field(default=None, index=True)
    words: str = Field(sa_type=Text)
    contact: str = Field(sa_type=Text)
    state: str
    opened_at: datetime
    due_at: datetime
    secured_at: datetime | None = None
    appealed_at: datetime | None = None


class CaseMessageRow(Row, table=True):
    """Messages of cases, in order."""

    __tablename__ = "case_messages"

    case: str = Field(primary_key=True, foreign_key="cases.id")
    position: int = Field(primary_key=True)
    at: datetime
    author: str
    text: str = Field(sa_type=Text)


class CaseDecisionRow(Row, table=True):
    """Decisions of cases: the first, and the one on appeal."""

    __tablename__ = "case_decisions"

    case: str = Field(primary_key=True, foreign_key="cases.id")
    position: int = Field(primary_key=True)
    at: datetime
    by: str
    outcome: str
    reasons: str = Field(sa_type=Text)


class ReplyRow(Row, table=True):
    """What people concerned say beside a record; public where the record is."""

    __tablename__ = "replies"

    case: str = Field(primary_key=True, foreign_key="cases.id")
    record: str = Field(index=True)
    text: str = Field(sa_type=Text)
    at: datetime


class AuthorityRequestRow(Row, table=True):
    """Requests by authorities, as operators noted them."""

    __tablename__ = "authority_requests"

    id: str = Field(primary_key=True)
    at: datetime
    authority: str
    country: str
    demand: str
    compliance: str
    note: str = Field(sa_type=Text)


CASES = table_of(CaseRow)
CASE_MESSAGES = table_of(CaseMessageRow)
CASE_DECISIONS = table_of(CaseDecisionRow)
REPLIES = table_of(ReplyRow)
AUTHORITY_REQUESTS = table_of(AuthorityRequestRow)
