"""What a process counts while it answers."""

from __future__ import annotations

import threading
import tracemalloc
from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.actor import ANONYMOUS, Actor, Role, member
from registry.domain.event import EventName
from registry.domain.record import OrganisationId, PersonId
from registry.domain.tally import MAX_REFUSED, Span, Tally, Use, hour_of
from tests.clocks import START

BY_KEY = replace(
    member(PersonId("p1"), OrganisationId("acme"), frozenset({Role.SUBMITTER}), key="k1"), address="192.0.2.7"
)
BY_SESSION = replace(BY_KEY, key=None, session="s1")
HOUR = hour_of(START)


def test_requests_of_a_key_and_of_a_session_are_counted_apart_and_strangers_not_at_all() -> None:
    tally = Tally(b"secret")

    for actor in (BY_KEY, BY_KEY, BY_SESSION, ANONYMOUS, replace(ANONYMOUS, address="192.0.2.9")):
        tally.request(actor, START)
    tally.cost(BY_KEY, 40, START)
    tally.restricted(BY_KEY, "uid", START)
    counted = tally.take()

    assert {
        ("key:k1", HOUR): Use(requests=2, cost=40),
        ("person:p1", HOUR): Use(requests=1, restricted=1),
    } == counted.uses
    assert {"key:k1", "person:p1"} == {subject for subject, _ in counted.networks}
    assert tally.take().is_empty()


def test_a_restricted_part_counts_once_an_hour() -> None:
    tally = Tally()

    for at in (START, START + timedelta(minutes=1), START + timedelta(minutes=61)):
        tally.restricted(BY_KEY, "one", at)
        tally.restricted(BY_KEY, "two", at)

    assert [2, 2] == [use.restricted for use in tally.take().uses.values()]


def test_networks_bear_a_name_that_only_the_node_can_make() -> None:
    seen = []
    for secret in (b"one node", b"one node", b"another"):
        tally = Tally(secret)
        tally.request(BY_KEY, START)
        tally.request(replace(BY_KEY, address="192.0.2.200"), START + timedelta(minutes=3))
        seen.append(tally.take().networks)

    assert seen[0] == seen[1]
    assert [Span(START, START + timedelta(minutes=3))] == list(seen[0].values())
    assert seen[0].keys() != seen[2].keys()
    assert all("192" not in network for _, network in seen[0])


@pytest.mark.parametrize("refused", [20_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_a_flood_of_bad_keys_takes_bounded_memory_and_loses_no_count(refused: int) -> None:
    tally = Tally()
    tracemalloc.start()

    for at in range(refused):
        actor = replace(ANONYMOUS, address=f"10.{at >> 16 & 255}.{at >> 8 & 255}.{at & 255}")
        tally.refuse(EventName.CREDENTIAL_REFUSED, actor, subject=f"key:{at}")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    refusals = tally.take().refusals

    assert MAX_REFUSED + 1 == len(refusals)
    assert refused == sum(refusals.values())
    assert peak < 1_000_000


def test_what_could_not_be_written_down_is_counted_again() -> None:
    tally = Tally(b"secret")
    tally.request(BY_KEY, START)
    tally.refuse(EventName.RATE_REFUSED, BY_KEY)
    taken = tally.take()
    tally.request(BY_KEY, START + timedelta(minutes=1))
    tally.refuse(EventName.RATE_REFUSED, BY_KEY)

    tally.give_back(taken)
    again = tally.take()

    assert {("key:k1", HOUR): Use(requests=2)} == again.uses
    assert [Span(START, START + timedelta(minutes=1))] == list(again.networks.values())
    assert [2] == list(again.refusals.values())


def test_no_count_is_lost_among_threads() -> None:
    tally = Tally()
    taken: list[int] = []

    def count() -> None:
        for _ in range(2000):
            tally.request(BY_KEY, START)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        taken.append(sum(use.requests for use in tally.take().uses.values()))
    taken.append(sum(use.requests for use in tally.take().uses.values()))

    assert 8000 == sum(taken)


def test_an_address_of_ipv6_counts_with_the_64_bits_it_has_to_itself() -> None:
    tally = Tally()

    for host in ("2001:db8::1", "2001:db8::2", "not:an:address"):
        tally.refuse(EventName.CREDENTIAL_REFUSED, replace(ANONYMOUS, address=host))

    assert {"2001:db8::/64": 2, None: 1} == {one.address: count for one, count in tally.take().refusals.items()}


def test_nobody_without_a_person_reads_restricted_parts() -> None:
    tally = Tally()

    tally.restricted(Actor("system", frozenset({Role.SYSTEM})), "uid", START)

    assert tally.take().is_empty()
