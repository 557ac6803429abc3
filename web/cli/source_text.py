"""Sources, runs and findings as commands show them: as text, and as JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from registry.domain.canonical import JsonValue
from registry.domain.finding import KeptFinding
from registry.domain.importing import Run
from registry.service.source_list import Known
from web.advice import advice_on, how_of
from web.cli.output import table

HEAD = ("source", "format", "trust", "every", "last run", "ended", "open findings", "next run", "title")
RUN_HEAD = ("source", "began", "state", "done", "read", "new", "changed", "held", "refused", "withdrawn", "left")


def source_document(one: Known) -> dict[str, JsonValue]:
    """A source as JSON values; nothing secret is in it."""
    source, state = one.source, one.state
    return {
        "id": source.id,
        "format": source.format,
        "title": source.title,
        "home": source.home,
        "licence": source.licence,
        "attribution": source.attribution,
        "obligations": list(source.obligations),
        "organisation": source.organisation.value,
        "hosts": sorted(source.hosts),
        "urls": list(source.urls),
        "trust": source.trust.value,
        "every_hours": source.every_hours,
        "added": one.is_added,
        "paused": state.paused,
        "asked_at": _at(state.asked_at),
        "due_at": _at(state.due_at),
        "good_at": _at(state.good_at),
        "failures": state.failures,
        "withdrawals_held": state.held,
        "missed_once": state.absent,
        "open_findings": one.open_findings,
        "last_run": None if one.last_run is None else _run(one.last_run),
    }


def row_of(one: Known) -> tuple[str, ...]:
    """A source as a line of ``HEAD``."""
    source, state, run = one.source, one.state, one.last_run
    every = f"{source.every_hours} h" if source.every_hours else "-"
    ended = "" if run is None else _short(run.ended_at or run.beat_at)
    due = "asked for" if state.asked_at else "paused" if state.paused else _short(state.due_at) if every != "-" else "-"
    last = "-" if run is None else run.state.value
    return (source.id, source.format, source.trust.value, every, last, ended, str(one.open_findings), due, source.title)


def source_text(one: Known) -> str:
    """A source, a line a fact."""
    said = source_document(one)
    run = said.pop("last_run")
    lines = [f"{name.replace('_', ' ')}: {_flat(value)}" for name, value in said.items() if value not in (None, [], "")]
    if isinstance(run, dict):
        lines.append(f"last run: {', '.join(f'{name} {value}' for name, value in run.items() if value is not None)}")
    if one.state.held:
        lines.append(
            f"{one.state.held} records wait to be withdrawn: commons import {one.source.id} --allow-withdrawals"
        )
    return "\n".join(lines)


def run_document(run: Run, now: datetime) -> dict[str, JsonValue]:
    """A run as JSON values, with the seconds it will still take, where that can be told."""
    return {"id": run.id, "source": run.source, **_run(run), "seconds_left": run.seconds_left(now)}


def run_row(run: Run, now: datetime) -> tuple[str, ...]:
    """A run as a line of ``RUN_HEAD``."""
    counts, left = run.counts, run.seconds_left(now)
    done = f"{run.done}/{run.total}" if run.total is not None else str(run.done)
    said = run.state.value if run.error is None else f"{run.state.value} ({run.error})"
    numbers = (counts.read, counts.new, counts.changed, counts.held, counts.refused, counts.withdrawn)
    return (run.source, _short(run.started_at), said, done, *map(str, numbers), _span(left))


def finding_document(one: KeptFinding) -> dict[str, JsonValue]:
    """A finding as JSON values."""
    said = one.finding
    return {
        "record": said.record,
        "code": said.code,
        "message": said.message,
        "refused": said.refused,
        "held": said.held,
        "first_seen": _at(one.first_seen_at),
        "last_attempt": _at(one.last_attempt_at),
        "cleared": _at(one.cleared_at),
        "advice": advice_on(said.code, refused=said.refused, held=said.held),
    }


def findings_text(counts: Mapping[str, int], found: Sequence[KeptFinding]) -> str:
    """How many there are of each code, then each with what to do."""
    if not found:
        return "nothing is open" if not counts else table(("code", "open"), _counted(counts))
    said = [one.finding for one in found]
    rows = ((one.finding.record, one.finding.code, how_of(one.finding), _short(one.first_seen_at), one.finding.message)
            for one in found)  # fmt: skip
    kinds = {(one.code, how_of(one)): one for one in said}
    advice = (
        f"{code}, {how}: {advice_on(code, refused=one.refused, held=one.held)}"
        for (code, how), one in sorted(kinds.items())
    )
    parts = (
        table(("code", "open"), _counted(counts)),
        table(("record", "code", "result", "since", "message"), rows),
        "\n".join(advice),
    )
    return "\n\n".join(parts)


def _counted(counts: Mapping[str, int]) -> Iterable[tuple[str, str]]:
    return ((code, str(count)) for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _run(run: Run) -> dict[str, JsonValue]:
    return {
        "state": run.state.value,
        "started_at": _at(run.started_at),
        "ended_at": _at(run.ended_at),
        "done": run.done,
        "total": run.total,
        **asdict(run.counts),
        "error": run.error,
    }


def _flat(value: JsonValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _short(instant: datetime | None) -> str:
    return "" if instant is None else instant.strftime("%Y-%m-%d %H:%M")


def _span(seconds: float | None) -> str:
    return "" if seconds is None else str(timedelta(seconds=round(seconds)))
