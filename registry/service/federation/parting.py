"""What goes with a node that is removed, and the little that is remembered: it may be added again one day."""

from __future__ import annotations

import json
from datetime import datetime

from registry.domain.federation.peer import KeyStatus, NodeKeyEntry, Peer, PeerState
from registry.ports import Registry, Unit
from registry.service.federation.guarding import end_hold

# How far a comparison with a node has come.
PLACE = "reconcile "
_SPENT = "spent keys of "


def part(registry: Registry, unit: Unit, peer: Peer) -> None:
    """Forget a node, what it was sent, what was refused and counted of it, and that it is held, within a unit of the
    caller. Keys that it has given up are remembered: they never count again."""
    if peer.state is not PeerState.ASKED:
        spent = [one for one in peer.keys if one.status is not KeyStatus.ACTIVE]
        said = [
            {"kid": one.kid, "x": one.x, "status": one.status, "at": one.at and one.at.isoformat()} for one in spent
        ]
        unit.meta.put(_SPENT + peer.dns, json.dumps(said))
    end_hold(registry, unit, peer.dns)
    unit.meta.forget(PLACE + peer.dns)
    unit.peer_findings.forget(peer.dns)
    unit.peers.remove(peer.dns)


def spent_keys(unit: Unit, dns: str) -> tuple[NodeKeyEntry, ...]:
    """Keys that a node had given up when it was removed."""
    said = json.loads(unit.meta.get(_SPENT + dns) or "[]")
    return tuple(
        NodeKeyEntry(one["kid"], one["x"], KeyStatus(one["status"]), one["at"] and datetime.fromisoformat(one["at"]))
        for one in said
    )
