"""Proposals of corrections."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class ProposalRow(Row, table=True):
    """Proposed public parts, as canonical bytes; schema, body, salt and reasons are gone once erased."""

    __tablename__ = "proposals"
    __table_args__ = (
        Index(None, "organisation", "state"),
        Index(None, "uid", "state"),
        Index(None, "node", "node_ref", unique=True),
    )

    id: str = Field(primary_key=True)
    uid: str = Field(foreign_key="records.uid")
    organisation: str = Field(foreign_key="organisations.id")
    proposer: str
    base: int
    public_schema: str | None = None
    public_body: bytes | None = None
    public_salt: bytes | None = None
    public_hash: bytes
    reason: str | None = Field(default=None, sa_type=Text)
    state: str
    created_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    by_reviewer: bool
    decision_reason: str | None = Field(default=None, sa_type=Text)
    draft_revision: int | None = None
    node: str | None = None
    node_ref: str | None = None


PROPOSALS = table_of(ProposalRow)
