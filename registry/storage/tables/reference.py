"""Taxonomies, crosswalks between them, and findings of imports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class TaxonomyRow(Row, table=True):
    """Every release of a taxonomy that is kept."""

    __tablename__ = "taxonomies"

    namespace: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    title: str
    licence: str
    url: str
    terms: list[dict[str, Any]] = Field(sa_type=JSON)


class CrosswalkRow(Row, table=True):
    """Pairs of corresponding terms, each once."""

    __tablename__ = "crosswalks"
    __table_args__ = (Index(None, "to_taxonomy", "to_code"),)

    taxonomy: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    to_taxonomy: str = Field(primary_key=True)
    to_code: str = Field(primary_key=True)
    relation: str
    source: str


class FindingRow(Row, table=True):
    """Findings by source, cleared ones included."""

    __tablename__ = "findings"

    source: str = Field(primary_key=True)
    record: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    refused: bool
    held: bool
    run: str | None = None
    first_seen_at: datetime
    last_attempt_at: datetime
    cleared_at: datetime | None = None


TAXONOMIES = table_of(TaxonomyRow)
CROSSWALKS = table_of(CrosswalkRow)
FINDINGS = table_of(FindingRow)
