"""What stood out, what subjects usually do, and who is kept out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from registry.domain.alert import Alert, AlertId, AlertKind, AlertState, Freeze
from registry.domain.anomaly import Past, Place
from registry.domain.pages import Page, PageRequest
from registry.domain.tally import Use


class Alerts(Protocol):
    """Alerts."""

    def add(self, alert: Alert) -> None:
        """Raises ``AlreadyExists`` if one of the same kind and subject is not dismissed yet."""
        ...

    def save(self, alert: Alert) -> None:
        """Store the alert's new state, value and evidence."""
        ...

    def get(self, alert_id: AlertId) -> Alert | None:
        """The alert with this id."""
        ...

    def last(self, kind: AlertKind, subject: str) -> Alert | None:
        """The newest of a kind about a subject, whatever its state."""
        ...

    def live(self, kind: AlertKind) -> tuple[Alert, ...]:
        """Those of a kind that are not dismissed."""
        ...

    def page(self, state: AlertState | None, request: PageRequest) -> Page[Alert]:
        """A page of them, newest first; a position is the id of an alert."""
        ...

    def count(self, state: AlertState) -> int:
        """How many are in this state."""
        ...


class Activity(Protocol):
    """What keys and people did hour by hour, and where they came from. Networks are kept as keyed hashes."""

    def add(self, subject: str, hour: datetime, use: Use) -> Use:
        """Add to an hour; all of that hour so far."""
        ...

    def past(self, subject: str, *, before: datetime) -> Mapping[str, Past]:
        """Each measure over the hours kept before this one."""
        ...

    def places(self, subject: str) -> tuple[Place, ...]:
        """Where it came from, the first place first."""
        ...

    def put_place(self, subject: str, place: Place) -> None:
        """Keep a place, in stead of what was kept of the same network."""
        ...

    def forget(self, before: datetime) -> None:
        """Delete hours and places not seen since."""
        ...


class Freezes(Protocol):
    """Keys, people and organisations that are kept out."""

    def add(self, freeze: Freeze) -> None:
        """Raises ``AlreadyExists`` if the subject is frozen."""
        ...

    def save(self, freeze: Freeze) -> None:
        """Store that it was thawed."""
        ...

    def current(self, subjects: Sequence[str]) -> tuple[Freeze, ...]:
        """Those of *subjects* that are frozen now, in one statement."""
        ...
