"""The node's figures for a system that watches over it. They count what is hidden too: strangers never get them."""

from __future__ import annotations

from collections.abc import Iterator

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.alert import AlertKind
from registry.domain.federation.health import Health
from registry.domain.federation.peer import PeerState
from registry.domain.metrics import Figure
from registry.ports import Registry
from registry.release import version
from registry.service.federation.health import healths

_STATE = "Whether the node is in this state."


def figures(registry: Registry, actor: Actor) -> tuple[Figure, ...]:
    """The figures as they are now."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    position = registry.index.position()
    with registry.storage.read() as reader:
        head = reader.changes.head().seq
        due, failing = reader.jobs.overdue(registry.clock.now())
        alerts = {kind: len(reader.alerts.live(kind)) for kind in AlertKind}
        peers = healths(registry, reader)
    info = {"version": version(), "node": registry.settings.node_name}
    return (
        Figure("info", "The version that runs.", 1, info),
        Figure("changes", "Rows of the change log.", head),
        Figure("index_behind_changes", "Changes that are not in the search index yet.", max(0, head - position)),
        Figure("jobs_due", "Jobs that are due and that nobody runs.", due),
        Figure("jobs_failing", "Jobs whose last attempt failed.", failing),
        *(Figure("alerts", "Alerts that are not dismissed.", count, {"kind": kind}) for kind, count in alerts.items()),
        *(one for peer in peers for one in _of_peer(peer)),
    )


def _of_peer(health: Health) -> Iterator[Figure]:
    peer, label = health.peer, {"peer": health.peer.dns}
    for state in PeerState:
        yield Figure("peer_state", _STATE, peer.state is state, label | {"state": state.value})
    if peer.last_success_at is not None:
        at = peer.last_success_at.timestamp()
        yield Figure("peer_last_success_timestamp_seconds", "When it was last asked with success.", at, label)
    if health.lag_seconds is not None:
        yield Figure("peer_lag_seconds", "Seconds since then.", health.lag_seconds, label)
    if peer.remaining is not None:
        yield Figure("peer_remaining_changes", "Changes that it still had then.", peer.remaining, label)
    yield Figure("peer_failures", "Failures since the last success.", peer.failures, label)
    if peer.skew_seconds is not None:
        yield Figure("peer_skew_seconds", "How far its clock is ahead of this one.", peer.skew_seconds, label)
    for reason, count in health.refused.items():
        yield Figure("peer_refused_items", "Items of it in quarantine.", count, label | {"reason": reason})
    yield Figure("peer_parked_items", "Items of it that wait for something.", health.parked, label)
    yield Figure("peer_frozen_records", "Records about which it contradicts itself.", health.frozen, label)
    yield Figure("peer_held", "Whether nothing is taken from it before an operator has looked.", bool(peer.hold), label)
    if peer.differing is not None:
        yield Figure("peer_differing_records", "Records that differed when last compared.", peer.differing, label)
