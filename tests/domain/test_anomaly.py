"""What stands out, and what does not: each detector by itself, and all of them over a month of ordinary traffic."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.actor import ANONYMOUS
from registry.domain.alert import AlertKind
from registry.domain.anomaly import (
    LEARNING_HOURS,
    Past,
    Place,
    Thresholds,
    limit,
    new_network,
    probing,
    two_places,
    unusual_hour,
)
from registry.domain.event import Event, EventName
from registry.domain.tally import Span, Use
from tests.clocks import START
from tests.domain.month import ATTACKS, BEGIN, DAYS, Watched, month

USUAL = Thresholds()
KNOWN = LEARNING_HOURS
AFTER = BEGIN + timedelta(days=DAYS)


def minutes(count: int) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (Past(), 2000),
        (Past(KNOWN - 1, 10, 2, 20), 2000),
        (Past(KNOWN, 10, 2, 20), 500),
        (Past(KNOWN, 300, 100, 400), 800),
        (Past(KNOWN, 300, 200, 400), 1100),
        (Past(3, 5000, 0, 5000), 10_000),
    ],
)
def test_the_limit_follows_the_subjects_own_past(past: Past, expected: int) -> None:
    assert expected == limit(past, 500, USUAL)


def test_an_hour_stands_out_only_above_its_limit_and_once_for_each_kind() -> None:
    past = {name: Past(KNOWN, 10, 1, 14) for name in ("requests", "cost", "restricted", "edits")}

    quiet = unusual_hour("key:1", START, Use(500, 200_000, 30, 30), past, USUAL)
    loud = unusual_hour("key:1", START, Use(501, 200_001, 31, 31), past, USUAL)

    assert () == quiet
    assert [AlertKind.VOLUME, AlertKind.MASS_READS, AlertKind.MASS_EDITS] == [one.kind for one in loud]
    assert {"measure": "requests", "count": 501, "limit": 500, "usual": 10, "peak": 14, "hours_known": KNOWN} == dict(
        loud[0].evidence
    )


def test_a_network_is_new_only_to_a_subject_that_has_a_usual() -> None:
    office, home, hotel = (Place(name, START, START, START) for name in ("office", "home", "hotel"))

    def is_odd(known: tuple[Place, ...], hours: int) -> bool:
        return new_network("key:1", hotel, known, hours=hours, thresholds=USUAL) is not None

    assert [True, True, False, False, False] == [
        is_odd((office,), KNOWN),
        is_odd((office, home), KNOWN),
        is_odd((office, home, replace(home, network="train")), KNOWN),
        is_odd((office,), KNOWN - 1),
        is_odd((), KNOWN),
    ]


def test_moving_is_not_being_in_two_places() -> None:
    office = Place("office", START - timedelta(days=30), START, START + minutes(60))
    after = Place("train", START + minutes(61), START + minutes(61), START + minutes(120))
    beside = Place("train", START + minutes(30), START + minutes(30), START + minutes(40))
    shortly = replace(beside, last_at=START + minutes(34))
    familiar = replace(beside, first_at=START - timedelta(days=2))

    found = [two_places("key:1", (office, one), USUAL) for one in (after, beside, shortly, familiar)]

    assert [False, True, False, False] == [one is not None for one in found]
    assert found[1] is not None
    assert {"network": "train", "beside": "office", "minutes": 10} == dict(found[1].evidence)


def test_a_pause_begins_a_new_run() -> None:
    place = Place("office", START, START, START)

    on = place.seen(Span(START + minutes(10), START + minutes(20)))
    again = on.seen(Span(START + minutes(31), START + minutes(40)))

    assert (START, START + minutes(20)) == (on.since, on.last_at)
    assert (START, START + minutes(31), START + minutes(40)) == (again.first_at, again.since, again.last_at)


def refused(at: int, *, address: str = "192.0.2.7", subject: str | None = None, count: int = 1) -> Event:
    """A credential that fitted nobody."""
    name = EventName.CREDENTIAL_REFUSED
    detail = {"count": count}
    return Event(f"{at:04}", name, START, ANONYMOUS.id, address=address, subject=subject, detail=detail)


def failed(at: int, *, subject: str | None, count: int, address: str = "192.0.2.7") -> Event:
    """A sign-in that failed, told with how many there were so far."""
    return replace(refused(at, address=address, subject=subject, count=count), name=EventName.SESSION_REFUSED)


def test_failures_stand_out_by_address_by_account_and_over_many_accounts() -> None:
    by_address = probing([refused(1, count=20), refused(2, count=10)], USUAL)
    by_account = probing([refused(at, address=f"192.0.2.{at}", subject="key:1") for at in range(10)], USUAL)
    spray = probing([refused(at, subject=f"key:{at}") for at in range(5)], USUAL)
    quiet = probing([refused(1, count=29), *(refused(at, subject=f"key:{at}") for at in range(4))][:4], USUAL)

    assert [(AlertKind.FAILED_SIGN_INS, "address:192.0.2.7", 30)] == [
        (one.kind, one.subject, one.value) for one in by_address
    ]
    assert [(AlertKind.FAILED_SIGN_INS, "key:1", 10)] == [(one.kind, one.subject, one.value) for one in by_account]
    assert [(AlertKind.SPRAY, "address:192.0.2.7", 5)] == [(one.kind, one.subject, one.value) for one in spray]
    assert {"failures": 30, "accounts": 0, "addresses": 1, "first_event": "0001", "last_event": "0002"} == dict(
        by_address[0].evidence
    )
    assert [AlertKind.FAILED_SIGN_INS] == [one.kind for one in quiet]


def test_sign_ins_that_tell_how_many_there_were_are_not_summed() -> None:
    doubling = [failed(at, subject="person:1", count=1 << at) for at in range(4)]
    names = [failed(at, subject=None, count=1) for at in range(5)]

    assert () == probing(doubling, USUAL)
    assert [8] == [one.value for one in probing(doubling, replace(USUAL, failures_account=8))]
    assert [AlertKind.SPRAY] == [one.kind for one in probing(names, USUAL)]
    assert () == probing([failed(1, subject=None, count=one) for one in (1, 2, 4, 8)], USUAL)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_month_of_ordinary_traffic_raises_a_handful_of_alerts_and_each_attack_its_own_within_the_hour(
    seed: int,
) -> None:
    subjects: dict[str, Watched] = {}
    ordinary: set[tuple[AlertKind, str]] = set()
    told: dict[AlertKind, set[AlertKind]] = {}

    for one in month(seed):
        watched = subjects.setdefault(one.subject, Watched())
        found = watched.hour(one.subject, one.at, one.use, one.seen, USUAL)
        ordinary |= {(anomaly.kind, anomaly.subject) for anomaly in found}
    for kind, (subject, use, elsewhere) in ATTACKS.items():
        seen = _from_two(subject) if elsewhere else _from_one(subject)
        told[kind] = {one.kind for one in subjects[subject].hour(subject, AFTER, use, seen, USUAL)}

    assert 50 == len(subjects)
    assert len(ordinary) <= 5, ordinary
    assert dict.fromkeys(ATTACKS, True) == {kind: kind in found for kind, found in told.items()}


def _from_one(subject: str) -> dict[str, Span]:
    return {f"office {subject.removeprefix('key:')}": Span(AFTER, AFTER + minutes(59))}


def _from_two(subject: str) -> dict[str, Span]:
    return _from_one(subject) | {"thief": Span(AFTER + minutes(20), AFTER + minutes(50))}
