"""A node falls silent for good: those that it named take away for it, nobody else does, and not too early."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.errors import Conflict, FetchFailed, Forbidden, NotFound
from registry.domain.federation.errors import NotYetSilent
from registry.domain.federation.header import FederatedChange
from registry.domain.federation.peer import SILENT_AFTER_FAILURES, Peer, PeerState, is_silent
from registry.domain.record import OrganisationId, Record, State
from registry.service.federation import peering, pulling, stand_ins, succeeding
from tests.clocks import START
from tests.factories import content
from tests.federation.forging import held_back, honest, lying, resigned
from tests.federation.test_rotation import rotated
from tests.federation.test_syncing import grouped, held, published_to
from tests.federation.world import Sister, Sisterhood

REASON = "The reporter has asked for it."
WITHDRAW, ERASE = FederatedChange.WITHDRAW, FederatedChange.ERASE


def orphaned(sisters: Sisterhood, *others: Sister, node: Sister, days: int = 181) -> None:
    """Let *node* go off the net for so long, while these ask it again and again."""
    sisters.net.cut.add(node.dns)
    sisters.clock.advance(days=days)
    for one in others:
        with pytest.raises(FetchFailed):
            pulling.pull(one.registry, SYSTEM, node.dns)
        with one.registry.storage.begin() as unit:
            unit.peers.save(replace(one.peer(node), failures=SILENT_AFTER_FAILURES))


def family(sisters: Sisterhood) -> tuple[Sister, Sister, Sister]:
    """A node, the successor that it has named, and a third one; all know it."""
    one, heir, third = sisters.friends("a", "b", "c")
    succeeding.add(one.registry, LOCAL_OPERATOR, heir.dns)
    for asks in (heir, third):
        asks.pull(one)
    return one, heir, third


def acted(heir: Sister, node: Sister, record: Record, change: FederatedChange = WITHDRAW) -> Record:
    """What the successor makes of a record."""
    return succeeding.act_for(heir.registry, LOCAL_OPERATOR, node.dns, change, record.number or "", reason=REASON)


def once(items: list[dict[str, Any]]) -> Callable[[dict[str, Any]], None]:
    """What puts these items into the next page."""
    waiting = [*items]

    def put(page: dict[str, Any]) -> None:
        page["items"] += waiting
        waiting.clear()

    return put


def signed_by(sister: Sister, record: Record) -> str:
    """Whose signature a node shows."""
    with sister.registry.storage.read() as reader:
        head = reader.envelopes.heads([record.uid])[record.uid].header
        return stand_ins.signed_by(sister.registry, reader, head)


@pytest.mark.parametrize(("change", "state"), [(WITHDRAW, State.WITHDRAWN), (ERASE, State.ERASED)])
def test_a_successor_takes_away_for_a_silent_node_and_all_whom_it_tells_follow(
    sisters: Sisterhood, change: FederatedChange, state: State
) -> None:
    one, heir, third = family(sisters)
    record = one.node.publish(content(title="Of a silent node"))
    for asks in (heir, third):
        asks.pull(one)
    orphaned(sisters, heir, third, node=one)

    acted(heir, one, record, change)
    done = third.pull(heir)

    found = third.record(record.uid)
    assert found is not None
    assert (state, REASON, 1) == (found.state, found.reason, done.applied.applied)
    assert (heir.dns, heir.dns) == (signed_by(heir, record), signed_by(third, record))
    assert "b.test, which acts for a.test" in third.client.get(f"/r/{record.number}").text
    assert (0, []) == (third.pull(heir).applied.applied, third.refused(heir))


def test_a_successor_waits_until_the_node_is_silent_for_long(sisters: Sisterhood) -> None:
    one, heir, _ = family(sisters)
    record = one.node.publish(content())
    heir.pull(one)

    with pytest.raises(NotYetSilent):
        acted(heir, one, record)
    orphaned(sisters, heir, node=one, days=179)
    with pytest.raises(NotYetSilent):
        acted(heir, one, record)

    assert (State.PUBLISHED, "Spam wave on a chat platform") == held(heir, record)


def test_who_has_heard_of_the_node_lately_refuses_what_its_successor_signs(sisters: Sisterhood) -> None:
    one, heir, third = family(sisters)
    record = one.node.publish(content(title="Still there"))
    for asks in (heir, third):
        asks.pull(one)
    orphaned(sisters, heir, node=one)
    acted(heir, one, record)

    done = third.pull(heir)

    assert (0, 1, ["NOT_YET_SILENT"]) == (done.applied.applied, done.applied.quarantined, third.refused(heir))
    assert (State.PUBLISHED, "Still there") == held(third, record)


def test_a_successor_neither_begins_nor_rewrites_records(sisters: Sisterhood) -> None:
    one, heir, third = family(sisters)
    record = one.node.publish(content(title="As it was"))
    for asks in (heir, third):
        asks.pull(one)
    orphaned(sisters, heir, third, node=one)
    items = held_back(sisters, heir)
    number = str(heir.node.publish(content()).number).replace("BBB", "AAA")
    third.pull(heir)
    with heir.registry.storage.read() as reader:
        head = reader.envelopes.heads([record.uid])[record.uid].header
    item = {"type": "envelope", "header": head.body.decode(), "signature": head.signature, "hops": 1}
    key = heir.registry.key
    forged = [
        resigned(item, key, rev=2, prev_hash=head.hash),
        resigned(items[0], key, origin=one.dns, number=number),
    ]
    honest(sisters, heir)

    lying(sisters, heir, once(forged))
    third.pull(heir)

    assert {"NOT_FOR_SUCCESSORS"} == set(third.refused(heir))
    assert (State.PUBLISHED, "As it was") == held(third, record)


def test_who_was_not_named_acts_for_nobody(sisters: Sisterhood) -> None:
    one, heir, third = family(sisters)
    record = one.node.publish(content())
    for asks in (heir, third):
        asks.pull(one)
    orphaned(sisters, heir, third, node=one)

    with pytest.raises(Forbidden):
        acted(third, one, record)
    with pytest.raises(Forbidden):
        acted(heir, third, record)
    with pytest.raises(NotFound):
        acted(heir, one, heir.node.publish(content()))
    assert 0 == heir.pull(third).applied.applied


def test_a_successor_that_was_named_no_more_is_none(sisters: Sisterhood) -> None:
    one, heir, third = family(sisters)
    record = one.node.publish(content())
    succeeding.remove(one.registry, LOCAL_OPERATOR, heir.dns)
    heir.pull(one)
    third.pull(one)
    orphaned(sisters, heir, third, node=one)

    with pytest.raises(Forbidden):
        acted(heir, one, record)


def test_a_successor_that_has_changed_its_key_since_is_one(sisters: Sisterhood) -> None:
    one, heir, third = family(sisters)
    record = one.node.publish(content())
    for asks in (heir, third):
        asks.pull(one)
    orphaned(sisters, heir, third, node=one)
    heir = rotated(sisters, heir)

    acted(heir, one, record)
    third.pull(heir)

    assert (State.WITHDRAWN, heir.dns) == ((held(third, record) or (None,))[0], signed_by(third, record))


def test_a_node_that_comes_back_is_told_and_what_it_says_next_is_frozen_until_an_operator_decides(
    sisters: Sisterhood,
) -> None:
    one, heir, third = family(sisters)
    record = one.node.publish(content(title="First"))
    for asks in (heir, third):
        asks.pull(one)
    orphaned(sisters, heir, third, node=one)
    acted(heir, one, record)
    third.pull(heir)

    sisters.net.cut.clear()
    with heir.registry.storage.read() as reader:
        head = reader.envelopes.heads([record.uid])[record.uid].header
    items = [{"type": "envelope", "header": head.body.decode(), "signature": head.signature, "hops": 1}]
    lying(sisters, heir, once(items))
    one.pull(heir)
    one.node.revise(record, content(title="Second"))
    done = third.pull(one)

    assert (State.PUBLISHED, "Second") == held(one, record)
    assert ["SUCCESSOR_ACTED"] == one.refused(heir)
    assert (1, State.WITHDRAWN) == (done.applied.forks, (held(third, record) or (None,))[0])


def test_what_only_a_group_had_goes_from_the_successor_and_is_told_to_nobody(sisters: Sisterhood) -> None:
    one, heir, third = family(sisters)
    owner = grouped(one, "circle", "node-bbb", "node-ccc")
    record = published_to(one, owner, tlp="AMBER", audience="circle")
    for asks in (heir, third):
        asks.pull(one)
    orphaned(sisters, heir, third, node=one)

    acted(heir, one, record, ERASE)

    assert 0 == third.pull(heir).applied.applied
    assert (State.ERASED, None) == held(heir, record)


def test_a_successor_that_was_removed_is_named_again_only_once_it_was_confirmed_again(sisters: Sisterhood) -> None:
    one, heir, _ = family(sisters)
    peering.remove(one.registry, LOCAL_OPERATOR, heir.dns)

    peering.add(one.registry, LOCAL_OPERATOR, heir.registry.settings.base_url)
    before = succeeding.successors(one.registry, LOCAL_OPERATOR)
    peering.confirm(one.registry, LOCAL_OPERATOR, heir.dns, heir.registry.key.fingerprint)

    assert ((), [heir.dns]) == (before, [named.dns for named in succeeding.successors(one.registry, LOCAL_OPERATOR)])


def test_a_successor_must_be_trusted_and_is_named_once(sisters: Sisterhood) -> None:
    one, heir = sisters.friends("a", "b")
    stranger = sisters.found("c")
    peering.add(one.registry, LOCAL_OPERATOR, stranger.registry.settings.base_url)
    succeeding.add(one.registry, LOCAL_OPERATOR, heir.dns)

    with pytest.raises(Conflict):
        succeeding.add(one.registry, LOCAL_OPERATOR, heir.dns)
    with pytest.raises(Conflict):
        succeeding.add(one.registry, LOCAL_OPERATOR, stranger.dns)
    with pytest.raises(NotFound):
        succeeding.add(one.registry, LOCAL_OPERATOR, "nobody.test")
    with pytest.raises(NotFound):
        succeeding.remove(one.registry, LOCAL_OPERATOR, stranger.dns)

    named = succeeding.successors(one.registry, LOCAL_OPERATOR)
    assert [(heir.dns, heir.registry.key.fingerprint)] == [(named_one.dns, named_one.kid) for named_one in named]


def peer(**fields: object) -> Peer:
    """A node that has been silent for 200 days."""
    made = Peer("a.test", "AAA", "A", "https://a.test", PeerState.ACTIVE, OrganisationId("o"), (), START)
    now = START + timedelta(days=200)
    silent = {"heard_at": START, "last_asked_at": now, "failures": SILENT_AFTER_FAILURES}
    return replace(made, **(silent | fields))  # type: ignore[arg-type]  # by the fields of a peer


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(peer(), True, id="silent"),
        pytest.param(peer(heard_at=None), True, id="never heard of since it was added"),
        pytest.param(peer(heard_at=START + timedelta(days=21)), False, id="heard of"),
        pytest.param(peer(failures=SILENT_AFTER_FAILURES - 1), False, id="this node was away itself"),
        pytest.param(peer(failures=0), False, id="nobody asked"),
        pytest.param(peer(pulls=False), False, id="not to be asked"),
        pytest.param(peer(state=PeerState.PAUSED), False, id="paused"),
        pytest.param(peer(last_asked_at=START), False, id="asked long ago"),
        pytest.param(peer(last_asked_at=None), False, id="never asked"),
    ],
)
def test_a_node_is_silent_only_for_those_who_kept_asking(known: Peer, *, expected: bool) -> None:
    now: datetime = START + timedelta(days=200)

    assert expected is is_silent(known, now, days=180)
