"""What people sign in with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from registry.domain.credential import Credential, Identity, Invitation
from registry.domain.record import PersonId
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import CREDENTIALS, IDENTITIES, INVITATIONS, RECOVERY_CODES, REFUSED_SIGN_INS

_PERSON = named("person", CREDENTIALS.c.person.type)
_BY_NAME = Prepared(select(CREDENTIALS).where(CREDENTIALS.c.name == named("name", CREDENTIALS.c.name.type)))
_OF = Prepared(select(CREDENTIALS).where(CREDENTIALS.c.person == _PERSON))
_RECOVERY = Prepared(select(RECOVERY_CODES.c.code_hash).where(RECOVERY_CODES.c.person == _PERSON))
_INVITATION = Prepared(
    select(INVITATIONS).where(INVITATIONS.c.code_hash == named("code_hash", INVITATIONS.c.code_hash.type))
)
_IDENTITY = Prepared(
    select(IDENTITIES).where(
        IDENTITIES.c.issuer == named("issuer", IDENTITIES.c.issuer.type),
        IDENTITIES.c.subject == named("subject", IDENTITIES.c.subject.type),
    )
)


class CredentialTables:
    """``ports.Credentials``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def by_name(self, name: str) -> Credential | None:
        """See the port."""
        return _credential(self._statements.first(_BY_NAME, {"name": name}))

    def of(self, person: PersonId) -> Credential | None:
        """See the port."""
        return _credential(self._statements.first(_OF, {"person": person}))

    def put(self, credential: Credential) -> None:
        """See the port."""
        self._statements.run(delete(CREDENTIALS).where(CREDENTIALS.c.person == credential.person))
        self._statements.run(insert(CREDENTIALS), asdict(credential), taken="this sign-in name is taken")

    def take_step(self, person: PersonId, step: int) -> bool:
        """See the port."""
        unused = (CREDENTIALS.c.person == person) & (CREDENTIALS.c.last_step < step)
        return self._statements.run(update(CREDENTIALS).where(unused).values(last_step=step)).rowcount == 1

    def replace_hash(self, person: PersonId, *, was: str, now: str) -> None:
        """See the port."""
        same = (CREDENTIALS.c.person == person) & (CREDENTIALS.c.password_hash == was)
        self._statements.run(update(CREDENTIALS).where(same).values(password_hash=now))

    def put_recovery(self, person: PersonId, hashes: frozenset[bytes]) -> None:
        """See the port."""
        self._statements.run(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.person == person))
        rows = [{"person": person, "code_hash": one} for one in sorted(hashes)]
        if rows:
            self._statements.run(insert(RECOVERY_CODES), rows)

    def recovery(self, person: PersonId) -> frozenset[bytes]:
        """See the port."""
        return frozenset(row[0] for row in self._statements.fetch(_RECOVERY, {"person": person}))

    def use_recovery(self, person: PersonId, code_hash: bytes) -> bool:
        """See the port."""
        one = (RECOVERY_CODES.c.person == person) & (RECOVERY_CODES.c.code_hash == code_hash)
        return self._statements.run(delete(RECOVERY_CODES).where(one)).rowcount == 1

    def put_invitation(self, invitation: Invitation) -> None:
        """See the port."""
        self.drop_invitation(invitation.person)
        self._statements.run(insert(INVITATIONS), asdict(invitation))

    def invitation(self, code_hash: bytes) -> Invitation | None:
        """See the port."""
        row = self._statements.first(_INVITATION, {"code_hash": code_hash})
        return None if row is None else Invitation(*row)

    def drop_invitation(self, person: PersonId) -> None:
        """See the port."""
        self._statements.run(delete(INVITATIONS).where(INVITATIONS.c.person == person))

    def count_refused(self, bucket: int, hour: int) -> int:
        """See the port."""
        adding = upsert(REFUSED_SIGN_INS).values(bucket=bucket, hour=hour, count=1)
        same_hour = REFUSED_SIGN_INS.c.hour == adding.excluded.hour
        counted = adding.on_conflict_do_update(
            index_elements=[REFUSED_SIGN_INS.c.bucket],
            set_={"count": case((same_hour, REFUSED_SIGN_INS.c.count + 1), else_=1), "hour": adding.excluded.hour},
        )
        return int(self._statements.run(counted.returning(REFUSED_SIGN_INS.c.count)).scalar_one())

    def link(self, identity: Identity) -> None:
        """See the port."""
        self._statements.run(insert(IDENTITIES), asdict(identity), taken="this identity is linked already")

    def unlink(self, person: PersonId, issuer: str) -> bool:
        """See the port."""
        own = (IDENTITIES.c.person == person) & (IDENTITIES.c.issuer == issuer)
        return self._statements.run(delete(IDENTITIES).where(own)).rowcount > 0

    def identity(self, issuer: str, subject: str) -> Identity | None:
        """See the port."""
        row = self._statements.first(_IDENTITY, {"issuer": issuer, "subject": subject})
        return None if row is None else Identity(*row)

    def identities(self, person: PersonId) -> tuple[Identity, ...]:
        """See the port."""
        statement = select(IDENTITIES).where(IDENTITIES.c.person == person)
        rows = self._statements.rows(statement.order_by(IDENTITIES.c.issuer, IDENTITIES.c.subject))
        return tuple(Identity(*row.values()) for row in rows)


def _credential(row: Sequence[Any] | None) -> Credential | None:
    return None if row is None else Credential(*row)
