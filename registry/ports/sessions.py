"""Sessions of people who signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from registry.domain.record import OrganisationId, PersonId
from registry.domain.session import Session, SessionId


class Sessions(Protocol):
    """Sessions that still hold; one that ended is not kept."""

    def add(self, session: Session) -> None:
        """Keep a new session."""
        ...

    def by_secret(self, secret_hash: bytes) -> Session | None:
        """The session whose browser holds this secret, whether it has expired or not."""
        ...

    def of(self, person: PersonId) -> tuple[Session, ...]:
        """Every session of a person, the one last seen first."""
        ...

    def see(self, session: SessionId, at: datetime) -> None:
        """Note that it was used."""
        ...

    def move(self, session: SessionId, organisation: OrganisationId) -> None:
        """Let it act for another organisation of its person."""
        ...

    def end(self, session: SessionId, person: PersonId) -> bool:
        """End a session of this person; false if there is none."""
        ...

    def end_all(self, person: PersonId, *, but: SessionId | None = None) -> int:
        """End every session of a person, and every sign-in of theirs that is under way; how many ended.

        Args:
            but: a session that goes on.
        """
        ...

    def end_old(self, now: datetime) -> None:
        """End those whose time is over."""
        ...

    def end_everybodys(self) -> None:
        """End all sessions there are."""
        ...
