"""Sessions of people who signed in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from registry.domain.record import OrganisationId, PersonId
from registry.domain.session import Session, SessionId
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import CREDENTIALS, SESSIONS

_BY_SECRET = Prepared(
    select(SESSIONS).where(SESSIONS.c.secret_hash == named("secret_hash", SESSIONS.c.secret_hash.type))
)


class SessionTable:
    """``ports.Sessions``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, session: Session) -> None:
        """See the port."""
        self._statements.run(insert(SESSIONS), asdict(session))

    def by_secret(self, secret_hash: bytes) -> Session | None:
        """See the port."""
        row = self._statements.first(_BY_SECRET, {"secret_hash": secret_hash})
        return None if row is None else Session(*row)

    def of(self, person: PersonId) -> tuple[Session, ...]:
        """See the port."""
        statement = select(SESSIONS).where(SESSIONS.c.person == person)
        rows = self._statements.rows(statement.order_by(SESSIONS.c.seen_at.desc(), SESSIONS.c.id.desc()))
        return tuple(Session(*row.values()) for row in rows)

    def see(self, session: SessionId, at: datetime) -> None:
        """See the port."""
        self._statements.run(update(SESSIONS).where(SESSIONS.c.id == session).values(seen_at=at))

    def move(self, session: SessionId, organisation: OrganisationId) -> None:
        """See the port."""
        self._statements.run(update(SESSIONS).where(SESSIONS.c.id == session).values(organisation=organisation))

    def end(self, session: SessionId, person: PersonId) -> bool:
        """See the port."""
        own = (SESSIONS.c.id == session) & (SESSIONS.c.person == person)
        return self._statements.run(delete(SESSIONS).where(own)).rowcount == 1

    def end_all(self, person: PersonId, *, but: SessionId | None = None) -> int:
        """See the port."""
        raised = update(CREDENTIALS).where(CREDENTIALS.c.person == person)
        self._statements.run(raised.values(generation=CREDENTIALS.c.generation + 1))
        others = (SESSIONS.c.person == person) & (SESSIONS.c.id != (but or ""))
        return self._statements.run(delete(SESSIONS).where(others)).rowcount

    def end_old(self, now: datetime) -> None:
        """See the port."""
        self._statements.run(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))

    def end_everybodys(self) -> None:
        """See the port."""
        self._statements.run(delete(SESSIONS))
        self._statements.run(update(CREDENTIALS).values(generation=CREDENTIALS.c.generation + 1))
