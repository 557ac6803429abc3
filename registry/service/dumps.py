"""Dumps for everybody: which there are, when one is due, and which had to go.

A dump is there as long as strangers may read every record in it. Whatever takes a record from them, an erasure, a
block, a withdrawal or a narrower marking, or hides its source links, is a row of the public log, and ``let_go`` follows
it before anything is given out: the dumps that hold the record go whole, and say why. Public rows alone decide what
goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from registry.domain import policy
from registry.domain.actor import ANONYMOUS, SYSTEM, Actor, Permission
from registry.domain.change import LOG_ID
from registry.domain.dump.made import Gone, Made, is_due, new_name, surplus
from registry.domain.errors import NotFound
from registry.domain.event import EventName
from registry.domain.pages import RecordFilter
from registry.domain.record import Record
from registry.ports import Reader, Registry, Unit
from registry.ports.dumps import Lost
from registry.service import find
from registry.service.events import note
from registry.service.federation.identity import is_retired

# Under which name the store keeps the last public row that dumps were looked through for.
POSITION = "dumps_position"
# Under which it keeps the last public row that hid source links which were shown before.
_HIDDEN = "dumps_hidden_sources"
_ROWS = 500
_TOLD_GONE = 100
_NOTHING = Lost(0, None, None)


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
    """Whether the next dump is to be made now: never by a process whose key the node signs with no more."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    let_go(registry)
    with registry.storage.read() as reader:
        if is_retired(registry, reader):
            return False
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

    It was not where strangers meanwhile lost a record that it holds, or the node its key: its files are deleted then.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.begin() as unit:
        _take_down(registry, unit)
        # By now the key may have been changed with which its manifest was signed.
        is_signed = not is_retired(registry, unit)
        lost = _held([made], _lost(unit, made.public_seq).first) | _showing_sources(unit, [made])
        is_kept = is_signed and not lost and (unit.meta.get(LOG_ID) or "") == made.log_id
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
    taken = _lost(unit, _position(unit)) if standing else _NOTHING
    erased = _held(standing, taken.first_erased)
    others = _held(standing, taken.first) | _showing_sources(unit, standing)
    lost = {one.name for one in standing} - registry.dump_files.names()
    _gone(registry, unit, erased, Gone.ERASED)
    _gone(registry, unit, others - erased, Gone.CLOSED)
    _gone(registry, unit, lost - others, Gone.LOST)
    unit.meta.put(POSITION, str(unit.changes.head().public_seq))


def _lost(unit: Unit, position: int) -> Lost:
    """What strangers have lost by rows behind *position*."""
    found = _NOTHING
    # Ahead of the log it is where a backup was restored.
    position = min(position, unit.changes.head().public_seq)
    while (portion := unit.dumps.lost(position, limit=_ROWS)) is not None:
        position = portion.position
        found = Lost(position, _least(found.first, portion.first), _least(found.first_erased, portion.first_erased))
    return found


def follow_sources(unit: Unit, before: Record, after: Record) -> None:
    """Have all dumps go that were made before the newest public row, if that hides source links of a record which
    strangers were shown. Which dumps hold the record is not looked up: it happens seldom."""
    if before.is_public and after.hides_sources and not before.hides_sources:
        unit.meta.put(_HIDDEN, str(unit.changes.head().public_seq))


def _showing_sources(unit: Unit, dumps: Iterable[Made]) -> frozenset[str]:
    """Which of *dumps* may hold source links that are hidden by now."""
    hidden = int(unit.meta.get(_HIDDEN) or 0)
    return frozenset(one.name for one in dumps if one.public_seq < hidden)


def _least(one: int | None, other: int | None) -> int | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _held(dumps: Iterable[Made], first: int | None) -> frozenset[str]:
    """Which of *dumps* hold a record that strangers lost: those that were made once one of them had been public.

    Args:
        first: the first public row that told of one of them.
    """
    return frozenset(one.name for one in dumps if first is not None and first <= one.public_seq)


def _gone(registry: Registry, unit: Unit, names: Collection[str], because: Gone) -> None:
    unit.dumps.take_down(names, at=registry.clock.now(), because=because)
    for name in sorted(names):
        note(registry, unit, SYSTEM, EventName.DUMP_REMOVED, subject=f"dump:{name}", because=because.value)


def _position(reader: Reader | Unit) -> int:
    return int(reader.meta.get(POSITION) or 0)
