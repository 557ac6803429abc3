"""A month of ordinary traffic of fifty keys, made up, and what the detectors say about it, hour by hour."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from registry.domain.alert import AlertKind, Anomaly
from registry.domain.anomaly import Past, Place, Thresholds, new_network, two_places, unusual_hour
from registry.domain.tally import Span, Use

BEGIN = datetime.fromisoformat("2026-03-02T00:00:00+00:00")
DAYS = 30
HOLIDAYS = {14, 15, 16}
_MEASURES = ("requests", "cost", "restricted", "edits")


@dataclass(slots=True)
class Watched:
    """What the node keeps of one subject."""

    sums: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def past(self) -> dict[str, Past]:
        """As the store sums it up."""
        found = {}
        for name, (hours, total, squares, peak) in self.sums.items():
            mean = total / hours
            found[name] = Past(hours, mean, max(0.0, squares / hours - mean * mean) ** 0.5, peak)
        return found

    def keep(self, use: Use) -> None:
        """Sum up an hour that is past."""
        for name in _MEASURES:
            value = getattr(use, name)
            if value:
                hours, total, squares, peak = self.sums.get(name, (0, 0, 0, 0))
                self.sums[name] = (hours + 1, total + value, squares + value * value, max(peak, value))

    def hour(
        self, subject: str, hour: datetime, use: Use, seen: dict[str, Span], thresholds: Thresholds
    ) -> list[Anomaly]:
        """What stands out of an hour, which then is a past one."""
        past = self.past()
        found = [*unusual_hour(subject, hour, use, past, thresholds)]
        before = tuple(self.places.values())
        for network, span in seen.items():
            known = self.places.get(network)
            place = known.seen(span) if known else Place(network, span.first_at, span.first_at, span.last_at)
            self.places[network] = place
            if known is None:
                known_hours = max((one.hours for one in past.values()), default=0)
                odd = new_network(subject, place, before, hours=known_hours, thresholds=thresholds)
                found += [] if odd is None else [odd]
        both = two_places(subject, self.places.values(), thresholds)
        self.keep(use)
        return [*found, *([] if both is None else [both])]


@dataclass(frozen=True, slots=True)
class Hour:
    """What one subject does in one hour, and from where."""

    subject: str
    at: datetime
    use: Use
    seen: dict[str, Span]


def month(seed: int) -> Iterator[Hour]:
    """Fifty keys: thirty of people in offices, twelve nightly uploads, seven services that never sleep, and one laptop
    that changes its network each week. Some begin in the middle of the month; on holidays offices are closed."""
    chance = random.Random(seed)
    paces = [chance.lognormvariate(3.5, 0.8) for _ in range(50)]
    begins = [0 if chance.random() < 0.8 else chance.randrange(20) for _ in range(50)]
    for day in range(DAYS):
        for hour in range(24):
            at = BEGIN + timedelta(days=day, hours=hour)
            for key in range(50):
                if day < begins[key]:
                    continue
                use = _use(chance, key, paces[key], at, is_holiday=day in HOLIDAYS)
                if use.requests:
                    yield Hour(f"key:{key}", at, use, _seen(chance, key, at))


def _use(chance: random.Random, key: int, pace: float, at: datetime, *, is_holiday: bool) -> Use:
    is_office = at.weekday() < 5 and 8 <= at.hour < 18 and not is_holiday
    if key < 30 or key == 49:
        share = 1.0 if is_office else 0.02
        requests = _poisson(chance, pace * share * chance.lognormvariate(0, 0.6))
        # Whoever reviews reads restricted parts; a submitter mends some records at once.
        restricted = min(requests, _poisson(chance, 6 * share)) if key % 5 == 0 else 0
        edits = min(requests, _poisson(chance, 2 * share)) if key % 3 == 0 else 0
        return Use(requests, requests * chance.randrange(20, 200), restricted, edits)
    if key < 42:
        # A night's upload: most nights hundreds, at the end of the month twice as many.
        requests = _poisson(chance, pace * 10 * (2 if at.day > 28 else 1)) if at.hour == 2 else 0
        return Use(requests, requests * 30, 0, 0)
    requests = _poisson(chance, pace * 4 * (1 + 0.5 * (8 <= at.hour < 20)))
    return Use(requests, requests * 50)


def _seen(chance: random.Random, key: int, at: datetime) -> dict[str, Span]:
    start = at + timedelta(minutes=chance.randrange(10))
    whole = Span(start, at + timedelta(minutes=50 + chance.randrange(10)))
    if key == 49:
        return {f"hotel {(at - BEGIN).days // 7}": whole}
    if key % 10 == 7 and at.hour == 13:
        # Home for lunch: one place is left before the other is entered.
        left = at + timedelta(minutes=20)
        return {f"office {key}": Span(at, left), f"home {key}": Span(left + timedelta(minutes=5), whole.last_at)}
    return {f"office {key}": whole}


def _poisson(chance: random.Random, mean: float) -> int:
    """A number of independent happenings with this mean."""
    if mean > 50:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    number, product, least = 0, chance.random(), 2.718281828459045**-mean
    while product > least:
        number, product = number + 1, product * chance.random()
    return number


ATTACKS: dict[AlertKind, tuple[str, Use, bool]] = {
    # An office key pulls everything; a reviewer's person reads the restricted shelf; a submitter withdraws all.
    AlertKind.VOLUME: ("key:3", Use(requests=4000, cost=100_000), False),
    AlertKind.MASS_READS: ("key:5", Use(requests=150, cost=5000, restricted=120), False),
    AlertKind.MASS_EDITS: ("key:6", Use(requests=100, cost=3000, edits=80), False),
    AlertKind.NEW_NETWORK: ("key:8", Use(requests=20, cost=500), True),
    AlertKind.TWO_PLACES: ("key:44", Use(requests=200, cost=9000), True),
}
