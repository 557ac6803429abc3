"""Imports that do not come about: sources that are due and wait, and those that fail every time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.domain.alert import AlertKind, Anomaly, Evidence
from registry.domain.importing import Run, Source, SourceState

# What the alert is about of which no single source is the cause.
WORKER = "node:worker"
# From so many failures behind one another on, somebody has to look.
FAILING = 3
_SHORTEST, _LONGEST, _MARGIN = timedelta(hours=1), timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Late:
    """A source that waits for longer than its schedule explains."""

    source: str
    since: datetime


def grace(every_hours: int | None) -> timedelta:
    """How long a source may wait: its own pause, and a day at most, so that a timer of the machine may run the worker;
    and an hour besides."""
    return min(max(timedelta(hours=every_hours or 24), _SHORTEST), _LONGEST) + _MARGIN


def waits_since(source: Source, state: SourceState, now: datetime) -> datetime | None:
    """Since when a source that is due waits; ``None`` where nothing tells, as of one that never ran."""
    is_regular = not state.paused and state.of(source).every_hours
    told = (state.asked_at, state.due_at if is_regular else None)
    return min((one for one in told if one is not None and one <= now), default=None)


def late(
    waiting: Iterable[tuple[Source, SourceState]], now: datetime, *, first_seen: datetime | None
) -> tuple[Late, ...]:
    """Those of *waiting*, which are due and do not run, that wait too long; whoever waits longest comes first.

    Args:
        first_seen: since when there was always one of which nothing else tells since when it waits.
    """
    found = []
    for source, state in waiting:
        since = waits_since(source, state, now) or first_seen or now
        if now - since >= grace(state.of(source).every_hours):
            found.append(Late(source.id, since))
    return tuple(sorted(found, key=lambda one: (one.since, one.source)))


def overdue(found: tuple[Late, ...], now: datetime) -> Anomaly:
    """That sources wait; *found* is not empty."""
    first = found[0]
    hours = int((now - first.since).total_seconds() // 3600)
    evidence: Evidence = {"sources": len(found), "waits_longest": first.source, "hours": hours}
    return Anomaly(AlertKind.IMPORTS_OVERDUE, WORKER, len(found), evidence, first.since, now)


def failing(state: SourceState, last: Run | None, now: datetime) -> Anomaly:
    """That a source keeps failing. *last* is its newest run."""
    ended_at = now if last is None else last.ended_at or last.beat_at
    error = "" if last is None or last.error is None else last.error
    good = "never" if state.good_at is None else state.good_at.isoformat(timespec="seconds")
    first_at = state.good_at or ended_at
    evidence: Evidence = {"failures": state.failures, "error": error, "went_well": good}
    return Anomaly(AlertKind.IMPORT_FAILING, f"source:{state.source}", state.failures, evidence, first_at, ended_at)
