"""Notices to named parties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from registry.domain.notice import Notice, NoticeId
from registry.domain.record import OrganisationId, RecordUid


class Notices(Protocol):
    """Notices; their texts go with the record they are about."""

    def add(self, notice: Notice) -> None:
        """Keep a new notice."""
        ...

    def get(self, notice_id: NoticeId) -> Notice | None:
        """The notice with this id."""
        ...

    def save(self, notice: Notice) -> None:
        """Store what became of a notice, and what is left of its words."""
        ...

    def of_record(self, uid: RecordUid) -> tuple[Notice, ...]:
        """Every notice about a record, oldest first."""
        ...

    def of_records(self, uids: Sequence[RecordUid]) -> dict[RecordUid, tuple[Notice, ...]]:
        """Every notice about these records, in one statement."""
        ...

    def to(self, organisation: OrganisationId | None, *, limit: int) -> tuple[Notice, ...]:
        """The newest notices to an organisation; with ``None``, to parties that are no members."""
        ...

    def erase(self, uid: RecordUid) -> None:
        """Forget every notice about a record."""
        ...
