"""Dumps for everybody: which there are, when one is due, and which had to go.

A dump is there as long as strangers may read every record in it. Whatever takes a record from them, an erasure, a
block, a withdrawal or a narrower marking, is a row of the public log, and ``let_go`` follows it before anything is
given out: the dumps that hold the record go whole, and say why. Public rows alone decide what goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from registry.domain import policy
from registry.domain.actor import ANONYMOUS, SYSTEM, Actor, Permission
from registry.domain.change import LOG_ID
from registry.domain.dump.made import Gone, Made, is_due, new_name, surplus
from registry.domain.errors import NotFound
from registry.domain.event import EventName
from registry.domain.pages import RecordFilter
from registry.domain.policy import EVERYTHING
from registry.domain.record import RecordUid, State
from registry.ports import Reader, Registry, Unit
from registry.service import find
from registry.service.events import note

# Under which name the store keeps the last public row that dumps were looked through for.
POSITION = "dumps_position"
_ROWS = 500
_TOLD_GONE = 100


def listed(registry: Registry, actor: Actor) -> tuple[Made, ...]:
    """All dumps, the newest first; of those that are gone the last hundred."""
    policy.require(actor, Permission.RECORD_READ)
    let_go(registry)
    with registry.storage.read() as reader:
        known = reader.dumps.all()
    told = [one.name for one in known if not one.stands][:_TOLD_GONE]
    return tuple(one for one in known if one.stands or one.name in told)


def named(registry: Registry, actor: Actor, name: str) -> Made:
    """The dump of this name, also where it is gone.

    Raises:
        NotFound: there never was one.
    """
    policy.require(actor, Permission.RECORD_READ)
    let_go(registry)
    with registry.storage.read() as reader:
        found = reader.dumps.get(name)
    if found is None:
        raise NotFound("there is no such dump")
    return found


def due(registry: Registry, actor: Actor) -> bool:
    """Whether the next dump is to be made now."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    let_go(registry)
    with registry.storage.read() as reader:
        known = reader.dumps.all()
        is_due_now = is_due(
            known,
            now=registry.clock.now(),
            every=timedelta(hours=registry.settings.dumps_every_hours),
            log_id=reader.meta.get(LOG_ID) or "",
            public_seq=reader.changes.head().public_seq,
        )
    return is_due_now and (bool(known) or find.count(registry, ANONYMOUS, RecordFilter()) > 0)


def next_name(registry: Registry, actor: Actor) -> str:
    """What the next dump is called; whoever asks must be the only one who makes one."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        taken = {one.name for one in reader.dumps.all()}
    return new_name(registry.clock.now().date(), taken)


def forget_unfinished(registry: Registry, actor: Actor) -> None:
    """Delete the files of dumps that were never finished; whoever asks must be the only one who makes one."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        known = {one.name for one in reader.dumps.all()}
    for name in registry.dump_files.names() - known:
        registry.dump_files.remove(name)


def keep(registry: Registry, actor: Actor, made: Made) -> bool:
    """Put a dump out whose files are all there; tells whether it was.

    It was not where strangers meanwhile lost a record that it holds: its files are deleted then.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.begin() as unit:
        _take_down(registry, unit)
        lost = _held([made], _closed(unit, made.public_seq))
        is_kept = not lost and (unit.meta.get(LOG_ID) or "") == made.log_id
        if is_kept:
            unit.dumps.add(made)
            old = surplus(unit.dumps.all(), kept=registry.settings.dumps_kept)
            _gone(registry, unit, old, Gone.REPLACED)
            note(registry, unit, actor, EventName.DUMP_MADE, subject=f"dump:{made.name}", records=made.records)
    if not is_kept:
        registry.dump_files.remove(made.name)
    let_go(registry)
    return is_kept


def let_go(registry: Registry) -> None:
    """Follow the public log: take down the dumps that hold what strangers may not read any more, and delete files of
    all that is gone. Cheap where nothing has happened; anybody's question may lead to it, whoever asks."""
    there = registry.dump_files.names()
    with registry.storage.read() as reader:
        standing = {one.name for one in reader.dumps.standing()}
        is_current = _position(reader) == reader.changes.head().public_seq
    if standing - there or (standing and not is_current):
        with registry.storage.begin() as unit:
            _take_down(registry, unit)
    if there:
        with registry.storage.read() as reader:
            gone = {one.name for one in reader.dumps.all() if not one.stands}
        for name in sorted(there & gone):
            registry.dump_files.remove(name)


def _take_down(registry: Registry, unit: Unit) -> None:
    """Bring the dumps that stand up to the end of the public log."""
    standing = unit.dumps.standing()
    closed = _closed(unit, _position(unit)) if standing else {}
    erased = _held(standing, {uid: first for uid, first in closed.items() if _is_erased(unit, uid)})
    others = _held(standing, closed)
    lost = {one.name for one in standing} - registry.dump_files.names()
    _gone(registry, unit, erased, Gone.ERASED)
    _gone(registry, unit, others - erased, Gone.CLOSED)
    _gone(registry, unit, lost - others, Gone.LOST)
    unit.meta.put(POSITION, str(unit.changes.head().public_seq))


def _closed(unit: Unit, position: int) -> dict[RecordUid, int]:
    """What strangers have lost by rows behind *position*: records, each with the public row that first told of it."""
    found: dict[RecordUid, int] = {}
    # Ahead of the log it is where a backup was restored.
    while rows := unit.changes.public_after(min(position, unit.changes.head().public_seq), limit=_ROWS):
        named_ = {one.row.uid for one in rows if one.row.uid is not None} - found.keys()
        records = unit.records.many(sorted(named_), visible=EVERYTHING)
        for uid in sorted(named_):
            if uid not in records or not records[uid].is_public:
                found[uid] = min(one.public_seq for one in unit.changes.of_record(uid) if one.public_seq is not None)
        position = rows[-1].public_seq or position
    return found


def _held(dumps: Iterable[Made], closed: Mapping[RecordUid, int]) -> frozenset[str]:
    """Which of *dumps* hold one of these records: those that were made once it had been public."""
    first = min(closed.values(), default=None)
    return frozenset(one.name for one in dumps if first is not None and first <= one.public_seq)


def _is_erased(unit: Unit, uid: RecordUid) -> bool:
    record = unit.records.get(uid, visible=EVERYTHING)
    return record is not None and record.state is State.ERASED


def _gone(registry: Registry, unit: Unit, names: Collection[str], because: Gone) -> None:
    unit.dumps.take_down(names, at=registry.clock.now(), because=because)
    for name in sorted(names):
        note(registry, unit, SYSTEM, EventName.DUMP_REMOVED, subject=f"dump:{name}", because=because.value)


def _position(reader: Reader | Unit) -> int:
    return int(reader.meta.get(POSITION) or 0)
