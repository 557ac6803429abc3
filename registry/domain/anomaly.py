"""What stands out: pure functions over a few numbers about one key, person or address.

Each compares an hour with what its subject usually does. A subject that nobody has watched for a day or so has no
usual yet; then a fixed number decides. The numbers are the node's own settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from registry.domain.alert import AlertKind, Anomaly, Evidence
from registry.domain.event import Event, EventName
from registry.domain.tally import Span, Use

# So many active hours make a usual; before, a new subject may do several times the least that is looked at.
LEARNING_HOURS = 24
# Of use within a run no two requests are farther apart.
RUN_GAP = timedelta(minutes=10)
# A network is a place that the subject is used to once it was seen for so long.
FAMILIAR = timedelta(hours=24)
PROBED = (EventName.CREDENTIAL_REFUSED, EventName.SESSION_REFUSED)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on something stands out; see the settings of the same names."""

    requests: int = 500
    cost: int = 200_000
    restricted: int = 30
    edits: int = 30
    new_factor: int = 4
    peak_factor: float = 2.0
    spreads: float = 4.0
    failures_address: int = 30
    failures_account: int = 10
    spray_accounts: int = 5
    known_networks: int = 2
    two_places_minutes: int = 5


@dataclass(frozen=True, slots=True)
class Past:
    """One measure over the hours in which there was any, before the present hour."""

    hours: int = 0
    mean: float = 0.0
    spread: float = 0.0
    peak: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A network that a subject came from.

    Attributes:
        network: its keyed hash.
        first_at: when it was seen for the first time.
        since: when the present run of requests began.
        last_at: when it was seen last.
    """

    network: str
    first_at: datetime
    since: datetime
    last_at: datetime

    def seen(self, span: Span) -> Place:
        """The place after *span*: it goes on with the run, or begins one."""
        goes_on = span.first_at - self.last_at <= RUN_GAP
        since = min(self.since, span.first_at) if goes_on else span.first_at
        return Place(self.network, min(self.first_at, span.first_at), since, max(self.last_at, span.last_at))


def limit(past: Past, floor: int, thresholds: Thresholds) -> int:
    """How much a subject may do in an hour without standing out; *floor* is what never does."""
    usual = max(past.mean + thresholds.spreads * past.spread, thresholds.peak_factor * past.peak)
    if past.hours < LEARNING_HOURS:
        return max(floor * thresholds.new_factor, ceil(usual))
    return max(floor, ceil(usual))


def unusual_hour(
    subject: str, hour: datetime, use: Use, past: Mapping[str, Past], thresholds: Thresholds
) -> tuple[Anomaly, ...]:
    """What stands out of an hour of a subject, against its own past by measure."""
    measures = (
        (AlertKind.VOLUME, "requests", use.requests, thresholds.requests),
        (AlertKind.VOLUME, "cost", use.cost, thresholds.cost),
        (AlertKind.MASS_READS, "restricted", use.restricted, thresholds.restricted),
        (AlertKind.MASS_EDITS, "edits", use.edits, thresholds.edits),
    )
    found: dict[AlertKind, Anomaly] = {}
    for kind, name, value, floor in measures:
        before = past.get(name, Past())
        most = limit(before, floor, thresholds)
        if value > most and kind not in found:
            evidence: Evidence = {
                "measure": name,
                "count": value,
                "limit": most,
                "usual": round(before.mean),
                "peak": before.peak,
                "hours_known": before.hours,
            }
            found[kind] = Anomaly(kind, subject, value, evidence, hour, hour + timedelta(hours=1))
    return tuple(found.values())


def new_network(
    subject: str, place: Place, known: Iterable[Place], *, hours: int, thresholds: Thresholds
) -> Anomaly | None:
    """A subject with a usual comes from a network it never came from; of one that often moves that says nothing.

    Args:
        known: the places before.
        hours: in how many hours it was seen before.
    """
    before = tuple(known)
    if hours < LEARNING_HOURS or not 0 < len(before) <= thresholds.known_networks:
        return None
    evidence: Evidence = {"network": place.network, "networks_known": len(before), "hours_known": hours}
    return Anomaly(AlertKind.NEW_NETWORK, subject, 1, evidence, place.first_at, place.last_at)


def two_places(subject: str, places: Iterable[Place], thresholds: Thresholds) -> Anomaly | None:
    """A subject comes from two networks at the same time, and is not used to one of them.

    Whoever moves leaves one place before the next; only who is in both is asked about.
    """
    ordered = sorted(places, key=lambda one: one.first_at)
    for at, later in enumerate(ordered):
        for earlier in ordered[:at]:
            both_from, both_to = max(earlier.since, later.since), min(earlier.last_at, later.last_at)
            minutes = int((both_to - both_from).total_seconds() // 60)
            if minutes >= thresholds.two_places_minutes and later.last_at - later.first_at < FAMILIAR:
                evidence: Evidence = {"network": later.network, "beside": earlier.network, "minutes": minutes}
                return Anomaly(AlertKind.TWO_PLACES, subject, minutes, evidence, both_from, both_to)
    return None


def probing(events: Iterable[Event], thresholds: Thresholds) -> tuple[Anomaly, ...]:
    """Who tries credentials: failures of an hour by address, by account, and of one address over many accounts."""
    by_address: dict[str, list[Event]] = {}
    by_account: dict[str, list[Event]] = {}
    for one in events:
        if one.address is not None:
            by_address.setdefault(one.address, []).append(one)
        if one.subject is not None:
            by_account.setdefault(one.subject, []).append(one)
    found: list[Anomaly] = []
    for address, failures in by_address.items():
        accounts, failed = _accounts(failures), _failures(failures)
        if accounts >= thresholds.spray_accounts:
            found.append(_failed(AlertKind.SPRAY, f"address:{address}", failures, accounts))
        elif failed >= thresholds.failures_address:
            found.append(_failed(AlertKind.FAILED_SIGN_INS, f"address:{address}", failures, failed))
    for account, failures in by_account.items():
        failed = _failures(failures)
        if failed >= thresholds.failures_account:
            found.append(_failed(AlertKind.FAILED_SIGN_INS, account, failures, failed))
    return tuple(found)


def _failed(kind: AlertKind, subject: str, failures: list[Event], value: int) -> Anomaly:
    evidence: Evidence = {
        "failures": _failures(failures),
        "accounts": _accounts(failures),
        "addresses": len({one.address for one in failures if one.address is not None}),
        "first_event": failures[0].id,
        "last_event": failures[-1].id,
    }
    return Anomaly(kind, subject, value, evidence, failures[0].at, failures[-1].at)


def _failures(events: list[Event]) -> int:
    """How many attempts they tell of; of sign-ins each event says how many there were so far."""
    so_far: dict[tuple[str | None, str | None], int] = {}
    counted = 0
    for one in events:
        if one.name is not EventName.SESSION_REFUSED or one.subject is None:
            counted += 1 if one.name is EventName.SESSION_REFUSED else one.count
        else:
            place = (one.subject, one.address)
            so_far[place] = max(so_far.get(place, 0), one.count)
    return counted + sum(so_far.values())


def _accounts(events: list[Event]) -> int:
    """How many accounts were tried. A name that nobody has is told of once for each time its count doubles."""
    known = {one.subject for one in events if one.subject is not None}
    unknown = sum(one.name is EventName.SESSION_REFUSED and one.subject is None and one.count == 1 for one in events)
    return len(known) + unknown
