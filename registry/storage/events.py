"""What happened beside the records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, update

from registry.domain.event import Event, EventFilter, EventName
from registry.domain.pages import Page, PageRequest
from registry.storage.prepared import Prepared
from registry.storage.statements import Statements
from registry.storage.tables import EVENTS

_ADD = Prepared(insert(EVENTS))
_EQUAL = ("actor", "organisation", "key", "address", "subject", "request_id")


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
        return self._read(select(EVENTS).order_by(EVENTS.c.id.desc()).limit(limit))

    def page(self, wanted: EventFilter, request: PageRequest) -> Page[Event]:
        """See the port."""
        position = None if request.position is None else str(request.position[0])
        statement = select(EVENTS).where(*_narrowed(wanted)).limit(request.limit + 1)
        if request.backwards:
            beyond = () if position is None else (EVENTS.c.id > position,)
            found = self._read(statement.where(*beyond).order_by(EVENTS.c.id))
        else:
            beyond = () if position is None else (EVENTS.c.id < position,)
            found = self._read(statement.where(*beyond).order_by(EVENTS.c.id.desc()))
        more, kept = len(found) > request.limit, found[: request.limit]
        items = kept[::-1] if request.backwards else kept
        return Page(
            items,
            tuple((one.id,) for one in items),
            has_next=position is not None if request.backwards else more,
            has_previous=more if request.backwards else position is not None,
        )

    def after(self, wanted: EventFilter, position: str, *, limit: int) -> tuple[Event, ...]:
        """See the port."""
        beyond = EVENTS.c.id > position
        return self._read(select(EVENTS).where(*_narrowed(wanted), beyond).order_by(EVENTS.c.id).limit(limit))

    def named(self, names: Sequence[str], *, since: datetime, limit: int) -> tuple[Event, ...]:
        """See the port."""
        wanted = select(EVENTS).where(EVENTS.c.name.in_(names), EVENTS.c.at >= since)
        return self._read(wanted.order_by(EVENTS.c.id.desc()).limit(limit))[::-1]

    def forget_addresses(self, before: datetime) -> None:
        """See the port."""
        old = (EVENTS.c.address.is_not(None), EVENTS.c.at < before)
        self._statements.run(update(EVENTS).where(*old).values(address=None))
        self._statements.erases = True

    def _read(self, statement: Select[Any]) -> tuple[Event, ...]:
        return tuple(_event(tuple(row.values())) for row in self._statements.rows(statement))


def _narrowed(wanted: EventFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name in _EQUAL:
        value = getattr(wanted, name)
        if value is not None:
            found.append(EVENTS.c[name] == value)
    if wanted.name:
        names = [one.value for one in EventName if one.startswith(wanted.name)]
        # Of a single name the index has the events in their order.
        found.append(EVENTS.c.name == names[0] if len(names) == 1 else EVENTS.c.name.in_(names))
    if wanted.since is not None:
        found.append(EVENTS.c.at >= wanted.since)
    if wanted.before is not None:
        found.append(EVENTS.c.at < wanted.before)
    return found


def _event(row: Sequence[Any]) -> Event:
    return Event(row[0], EventName(row[1]), *row[2:])
