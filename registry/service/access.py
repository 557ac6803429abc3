"""Telling who gave or took access: in the log and among the events, which strangers do not see, and by letter."""

from __future__ import annotations

from registry.domain.account import ApiKey
from registry.domain.actor import Actor, Role
from registry.domain.change import ChangeKind, NewChange
from registry.domain.event import EventName
from registry.domain.letter import MailKind
from registry.domain.record import OrganisationId
from registry.ports import Registry, Unit
from registry.service import letters
from registry.service.events import note

# The name under which the store keeps the node's own organisation.
OWN_ORGANISATION = "own_organisation"


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


def tell_of_leak(registry: Registry, unit: Unit, key: ApiKey) -> None:
    """Write to the owner of a key that was found in the open, and to the operators of the node's own organisation."""
    own = unit.accounts.members(OrganisationId(unit.meta.get(OWN_ORGANISATION) or ""))
    operators = {one.answerable for one, _ in own if Role.OPERATOR in one.roles}
    member = unit.accounts.member(key.person, key.organisation)
    owner = key.person if member is None else member.answerable
    body = f"Somebody found the key {key.id} in the open and reported it. It was revoked at once. Make a new one."
    for person in sorted({owner, *operators}):
        letters.tell(registry, unit, MailKind.ACCOUNT, "A key was revoked", body, person=person)
