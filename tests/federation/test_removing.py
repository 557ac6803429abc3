"""A node is removed and added again: it starts anew, and what must not count again does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.alert import AlertKind
from registry.domain.errors import Conflict, InvalidInput, NotFound
from registry.domain.federation.errors import MassWithdrawal
from registry.domain.federation.peer import KeyStatus, PeerState
from registry.domain.record import State
from registry.ports.federation import Refused
from registry.service.federation import guarding, peering, quarantine, reconciling
from registry.service.federation.parting import PLACE
from registry.service.federation.standing import require_asked, require_compared
from tests.factories import content
from tests.federation.test_gone_for_good import erased
from tests.federation.test_rotation import rotated, with_key
from tests.federation.world import Sister, Sisterhood


def part(sister: Sister, other: Sister) -> None:
    """Let *sister* forget *other*."""
    peering.remove(sister.registry, LOCAL_OPERATOR, other.dns)


def add(sister: Sister, other: Sister) -> None:
    """Let *sister* trust *other* again."""
    peering.add(sister.registry, LOCAL_OPERATOR, other.registry.settings.base_url)
    peering.confirm(sister.registry, LOCAL_OPERATOR, other.dns, other.registry.key.fingerprint)


def test_a_node_that_is_added_again_starts_with_nothing_against_it(sisters: Sisterhood) -> None:
    here, there = sisters.friends("a", "b")
    for title in ("First", "Second"):
        there.node.publish(content(title=title))
    there.sign()
    reconciling.reconcile(here.registry, SYSTEM, there.dns, max_records=1)
    with here.registry.storage.begin() as unit:
        unit.refusals.add(Refused("1", there.dns, None, "0" * 64, "FORK", b"{}", here.registry.clock.now()))
        unit.refusals.bound(there.dns, items=0, size=0)
        begun = unit.meta.get(PLACE + there.dns)
    dropped = quarantine.forgotten(here.registry, LOCAL_OPERATOR)
    with pytest.raises(MassWithdrawal), guarding.holding(here.registry, there.dns):
        raise MassWithdrawal(there.dns, 30, 3)

    part(here, there)
    add(here, there)

    with here.registry.storage.read() as reader:
        left = [reader.meta.get(PLACE + there.dns), *reader.alerts.live(AlertKind.SYNC_HELD)]
    assert begun
    assert {there.dns: 1} == dropped
    assert [None] == left
    assert {} == quarantine.forgotten(here.registry, LOCAL_OPERATOR)
    assert None is here.peer(there).hold
    done = here.pull(there).applied
    assert (1, 1) == (done.known, done.applied)


def test_what_was_erased_stays_erased_when_its_node_is_added_again(sisters: Sisterhood) -> None:
    there, here = sisters.friends("a", "b")
    record, _ = erased(sisters, there, here)
    del sisters.net.change[there.dns]

    part(here, there)
    add(here, there)
    here.pull(there)

    held = here.record(record.uid)
    assert held is not None
    assert (State.ERASED, None) == (held.state, held.head.public)


def test_a_key_that_was_given_up_counts_no_more_after_its_node_was_added_again(sisters: Sisterhood) -> None:
    there, here = sisters.friends("a", "b")
    stolen = there.registry.key
    there = rotated(sisters, there, compromised=True)
    here.pull(there)

    part(here, there)
    with pytest.raises(InvalidInput) as refused:
        add(here, with_key(sisters, there, stolen))
    add(here, with_key(sisters, there, there.registry.key))

    keys = {one.kid: one.status for one in here.peer(there).keys}
    assert ["NOT_ALLOWED"] == [problem.code for problem in refused.value.problems]
    assert {stolen.fingerprint: KeyStatus.COMPROMISED, there.registry.key.fingerprint: KeyStatus.ACTIVE} == keys


def test_who_cannot_be_asked_is_told_apart_with_what_to_do_next(sisters: Sisterhood) -> None:
    here, there = sisters.friends("a", "b")
    peer = here.peer(there)
    states = {
        "sync confirm b.test": replace(peer, state=PeerState.ASKED),
        "sync change b.test --resume": replace(peer, state=PeerState.PAUSED),
        "sync change b.test --pull": replace(peer, pulls=False),
    }

    for hint, one in states.items():
        with pytest.raises(Conflict) as refused:
            require_asked(one)
        assert hint in (refused.value.hint or "")
    with pytest.raises(MassWithdrawal):
        require_compared(replace(peer, hold="MASS_WITHDRAWAL"))
    with pytest.raises(NotFound) as unknown:
        peering.ask_soon(here.registry, LOCAL_OPERATOR, "c.test")

    assert "commons sync add" in (unknown.value.hint or "")
    require_compared(peer)
