"""One run of an import, from its beginning to its end: one a source at a time, and a dead one is taken over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import Conflict
from registry.domain.event import EventName
from registry.domain.finding import MENDED_KEPT, Finding
from registry.domain.importing import LEASE, Counts, Run, RunState, Source, Validator
from registry.ports import Registry, Unit
from registry.service.events import note
from registry.service.withdrawing import Verdict

_NO_VALIDATORS: Mapping[str, Validator] = MappingProxyType({})
_NOTHING = Counts()


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run that read everything leaves behind.

    Attributes:
        records: whose findings it would have found again; ``None`` is of all records of the source but the *unread*.
        verdict: what became of records that are gone.
        cursor: where the next fetch goes on; ``None`` leaves it where it is.
        validators: by address, what documents can be asked for again by.
    """

    records: Collection[str] | None
    verdict: Verdict
    unread: Collection[str] = ()
    cursor: str | None = None
    validators: Mapping[str, Validator] = field(default_factory=lambda: _NO_VALIDATORS)


def begin(registry: Registry, actor: Actor, source: Source) -> Run:
    """Begin a run of *source*; one that died is ended first.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
        Conflict: a run of this source goes on.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    with registry.storage.begin() as unit:
        now = registry.clock.now()
        before = unit.import_runs.going_on(source.id)
        if before is not None and not before.is_dead(now):
            minutes = int(LEASE.total_seconds() // 60)
            hint = f"wait until it has ended; one that was killed is taken over {minutes} minutes after its last sign"
            raise Conflict("a run of this source goes on", path=("source",), hint=hint)
        if before is not None:
            _end(registry, unit, actor, source, before.ended_dead())
        run = Run(registry.ids.uid(), source.id, RunState.RUNNING, now, now)
        unit.import_runs.add(run)
    return run


def beat(registry: Registry, actor: Actor, run: Run, *, done: int, total: int | None, counts: Counts = _NOTHING) -> Run:
    """Give a sign, and say how far it has come.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
        Conflict: it gave none for so long that another run took over.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    with registry.storage.begin() as unit:
        _require_going_on(unit, run)
        run = replace(run, beat_at=registry.clock.now(), done=done, total=total, counts=counts)
        unit.import_runs.save(run)
    return run


def keep_findings(registry: Registry, actor: Actor, run: Run, findings: Collection[Finding]) -> None:
    """Keep what *run* has found so far.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    with registry.storage.begin() as unit:
        unit.findings.keep(run.source, run.id, findings, now=registry.clock.now())


def finish(registry: Registry, actor: Actor, source: Source, run: Run, ended: Ended) -> Run:
    """End a run that read everything: findings that it did not meet again are cleared, and what is gone is noted.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
        Conflict: another run took over.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    with registry.storage.begin() as unit:
        _require_going_on(unit, run)
        now, verdict = registry.clock.now(), ended.verdict
        unit.findings.clear(source.id, run.id, ended.records, now=now, unread=ended.unread)
        unit.findings.forget(source.id, before=now - MENDED_KEPT)
        unit.absences.forget(source.id, verdict.returned)
        unit.absences.put(source.id, verdict.noted)
        unit.import_sources.put_validators(source.id, ended.validators)
        state = RunState.HELD if verdict.is_held else RunState.DONE
        run = replace(run, state=state, ended_at=now, beat_at=now)
        _end(registry, unit, actor, source, run, cursor=ended.cursor)
        if verdict.is_held:
            note(registry, unit, actor, EventName.IMPORT_HELD, subject=f"source:{source.id}", gone=run.counts.gone)
    return run


def fail(registry: Registry, actor: Actor, source: Source, run: Run, *, error: str) -> Run:
    """End a run that could not go on; what it took in stays, and the next begins anew.

    Args:
        error: the code of what ended it.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
        Conflict: another run took over.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    with registry.storage.begin() as unit:
        _require_going_on(unit, run)
        now = registry.clock.now()
        run = replace(run, state=RunState.FAILED, ended_at=now, beat_at=now, error=error)
        _end(registry, unit, actor, source, run)
    return run


def _end(registry: Registry, unit: Unit, actor: Actor, source: Source, run: Run, *, cursor: str | None = None) -> None:
    unit.import_runs.save(run)
    state = unit.import_sources.state(source.id).after(run, source, cursor=cursor)
    unit.import_sources.save_state(state)
    said = {"state": run.state.value} | {name: count for name, count in asdict(run.counts).items() if count}
    note(registry, unit, actor, EventName.IMPORT_ENDED, subject=f"source:{source.id}", **said)


def _require_going_on(unit: Unit, run: Run) -> None:
    stored = unit.import_runs.get(run.id)
    if stored is None or stored.state is not RunState.RUNNING:
        raise Conflict("this run gave no sign for so long that it was ended", path=("source",))
