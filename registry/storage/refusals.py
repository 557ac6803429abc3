"""Items of peers that were not applied."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from registry.domain.federation.health import Tally
from registry.domain.record import RecordUid
from registry.ports.federation import Refused
from registry.storage.envelopes import portions
from registry.storage.statements import Statements
from registry.storage.tables import PEER_DROPS, PEER_REFUSALS, PEER_UIDS

_AT_ONCE = 500
# What is kept of a peer, in the order in which it is let go.
_IS_SIGNED = and_(PEER_REFUSALS.c.parked_until.is_not(None), PEER_REFUSALS.c.reason != "MISSING_KEY")
_RANK = case(
    (_IS_SIGNED, 3),
    (PEER_REFUSALS.c.uid.is_(None), 0),
    (PEER_REFUSALS.c.reason.in_(("MISSING_KEY", "BAD_SIGNATURE")), 1),
    else_=2,
)
_WORTH = (
    _RANK,
    case((_RANK < 3, PEER_REFUSALS.c.at)),
    PEER_REFUSALS.c.at.desc(),
    PEER_REFUSALS.c.id,
)


class RefusalTable:
    """``ports.Refusals``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, refused: Refused) -> None:
        """See the port."""
        column = PEER_REFUSALS.c
        same = column.peer == refused.peer, column.hash == refused.hash, column.reason == refused.reason
        if self._statements.row(select(column.id).where(*same).limit(1)) is None:
            values = {name: getattr(refused, name) for name in PEER_REFUSALS.c.keys()}  # noqa: SIM118  # no mapping
            self._statements.run(insert(PEER_REFUSALS), values)

    def of(self, peer: str, *, limit: int) -> tuple[Refused, ...]:
        """See the port."""
        found = select(PEER_REFUSALS).where(PEER_REFUSALS.c.peer == peer)
        ordered = found.order_by(PEER_REFUSALS.c.at.desc(), PEER_REFUSALS.c.id.desc())
        return tuple(map(_refused, self._statements.rows(ordered.limit(limit))))

    def parked(self, peer: str, *, limit: int) -> tuple[Refused, ...]:
        """See the port."""
        waits = PEER_REFUSALS.c.peer == peer, PEER_REFUSALS.c.parked_until.is_not(None)
        found = select(PEER_REFUSALS).where(*waits).order_by(PEER_REFUSALS.c.at, PEER_REFUSALS.c.id)
        return tuple(map(_refused, self._statements.rows(found.limit(limit))))

    def since(self, uids: Collection[RecordUid], at: datetime) -> frozenset[str]:
        """See the port."""
        column = PEER_REFUSALS.c
        found: set[str] = set()
        for portion in portions(uids):
            is_new = or_(column.at >= at, column.parked_until.is_not(None))
            rows = self._statements.rows(select(column.hash).where(column.uid.in_(portion), is_new))
            found.update(row["hash"] for row in rows)
        return frozenset(found)

    def get(self, refused_id: str) -> Refused | None:
        """See the port."""
        row = self._statements.row(select(PEER_REFUSALS).where(PEER_REFUSALS.c.id == refused_id))
        return None if row is None else _refused(row)

    def about(self, uid: RecordUid, *, reasons: Collection[str]) -> tuple[Refused, ...]:
        """See the port."""
        wanted = PEER_REFUSALS.c.uid == uid, PEER_REFUSALS.c.reason.in_(list(reasons))
        found = select(PEER_REFUSALS).where(*wanted).order_by(PEER_REFUSALS.c.at, PEER_REFUSALS.c.id)
        return tuple(map(_refused, self._statements.rows(found)))

    def drop(self, refused_id: str) -> None:
        """See the port."""
        self._statements.run(delete(PEER_REFUSALS).where(PEER_REFUSALS.c.id == refused_id))

    def supersede(self, peer: str, uid: RecordUid, *, reasons: Collection[str], but: str | None) -> bool:
        """See the port."""
        column = PEER_REFUSALS.c
        is_older = column.reason.in_(list(reasons)), column.hash != (but or "")
        return self._erase(column.peer == peer, _claims(uid), *is_older)

    def bound(self, peer: str, *, items: int, size: int) -> int:
        """See the port."""
        column = PEER_REFUSALS.c
        length = func.length(column.item)
        mine = column.peer == peer
        counted = select(func.count(), func.coalesce(func.sum(length), 0)).where(mine)
        count, total = self._statements.run(counted).one()
        over: list[str] = []
        if count > items or total > size:
            for row in self._statements.rows(select(column.id, length.label("size")).where(mine).order_by(*_WORTH)):
                if count - len(over) <= items and total <= size:
                    break
                over.append(row["id"])
                total -= row["size"]
        for at in range(0, len(over), _AT_ONCE):
            self._statements.run(delete(PEER_REFUSALS).where(column.id.in_(over[at : at + _AT_ONCE])))
        if over:
            new = upsert(PEER_DROPS).values(peer=peer, items=len(over))
            more = {"items": PEER_DROPS.c["items"] + len(over)}
            self._statements.run(new.on_conflict_do_update(index_elements=["peer"], set_=more))
        return len(over)

    def bounded(self) -> dict[str, int]:
        """See the port."""
        return {row["peer"]: row["items"] for row in self._statements.rows(select(PEER_DROPS))}

    def tallies(self, *, since: datetime) -> tuple[Tally, ...]:
        """See the port."""
        column = PEER_REFUSALS.c
        by = column.peer, column.reason, column.parked_until.is_not(None).label("is_parked")
        recent = func.sum(case((column.at >= since, 1), else_=0)).label("recent")
        rows = self._statements.rows(select(*by, func.count().label("count"), recent).group_by(*by))
        return tuple(
            Tally(row["peer"], row["reason"], bool(row["is_parked"]), row["count"], row["recent"]) for row in rows
        )

    def erase(self, uid: RecordUid) -> None:
        """See the port."""
        self._erase(_claims(uid))

    def _erase(self, *which: ColumnElement[bool]) -> bool:
        """Forget these, and leave nothing of them in the journal either; whether there were any."""
        had_some = bool(self._statements.run(delete(PEER_REFUSALS).where(*which)).rowcount)
        self._statements.erases = self._statements.erases or had_some
        return had_some


def _claims(uid: RecordUid) -> ColumnElement[bool]:
    """That an item is about the record of this uid, or about one that bears it elsewhere and stands here under another:
    whoever has the words of a record may give them as its own."""
    others = select(PEER_UIDS.c.uid_here).where(PEER_UIDS.c.uid == uid)
    return or_(PEER_REFUSALS.c.uid == uid, PEER_REFUSALS.c.uid.in_(others))


def _refused(row: Mapping[str, Any]) -> Refused:
    return Refused(**dict(row))
