"""Taxonomies, and findings of imports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class TaxonomyRow(Row, table=True):
    """The release kept of each taxonomy."""

    __tablename__ = "taxonomies"

    namespace: str = Field(primary_key=True)
    version: str
    title: str
    licence: str
    url: str
    terms: list[dict[str, Any]] = Field(sa_type=JSON)


class FindingRow(Row, table=True):
    """Findings by source, cleared ones included."""

    __tablename__ = "findings"

    source: str = Field(primary_key=True)
    record: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    refused: bool
    first_seen_at: datetime
    last_attempt_at: datetime
    cleared_at: datetime | None = None


TAXONOMIES = table_of(TaxonomyRow)
FINDINGS = table_of(FindingRow)
