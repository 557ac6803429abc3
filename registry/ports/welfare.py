"""Reviewers' welfare, their conflicts, and the queue of what waits for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from registry.domain.conflict import Declaration
from registry.domain.policy import Visibility
from registry.domain.record import OrganisationId, PersonId, RecordUid
from registry.domain.welfare import Preferences


class Welfare(Protocol):
    """What one person has chosen and read. Ask only for the person who acts; conflicts for lead reviewers too."""

    def preferences(self, person: PersonId) -> Preferences:
        """What the person has chosen, in one statement whether or not there is anything."""
        ...

    def save_preferences(self, person: PersonId, preferences: Preferences) -> None:
        """Keep what the person has chosen."""
        ...

    def read_by_day(self, person: PersonId, *, since: date) -> Mapping[date, int]:
        """How much the person has read on each day from *since* on, in weights."""
        ...

    def is_counted(self, mark: bytes) -> bool:
        """Whether this was counted."""
        ...

    def count(self, person: PersonId, day: date, weight: int, *, mark: bytes) -> bool:
        """Count something read; tells whether it is the first that anybody has read that *day*."""
        ...

    def forget_until(self, day: date) -> None:
        """Delete what was counted up to and including *day*, of everybody."""
        ...

    def forget(self, person: PersonId) -> None:
        """Delete all that is kept of somebody who reviews no more."""
        ...

    def declaration(self, person: PersonId) -> Declaration | None:
        """What the person has declared."""
        ...

    def declarations(self) -> Sequence[Declaration]:
        """What everybody has declared, by person."""
        ...

    def declare(self, declaration: Declaration) -> None:
        """Keep a declaration in place of the one before."""
        ...


class ReviewQueue(Protocol):
    """What waits for reviewers."""

    def waiting(
        self, *, visible: Visibility, limit: int, skip: int = 0, imported_of: OrganisationId | None = None
    ) -> tuple[RecordUid, ...]:
        """What is handed in and nobody holds, what waits longest first; as far as a viewer sees work under review.

        Args:
            imported_of: only what was imported from the source that this organisation stands for.
        """
        ...

    def imported(self, *, visible: Visibility) -> dict[OrganisationId, int]:
        """How much of ``waiting`` was imported, by the organisation that stands for its source."""
        ...

    def held_by(self, person: PersonId, *, visible: Visibility) -> tuple[RecordUid, ...]:
        """What the person holds, what was claimed first foremost: in review, or approved and not published."""
        ...
