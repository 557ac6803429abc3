"""Records that their source no longer has: when they are withdrawn here, and when so many are gone that nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.domain.record import Record, RecordUid, State

# So many may be gone at once from a source of any size; of a large one, a tenth.
_ALWAYS = 20
_SHARE = 10
# What nobody here allowed and was withdrawn within so long counts as one loss, in however many runs it came.
_REMEMBERED = timedelta(days=7)
MAX_REASON = 300
# A record in these states is shown, or may come to be.
LIVE = frozenset({State.PUBLISHED, State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED})
# Out of these an import takes a record by itself; the others are in somebody's hands.
WITHDRAWABLE = frozenset({State.PUBLISHED, State.SUBMITTED})
GONE = "Its source no longer has it."
BACK = "Its source has it again."


@dataclass(frozen=True, slots=True)
class Absence:
    """One record that its source no longer has.

    Attributes:
        key: what recognises the upstream record; its id cannot be read from it.
        run: the run that noted it.
        taken_back: whether the source said so itself; then no second run is waited for.
        held: whether it waits, or waited, for somebody to allow it, because so many were gone at once.
        withdrawn_at: when the import withdrew the record because of this.
    """

    key: bytes
    uid: RecordUid
    run: str
    at: datetime
    reason: str = GONE
    taken_back: bool = False
    held: bool = False
    withdrawn_at: datetime | None = None

    def is_of_late(self, now: datetime) -> bool:
        """Whether an import withdrew the record by itself within the last week; a clock put back changes nothing."""
        return self.withdrawn_at is not None and not self.held and abs(now - self.withdrawn_at) < _REMEMBERED

    def undone_by_return(self, record: Record) -> bool:
        """Whether the record is to be restored once its source has it again: nobody here has done anything since."""
        if self.withdrawn_at is None or record.blocked:
            return False
        if record.state is State.RETRACTED:
            return record.changed_at == self.withdrawn_at
        return record.state is State.WITHDRAWN and record.withdrawn_at == self.withdrawn_at


def are_too_many(gone: int, live: int) -> bool:
    """Whether so many of a source's *live* records are gone that somebody has to look at it first."""
    return gone > max(_ALWAYS, live / _SHARE)
