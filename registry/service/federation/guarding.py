"""Holding what a node says when too much of one node's records would go: nothing is taken before an operator looks.

Counted is, by the node that the records began at, what was withdrawn, revoked, erased, merged, blocked or narrowed
within 24 hours, whoever told it and in however many pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from registry.domain import policy
from registry.domain.actor import SYSTEM, Actor, Permission
from registry.domain.alert import AlertKind
from registry.domain.errors import InvalidInput, Problem
from registry.domain.event import EventName
from registry.domain.federation import guarding
from registry.domain.federation.errors import MassWithdrawal
from registry.domain.federation.guarding import Gone
from registry.domain.federation.peer import Peer
from registry.domain.record import Record
from registry.ports import Registry, Unit
from registry.service.events import note
from registry.service.federation.standing import known, require_confirmed
from registry.service.monitoring import raise_alert

MOST_HOURS = 72
# Of a node that is held, whose records it would have taken away.
_HELD_FOR = "held for "


def note_going(registry: Registry, unit: Unit, before: Record | None, after: Record, gone: Gone) -> None:
    """Remember that a received record went by the word of another node, or came back."""
    if guarding.goes(before, after):
        unit.departures.add(after.uid, after.origin, registry.clock.now())
        gone.origins.add(after.origin)
    elif guarding.is_back(before, after):
        unit.departures.undo(after.uid)


def settle(registry: Registry, unit: Unit, peer: Peer, gone: Gone) -> None:
    """Judge what *peer* has taken away within this unit of the caller, at whose end erasures are written down.

    Raises:
        MassWithdrawal: it is too much: the caller's unit must not be kept.
    """
    now = registry.clock.now()
    for origin in sorted(gone.origins):
        if _is_released(registry, peer, unit.peers.get(origin)):
            unit.departures.forget(origin)
            continue
        unit.departures.forget(origin, before=now - guarding.WINDOW)
        count = unit.departures.count(origin, since=now - guarding.WINDOW)
        if count >= guarding.LEAST:
            left = unit.departures.still_out(origin, at_most=guarding.looked_at(count))
            if guarding.is_mass(count, left):
                raise MassWithdrawal(origin, count, left)
    write_down(registry, gone)


def write_down(registry: Registry, gone: Gone) -> None:
    """Write down, durably, what was erased: last of all in a unit, for it stays even where nothing of that is kept."""
    for uid in gone.erased:
        registry.erasures.append(uid, registry.clock.now())


def require_not_held(registry: Registry, peer: Peer) -> None:
    """Refuse to take in anything of a node before an operator has looked.

    Raises:
        MassWithdrawal: it is held.
    """
    if peer.hold is not None and not _is_released(registry, peer):
        raise MassWithdrawal(peer.dns)


@contextmanager
def holding(registry: Registry, dns: str) -> Iterator[None]:
    """Hold the node, and tell operators, if the block ends because it would take away too much; around the unit."""
    try:
        yield
    except MassWithdrawal as error:
        if error.gone:
            _hold(registry, dns, error)
        raise


def release(registry: Registry, actor: Actor, dns: str, *, hours: int = 1) -> Peer:
    """Let pass what a node says for a time, whatever goes with it; it is asked again at once.

    It also lets pass what others relay of the records that began there: who was held for these is held no more.

    Args:
        hours: 1 to 72.

    Raises:
        NotFound: no such node.
        Conflict: it is not confirmed.
        InvalidInput: the hours are out of range.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    if not 1 <= hours <= MOST_HOURS:
        raise InvalidInput([Problem(("hours",), "OUT_OF_RANGE", f"give 1 to {MOST_HOURS} hours")])
    now = registry.clock.now()
    with registry.storage.begin() as unit:
        peer = known(unit, dns)
        require_confirmed(peer)
        after = replace(
            peer,
            hold=None,
            released_until=now + timedelta(hours=hours),
            last_asked_at=None,
            failures=0,
            last_error=None if peer.hold else peer.last_error,
        )
        unit.peers.save(after)
        end_hold(registry, unit, dns)
        note(registry, unit, actor, EventName.PEER_RELEASED, subject=f"node:{dns}", hours=hours)
        for relay in unit.peers.all():
            if relay.hold is not None and unit.meta.get(_HELD_FOR + relay.dns) == dns:
                unit.peers.save(replace(relay, hold=None, last_asked_at=None, failures=0, last_error=None))
                end_hold(registry, unit, relay.dns)
                note(registry, unit, actor, EventName.PEER_RELEASED, subject=f"node:{relay.dns}", origin=dns)
    return after


def end_hold(registry: Registry, unit: Unit, dns: str) -> None:
    """Forget for whose records a node was held, and end the alert about it, within a unit of the caller."""
    unit.meta.forget(_HELD_FOR + dns)
    for alert in unit.alerts.live(AlertKind.SYNC_HELD):
        if alert.subject == f"node:{dns}":
            unit.alerts.save(alert.cleared(registry.clock.now()))
            note(registry, unit, SYSTEM, EventName.ALERT_CLEARED, subject=f"alert:{alert.id}", kind=alert.kind.value)


def _is_released(registry: Registry, *peers: Peer | None) -> bool:
    now = registry.clock.now()
    return any(one is not None and one.released_until is not None and now < one.released_until for one in peers)


def _hold(registry: Registry, dns: str, error: MassWithdrawal) -> None:
    now = registry.clock.now()
    with registry.storage.begin() as unit:
        peer = unit.peers.get(dns)
        if peer is None:
            return
        unit.peers.save(replace(peer, hold=guarding.HOLD))
        unit.meta.put(_HELD_FOR + dns, error.origin)
        subject = f"node:{dns}"
        note(registry, unit, SYSTEM, EventName.PEER_HELD, subject=subject, origin=error.origin, count=error.gone)
        raise_alert(registry, unit, guarding.held(dns, error.origin, error.gone, error.left, now))
