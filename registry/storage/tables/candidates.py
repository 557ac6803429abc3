"""Pairs of records that may tell of the same event, and what records are recognised by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class MergeCandidateRow(Row, table=True):
    """A pair, the lower uid as ``a``."""

    __tablename__ = "merge_candidates"
    __table_args__ = (Index(None, "state", "score"),)

    a: str = Field(primary_key=True, foreign_key="records.uid")
    b: str = Field(primary_key=True, foreign_key="records.uid", index=True)
    score: int
    reasons: list[str] = Field(sa_type=JSON)
    state: str
    found_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


class CandidateKeyRow(Row, table=True):
    """Hashes of the ids, addresses and words of titles by which records are recognised."""

    __tablename__ = "candidate_keys"

    key: bytes = Field(primary_key=True)
    uid: str = Field(primary_key=True, foreign_key="records.uid", index=True)


MERGE_CANDIDATES = table_of(MergeCandidateRow)
CANDIDATE_KEYS = table_of(CandidateKeyRow)
