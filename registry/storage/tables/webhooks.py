"""Webhooks, and what is sent to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class WebhookRow(Row, table=True):
    """Addresses that organisations want to be told at. Secrets are not kept: they are made from the node's key."""

    __tablename__ = "webhooks"

    id: str = Field(primary_key=True)
    organisation: str = Field(foreign_key="organisations.id", index=True)
    person: str
    url: str
    changes: list[str] = Field(sa_type=JSON)
    kinds: list[str] = Field(sa_type=JSON)
    state: str
    created_at: datetime
    generation: int
    older_until: datetime | None = None
    failing_since: datetime | None = None
    reason: str | None = None


class DeliveryRow(Row, table=True):
    """What was or will be sent: ids only, never content."""

    __tablename__ = "deliveries"
    __table_args__ = (Index(None, "webhook", "state", "id"), Index(None, "state", "due_at"))

    id: str = Field(primary_key=True)
    webhook: str = Field(foreign_key="webhooks.id")
    event: str
    change: str | None = None
    kind: str | None = None
    uid: str | None = None
    public_seq: int | None = None
    search: str | None = None
    revision: int | None = None
    created_at: datetime
    due_at: datetime
    state: str
    attempts: int
    lease_until: datetime | None = None
    status: int | None = None
    error: str | None = None
    done_at: datetime | None = None


WEBHOOKS = table_of(WebhookRow)
DELIVERIES = table_of(DeliveryRow)
