"""Letters that wait to be sent, and the addresses of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from registry.domain.case import CaseId
from registry.domain.letter import Letter, LetterId, LetterState, MailAddress
from registry.domain.record import PersonId, RecordUid
from registry.domain.saved_search import SavedSearchId


class Letters(Protocol):
    """The outbox of letters. Addresses lie in a table of their own that can be emptied."""

    def post(self, letter: Letter) -> None:
        """Keep a letter, to be sent after the transaction that tells of it."""
        ...

    def claim_due(self, now: datetime, *, lease_until: datetime) -> Letter | None:
        """The longest due letter that nobody holds, now held until *lease_until*, with ``attempts`` raised by one."""
        ...

    def is_due(self, now: datetime) -> bool:
        """Whether ``claim_due`` would find one."""
        ...

    def save(self, letter: Letter) -> None:
        """Store the letter's new state, time and error; of one that is done, without its words."""
        ...

    def get(self, letter_id: LetterId) -> Letter | None:
        """The letter with this id."""
        ...

    def sent_since(self, since: datetime, recipient: str) -> int:
        """How many letters this ``Letter.recipient`` was sent since then."""
        ...

    def counts(self) -> Mapping[LetterState, int]:
        """How many letters there are in each state."""
        ...

    def drop(self, *, created_before: datetime, now: datetime) -> int:
        """Give up those that have waited since before then; how many there were."""
        ...

    def forget(self, *, done_before: datetime) -> None:
        """Delete those that were done before then."""
        ...

    def erase(self, about: RecordUid | CaseId | SavedSearchId) -> None:
        """Delete every letter about a record, a case or a saved search."""
        ...

    def address_of(self, person: PersonId) -> MailAddress | None:
        """Where a person gets mail."""
        ...

    def keep_address(self, address: MailAddress) -> None:
        """Store where a person gets mail, in place of what was known."""
        ...

    def forget_address(self, person: PersonId) -> None:
        """Forget where a person got mail."""
        ...
