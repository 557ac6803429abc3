"""What screening found and somebody accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import delete, insert, select

from registry.domain.canonical import canonical_bytes, parse_json
from registry.domain.record import RecordUid
from registry.domain.screening.acceptance import Accepted
from registry.domain.screening.finding import Code
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import SCREENING_ACCEPTANCES as TABLE

_UID = named("uid", TABLE.c.uid.type)
_ADD = Prepared(insert(TABLE))
_COLUMNS = ("code", "rule", "path", "reason", "salt", "hash", "person", "organisation", "at")
_OF_RECORD = Prepared(select(*(TABLE.c[name] for name in _COLUMNS)).where(TABLE.c.uid == _UID).order_by(TABLE.c.id))
_FORGET = Prepared(delete(TABLE).where(TABLE.c.uid == _UID))


class ScreeningTable:
    """``ports.ScreeningAcceptances``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def keep(self, acceptances: Sequence[tuple[str, Accepted]]) -> None:
        """See the port."""
        for one_id, one in acceptances:
            values = {
                "id": one_id,
                "uid": one.uid,
                "code": one.code.value,
                "rule": one.rule,
                "path": canonical_bytes(list(one.path)).decode(),
                "reason": one.reason,
                "salt": one.salt,
                "hash": one.hash,
                "person": one.person,
                "organisation": one.organisation,
                "at": one.at,
            }
            self._statements.write(_ADD, values)

    def of_record(self, uid: RecordUid) -> tuple[Accepted, ...]:
        """See the port."""
        return tuple(_accepted(uid, row) for row in self._statements.fetch(_OF_RECORD, {"uid": uid}))

    def erase(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.erases = True
        self._statements.write(_FORGET, {"uid": uid})


def _accepted(uid: RecordUid, row: Sequence[Any]) -> Accepted:
    code, rule, path, reason, salt, hash_, person, organisation, at = row
    steps = cast("list[str]", parse_json(path.encode()))
    return Accepted(uid, Code(code), rule, tuple(steps), reason, salt, hash_, person, organisation, at)
