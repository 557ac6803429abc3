"""What comes from outside any store: the time, new ids, and what was erased."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from registry.domain.record import RecordUid


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, aware, UTC."""
        ...


class IdSource(Protocol):
    """New ids and random bytes."""

    def uid(self) -> str:
        """A UUIDv7 as lower-case text; later ones sort after earlier ones."""
        ...

    def salt(self) -> bytes:
        """16 random bytes."""
        ...

    def token(self, length: int) -> str:
        """*length* random lower-case letters and digits."""
        ...

    def secret(self) -> str:
        """40 random letters and digits."""
        ...

    def six_digits(self) -> int:
        """A random number from 100000 to 999999."""
        ...


class ErasureLog(Protocol):
    """What was erased, kept outside the data directory and out of backups: uid and time, no content."""

    def append(self, uid: RecordUid, at: datetime) -> None:
        """Write one line, durably, before the erasure commits."""
        ...

    def uids(self) -> tuple[RecordUid, ...]:
        """Every uid ever erased here."""
        ...
