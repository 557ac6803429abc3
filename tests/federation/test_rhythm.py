"""While a node is read from far behind, what follows the log gives way, and never for long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from registry.domain.actor import SYSTEM
from registry.service.federation.rhythm import FAR, Rhythm
from tests.clocks import FixedClock
from tests.federation.world import Sister, Sisterhood


def told(here: Sister, there: Sister, *, remaining: int, error: str | None = None) -> None:
    """A page has just come, behind which so many records remain."""
    now = here.registry.clock.now()
    with here.registry.storage.begin() as unit:
        unit.peers.save(replace(here.peer(there), remaining=remaining, last_success_at=now, last_error=error))


def test_the_index_waits_while_a_node_is_read_and_goes_on_when_it_was(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    rhythm, found = Rhythm(), list[bool]()

    for remaining in (FAR, FAR + 1, FAR):
        told(other, one, remaining=remaining)
        found.append(rhythm.gives_way(other.registry, SYSTEM))
        clock.advance(seconds=1)

    assert [False, True, False] == found


def test_the_index_does_not_wait_for_a_node_that_does_not_answer(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    told(other, one, remaining=FAR + 1, error="NO_ANSWER")
    found = [Rhythm().gives_way(other.registry, SYSTEM)]
    told(other, one, remaining=FAR + 1)
    clock.advance(seconds=30)

    found.append(Rhythm().gives_way(other.registry, SYSTEM))

    assert [False, False] == found


def test_a_node_that_never_ends_keeps_the_index_waiting_five_minutes_at_most(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, other = sisters.friends("a", "b")
    rhythm, begun, found = Rhythm(), clock.now(), list[timedelta]()

    for _ in range(40):
        told(other, one, remaining=FAR + 1)
        if rhythm.gives_way(other.registry, SYSTEM):
            found.append(clock.now() - begun)
        clock.advance(seconds=20)

    assert timedelta(minutes=4, seconds=40) == max(found)
    rhythm.caught_up()
    told(other, one, remaining=FAR + 1)
    assert rhythm.gives_way(other.registry, SYSTEM)


def test_the_index_waits_for_no_clock_that_was_set_back(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    rhythm, found = Rhythm(), list[bool]()
    told(other, one, remaining=FAR + 1)
    found.append(rhythm.gives_way(other.registry, SYSTEM))
    clock.advance(hours=-1)
    told(other, one, remaining=FAR + 1)

    found.append(rhythm.gives_way(other.registry, SYSTEM))

    assert [True, False] == found
