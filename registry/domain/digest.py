"""How often letters tell of many things at once, and when."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

# Daily and weekly letters are written in the morning, UTC; weekly ones on Mondays.
_MORNING = time(6, 0)


class Digest(StrEnum):
    """How often new matches are told by mail, all of them in one letter."""

    NEVER = "never"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


def next_digest(digest: Digest, now: datetime) -> datetime | None:
    """When the next letter is written: at the full hour, in the morning, or on Monday morning."""
    morning = datetime.combine(now.date(), _MORNING, UTC)
    match digest:
        case Digest.NEVER:
            return None
        case Digest.HOURLY:
            return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        case Digest.DAILY:
            return morning if now < morning else morning + timedelta(days=1)
        case Digest.WEEKLY:
            monday = morning - timedelta(days=now.weekday())
            return monday if now < monday else monday + timedelta(days=7)
