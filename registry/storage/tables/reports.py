"""Reports without an account. How to reach their authors stands in a table of its own, with the one who may read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class ReportRow(Row, table=True):
    """Reports; once decided and over, without texts and receipt."""

    __tablename__ = "reports"
    __table_args__ = (Index(None, "opened_at", "id"),)

    id: str = Field(primary_key=True)
    receipt_hash: bytes | None = Field(default=None, unique=True)
    kind: str
    record: str = Field(foreign_key="records.uid", unique=True)
    title: str = Field(sa_type=Text)
    words: str = Field(sa_type=Text)
    provider: str
    model: str
    links: list[str] = Field(sa_type=JSON)
    opened_at: datetime
    claimed_by: str | None = None
    claimed_at: datetime | None = None


class ReportMessageRow(Row, table=True):
    """Questions of the reviewer and answers of the reporter, in order."""

    __tablename__ = "report_messages"

    report: str = Field(primary_key=True, foreign_key="reports.id")
    position: int = Field(primary_key=True)
    at: datetime
    author: str
    text: str = Field(sa_type=Text)


class ReportCheckRow(Row, table=True):
    """Answers of the list that is gone through before a record made from a report is approved."""

    __tablename__ = "report_checks"

    report: str = Field(primary_key=True, foreign_key="reports.id")
    item: str = Field(primary_key=True)
    done: bool
    note: str = Field(sa_type=Text)
    draft_revision: int


class ReportContactRow(Row, table=True):
    """How to reach the authors of confidential reports; ``reader`` is the only reviewer who is told."""

    __tablename__ = "report_contacts"

    report: str = Field(primary_key=True, foreign_key="reports.id")
    contact: str = Field(sa_type=Text)
    reader: str | None = None


REPORTS = table_of(ReportRow)
REPORT_MESSAGES = table_of(ReportMessageRow)
REPORT_CHECKS = table_of(ReportCheckRow)
REPORT_CONTACTS = table_of(ReportContactRow)
