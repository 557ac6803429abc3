"""Alerts: what stood out, with its evidence, until somebody has judged it; and who is kept out meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, TypeAlias

from registry.domain.actor import SYSTEM
from registry.domain.errors import InvalidTransition
from registry.domain.record import PersonId

AlertId = NewType("AlertId", str)
FreezeId = NewType("FreezeId", str)
Evidence: TypeAlias = Mapping[str, str | int]

# What was dismissed stays quiet for so long, unless it grows to twice what was judged.
QUIET = timedelta(hours=24)
GROWN = 2
_OVER = "It is over."


class AlertKind(StrEnum):
    """What stood out."""

    VOLUME = "volume"
    NEW_NETWORK = "new_network"
    FAILED_SIGN_INS = "failed_sign_ins"
    SPRAY = "spray"
    MASS_READS = "mass_reads"
    MASS_EDITS = "mass_edits"
    TWO_PLACES = "two_places"
    IMPORTS_OVERDUE = "imports_overdue"
    IMPORT_FAILING = "import_failing"
    SYNC_FAILING = "sync_failing"
    SYNC_HELD = "sync_held"
    SYNC_FORK = "sync_fork"


class AlertState(StrEnum):
    """What became of an alert."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """What a detector found.

    Attributes:
        subject: ``key:…``, ``person:…``, ``address:…``, ``source:…`` or ``node:worker``.
        value: how much of it there was, in the unit of the kind: requests, failures, networks, records, minutes,
            sources.
        evidence: numbers and ids that explain it.
    """

    kind: AlertKind
    subject: str
    value: int
    evidence: Evidence
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. Of each kind and subject at most one is not dismissed: it grows.

    Attributes:
        times: how often it was found.
        reason: why it was dismissed, or what whoever acknowledged it said.
    """

    id: AlertId
    kind: AlertKind
    subject: str
    state: AlertState
    value: int
    times: int
    evidence: Evidence
    first_at: datetime
    last_at: datetime
    handled_by: str | None = None
    handled_at: datetime | None = None
    reason: str = ""

    def grown(self, found: Anomaly) -> Alert:
        """The alert after it was found again."""
        worse = found.value >= self.value
        return replace(
            self,
            value=max(self.value, found.value),
            times=self.times + 1,
            evidence=found.evidence if worse else self.evidence,
            last_at=max(self.last_at, found.last_at),
        )

    def is_quiet_about(self, found: Anomaly, now: datetime) -> bool:
        """Whether this one, which was dismissed, already answers what was found now."""
        judged = self.handled_by != SYSTEM.id
        recent = judged and self.handled_at is not None and now < self.handled_at + QUIET
        return recent and found.value < self.value * GROWN

    def handled(self, state: AlertState, *, by: str, at: datetime, reason: str) -> Alert:
        """The alert as judged.

        Raises:
            InvalidTransition: it was dismissed, or acknowledged already.
        """
        if self.state is AlertState.DISMISSED or self.state is state:
            raise InvalidTransition(f"the alert is {self.state} already")
        return replace(self, state=state, handled_by=by, handled_at=at, reason=reason)

    def cleared(self, at: datetime) -> Alert:
        """The alert once what it was about is over; nobody has judged it, so that it comes back with the next time."""
        return replace(self, state=AlertState.DISMISSED, handled_by=SYSTEM.id, handled_at=at, reason=_OVER)


@dataclass(frozen=True, slots=True)
class Freeze:
    """Somebody, or a key, is kept out.

    Attributes:
        subject: ``key:…``, ``person:…`` or ``organisation:…``.
    """

    id: FreezeId
    subject: str
    at: datetime
    by: str
    reason: str
    thawed_at: datetime | None = None
    thawed_by: str | None = None
    thaw_reason: str = ""


def subjects_of(person: PersonId, answerable: PersonId, organisation: str) -> tuple[str, ...]:
    """What keeps a member out when it is frozen."""
    return (f"person:{person}", f"person:{answerable}", f"organisation:{organisation}")
