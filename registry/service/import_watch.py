"""Watching imports: alerts about sources that wait for a worker, and about those that fail every time.

An alert goes by itself once what it is about is over, and comes back with the next time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.actor import SYSTEM, Actor, Permission
from registry.domain.alert import Alert, AlertKind, Anomaly
from registry.domain.event import EventName
from registry.domain.importing import Source, SourceState
from registry.domain.lateness import FAILING, WORKER, Late, failing, late, overdue, waits_since
from registry.domain.pages import PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import PUBLIC_ONLY
from registry.ports import Reader, Registry, Unit
from registry.service.events import note
from registry.service.monitoring import raise_alert

_FIRST_SEEN = "imports_wait_since"
_KINDS = (AlertKind.IMPORTS_OVERDUE, AlertKind.IMPORT_FAILING)
_OF_WORKER = (AlertKind.IMPORTS_OVERDUE, WORKER)
_REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be written; ``first_seen`` is ``None`` where what is kept stays."""

    raised: tuple[Anomaly, ...]
    cleared: tuple[Alert, ...]
    first_seen: str | None

    @property
    def is_empty(self) -> bool:
        return not (self.raised or self.cleared or self.first_seen is not None)


def look(registry: Registry, actor: Actor) -> None:
    """Raise alerts about imports that do not come about, and end those that are over. Mostly nothing is written.

    Raises:
        Forbidden: *actor* lacks ``node:maintain``.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        if _planned(registry, reader).is_empty:
            return
    with registry.storage.begin() as unit:
        # Another process may have been quicker.
        plan = _planned(registry, unit)
        if plan.first_seen is not None:
            unit.meta.put(_FIRST_SEEN, plan.first_seen)
        for one in plan.raised:
            raise_alert(registry, unit, one)
        for alert in plan.cleared:
            unit.alerts.save(alert.cleared(registry.clock.now()))
            note(registry, unit, SYSTEM, EventName.ALERT_CLEARED, subject=f"alert:{alert.id}", kind=alert.kind.value)


def is_overdue(registry: Registry, actor: Actor) -> bool:
    """Whether a source waits too long whose records everybody finds here; others tell strangers nothing.

    Raises:
        Forbidden: *actor* lacks ``record:read``.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found, _ = _late(registry, reader, _known(registry, reader))
        return any(_has_public(reader, one.source) for one in found)


def _planned(registry: Registry, view: Reader | Unit) -> _Plan:
    now, known = registry.clock.now(), _known(registry, view)
    waits, first_seen = _late(registry, view, known)
    live = {(one.kind, one.subject): one for kind in _KINDS for one in view.alerts.live(kind)}
    found = [_failing(view, state, now) for source, state in known if _keeps_failing(source, state)]
    # While any run goes on, a worker may only be busy: that begins no alert, and ends none.
    if waits and not any(_runs(view, source.id, now) for source, _ in known):
        found.append(overdue(waits, now))
    standing = {(one.kind, one.subject) for one in found} | ({_OF_WORKER} if waits else set())
    return _Plan(
        tuple(one for one in found if _is_news(view, one, live.get((one.kind, one.subject)), now)),
        tuple(one for key, one in live.items() if key not in standing),
        first_seen,
    )


def _known(registry: Registry, view: Reader | Unit) -> list[tuple[Source, SourceState]]:
    """Every source that can be fetched, as it was given, with what is known of it."""
    states = view.import_sources.states()
    every = {**registry.built_in(), **{one.id: one for one in view.import_sources.all()}}
    return [(one, states.get(one.id) or SourceState(one.id)) for _, one in sorted(every.items()) if one.urls]


def _late(
    registry: Registry, view: Reader | Unit, known: list[tuple[Source, SourceState]]
) -> tuple[tuple[Late, ...], str | None]:
    """Those that wait too long, and what is to be kept of when the first was seen of which nothing else tells."""
    now = registry.clock.now()
    waiting = [(one, state) for one, state in known if state.is_due(one, now) and not _runs(view, one.id, now)]
    kept = view.meta.get(_FIRST_SEEN) or ""
    first_seen = datetime.fromisoformat(kept) if kept else None
    if not any(waits_since(one, state, now) is None for one, state in waiting):
        return late(waiting, now, first_seen=None), "" if kept else None
    if first_seen is None or first_seen > now:
        return late(waiting, now, first_seen=now), now.isoformat()
    return late(waiting, now, first_seen=first_seen), None


def _keeps_failing(source: Source, state: SourceState) -> bool:
    return state.failures >= FAILING and not state.paused and bool(state.of(source).every_hours)


def _failing(view: Reader | Unit, state: SourceState, now: datetime) -> Anomaly:
    return failing(state, next(iter(view.import_runs.page(state.source, PageRequest(1)).items), None), now)


def _runs(view: Reader | Unit, source: str, now: datetime) -> bool:
    run = view.import_runs.going_on(source)
    return run is not None and not run.is_dead(now)


def _is_news(view: Reader | Unit, found: Anomaly, live: Alert | None, now: datetime) -> bool:
    if live is not None:
        return found.value > live.value or found.last_at - live.last_at >= _REFRESH
    judged = view.alerts.last(found.kind, found.subject)
    return judged is None or not judged.is_quiet_about(found, now)


def _has_public(reader: Reader, source: str) -> bool:
    owner = reader.accounts.organisation_by_slug(source)
    if owner is None:
        return False
    wanted = RecordFilter(owner=owner.id)
    return bool(reader.records.page(wanted, RecordOrder.PUBLISHED, PageRequest(1), visible=PUBLIC_ONLY).items)
