"""Telling other nodes at once that there is something for them: only that, and only where there is.

What is told is decided by what the log would give them, so that nothing hidden shows by it. What it is they learn by
asking, as ever; who was not reached asks by itself a little later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import LOG_ID
from registry.domain.errors import CommonsError, Corrupt
from registry.domain.federation.errors import Resync
from registry.domain.federation.peer import Peer, PeerState
from registry.ports import Reader, Registry
from registry.service.federation.entitlement import actor_of, has, item_for
from registry.service.federation.exchange import answer_to
from registry.service.federation.identity import PING_PATH
from registry.service.federation.peering import asking
from registry.service.federation.serving import walk

_PURPOSE = "federation stream"
# As many of each number: the length of an id tells nothing.
_DIGITS = 15
_PORTION = 100
_BODY = b'{"new":true}'
_MAX_ANSWER = 4096
_TIMEOUT_SECONDS = 5.0
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class News:
    """Whether there is something for a peer, and how far the log was looked through for that."""

    is_some: bool
    position: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What a stream tells: that there is something new, or that its place is of another log.

    Attributes:
        id: where to go on, sealed.
    """

    position: int
    id: str
    is_some: bool = False
    is_resync: bool = False


@dataclass(slots=True)
class _Standing:
    """How far a peer was told, and when it may be told again."""

    position: int
    next_at: datetime
    failures: int = 0


class Pinger:
    """Pings the peers that something is for, beginning with what comes from now on; one process of a node has one."""

    def __init__(self) -> None:
        self._standings: dict[str, _Standing] = {}
        self._seen = -1

    def ping_due(self, registry: Registry, actor: Actor) -> int:
        """Ping every peer that something new is for, none more often than the settings allow; how many were."""
        policy.require(actor, Permission.NODE_MAINTAIN)
        least, now = timedelta(seconds=registry.settings.federation_ping_seconds), registry.clock.now()
        if not least:
            return 0
        with registry.storage.read() as reader:
            last = reader.envelopes.last()
            if last == self._seen:
                return 0
            peers = [one for one in reader.peers.all() if one.state is PeerState.ACTIVE and one.serves]
        count, is_all = 0, True
        for peer in peers:
            one = self._standings.setdefault(peer.dns, _Standing(last, now))
            if one.position < last and one.next_at <= now:
                with registry.storage.read() as reader:
                    found = news(registry, reader, peer, one.position)
                one.position = found.position
                if found.is_some:
                    count += 1
                    one.failures = 0 if _ping(registry, peer) else min(one.failures + 1, 20)
                    one.next_at = now + min(least * 2**one.failures, _LONGEST_PAUSE)
            is_all = is_all and one.position >= last
        self._seen = last if is_all else -1
        return count


def news(registry: Registry, reader: Reader, peer: Peer, position: int) -> News:
    """Whether something stands in the log behind a position that the peer is to learn of and was not sent yet."""
    actor, own = actor_of(reader, peer), registry.settings.node_name
    end = position
    for row in walk(reader, peer, position, portion=_PORTION):
        end = row.position
        item = item_for(actor, peer, row.record, row.head, row.sent, own=own)
        if item is not None and not has(row.sent, item, position):
            return News(is_some=True, position=reader.envelopes.last())
    return News(is_some=False, position=end)


def note_ping(registry: Registry, actor: Actor) -> None:
    """Keep that the node says it has something new, until it is asked; what it says meanwhile adds nothing."""
    policy.require(actor, Permission.SYNC_PULL)
    with registry.storage.begin() as unit:
        peer = unit.peers.get(actor.node or "")
        if peer is not None and peer.pulls and peer.pinged_at is None:
            unit.peers.save(replace(peer, pinged_at=registry.clock.now()))


def is_pinged(registry: Registry, actor: Actor) -> bool:
    """Whether the node has said so already, and was not asked since."""
    policy.require(actor, Permission.SYNC_PULL)
    with registry.storage.read() as reader:
        peer = reader.peers.get(actor.node or "")
        return peer is not None and (peer.pinged_at is not None or not peer.pulls)


def begin_stream(registry: Registry, actor: Actor, last_id: str | None) -> Heard:
    """Where a stream begins: behind the event with *last_id*, or with what comes from now on."""
    policy.require(actor, Permission.SYNC_PULL)
    with registry.storage.read() as reader:
        log_id, last = reader.meta.get(LOG_ID) or "", reader.envelopes.last()
    dns = actor.node or ""
    now = Heard(last, _sealed(registry, dns, log_id, last))
    if last_id is None:
        return now
    try:
        position = _opened(registry, last_id, dns, log_id)
    except Resync:
        return replace(now, is_resync=True)
    return Heard(position, last_id)


def listen(registry: Registry, kid: str, dns: str, position: int) -> Heard | None:
    """What came behind a position for the node that asked with this key; nothing where it is answered no more."""
    known = asking(registry, kid)
    if known is None or known[0].node != dns:
        return None
    with registry.storage.read() as reader:
        peer, log_id = reader.peers.get(dns), reader.meta.get(LOG_ID) or ""
        if peer is None:
            return None
        is_quiet = reader.envelopes.last() <= position
        found = News(is_some=False, position=position) if is_quiet else news(registry, reader, peer, position)
    return Heard(found.position, _sealed(registry, dns, log_id, found.position), is_some=found.is_some)


def _ping(registry: Registry, peer: Peer) -> bool:
    try:
        answer_to(registry, peer, PING_PATH, body=_BODY, max_bytes=_MAX_ANSWER, timeout_seconds=_TIMEOUT_SECONDS)
    except CommonsError:
        # It asks by itself.
        return False
    return True


def _sealed(registry: Registry, dns: str, log_id: str, position: int) -> str:
    return registry.vault.seal(_PURPOSE, json.dumps([dns, log_id, f"{position:0{_DIGITS}}"]).encode())


def _opened(registry: Registry, sealed: str, dns: str, log_id: str) -> int:
    try:
        said = json.loads(registry.vault.open(_PURPOSE, sealed))
    except (Corrupt, ValueError):
        raise Resync from None
    if said[:2] != [dns, log_id]:
        raise Resync
    return int(said[2])
