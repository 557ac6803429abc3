"""Numbers that are set aside for organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from registry.domain.numbering import ReservedNumber
from registry.domain.record import OrganisationId, RecordUid


class Numbers(Protocol):
    """Reserved numbers. One that was asked for by a record is never given to another, whatever becomes of that."""

    def reserve(self, block: str, numbers: Sequence[ReservedNumber]) -> None:
        """Set *numbers* aside together, under the id *block*.

        Raises:
            AlreadyExists: one of them is set aside already.
        """
        ...

    def of_block(self, block: str) -> tuple[ReservedNumber, ...]:
        """The numbers that were set aside together, spent ones too, in their order."""
        ...

    def unused(self, organisation: OrganisationId) -> tuple[ReservedNumber, ...]:
        """Those of an organisation that no record asked for, in their order."""
        ...

    def get(self, number: str) -> ReservedNumber | None:
        """What is known of a number that is set aside for anybody, spent or not."""
        ...

    def use(self, number: str, *, uid: RecordUid) -> None:
        """Have the record *uid* get this number at its publication.

        Raises:
            AlreadyExists: the record asked for another one.
        """
        ...

    def wanted_by(self, uid: RecordUid) -> str | None:
        """The number that a record asked for."""
        ...
