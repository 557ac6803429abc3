"""Applications for membership, and agreements to the usage guidelines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class ApplicationRow(Row, table=True):
    """Applications; once decided and over, without words and receipt."""

    __tablename__ = "applications"
    __table_args__ = (Index(None, "state", "opened_at", "id"),)

    id: str = Field(primary_key=True)
    receipt_hash: bytes | None = Field(default=None, unique=True)
    name: str
    slug: str
    kind: str
    site: str
    contact: str
    email: str
    email_domain: str
    why: str = Field(sa_type=Text)
    intended: str
    guidelines: str
    agreed_revision: int
    opened_at: datetime
    state: str
    reason: str = Field(sa_type=Text)
    decided_by: str | None = None
    decided_at: datetime | None = None
    organisation: str | None = Field(default=None, foreign_key="organisations.id", index=True)
    person: str | None = None
    staging_key_at: datetime | None = None
    production_key_at: datetime | None = None
    messages: list[dict[str, Any]] = Field(sa_type=JSON)


class AgreementRow(Row, table=True):
    """Who agreed to which published revision of the guidelines."""

    __tablename__ = "agreements"

    person: str = Field(primary_key=True)
    organisation: str = Field(primary_key=True, foreign_key="organisations.id")
    uid: str
    revision: int
    at: datetime


APPLICATIONS = table_of(ApplicationRow)
AGREEMENTS = table_of(AgreementRow)
