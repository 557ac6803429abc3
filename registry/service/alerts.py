"""Alerts: what stood out, shown to operators and judged by them."""

from __future__ import annotations

from registry.domain import policy
from registry.domain.account import KeyId
from registry.domain.actor import Actor, Permission
from registry.domain.alert import Alert, AlertId, AlertState
from registry.domain.errors import Forbidden, NotFound
from registry.domain.event import EventName
from registry.domain.pages import Page, PageRequest
from registry.ports import Registry
from registry.service.events import note
from registry.service.writing import reason_given


def page(registry: Registry, actor: Actor, state: AlertState | None, request: PageRequest) -> Page[Alert]:
    """A page of alerts, newest first; of one state, or all."""
    policy.require(actor, Permission.AUDIT_READ)
    with registry.storage.read() as reader:
        return reader.alerts.page(state, request)


def count_open(registry: Registry, actor: Actor) -> int:
    """How many alerts nobody has looked at."""
    policy.require(actor, Permission.AUDIT_READ)
    with registry.storage.read() as reader:
        return reader.alerts.count(AlertState.OPEN)


def acknowledge(registry: Registry, actor: Actor, alert_id: AlertId, *, reason: str) -> Alert:
    """Say that somebody looks into it; it grows further, and nobody is told of it again.

    Raises:
        NotFound: no such alert.
        Forbidden: it is about *actor*.
        InvalidInput: there is no reason.
        InvalidTransition: it was acknowledged or dismissed.
    """
    policy.require(actor, Permission.AUDIT_READ)
    return _judge(registry, actor, alert_id, AlertState.ACKNOWLEDGED, EventName.ALERT_ACKNOWLEDGED, reason)


def dismiss(registry: Registry, actor: Actor, alert_id: AlertId, *, reason: str) -> Alert:
    """Say that it is done with, or was nothing. For a day it is not raised again, unless there is twice as much.

    Raises:
        as ``acknowledge``.
    """
    policy.require(actor, Permission.AUDIT_READ)
    return _judge(registry, actor, alert_id, AlertState.DISMISSED, EventName.ALERT_DISMISSED, reason)


def _judge(
    registry: Registry, actor: Actor, alert_id: AlertId, state: AlertState, name: EventName, reason: str
) -> Alert:
    said = reason_given(reason, missing="say why; other operators will read it")
    with registry.storage.begin() as unit:
        found = unit.alerts.get(alert_id)
        if found is None:
            raise NotFound("no such alert", path=("id",))
        key = unit.accounts.key(KeyId(found.subject.removeprefix("key:")))
        if actor.person is not None and (
            found.subject == f"person:{actor.person}" or (key is not None and key.person == actor.person)
        ):
            raise Forbidden("another operator judges an alert about you")
        judged = found.handled(state, by=actor.id, at=registry.clock.now(), reason=said)
        unit.alerts.save(judged)
        note(registry, unit, actor, name, subject=f"alert:{found.id}", kind=found.kind.value, about=found.subject)
    return judged
