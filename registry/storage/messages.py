"""Messages between this node and others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from registry.domain.record import RecordUid
from registry.ports.messages import Direction, KeptMessage, Load
from registry.storage.statements import Statements
from registry.storage.tables import PEER_MESSAGES

_NAMES = tuple(one.name for one in fields(KeptMessage))
_CHANGES = ("text", "due_at", "tries", "done_at", "outcome")
_COLUMNS = PEER_MESSAGES.c
_WAITS = and_(_COLUMNS.direction == Direction.OUT.value, _COLUMNS.done_at.is_(None))
GIVEN_UP = "ERASED"


class MessageTable:
    """``ports.Messages``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, message: KeptMessage) -> None:
        """See the port."""
        values = {name: getattr(message, name) for name in _NAMES} | {"direction": message.direction.value}
        self._statements.run(insert(PEER_MESSAGES), values, taken="this message is kept already")

    def save(self, message: KeptMessage) -> None:
        """See the port."""
        values = {name: getattr(message, name) for name in _CHANGES}
        key = message.direction, message.peer, message.id
        self._statements.run(update(PEER_MESSAGES).where(_is(*key)).values(**values))

    def get(self, direction: Direction, peer: str, message_id: str) -> KeptMessage | None:
        """See the port."""
        row = self._statements.row(select(PEER_MESSAGES).where(_is(direction, peer, message_id)))
        return None if row is None else _message(row)

    def waiting(self, peer: str, *, limit: int) -> tuple[KeptMessage, ...]:
        """See the port."""
        found = select(PEER_MESSAGES).where(_WAITS, _COLUMNS.peer == peer)
        rows = self._statements.rows(found.order_by(_COLUMNS.kept_at, _COLUMNS.id).limit(limit))
        return tuple(map(_message, rows))

    def due(self, now: datetime) -> tuple[str, ...]:
        """See the port."""
        by_peer = select(_COLUMNS.peer).where(_WAITS).group_by(_COLUMNS.peer)
        found = by_peer.having(func.max(_COLUMNS.due_at) <= now).order_by(_COLUMNS.peer)
        return tuple(row["peer"] for row in self._statements.rows(found))

    def waiting_load(self, peer: str) -> Load:
        """See the port."""
        return self._load(_WAITS, _COLUMNS.peer == peer)

    def taken_load(self, peer: str, *, since: datetime) -> Load:
        """See the port."""
        came = _COLUMNS.direction == Direction.IN.value
        return self._load(came, _COLUMNS.peer == peer, _COLUMNS.kept_at >= since)

    def _load(self, *chosen: ColumnElement[bool]) -> Load:
        size = func.coalesce(func.sum(func.length(_COLUMNS.text)), 0)
        row = self._statements.row(select(func.count().label("count"), size.label("size")).where(*chosen))
        return Load(0, 0) if row is None else Load(row["count"], row["size"])

    def made_before(self, when: datetime, *, limit: int) -> tuple[KeptMessage, ...]:
        """See the port."""
        found = select(PEER_MESSAGES).where(_WAITS, _COLUMNS.made_at < when).order_by(_COLUMNS.kept_at).limit(limit)
        return tuple(map(_message, self._statements.rows(found)))

    def forget(self, *, kept_before: datetime) -> int:
        """See the port."""
        return self._statements.run(delete(PEER_MESSAGES).where(_COLUMNS.kept_at < kept_before)).rowcount

    def erase(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.erases = True
        mine = _COLUMNS.about == uid
        given_up = update(PEER_MESSAGES).where(mine, _WAITS)
        self._statements.run(given_up.values(done_at=_COLUMNS.kept_at, due_at=None, outcome=GIVEN_UP))
        self._statements.run(update(PEER_MESSAGES).where(mine).values(text=b"", signature=""))

    def about(self, uids: Collection[RecordUid], type_: str) -> tuple[KeptMessage, ...]:
        """See the port."""
        found = select(PEER_MESSAGES).where(_COLUMNS.about.in_(list(uids)), _COLUMNS.type == type_)
        return tuple(map(_message, self._statements.rows(found.order_by(_COLUMNS.kept_at, _COLUMNS.id))))


def _is(direction: Direction, peer: str, message_id: str) -> ColumnElement[bool]:
    return and_(_COLUMNS.direction == direction.value, _COLUMNS.peer == peer, _COLUMNS.id == message_id)


def _message(row: Mapping[str, Any]) -> KeptMessage:
    return KeptMessage(**(dict(row) | {"direction": Direction(row["direction"])}))
