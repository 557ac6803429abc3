"""What happened beside the records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class EventRow(Row, table=True):
    """Events. Rows are appended; triggers refuse everything else but taking an address away."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "key", "id"),
        Index(None, "actor", "id"),
        Index(None, "name", "id"),
        Index(None, "address", "id"),
        Index(None, "subject", "id"),
        Index(None, "organisation", "id"),
        Index(None, "request_id", "id"),
    )

    id: str = Field(primary_key=True)
    name: str
    at: datetime
    actor: str
    organisation: str | None = None
    key: str | None = None
    address: str | None = None
    request_id: str | None = None
    subject: str | None = None
    detail: dict[str, str | int] = Field(sa_type=JSON)


EVENTS = table_of(EventRow)
