"""Putting records into the channels that platforms read, behind the change log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import Change, ChangeKind
from registry.domain.interop import ids
from registry.domain.interop.channel import STEP, Channel, Place, channel_of, place_of, telling, telling_indicators
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import Tlp
from registry.ports import Registry, Unit

# Under which name the store keeps the last row of the log that was looked at.
POSITION = "channels_position"
_ROWS = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Rows after which those to whom a record is given out see just what they saw.
_UNSEEN = frozenset(
    {
        ChangeKind.SUBMIT, ChangeKind.REVISE, ChangeKind.REVIEW, ChangeKind.PROPOSAL, ChangeKind.DECISION,
        ChangeKind.NOT_RELATED, ChangeKind.RELATION, ChangeKind.NOTICE, ChangeKind.CASE, ChangeKind.REPLY,
        ChangeKind.REPORT,
    }
)  # fmt: skip


def place_changes(registry: Registry, actor: Actor) -> int:
    """Put what the next changes of the log lead to into the channels, and return how many rows were read.

    The position moves in the same transaction. In the channel that everybody reads records stand in the order of the
    rows that strangers may know of, so that it is the same whatever else happens.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        if int(reader.meta.get(POSITION) or 0) == reader.changes.head().seq:
            return 0
    with registry.storage.begin() as unit:
        # Ahead of the log it is where a backup was restored.
        position = min(int(unit.meta.get(POSITION) or 0), unit.changes.head().seq)
        rows = unit.changes.after(position, limit=_ROWS)
        unit.places.put(_placed(registry, unit, rows))
        unit.meta.put(POSITION, str(rows[-1].seq if rows else position))
    return len(rows)


def _placed(registry: Registry, unit: Unit, rows: Sequence[Change]) -> list[Place]:
    open_ = _named(rows, public=True)
    all_ = _named(rows, public=False)
    wanted = list(dict.fromkeys((*open_, *all_)))
    records = unit.records.many(wanted, visible=EVERYTHING)
    before: dict[RecordUid, dict[str, Place]] = {uid: {} for uid in wanted}
    for one in unit.places.of(wanted):
        before[one.uid][one.channel] = one
    found = [
        (records[uid], channel)
        for uids, is_open in ((open_, True), (all_, False))
        for uid in uids
        if uid in records
        for channel in _channels(records[uid], before[uid])
        if (channel.tlp is Tlp.CLEAR) == is_open
    ]
    last = unit.places.last({channel.key for _, channel in found})
    now = (registry.clock.now() - _EPOCH) // timedelta(milliseconds=1) * 1000
    placed = []
    for record, channel in found:
        at = max(now, last.get(channel.key, 0) + STEP)
        name = ids.record_id(record.uid)
        place = place_of(record, channel, before[record.uid].get(channel.key), name=name, at=at)
        if place is not None:
            placed.append(place)
            last[channel.key] = at
    return placed


def _named(rows: Sequence[Change], *, public: bool) -> list[RecordUid]:
    """The records that rows name, in the order of the first row of each."""
    named = (
        one.row.uid
        for one in rows
        if (one.public_seq is not None if public else one.row.kind not in _UNSEEN) and one.row.uid is not None
    )
    return list(dict.fromkeys(named))


def _channels(record: Record, before: Iterable[str]) -> tuple[Channel, ...]:
    """Where it is told, and where it was told before."""
    return tuple(dict.fromkeys((*telling(record), *telling_indicators(record), *map(channel_of, before))))
