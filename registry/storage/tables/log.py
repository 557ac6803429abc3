"""The change log and what goes with writes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class ChangeRow(Row, table=True):
    """The change log. Rows are appended, never updated and never deleted."""

    __tablename__ = "changes"
    __table_args__ = (Index(None, "uid", "seq"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    public_seq: int | None = Field(default=None, unique=True)
    kind: str
    actor: str
    at: datetime
    uid: str | None = None
    subject: str | None = None
    step: str | None = None
    revision: int
    draft_revision: int
    public_hash: bytes | None = None
    restricted_hash: bytes | None = None
    chain_hash: bytes = Field(unique=True)
    visibility: str | None = None
    reason_hash: bytes | None = None


class ReasonRow(Row, table=True):
    """Why a change was made, in words; the log keeps a salted hash, so that the words can be erased."""

    __tablename__ = "reasons"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    uid: str | None = Field(default=None, index=True)
    salt: bytes
    reason: str = Field(sa_type=Text)


class IdempotencyRow(Row, table=True):
    """Answered writes: a fingerprint of the request and the record it made, no content."""

    __tablename__ = "idempotency"

    scope: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes
    uid: str = Field(index=True)
    expires_at: datetime = Field(index=True)


class JobRow(Row, table=True):
    """Work that is due at a time."""

    __tablename__ = "jobs"

    id: str = Field(primary_key=True)
    name: str
    subject: str
    due_at: datetime = Field(index=True)
    attempts: int
    lease_until: datetime | None = None
    last_error: str | None = Field(default=None, sa_type=Text)


class MetaRow(Row, table=True):
    """Small facts about the store itself."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


CHANGES = table_of(ChangeRow)
REASONS = table_of(ReasonRow)
IDEMPOTENCY = table_of(IdempotencyRow)
JOBS = table_of(JobRow)
META = table_of(MetaRow)
