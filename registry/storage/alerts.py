"""What stood out, what subjects usually do, and who is kept out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from math import sqrt
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from registry.domain.alert import Alert, AlertId, AlertKind, AlertState, Freeze
from registry.domain.anomaly import Past, Place
from registry.domain.pages import Page, PageRequest
from registry.domain.tally import Use
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import ACTIVITY_HOURS, ACTIVITY_PLACES, ALERTS, FREEZES

_MEASURES = ("requests", "cost", "restricted", "edits")


@lru_cache
def _frozen(count: int) -> Prepared:
    wanted = [named(str(at), FREEZES.c.subject.type) for at in range(count)]
    current = FREEZES.c.thawed_at.is_(None)
    return Prepared(select(FREEZES).where(FREEZES.c.subject.in_(wanted), current).order_by(FREEZES.c.id))


class AlertTable:
    """``ports.Alerts``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, alert: Alert) -> None:
        """See the port."""
        self._statements.run(insert(ALERTS), _values(alert), taken="there is such an alert already")

    def save(self, alert: Alert) -> None:
        """See the port."""
        self._statements.run(update(ALERTS).where(ALERTS.c.id == alert.id).values(**_values(alert)))

    def get(self, alert_id: AlertId) -> Alert | None:
        """See the port."""
        row = self._statements.row(select(ALERTS).where(ALERTS.c.id == alert_id))
        return None if row is None else _alert(row)

    def last(self, kind: AlertKind, subject: str) -> Alert | None:
        """See the port."""
        about = select(ALERTS).where(ALERTS.c.kind == kind, ALERTS.c.subject == subject)
        row = self._statements.row(about.order_by(ALERTS.c.id.desc()).limit(1))
        return None if row is None else _alert(row)

    def live(self, kind: AlertKind) -> tuple[Alert, ...]:
        """See the port."""
        of_kind = select(ALERTS).where(ALERTS.c.kind == kind, ALERTS.c.state != AlertState.DISMISSED)
        return tuple(map(_alert, self._statements.rows(of_kind.order_by(ALERTS.c.id))))

    def page(self, state: AlertState | None, request: PageRequest) -> Page[Alert]:
        """See the port."""
        statement = select(ALERTS)
        if state is not None:
            statement = statement.where(ALERTS.c.state == state)
        if request.position is not None:
            statement = statement.where(ALERTS.c.id < str(request.position[0]))
        rows = self._statements.rows(statement.order_by(ALERTS.c.id.desc()).limit(request.limit + 1))
        items = tuple(_alert(row) for row in rows[: request.limit])
        positions = tuple((one.id,) for one in items)
        return Page(items, positions, len(rows) > request.limit, request.position is not None)

    def count(self, state: AlertState) -> int:
        """See the port."""
        counted = select(func.count()).select_from(ALERTS).where(ALERTS.c.state == state)
        return int(self._statements.run(counted).scalar_one())


class ActivityTables:
    """``ports.Activity``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, subject: str, hour: datetime, use: Use) -> Use:
        """See the port."""
        added = upsert(ACTIVITY_HOURS).values(subject=subject, hour=hour, **asdict(use))
        summed = {name: ACTIVITY_HOURS.c[name] + added.excluded[name] for name in _MEASURES}
        place = [ACTIVITY_HOURS.c.subject, ACTIVITY_HOURS.c.hour]
        self._statements.run(added.on_conflict_do_update(index_elements=place, set_=summed))
        here = (ACTIVITY_HOURS.c.subject == subject, ACTIVITY_HOURS.c.hour == hour)
        row = self._statements.row(select(*(ACTIVITY_HOURS.c[name] for name in _MEASURES)).where(*here))
        return use if row is None else Use(**row)

    def past(self, subject: str, *, before: datetime) -> Mapping[str, Past]:
        """See the port."""
        columns = []
        for name in _MEASURES:
            column = ACTIVITY_HOURS.c[name]
            active = func.nullif(column, 0)
            columns += [
                func.count(active).label(f"{name}_hours"),
                func.avg(active).label(f"{name}_mean"),
                func.avg(active * active).label(f"{name}_square"),
                func.max(active).label(f"{name}_peak"),
            ]
        here = (ACTIVITY_HOURS.c.subject == subject, ACTIVITY_HOURS.c.hour < before)
        row = self._statements.row(select(*columns).where(*here)) or {}
        return {name: _past(row, name) for name in _MEASURES if row.get(f"{name}_hours")}

    def places(self, subject: str) -> tuple[Place, ...]:
        """See the port."""
        columns = (ACTIVITY_PLACES.c[name] for name in ("network", "first_at", "since", "last_at"))
        statement = select(*columns).where(ACTIVITY_PLACES.c.subject == subject)
        return tuple(Place(**row) for row in self._statements.rows(statement.order_by(ACTIVITY_PLACES.c.first_at)))

    def put_place(self, subject: str, place: Place) -> None:
        """See the port."""
        values = asdict(place)
        kept = upsert(ACTIVITY_PLACES).values(subject=subject, **values)
        key = [ACTIVITY_PLACES.c.subject, ACTIVITY_PLACES.c.network]
        self._statements.run(kept.on_conflict_do_update(index_elements=key, set_=values))

    def forget(self, before: datetime) -> None:
        """See the port."""
        self._statements.run(delete(ACTIVITY_HOURS).where(ACTIVITY_HOURS.c.hour < before))
        self._statements.run(delete(ACTIVITY_PLACES).where(ACTIVITY_PLACES.c.last_at < before))


class FreezeTable:
    """``ports.Freezes``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, freeze: Freeze) -> None:
        """See the port."""
        self._statements.run(insert(FREEZES), asdict(freeze), taken="this is frozen already")

    def save(self, freeze: Freeze) -> None:
        """See the port."""
        self._statements.run(update(FREEZES).where(FREEZES.c.id == freeze.id).values(**asdict(freeze)))

    def current(self, subjects: Sequence[str]) -> tuple[Freeze, ...]:
        """See the port."""
        rows = self._statements.fetch(_frozen(len(subjects)), {str(at): one for at, one in enumerate(subjects)})
        return tuple(Freeze(*row) for row in rows)


def _past(row: Mapping[str, Any], name: str) -> Past:
    mean = float(row[f"{name}_mean"])
    spread = sqrt(max(0.0, float(row[f"{name}_square"]) - mean * mean))
    return Past(int(row[f"{name}_hours"]), mean, spread, int(row[f"{name}_peak"]))


def _values(alert: Alert) -> dict[str, Any]:
    return asdict(alert) | {"evidence": dict(alert.evidence)}


def _alert(row: Mapping[str, Any]) -> Alert:
    return Alert(**{**row, "kind": AlertKind(row["kind"]), "state": AlertState(row["state"])})
