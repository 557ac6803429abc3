"""Telling what happened beside the records, in the transaction in which it happened."""

from __future__ import annotations

from registry.domain.actor import Actor
from registry.domain.event import Event, EventName
from registry.ports import Registry, Unit


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
