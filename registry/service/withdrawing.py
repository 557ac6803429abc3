"""Withdrawing what a source no longer has: at once where it says so, else after it was missed in two whole runs.

Where so many are gone within a week that the source may be broken, nothing is withdrawn until somebody allows it.
Records that came only since the first of them was missed do not make the source larger: numbered anew, half of it would
else be gone unseen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from registry.domain import policy
from registry.domain.absence import LIVE, WITHDRAWABLE, Absence, are_too_many
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.importing import Run, Source
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.workflow import Step
from registry.ports import Reader, Registry, Unit
from registry.service.ingest import returned
from registry.service.life import withdrawn_record
from registry.service.writing import log, take_step

_PORTION = 5000
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a run has seen of a source, by the keys of upstream records.

    Attributes:
        seen: there, whether taken in or refused.
        present: of these, those that are unchanged by what the source says, and so were not read.
        taken_back: said to be withdrawn by the source, each with a reason.
        is_whole: whether what was not seen is gone.
    """

    seen: AbstractSet[bytes]
    present: AbstractSet[bytes]
    taken_back: Mapping[bytes, str]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of records that are gone.

    Attributes:
        due: to be withdrawn now.
        noted: gone, and kept in mind.
        returned: keys of absences that are over.
        is_held: whether so many are gone that somebody has to allow it.
        withdrawn: how many were withdrawn.
    """

    due: tuple[Absence, ...] = ()
    noted: tuple[Absence, ...] = ()
    returned: tuple[bytes, ...] = ()
    is_held: bool = False
    withdrawn: int = 0


def judge(registry: Registry, actor: Actor, source: Source, run: Run, sighting: Sighting, *, allowed: bool) -> Verdict:
    """What is to be done about records that are gone; nothing is done yet.

    Args:
        allowed: whether somebody has said that so many may be withdrawn.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    with registry.storage.read() as reader:
        known, now = reader.absences.of_source(source.id), registry.clock.now()
        new, due, live = _missed(reader, source, run, sighting, known, now)
        returned_ = tuple(_over(reader, sighting, known))
    gone, of_late = len(new) + len(due), sum(one.is_of_late(now) for one in known.values())
    if not gone or not are_too_many(gone + of_late, live + of_late):
        return Verdict(tuple(replace(one, held=False) for one in due), tuple(new), returned_)
    held = tuple(replace(one, held=True) for one in due)
    if allowed:
        return Verdict(held, tuple(new), returned_)
    return Verdict(noted=(*new, *held), returned=returned_, is_held=True)


def carry_out(
    registry: Registry, actor: Actor, source: Source, verdict: Verdict, sighting: Sighting
) -> Iterator[Verdict]:
    """Restore what is there again unread, then withdraw what is due, in portions; the verdict as far as it is done.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    _restore_present(registry, actor, source, sighting)
    for at in range(0, len(verdict.due), _BATCH):
        with registry.storage.begin() as unit:
            done, waiting = _withdraw(registry, unit, actor, source, verdict.due[at : at + _BATCH])
        noted = (*verdict.noted, *waiting)
        verdict = replace(verdict, noted=noted, withdrawn=verdict.withdrawn + done)
        yield verdict
    yield verdict


def _missed(
    reader: Reader, source: Source, run: Run, sighting: Sighting, known: Mapping[bytes, Absence], now: datetime
) -> tuple[list[Absence], list[Absence], int]:
    """Records that are missed for the first time, those that are due, and how many the source had here before."""
    new: list[Absence] = []
    due: list[Absence] = []
    live: list[RecordUid] = []
    for uid, key in _live(reader, source):
        live.append(uid)
        before, reason = known.get(key), sighting.taken_back.get(key)
        if before is not None and before.withdrawn_at is not None:
            # Somebody here has put it out again since.
            continue
        if reason is not None:
            due.append(Absence(key, uid, run.id, now, reason, taken_back=True))
        elif key in sighting.seen:
            continue
        elif before is not None and (sighting.is_whole or before.taken_back or before.held):
            due.append(before)
        elif sighting.is_whole:
            new.append(Absence(key, uid, run.id, now))
    # Ids ascend with time. A dry run has none, and has stored nothing.
    first = min((one.run for one in (*new, *due) if one.run), default=None)
    return new, due, len(live) if first is None else bisect_left(live, first)


def _over(reader: Reader, sighting: Sighting, known: Mapping[bytes, Absence]) -> Iterator[bytes]:
    """Keys of records that are there again and wait for nothing."""
    back = {key: one for key, one in known.items() if key in sighting.seen and key not in sighting.taken_back}
    withdrawn = [one for one in back.values() if one.withdrawn_at is not None]
    for at in range(0, len(withdrawn), _BATCH):
        portion = withdrawn[at : at + _BATCH]
        records = reader.records.many([one.uid for one in portion], visible=EVERYTHING)
        for one in portion:
            record = records.get(one.uid)
            if record is not None and (one.undone_by_return(record) or record.blocked):
                del back[one.key]
    yield from back


def _live(reader: Reader, source: Source) -> Iterator[tuple[RecordUid, bytes]]:
    owner = reader.accounts.organisation_by_slug(source.id)
    after: RecordUid | None = None
    while owner is not None:
        portion = reader.absences.live(owner.id, LIVE, after=after, limit=_PORTION)
        yield from portion
        if len(portion) < _PORTION:
            return
        after = portion[-1][0]


def _restore_present(registry: Registry, actor: Actor, source: Source, sighting: Sighting) -> None:
    with registry.storage.read() as reader:
        known = reader.absences.of_source(source.id)
    back = [one for key, one in known.items() if key in sighting.present and one.withdrawn_at is not None]
    for at in range(0, len(back), _BATCH):
        portion = back[at : at + _BATCH]
        with registry.storage.begin() as unit:
            records = unit.records.many([one.uid for one in portion], visible=EVERYTHING)
            for one in portion:
                record = records.get(one.uid)
                if record is not None and one.undone_by_return(record):
                    returned(registry, unit, actor, source, record, one)


def _withdraw(
    registry: Registry, unit: Unit, actor: Actor, source: Source, due: Sequence[Absence]
) -> tuple[int, list[Absence]]:
    """How many were withdrawn, and which wait because somebody here is deciding about them."""
    records = unit.records.many([one.uid for one in due], visible=EVERYTHING)
    gone, waiting = [], []
    for one in due:
        record = records.get(one.uid)
        if record is None or record.state not in LIVE:
            continue
        if record.blocked or record.state not in WITHDRAWABLE:
            waiting.append(replace(one, held=False))
            continue
        at = _withdrawn(registry, unit, actor, record, one.reason)
        gone.append(replace(one, withdrawn_at=at))
    unit.absences.put(source.id, gone)
    return len(gone), waiting


def _withdrawn(registry: Registry, unit: Unit, actor: Actor, record: Record, reason: str) -> datetime:
    """Take the record down; when that was."""
    if record.state is State.PUBLISHED:
        return withdrawn_record(registry, unit, actor, record, reason).changed_at
    after = take_step(record, Step.RETRACT, registry.clock.now(), reason=reason, claimed_by=None, approved_by=None)
    unit.records.save(after)
    log(unit, actor, after, ChangeKind.REVIEW, step=Step.RETRACT, reason=reason)
    return after.changed_at
