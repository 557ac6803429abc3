"""What reviewers opted out of, how much they have read, and whom they are bound to. Read by person, never joined."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class ReviewerPreferenceRow(Row, table=True):
    """What a reviewer does not read, one bit a topic, and limits of one's own."""

    __tablename__ = "reviewer_preferences"

    person: str = Field(primary_key=True)
    avoids: int
    per_day: int | None = None
    per_week: int | None = None


class ExposureRow(Row, table=True):
    """How much a reviewer has read in a day, in weights."""

    __tablename__ = "exposures"

    person: str = Field(primary_key=True)
    day: date = Field(primary_key=True, index=True)
    weight: int


class ExposureMarkRow(Row, table=True):
    """What was counted already, as a hash."""

    __tablename__ = "exposure_marks"

    mark: bytes = Field(primary_key=True)
    person: str = Field(index=True)
    day: date = Field(index=True)


class ConflictDeclarationRow(Row, table=True):
    """Whom a reviewer is bound to."""

    __tablename__ = "conflict_declarations"

    person: str = Field(primary_key=True)
    declared_at: datetime
    conflicts: list[list[str]] = Field(sa_type=JSON)


REVIEWER_PREFERENCES = table_of(ReviewerPreferenceRow)
EXPOSURES = table_of(ExposureRow)
EXPOSURE_MARKS = table_of(ExposureMarkRow)
CONFLICT_DECLARATIONS = table_of(ConflictDeclarationRow)
