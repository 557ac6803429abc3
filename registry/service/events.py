"""Telling what happened beside the records, in the transaction in which it happened, and reading it again."""

from __future__ import annotations

from collections.abc import Iterator

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.event import Event, EventFilter, EventName
from registry.domain.pages import Page, PageRequest
from registry.ports import Registry, Unit

_PORTION = 500


def note(
    registry: Registry, unit: Unit, actor: Actor, name: EventName, *, subject: str | None = None, **detail: str | int
) -> None:
    """Append an event within a unit of the caller, who has asked for permission.

    Args:
        subject: what it was done to.
        detail: numbers and short words of our own; never what somebody wrote, never anything secret.
    """
    unit.events.append(
        Event(
            id=registry.ids.uid(),
            name=name,
            at=registry.clock.now(),
            actor=actor.id,
            organisation=actor.organisation,
            key=actor.key,
            address=actor.address,
            request_id=actor.request_id,
            subject=subject,
            detail=detail,
        )
    )


def page(registry: Registry, actor: Actor, wanted: EventFilter, request: PageRequest) -> Page[Event]:
    """A page of events, newest first; that somebody read them is an event too.

    Raises:
        StoreUnavailable: that it was read could not be kept; nothing is shown then.
    """
    policy.require(actor, Permission.AUDIT_READ)
    with registry.storage.read() as reader:
        found = reader.events.page(wanted, request)
    with registry.storage.begin() as unit:
        note(registry, unit, actor, EventName.EVENTS_READ, **wanted.said())
    return found


def export(registry: Registry, actor: Actor, wanted: EventFilter) -> Iterator[Event]:
    """Every event wanted that there is now, oldest first, read in portions as they are asked for."""
    policy.require(actor, Permission.AUDIT_READ)
    with registry.storage.begin() as unit:
        newest = unit.events.newest(limit=1)
        note(registry, unit, actor, EventName.EVENTS_EXPORTED, **wanted.said())
    return _portions(registry, wanted, newest[0].id if newest else "")


def _portions(registry: Registry, wanted: EventFilter, last: str) -> Iterator[Event]:
    position = ""
    while position < last:
        with registry.storage.read() as reader:
            found = reader.events.after(wanted, position, limit=_PORTION)
        yield from (one for one in found if one.id <= last)
        if len(found) < _PORTION:
            return
        position = found[-1].id
