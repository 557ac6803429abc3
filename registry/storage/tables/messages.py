"""Messages between this node and others, in both directions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of

_WAITS = text("direction = 'out' AND done_at IS NULL")


class PeerMessageRow(Row, table=True):
    """Messages; the text is gone once nobody needs it."""

    __tablename__ = "peer_messages"
    __table_args__ = (
        Index("ix_peer_messages_waiting", "peer", "kept_at", sqlite_where=_WAITS),
        Index(None, "direction", "peer", "kept_at"),
    )

    direction: str = Field(primary_key=True)
    peer: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    type: str
    about: str | None = Field(default=None, index=True)
    text: bytes
    signature: str
    made_at: datetime
    kept_at: datetime
    due_at: datetime | None = None
    tries: int
    done_at: datetime | None = None
    outcome: str | None = None


PEER_MESSAGES = table_of(PeerMessageRow)
