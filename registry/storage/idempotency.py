"""Which writes were answered before: a fingerprint and a uid each, never content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, delete, insert, select

from registry.domain.record import RecordUid
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import IDEMPOTENCY

_FORGET = Prepared(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.expires_at <= named("now", IDEMPOTENCY.c.expires_at.type)))
_FIND = Prepared(
    select(IDEMPOTENCY.c.fingerprint, IDEMPOTENCY.c.uid).where(
        IDEMPOTENCY.c.scope == named("scope", String()), IDEMPOTENCY.c.key == named("key", String())
    )
)
_FORGET_RECORD = Prepared(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.uid == named("uid", String())))
_KEEP = Prepared(insert(IDEMPOTENCY))


class IdempotencyTable:
    """``ports.Idempotency``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def find(self, scope: str, key: str, *, now: datetime) -> tuple[bytes, RecordUid] | None:
        """See the port. Forgets every write whose time is over."""
        self._statements.write(_FORGET, {"now": now})
        row = self._statements.first(_FIND, {"scope": scope, "key": key})
        return None if row is None else (row[0], RecordUid(row[1]))

    def forget(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.erases = True
        self._statements.write(_FORGET_RECORD, {"uid": uid})

    def keep(self, scope: str, key: str, *, fingerprint: bytes, uid: RecordUid, expires_at: datetime) -> None:
        """See the port."""
        values = {"scope": scope, "key": key, "fingerprint": fingerprint, "uid": uid, "expires_at": expires_at}
        self._statements.write(_KEEP, values, taken="this idempotency key was used already")
