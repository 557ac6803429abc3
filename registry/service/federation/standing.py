"""How this node stands to another: whether it is known here, and whether it is asked. Who may not go on is told how."""

from __future__ import annotations

from registry.domain.errors import Conflict, NotFound
from registry.domain.federation.errors import MassWithdrawal
from registry.domain.federation.peer import Peer, PeerState
from registry.ports import Reader, Unit


def known(view: Reader | Unit, dns: str) -> Peer:
    """The node with this DNS name.

    Raises:
        NotFound: there is none.
    """
    found = view.peers.get(dns)
    if found is None:
        hint = "commons sync list shows those that are known, and commons sync add URL makes one known"
        raise NotFound("no such node", path=("node",), hint=hint)
    return found


def require_confirmed(peer: Peer) -> None:
    """Let only a node pass whose fingerprint an operator has compared.

    Raises:
        Conflict: nobody has.
    """
    if peer.state is PeerState.ASKED:
        hint = f"compare its fingerprint with its operator, then: commons sync confirm {peer.dns} FINGERPRINT"
        raise Conflict("this node is not confirmed yet", hint=hint)


def require_asked(peer: Peer) -> None:
    """Let only a node pass that is asked for what it has.

    Raises:
        Conflict: it is not confirmed, paused, or not to be asked.
    """
    require_confirmed(peer)
    if peer.state is PeerState.PAUSED:
        raise Conflict("syncing with this node is paused", hint=f"commons sync change {peer.dns} --resume")
    if not peer.pulls:
        raise Conflict("this node is only answered", hint=f"commons sync change {peer.dns} --pull")


def is_compared(peer: Peer) -> bool:
    """Whether what both hold is compared with it: it is asked, and not held."""
    return peer.state is PeerState.ACTIVE and peer.pulls and peer.hold is None


def require_compared(peer: Peer) -> None:
    """Let only a node pass with which what both hold is compared.

    Raises:
        Conflict: it is not confirmed, paused, not to be asked, or held.
    """
    require_asked(peer)
    if peer.hold is not None:
        raise MassWithdrawal(peer.dns)


def changed_meanwhile() -> Conflict:
    """What is raised about a node that was asked when the work began, and is no more."""
    return Conflict("this node was removed, paused or held meanwhile", hint="commons sync list")
