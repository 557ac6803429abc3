"""What stood out, what subjects usually do, and who is kept out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, Text, text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class AlertRow(Row, table=True):
    """Alerts. Of each kind and subject one at most is not dismissed."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_kind_subject", "kind", "subject", "id"),
        Index("uq_alerts_live", "kind", "subject", unique=True, sqlite_where=text("state != 'dismissed'")),
    )

    id: str = Field(primary_key=True)
    kind: str
    subject: str
    state: str
    value: int
    times: int
    evidence: dict[str, str | int] = Field(sa_type=JSON)
    first_at: datetime
    last_at: datetime
    handled_by: str | None = None
    handled_at: datetime | None = None
    reason: str = Field(sa_type=Text)


class ActivityHourRow(Row, table=True):
    """What a key or a person did in an hour."""

    __tablename__ = "activity_hours"

    subject: str = Field(primary_key=True)
    hour: datetime = Field(primary_key=True)
    requests: int
    cost: int
    restricted: int
    edits: int


class ActivityPlaceRow(Row, table=True):
    """Where a key or a person came from: a network as a keyed hash."""

    __tablename__ = "activity_places"

    subject: str = Field(primary_key=True)
    network: str = Field(primary_key=True)
    first_at: datetime
    since: datetime
    last_at: datetime


class FreezeRow(Row, table=True):
    """Who is, or was, kept out, and why. Of each subject one at most is not thawed."""

    __tablename__ = "freezes"
    __table_args__ = (Index("uq_freezes_current", "subject", unique=True, sqlite_where=text("thawed_at IS NULL")),)

    id: str = Field(primary_key=True)
    subject: str
    at: datetime
    by: str
    reason: str = Field(sa_type=Text)
    thawed_at: datetime | None = None
    thawed_by: str | None = None
    thaw_reason: str = Field(sa_type=Text)


ALERTS = table_of(AlertRow)
ACTIVITY_HOURS = table_of(ActivityHourRow)
ACTIVITY_PLACES = table_of(ActivityPlaceRow)
FREEZES = table_of(FreezeRow)
