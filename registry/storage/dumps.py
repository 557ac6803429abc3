"""Dumps for everybody: the table of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, case, func, insert, select, text, update

from registry.domain.dump.made import DumpFile, Gone, Made
from registry.domain.record import State
from registry.ports.dumps import Lost
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import CHANGES, DUMPS, RECORDS

_COLUMN = DUMPS.c
_NEWEST_FIRST = (_COLUMN.made_at.desc(), _COLUMN.name.desc())
_CHANGE = CHANGES.c
_BEHIND = _CHANGE.public_seq > named("after", Integer())
_PORTION = (
    select(_CHANGE.public_seq).where(_BEHIND).order_by(_CHANGE.public_seq).limit(named("limit", Integer())).subquery()
)
_END = Prepared(select(func.max(_PORTION.c.public_seq)))
_NAMED = (
    select(_CHANGE.uid)
    .where(_BEHIND, _CHANGE.public_seq <= named("end", Integer()), _CHANGE.uid.is_not(None))
    .distinct()
    .subquery()
)
# Records are read as strangers see them now; one that is no more there is one that they lost.
_TAKEN = (
    select(_NAMED.c.uid, RECORDS.c.state)
    .select_from(_NAMED.outerjoin(RECORDS, RECORDS.c.uid == _NAMED.c.uid))
    .where(func.coalesce(RECORDS.c.is_public, text("0")) == text("0"))
    .subquery()
)
_LOST = Prepared(
    select(
        func.min(_CHANGE.public_seq), func.min(case((_TAKEN.c.state == State.ERASED.value, _CHANGE.public_seq)))
    ).select_from(_TAKEN.join(CHANGES, _CHANGE.uid == _TAKEN.c.uid))
)


class DumpTable:
    """``ports.Dumps``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, made: Made) -> None:
        """See the port."""
        self._statements.run(insert(DUMPS), _values(made), taken="there was a dump of this name")

    def get(self, name: str) -> Made | None:
        """See the port."""
        row = self._statements.row(select(DUMPS).where(_COLUMN.name == name))
        return None if row is None else _made(row)

    def all(self) -> tuple[Made, ...]:
        """See the port."""
        return tuple(map(_made, self._statements.rows(select(DUMPS).order_by(*_NEWEST_FIRST))))

    def standing(self) -> tuple[Made, ...]:
        """See the port."""
        these = select(DUMPS).where(_COLUMN.gone_at.is_(None)).order_by(*_NEWEST_FIRST)
        return tuple(map(_made, self._statements.rows(these)))

    def lost(self, after: int, *, limit: int) -> Lost | None:
        """See the port."""
        position = self._statements.fetch(_END, {"after": after, "limit": limit})[0][0]
        if position is None:
            return None
        first, erased = self._statements.fetch(_LOST, {"after": after, "end": position})[0]
        return Lost(position, first, erased)

    def take_down(self, names: Collection[str], *, at: datetime, because: Gone) -> None:
        """See the port."""
        these = update(DUMPS).where(_COLUMN.name.in_(sorted(names)), _COLUMN.gone_at.is_(None))
        self._statements.run(these.values(gone_at=at, because=because.value))


def _values(made: Made) -> dict[str, Any]:
    return asdict(made) | {"because": made.because.value if made.because else None}


def _made(row: Mapping[str, Any]) -> Made:
    because = Gone(row["because"]) if row["because"] else None
    return Made(**{**row, "files": tuple(DumpFile(**one) for one in row["files"]), "because": because})
