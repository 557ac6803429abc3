"""What a peer is told where it compares: hashes of buckets, their entries, and one record with its headers.

Whether it may know of a record is decided as for the log, by the same function.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import LOG_ID
from registry.domain.errors import NotFound
from registry.domain.federation.comparing import AT_ONCE, BUCKETS, Entry, bucket_hash
from registry.domain.federation.envelope import Envelope, Revocation
from registry.domain.federation.filtering import LogFilter
from registry.domain.federation.header import kept_header
from registry.domain.federation.peer import Peer
from registry.domain.policy import EVERYTHING
from registry.domain.record import RecordUid
from registry.ports import Reader, Registry, Unit
from registry.ports.federation import KeptHeader, Sent
from registry.service.federation.entitlement import item_for, may_read_header, named
from registry.service.federation.serving import answered_peer

# Looked at, and so told at most.
_HEADERS_AT_ONCE = 100
_MOST_KEPT = 512


@dataclass(frozen=True, slots=True)
class Buckets:
    """Hashes of some buckets, by number, and the first one behind them, if there is any."""

    hashes: dict[int, str]
    next: int | None


@dataclass(frozen=True, slots=True)
class OneRecord:
    """What a peer may know of one record.

    Attributes:
        item: as the log would give it.
        headers: some of the headers before, the newest first; ``body`` and ``signature`` are empty where they were
            erased.
        next: below which ``rev`` to ask for more of them; ``None`` where there are none.
    """

    item: Envelope | Revocation
    headers: tuple[KeptHeader, ...]
    next: int | None
    log_id: str


class Comparing:
    """Answers those who compare. What was worked out is kept until something changes: a peer that asks again and again
    costs little."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, tuple[object, Buckets]] = OrderedDict()
        self._lock = threading.Lock()

    def buckets(self, registry: Registry, actor: Actor, *, origin: str, first: int, wanted: LogFilter) -> Buckets:
        """The hashes of some buckets from *first* on, of what the peer may know of now, and wants or was sent.

        Raises:
            Forbidden: *actor* is no peer that is answered.
        """
        policy.require(actor, Permission.SYNC_PULL)
        with registry.storage.read() as reader:
            peer = answered_peer(reader, actor)
            log_id = reader.meta.get(LOG_ID)
            positions = reader.changes.head().seq, reader.envelopes.last()
            # What it was sent before belongs to it whatever it wants by now.
            sent = reader.peers.count_sent(peer.dns) if wanted.query else 0
            state = log_id, positions, sum(reader.envelopes.frozen().values()), sent
        asked = peer.dns, actor.organisation, actor.groups, peer.imports, origin, first, wanted
        with self._lock:
            kept = self._kept.get(asked)
            if kept is not None:
                self._kept.move_to_end(asked)
        if kept is not None and kept[0] == state:
            return kept[1]
        end = min(first + AT_ONCE, BUCKETS)
        hashes: dict[int, str] = {}
        for bucket in range(first, end):
            # A view for each: a long one would keep the store from being tidied.
            with registry.storage.read() as reader:
                hashes[bucket] = bucket_hash(_entries(registry, reader, actor, peer, origin, bucket, wanted))
        found = Buckets(hashes, end if end < BUCKETS else None)
        with self._lock:
            self._kept[asked] = state, found
            self._kept.move_to_end(asked)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return found


def bucket_entries(
    registry: Registry, actor: Actor, bucket: int, *, origin: str, wanted: LogFilter
) -> tuple[Entry, ...]:
    """The records of an origin in one bucket that the peer may know of now, and wants or was sent, by uid.

    Raises:
        Forbidden: *actor* is no peer that is answered.
    """
    policy.require(actor, Permission.SYNC_PULL)
    with registry.storage.read() as reader:
        return _entries(registry, reader, actor, answered_peer(reader, actor), origin, bucket, wanted)


def revisions(registry: Registry, actor: Actor, uid: str, *, below: int | None = None) -> OneRecord:
    """What the peer may know of one record; it is remembered as sent, as with the log.

    Args:
        below: tell the headers of a lower ``rev`` than this; without it, of a lower one than the newest.

    Raises:
        Forbidden: *actor* is no peer that is answered.
        NotFound: there is no such record, or none that the peer may know of, or ever got.
    """
    policy.require(actor, Permission.SYNC_PULL)
    own, known = registry.settings.node_name, RecordUid(uid)
    with registry.storage.begin() as unit:
        peer = answered_peer(unit, actor)
        record, head = unit.records.get(known, visible=EVERYTHING), unit.envelopes.heads([known]).get(known)
        position = unit.envelopes.position(known)
        sent = unit.peers.sent(peer.dns, [known]).get(known)
        if record is None or head is None or position is None:
            raise _not_found()
        item = item_for(actor, peer, record, head, sent, own=own)
        if item is None:
            raise _not_found()
        unit.peers.note_sent(peer.dns, [(known, Sent(position, named(item), isinstance(item, Revocation)))])
        headers: tuple[KeptHeader, ...] = ()
        next_ = None
        if isinstance(item, Envelope):
            begin = head.header.rev if below is None else min(below, head.header.rev)
            headers, next_ = _headers(unit, actor, peer, known, begin, own)
        return OneRecord(item, headers, next_, unit.meta.get(LOG_ID) or "")


def _entries(
    registry: Registry, reader: Reader, actor: Actor, peer: Peer, origin: str, bucket: int, wanted: LogFilter
) -> tuple[Entry, ...]:
    own = registry.settings.node_name
    # Who asked for a contested one by its uid would get the other record.
    held = [one.entry for one in reader.envelopes.bucket(origin, bucket) if not one.contested]
    uids = [one.uid for one in held]
    records, heads = reader.records.many(uids, visible=EVERYTHING), reader.envelopes.heads(uids)
    sent = reader.peers.sent(peer.dns, uids) if wanted.query else {}
    return tuple(
        one
        for one in held
        if one.uid in records
        and (one.uid in sent or wanted.wants(records[one.uid]))
        # Without what was sent before nothing is revoked: what is left is what the peer may know of.
        and isinstance(item_for(actor, peer, records[one.uid], heads[one.uid], None, own=own), Envelope)
    )


def _headers(
    unit: Unit, actor: Actor, peer: Peer, uid: RecordUid, below: int, own: str
) -> tuple[tuple[KeptHeader, ...], int | None]:
    """Headers below a ``rev``, the newest first, as far as the peer could have had them; and below which one to go on,
    if there are more."""
    looked_at = unit.envelopes.history(uid, limit=_HEADERS_AT_ONCE, below=below)
    is_end = len(looked_at) < _HEADERS_AT_ONCE
    # Of the last rev some may be missing; few of one rev are kept.
    whole = looked_at if is_end else [one for one in looked_at if one.rev > looked_at[-1].rev]
    told = (one for one in whole if not one.body or may_read_header(actor, peer, one, kept_header(one.body), own=own))
    return tuple(told), None if is_end else whole[-1].rev


def _not_found() -> NotFound:
    return NotFound("no such record", path=("uid",))
