"""Telling who gave or took access, in the log and among the events; strangers see neither."""

from __future__ import annotations

from registry.domain.actor import Actor
from registry.domain.change import ChangeKind, NewChange
from registry.domain.event import EventName
from registry.ports import Registry, Unit
from registry.service.events import note


def note_access(
    registry: Registry, unit: Unit, actor: Actor, name: EventName, subject: str, **detail: str | int
) -> None:
    """Append a row and an event within a unit of the caller, who has asked for permission.

    Args:
        subject, detail: as of ``events.note``.
    """
    row = NewChange(ChangeKind.ACCOUNT, actor.id, registry.clock.now(), public=False, subject=subject)
    unit.changes.append(row)
    note(registry, unit, actor, name, subject=subject, **detail)
