"""Giving a peer what it may see: a page of the log, decided anew for each record each time it is asked for.

The log holds each record once, where it last changed for somebody. What a peer was sent is remembered: a record that
it no longer may see is revoked, one that it never had is passed over in silence, and one that it has is not sent again.
It has what it was sent once it asks for what comes behind; until then the same cursor gives it the same again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import LOG_ID
from registry.domain.errors import Corrupt, Forbidden
from registry.domain.federation.envelope import Envelope, Part, Revocation
from registry.domain.federation.errors import Resync
from registry.domain.federation.header import Header, read_header
from registry.domain.federation.peer import Peer, PeerState
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State, StoredPart
from registry.ports import Registry, Unit
from registry.ports.federation import Head, Sent

MAX_PAGE = 500
_PURPOSE = "federation cursor"
# Most records that are looked at, and most bytes of parts that are sent, for one page.
_LOOKED_AT = 2000
_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log for one peer.

    Attributes:
        cursor: where to go on; the same as before where nothing came since.
        remaining: how many records stand behind it that the peer may know of.
    """

    items: tuple[Envelope | Revocation, ...]
    cursor: str
    remaining: int
    log_id: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cursor stands."""

    peer: str
    log_id: str
    position: int


def log_page(registry: Registry, actor: Actor, *, after: str | None = None, limit: int = 100) -> LogPage:
    """What changed for the peer that *actor* is, behind a cursor; from the beginning without one.

    Raises:
        Forbidden: *actor* is no peer that is answered.
        Resync: the cursor is of another log, or another peer's.
    """
    policy.require(actor, Permission.SYNC_PULL)
    with registry.storage.begin() as unit:
        peer = _peer(unit, actor)
        log_id = unit.meta.get(LOG_ID) or ""
        begin = _open(registry, after, peer, log_id)
        rows = unit.envelopes.after(begin, limit=_LOOKED_AT)
        uids = [uid for _, uid in rows]
        records = unit.records.many(uids, visible=EVERYTHING)
        heads, sent = unit.envelopes.heads(uids), unit.peers.sent(peer.dns, uids)
        items: list[Envelope | Revocation] = []
        noted: list[tuple[RecordUid, Sent]] = []
        end, size = begin, 0
        for position, uid in rows:
            if len(items) >= min(limit, MAX_PAGE) or size >= _BYTES:
                break
            end = position
            if uid not in records or uid not in heads:
                continue
            item = _item(registry, actor, peer, records[uid], heads[uid], sent.get(uid))
            if item is None or _has(sent.get(uid), item, begin):
                continue
            items.append(item)
            noted.append((uid, Sent(position, _what(item), isinstance(item, Revocation))))
            size += _size(item)
        unit.peers.note_sent(peer.dns, noted)
        visible = policy.visible_to(actor)
        remaining = unit.envelopes.count_after(end, visible=visible, imports=peer.imports)
    return LogPage(tuple(items), _sealed(registry, _Place(peer.dns, log_id, end)), remaining, log_id)


def _peer(unit: Unit, actor: Actor) -> Peer:
    peer = unit.peers.get(actor.node or "")
    if peer is None or peer.state is not PeerState.ACTIVE or not peer.serves:
        raise Forbidden("this node does not answer that node")
    return peer


def _item(
    registry: Registry, actor: Actor, peer: Peer, record: Record, head: Head, sent: Sent | None
) -> Envelope | Revocation | None:
    """What the peer is to learn of a record: how it is now, that it may see it no more, or nothing."""
    kept = head.header
    if head.frozen or not kept.body:
        return None
    header = read_header(kept.body)
    if _was_revoked(header, record):
        return Revocation(record.uid, header.number, kept.hash) if sent is not None else None
    if not _tells_of(header.public_hash, header.has_content, record):
        return None
    visible = policy.visible_to(actor)
    is_own = record.origin == registry.settings.node_name
    may_see = visible.lists(record) if record.is_out else visible.admits(record) and not _is_narrowed(record, actor)
    if not is_own:
        may_see = may_see and _is_relayed(record, head, peer)
    if record.imported and not peer.imports:
        may_see = False
    if not may_see:
        return Revocation(record.uid, header.number, kept.hash) if sent is not None else None
    parts: dict[str, Part] = {}
    if header.has_content and record.head.public is not None:
        parts["public"] = _part(record.head.public)
        if record.head.restricted is not None and policy.reads_restricted(actor, record):
            parts["restricted"] = _part(record.head.restricted)
    if kept.reason is not None:
        parts["reason"] = kept.reason
    return Envelope(header, kept.body, kept.signature, parts, kept.hops + (not is_own))


def _was_revoked(header: Header, record: Record) -> bool:
    """Whether the node that gave a record of another took it back: those who got it from here let go of it too."""
    return record.received and header.has_content and record.state is State.WITHDRAWN


def _tells_of(public_hash: str, has_content: bool, record: Record) -> bool:
    """Whether the newest header tells of the record as it is now; where it does not, the follower is about to sign."""
    return public_hash == record.head.public_hash.hex() and has_content == record.is_out


def _is_narrowed(record: Record, actor: Actor) -> bool:
    """Whether a tombstone stands for something that the peer may not follow any more."""
    return not (record.is_open or policy.visible_to(actor).was_given(record))


def _is_relayed(record: Record, head: Head, peer: Peer) -> bool:
    """Whether what came from another node is handed on to this peer: only what is for all or for the community, as far
    as its origin allows, and not back to where it came from."""
    header = read_header(head.header.body)
    is_wide = record.is_open or record.is_open_to_community
    return is_wide and head.header.hops < header.max_hops and peer.dns not in {record.origin, head.header.came_from}


def _has(sent: Sent | None, item: Envelope | Revocation, begin: int) -> bool:
    """Whether the peer has just this: it was sent, and the peer has asked for what comes behind since."""
    return sent is not None and sent.hash == _what(item) and sent.position <= begin


def _what(item: Envelope | Revocation) -> str:
    """What tells apart what a peer was sent of a record: the header, and which parts came with it."""
    if isinstance(item, Revocation):
        return f"{item.hash} revoked"
    return " ".join((item.hash, *item.parts))


def _size(item: Envelope | Revocation) -> int:
    if isinstance(item, Revocation):
        return 0
    return len(item.body) + sum(len(part.body) for part in item.parts.values())


def _part(part: StoredPart) -> Part:
    return Part(part.salt, part.body)


def _sealed(registry: Registry, place: _Place) -> str:
    # Encrypted: a bare position would tell how much there is that the peer may not see.
    said = json.dumps([place.peer, place.log_id, place.position]).encode()
    return registry.vault.seal(_PURPOSE, said)


def _open(registry: Registry, cursor: str | None, peer: Peer, log_id: str) -> int:
    if cursor is None:
        return 0
    try:
        said: tuple[str, str, int] = tuple(json.loads(registry.vault.open(_PURPOSE, cursor)))
    except (Corrupt, ValueError):
        raise Resync from None
    if said[:2] != (peer.dns, log_id):
        raise Resync
    return said[2]
