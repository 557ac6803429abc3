"""Whose signature an envelope bears, and whether it counts."""

from __future__ import annotations

from functools import lru_cache

from registry.domain.federation.envelope import Envelope
from registry.domain.federation.peer import KeyStatus, Peer, PeerState, is_good
from registry.ports import Registry, Unit
from registry.service.federation.stand_ins import is_of_own_successor, require_successor
from registry.service.federation.unfit import NotYet, Unfit
from registry.signing import PublicKey, kid_of


def origin_of(registry: Registry, unit: Unit, peer: Peer, envelope: Envelope) -> Peer | None:
    """The node that *envelope* says it began at; ``None`` for this node itself.

    Raises:
        NotYet: it is not trusted here.
    """
    if envelope.header.origin == registry.settings.node_name:
        return None
    origin = peer if envelope.header.origin == peer.dns else unit.peers.get(envelope.header.origin)
    if origin is None or origin.state is PeerState.ASKED:
        raise NotYet("MISSING_KEY")
    return origin


def require_signed(registry: Registry, unit: Unit, envelope: Envelope, origin: Peer | None, *, is_known: bool) -> None:
    """Refuse a header that neither its origin has signed, nor a successor who may.

    Args:
        origin: ``None`` for this node itself, which goes by its own records and looks at no copy of them.
        is_known: whether this very header is held already; its signature must be right all the same.

    Raises:
        NotYet: nobody is known who has this key.
        Unfit: the signature is wrong, or counts no more; or a successor of this node has acted while it was away.
    """
    if origin is None:
        if is_of_own_successor(unit, envelope):
            # Kept where operators see it: others go by this one now, and the next one of this node contradicts it.
            raise Unfit("SUCCESSOR_ACTED")
        return
    kid = kid_of(envelope.signature)
    key = next((one for one in origin.keys if one.kid == kid), None)
    if key is None:
        require_successor(registry, unit, origin, envelope, is_known=is_known)
        return
    if not _public_key(key.x).verify(envelope.body, envelope.signature):
        raise Unfit("BAD_SIGNATURE")
    if not is_known and not is_good(key, envelope.header.signed_at):
        raise Unfit("COMPROMISED_KEY" if key.status is KeyStatus.COMPROMISED else "RETIRED_KEY")


@lru_cache(256)
def _public_key(x: str) -> PublicKey:
    return PublicKey(x)
