"""Sources that operators added, what is known of every source, its runs, and records it no longer has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class ImportSourceRow(Row, table=True):
    """Sources that operators added."""

    __tablename__ = "import_sources"

    id: str = Field(primary_key=True)
    format: str
    title: str
    home: str
    licence: str
    attribution: str
    obligations: list[str] = Field(sa_type=JSON)
    hosts: list[str] = Field(sa_type=JSON)
    organisation: str
    trust: str
    urls: list[str] = Field(sa_type=JSON)
    every_hours: int | None = None
    options: dict[str, Any] = Field(sa_type=JSON)


class ImportStateRow(Row, table=True):
    """What operators chose for a source, built-in or added, and where its next run begins."""

    __tablename__ = "import_states"

    source: str = Field(primary_key=True)
    trust: str | None = None
    every_hours: int | None = None
    paused: bool
    cursor: str | None = None
    good_run: str | None = None
    good_at: datetime | None = None
    due_at: datetime | None = None
    failures: int
    asked_at: datetime | None = None
    allows_withdrawals: bool


class ImportDocumentRow(Row, table=True):
    """What servers said of documents when they were read last."""

    __tablename__ = "import_documents"

    source: str = Field(primary_key=True)
    url: str = Field(primary_key=True)
    etag: str | None = None
    last_modified: str | None = None


class ImportRunRow(Row, table=True):
    """Runs; of a source at most one goes on."""

    __tablename__ = "import_runs"
    __table_args__ = (
        Index(None, "source", "id"),
        Index("uq_import_runs_going_on", "source", unique=True, sqlite_where=text("state = 'running'")),
    )

    id: str = Field(primary_key=True)
    source: str
    state: str
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None = None
    done: int
    total: int | None = None
    counts: dict[str, int] = Field(sa_type=JSON)
    error: str | None = None


class AbsenceRow(Row, table=True):
    """Records that their source no longer has, by the hash that recognises them."""

    __tablename__ = "import_absences"

    source: str = Field(primary_key=True)
    key: bytes = Field(primary_key=True)
    uid: str = Field(foreign_key="records.uid", index=True)
    run: str
    at: datetime
    reason: str
    taken_back: bool
    held: bool
    withdrawn_at: datetime | None = None


IMPORT_SOURCES = table_of(ImportSourceRow)
IMPORT_STATES = table_of(ImportStateRow)
IMPORT_DOCUMENTS = table_of(ImportDocumentRow)
IMPORT_RUNS = table_of(ImportRunRow)
IMPORT_ABSENCES = table_of(AbsenceRow)
