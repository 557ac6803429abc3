"""Who comes first while another node is read from far behind: what follows the log gives way for a time.

Two that work beside one another in a process take several times as long as one after the other, and an index that lacks
most of the log is built anew in half the time that it takes to follow.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.federation.peer import Peer, PeerState
from registry.ports import Registry

# More than these a node still has for us.
FAR = 1000
# So long ago it gave a page at most: it is being read.
_LATELY = timedelta(seconds=30)
_LONGEST = timedelta(minutes=5)
_LOOK = timedelta(seconds=1)


class Rhythm:
    """Tells one follower of the log when to give way; at most five minutes at a time, whatever other nodes say."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None
        self._since: datetime | None = None
        self._gives_way = False

    def gives_way(self, registry: Registry, actor: Actor) -> bool:
        """Whether to do nothing now."""
        policy.require(actor, Permission.NODE_MAINTAIN)
        now = registry.clock.now()
        # A clock may be set back by hours, too.
        if self._looked_at is None or abs(now - self._looked_at) >= _LOOK:
            self._looked_at = now
            with registry.storage.read() as reader:
                is_far = any(_is_read_from_afar(one, now) for one in reader.peers.all())
            if is_far and self._since is None:
                self._since = now
            self._gives_way = is_far and self._since is not None and abs(now - self._since) < _LONGEST
        return self._gives_way

    def caught_up(self) -> None:
        """The follower has nothing left to do: it may give way again."""
        self._since = None


def _is_read_from_afar(peer: Peer, now: datetime) -> bool:
    is_far = peer.state is PeerState.ACTIVE and peer.pulls and (peer.remaining or 0) > FAR
    return (
        is_far and peer.last_error is None and peer.last_success_at is not None and now - peer.last_success_at < _LATELY
    )
