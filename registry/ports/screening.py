"""What screening found and somebody accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from registry.domain.record import RecordUid
from registry.domain.screening.acceptance import Accepted


class ScreeningAcceptances(Protocol):
    """Acceptances of findings, by record."""

    def keep(self, acceptances: Sequence[tuple[str, Accepted]]) -> None:
        """Keep new ones, each with an id of its own."""
        ...

    def of_record(self, uid: RecordUid) -> tuple[Accepted, ...]:
        """All of a record, oldest first."""
        ...

    def erase(self, uid: RecordUid) -> None:
        """Forget those of a record."""
        ...
