"""Where records stand in the channels that platforms read."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class ChannelPlaceRow(Row, table=True):
    """Where each record stands in each channel; times in microseconds since 1970."""

    __tablename__ = "channel_places"
    __table_args__ = (
        UniqueConstraint("channel", "placed_at"),
        UniqueConstraint("channel", "name"),
        {"sqlite_with_rowid": False},
    )

    uid: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    name: str
    placed_at: int
    modified_at: int
    said: str
    told: bool
    sources: int
    indicators: int
    patterns: int


CHANNEL_PLACES = table_of(ChannelPlaceRow)
