"""Giving a peer what it may see: a page of the log, decided anew for each record each time it is asked for.

The log holds each record once, where it last changed for somebody. What a peer was sent is remembered: a record that
it no longer may see is revoked, one that it never had is passed over in silence, and one that it has is not sent again.
It has what it was sent once it asks for what comes behind; until then the same cursor gives it the same again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import LOG_ID
from registry.domain.errors import Corrupt, Forbidden
from registry.domain.federation.envelope import Envelope, Revocation
from registry.domain.federation.errors import Resync
from registry.domain.federation.filtering import LogFilter
from registry.domain.federation.peer import Peer, PeerState
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid
from registry.ports import Reader, Registry, Unit
from registry.ports.federation import Head, Sent
from registry.service.federation.entitlement import has, item_for, named

MAX_PAGE = 500
EVERY_RECORD = LogFilter()
_PURPOSE = "federation cursor"
# As many of each number: neither may the length of a cursor tell how much there is.
_DIGITS = 15
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
    """Where a cursor stands.

    Attributes:
        wanted: what was asked for.
        counted_to: up to which position *count* counts.
        count: how many records stood between *position* and that one that the peer may know of. Counting them anew for
            each page would take the longer the further away the end is.
    """

    peer: str
    log_id: str
    wanted: str = ""
    position: int = 0
    counted_to: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the log with what decides what the peer is to learn of it."""

    position: int
    record: Record
    head: Head
    sent: Sent | None


def log_page(
    registry: Registry, actor: Actor, *, after: str | None = None, limit: int = 100, wanted: LogFilter = EVERY_RECORD
) -> LogPage:
    """What changed for the peer that *actor* is, behind a cursor; from the beginning without one.

    Args:
        wanted: what the peer asks for. What it was sent before it is told of nevertheless.

    Raises:
        Forbidden: *actor* is no peer that is answered.
        Resync: the cursor is of another log, another peer's, or of another question.
    """
    policy.require(actor, Permission.SYNC_PULL)
    most, own = min(limit, MAX_PAGE), registry.settings.node_name
    with registry.storage.begin() as unit:
        peer = answered_peer(unit, actor)
        log_id = unit.meta.get(LOG_ID) or ""
        place = _open(registry, after, _Place(peer.dns, log_id, urlencode(wanted.query)))
        items: list[Envelope | Revocation] = []
        noted: list[tuple[RecordUid, Sent]] = []
        passed: list[Record] = []
        end, size = place.position, 0
        for row in walk(unit, peer, place.position, portion=most):
            if len(items) >= most or size >= _BYTES:
                break
            end = row.position
            if row.position <= place.counted_to:
                passed.append(row.record)
            if row.sent is None and not wanted.wants(row.record):
                continue
            item = item_for(actor, peer, row.record, row.head, row.sent, own=own)
            if item is None or has(row.sent, item, place.position):
                continue
            items.append(item)
            noted.append((row.record.uid, Sent(row.position, named(item), isinstance(item, Revocation))))
            size += _size(item)
        unit.peers.note_sent(peer.dns, noted)
        behind = _counted(unit, actor, peer, wanted, replace(place, position=end), passed)
    return LogPage(tuple(items), _sealed(registry, behind), behind.count, log_id)


def walk(view: Reader | Unit, peer: Peer, position: int, *, portion: int) -> Iterator[Row]:
    """What stands behind a position, in order, as far as is looked at at once."""
    for _ in range(0, _LOOKED_AT, portion):
        rows = view.envelopes.after(position, limit=portion)
        uids = [uid for _, uid in rows]
        records = view.records.many(uids, visible=EVERYTHING)
        heads, sent = view.envelopes.heads(uids), view.peers.sent(peer.dns, uids)
        for position, uid in rows:  # the last one is where the next portion begins
            if uid in records and uid in heads:
                yield Row(position, records[uid], heads[uid], sent.get(uid))
        if len(rows) < portion:
            return


def _counted(
    unit: Unit, actor: Actor, peer: Peer, wanted: LogFilter, place: _Place, passed: Sequence[Record]
) -> _Place:
    """The place behind a page with what stands behind it: what was counted before without what was passed, and what
    came since. What was placed anew meanwhile may be counted twice until the end is reached."""
    last = unit.envelopes.last()
    if place.position >= last:
        return replace(place, counted_to=last, count=0)
    visible = policy.visible_to(actor)
    known = sum(visible.admits(one) and (peer.imports or not one.imported) and wanted.wants(one) for one in passed)
    begin = max(place.counted_to, place.position)
    came = unit.envelopes.count_after(begin, visible=visible, imports=peer.imports, wanted=wanted)
    return replace(place, counted_to=last, count=max(place.count - known, 0) + came)


def answered_peer(view: Reader | Unit, actor: Actor) -> Peer:
    """The peer that *actor* is.

    Raises:
        Forbidden: it is none that is answered.
    """
    peer = view.peers.get(actor.node or "")
    if peer is None or peer.state is not PeerState.ACTIVE or not peer.serves:
        raise Forbidden("this node does not answer that node")
    return peer


def _size(item: Envelope | Revocation) -> int:
    if isinstance(item, Revocation):
        return 0
    return len(item.body) + sum(len(part.body) for part in item.parts.values())


def _sealed(registry: Registry, place: _Place) -> str:
    # Encrypted: a bare position would tell how much there is that the peer may not see.
    numbers = (place.position, place.counted_to, place.count)
    said = json.dumps([place.peer, place.log_id, place.wanted, *(f"{one:0{_DIGITS}}" for one in numbers)]).encode()
    return registry.vault.seal(_PURPOSE, said)


def _open(registry: Registry, cursor: str | None, begin: _Place) -> _Place:
    """The place of a cursor, which must be of the same peer, log and question as *begin*."""
    if cursor is None:
        return begin
    try:
        dns, log, wanted, *numbers = json.loads(registry.vault.open(_PURPOSE, cursor))
        place = _Place(dns, log, wanted, *map(int, numbers))
    except (Corrupt, ValueError, TypeError):
        raise Resync from None
    if (place.peer, place.log_id, place.wanted) != (begin.peer, begin.log_id, begin.wanted):
        raise Resync
    return place
