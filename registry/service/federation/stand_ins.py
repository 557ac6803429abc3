"""Whether a signature is that of a successor, and counts: the node that it stands in for has been silent for long."""

from __future__ import annotations

from registry.domain.federation.envelope import Envelope
from registry.domain.federation.peer import KeyStatus, NodeKeyEntry, Peer, PeerState, is_silent
from registry.domain.record import State
from registry.ports import Reader, Registry, Unit
from registry.ports.federation import KeptHeader
from registry.service.federation.identity import former_keys, named_successors
from registry.service.federation.unfit import NotYet, Unfit
from registry.signing import PublicKey, kid_of

# What a successor may say of a record.
_STATES = frozenset({State.WITHDRAWN, State.ERASED})


def require_successor(registry: Registry, unit: Unit, origin: Peer, envelope: Envelope, *, is_known: bool) -> None:
    """Refuse a header that *origin* has not signed, unless a successor has, who may.

    Raises:
        NotYet: nobody is known who has this key.
        Unfit: the signature is wrong, *origin* was heard of too lately, or no successor may say this.
    """
    key = _key_of(registry, unit, origin, kid_of(envelope.signature))
    if key is None:
        raise NotYet("MISSING_KEY")
    if not PublicKey(key.x).verify(envelope.body, envelope.signature):
        raise Unfit("BAD_SIGNATURE")
    if is_known:
        return
    if envelope.header.state not in _STATES or envelope.header.rev == 1:
        raise Unfit("NOT_FOR_SUCCESSORS")
    if not has_fallen_silent(registry, origin):
        raise Unfit("NOT_YET_SILENT")


def is_of_own_successor(view: Reader | Unit, envelope: Envelope) -> bool:
    """Whether a successor of this node has signed a header of one of its own records while it was away."""
    kid = kid_of(envelope.signature)
    for named in named_successors(view):
        peer = view.peers.get(named.dns)
        key = None if peer is None else next((one for one in peer.keys if one.kid == kid), None)
        if key is not None and PublicKey(key.x).verify(envelope.body, envelope.signature):
            return True
    return False


def signed_by(registry: Registry, view: Reader | Unit, head: KeptHeader) -> str:
    """DNS name of the node that signed a header: its origin, or a successor."""
    kid = kid_of(head.signature)
    if head.origin == registry.settings.node_name:
        return head.origin
    origin = view.peers.get(head.origin)
    if origin is None or any(one.kid == kid for one in origin.keys):
        return head.origin
    if kid in own_kids(registry, view):
        return registry.settings.node_name
    for one in origin.successors:
        peer = view.peers.get(one.dns)
        if peer is not None and any(entry.kid == kid for entry in peer.keys):
            return peer.dns
    return head.origin


def has_fallen_silent(registry: Registry, origin: Peer) -> bool:
    """Whether nothing was heard of a node for so long that those it named may act for it."""
    return is_silent(origin, registry.clock.now(), days=registry.settings.federation_silent_days)


def own_kids(registry: Registry, view: Reader | Unit) -> frozenset[str]:
    """This node's key and those before it that were not stolen: others may still name it by one of these."""
    good = [one.kid for one in former_keys(view) if one.status is not KeyStatus.COMPROMISED]
    return frozenset({registry.key.fingerprint, *good})


def names_this_node(registry: Registry, origin: Peer, own: frozenset[str]) -> bool:
    """Whether *origin* has named this node, by one of its *own* keys, as its successor."""
    return any(one.dns == registry.settings.node_name and one.kid in own for one in origin.successors)


def _key_of(registry: Registry, view: Reader | Unit, origin: Peer, kid: str) -> NodeKeyEntry | None:
    """The key of this fingerprint, if it is the active one of a node that *origin* has named: of this node, or of one
    that is trusted here, whose keys lead from the one that was named to this one."""
    for one in origin.successors:
        if one.dns == registry.settings.node_name:
            if kid == registry.key.fingerprint and one.kid in own_kids(registry, view):
                return NodeKeyEntry(kid, registry.key.public.x)
            continue
        peer = view.peers.get(one.dns)
        if peer is None or peer.state is not PeerState.ACTIVE:
            continue
        keys = {entry.kid: entry for entry in peer.keys if entry.status is not KeyStatus.COMPROMISED}
        if one.kid in keys and kid in keys and keys[kid].status is KeyStatus.ACTIVE:
            return keys[kid]
    return None
