"""What happened beside the records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from registry.domain.event import Event, EventName
from registry.storage.prepared import Prepared
from registry.storage.statements import Statements
from registry.storage.tables import EVENTS

_ADD = Prepared(insert(EVENTS))


class EventTable:
    """``ports.Events``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def append(self, event: Event) -> None:
        """See the port."""
        values = {
            "id": event.id,
            "name": event.name.value,
            "at": event.at,
            "actor": event.actor,
            "organisation": event.organisation,
            "key": event.key,
            "address": event.address,
            "request_id": event.request_id,
            "subject": event.subject,
            "detail": dict(event.detail),
        }
        self._statements.write(_ADD, values)

    def newest(self, *, limit: int) -> tuple[Event, ...]:
        """See the port."""
        rows = self._statements.rows(select(EVENTS).order_by(EVENTS.c.id.desc()).limit(limit))
        return tuple(_event(tuple(row.values())) for row in rows)


def _event(row: Sequence[Any]) -> Event:
    return Event(row[0], EventName(row[1]), *row[2:])
