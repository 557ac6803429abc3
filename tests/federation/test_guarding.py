"""A node that takes away too much at once is held: nothing of the page is taken before an operator has looked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.alert import AlertKind, AlertState
from registry.domain.errors import Conflict, InvalidInput
from registry.domain.federation.errors import MassWithdrawal
from registry.domain.federation.guarding import is_mass, looked_at
from registry.domain.record import RecordUid
from registry.service.federation import applying, guarding, peering, pulling, telling
from registry.service.federation.applying import Applied
from tests.clocks import FixedClock
from tests.factories import content
from tests.federation.forging import held_back, honest, lying, next_header, resigned
from tests.federation.world import Sister, Sisterhood

Item = dict[str, Any]


def copies(sisters: Sisterhood, sister: Sister, taker: Sister, count: int) -> list[Item]:
    """As many records of *sister* as asked for, made from one that it published; what it has itself does not arrive."""
    sister.node.publish(content(title="One of many"))
    found = held_back(sisters, sister)
    taker.pull(sister)
    honest(sisters, sister)
    key = sister.registry.key
    return [
        resigned(found[0], key, uid=str(UUID(int=(7 << 76) + (2 << 62) + at)), number=f"BBB-INC-2026-{at:04}")
        for at in range(1000, 1000 + count)
    ]


def gone(sister: Sister, item: Item, change: str = "withdraw", **fields: Any) -> Item:
    """What follows an item and takes the record away."""
    state = {"withdraw": "withdrawn", "merge": "merged", "erase": "erased", "visibility": "published"}[change]
    bare = {name: value for name, value in item.items() if name not in {"public", "restricted"}}
    return resigned(bare, sister.registry.key, **next_header(item, change=change, state=state), **fields)


def take(taker: Sister, giver: Sister, items: list[Item]) -> Applied:
    """Take in a page."""
    with taker.registry.storage.begin() as unit:
        return applying.apply_page(taker.registry, unit, taker.peer(giver), items)


def pulled(sisters: Sisterhood, taker: Sister, giver: Sister, items: list[Item]) -> Applied:
    """Let *taker* ask *giver*, which answers with these items and no others."""
    first: list[list[Item]] = [items]
    lying(sisters, giver, lambda page: page.update(items=first.pop() if first else []))
    try:
        return pulling.pull(taker.registry, SYSTEM, giver.dns).applied
    finally:
        honest(sisters, giver)


def left(sister: Sister, items: list[Item]) -> int:
    """How many of these records are out at a node."""
    found = [sister.record(RecordUid(json.loads(item["header"])["uid"])) for item in items]
    return sum(one is not None and one.is_out for one in found)


def alerts(sister: Sister, kind: AlertKind, *, of: Sister | None = None) -> list[tuple[str, AlertState]]:
    """What stands out at a node: about whom, ``b.test`` if nobody is named, and how it stands."""
    with sister.registry.storage.read() as reader:
        last = reader.alerts.last(kind, f"node:{of.dns if of else 'b.test'}")
    return [] if last is None else [(last.subject, last.state)]


@pytest.mark.parametrize(
    ("count", "still_out", "is_too_much"),
    [(19, 0, False), (20, 0, True), (20, 180, False), (20, 179, True), (500, 5000, False), (500, 4499, True)],
)
def test_at_least_twenty_and_more_than_a_tenth_is_too_much(count: int, still_out: int, *, is_too_much: bool) -> None:
    assert is_too_much is is_mass(count, min(still_out, looked_at(count)))


@pytest.mark.parametrize("change", ["withdraw", "merge", "erase", "block", "narrow", "revoke"])
def test_nothing_of_a_page_that_takes_away_too_much_is_taken_and_its_cursor_stays(
    sisters: Sisterhood, change: str
) -> None:
    other, liar = sisters.friends("a", "b")
    items = copies(sisters, liar, other, 24)
    pulled(sisters, other, liar, items)
    cursor = other.peer(liar).cursor

    def away(item: Item) -> Item:
        header = json.loads(item["header"])
        match change:
            case "revoke":
                return {"type": "revoke", "uid": header["uid"], "number": header["number"], "hash": "0" * 64}
            case "block":
                return gone(liar, item, "visibility", blocked=True)
            case "narrow":
                marking = header["marking"] | {"tlp": "AMBER", "restricted_tlp": "AMBER"}
                return resigned(item, liar.registry.key, **next_header(item, marking=marking))
            case "merge":
                return gone(liar, item, "merge", merged_into=json.loads(items[23]["header"])["uid"])
            case _:
                return gone(liar, item, change)

    with pytest.raises(MassWithdrawal):
        pulled(sisters, other, liar, [*map(away, items[:20]), items[21]])

    assert (24, cursor) == (left(other, items), other.peer(liar).cursor)
    assert ("MASS_WITHDRAWAL", "MASS_WITHDRAWAL") == (other.peer(liar).hold, other.peer(liar).last_error)
    assert [("node:b.test", AlertState.OPEN)] == alerts(other, AlertKind.SYNC_HELD)
    assert () == other.registry.erasures.uids()


def test_twenty_of_more_than_two_hundred_go_as_they_always_do(sisters: Sisterhood) -> None:
    other, giver = sisters.friends("a", "b")
    items = copies(sisters, giver, other, 201)
    take(other, giver, items)

    done = take(other, giver, [gone(giver, item) for item in items[:20]])

    assert (20, 181, None) == (done.applied, left(other, items), other.peer(giver).hold)


def test_what_drips_is_counted_for_a_day_and_what_came_back_is_not(sisters: Sisterhood, clock: FixedClock) -> None:
    other, liar = sisters.friends("a", "b")
    items = copies(sisters, liar, other, 60)
    take(other, liar, items)

    pulled(sisters, other, liar, [gone(liar, item) for item in items[:19]])
    back = gone(liar, items[0])
    restored = resigned(
        items[0], liar.registry.key, **next_header(back, rev=3, change="restore", signed_at="2026-07-01T00:00:00Z")
    )
    take(other, liar, [restored])
    clock.advance(hours=23)
    pulled(sisters, other, liar, [gone(liar, items[20])])
    with pytest.raises(MassWithdrawal):
        pulled(sisters, other, liar, [gone(liar, items[21])])
    assert 60 - 19 == left(other, items)


def test_what_one_relay_may_not_take_away_no_other_takes_away(sisters: Sisterhood) -> None:
    other, liar, relay = sisters.friends("a", "b", "c")
    items = copies(sisters, liar, other, 60)
    take(other, liar, items)
    relayed = [gone(liar, item) | {"hops": 1} for item in items]

    pulled(sisters, other, liar, relayed[:19])
    with pytest.raises(MassWithdrawal):
        pulled(sisters, other, relay, relayed[19:25])

    assert (41, None, "MASS_WITHDRAWAL") == (left(other, items), other.peer(liar).hold, other.peer(relay).hold)


def test_a_relay_that_is_held_for_a_node_alone_is_released_with_it(sisters: Sisterhood) -> None:
    other, liar, relay = sisters.friends("a", "b", "c")
    items = copies(sisters, liar, other, 30)
    take(other, liar, items)
    relayed = [gone(liar, item) | {"hops": 1} for item in items]
    with pytest.raises(MassWithdrawal):
        pulled(sisters, other, relay, relayed)

    guarding.release(other.registry, LOCAL_OPERATOR, liar.dns)

    released = other.peer(relay)
    assert (None, None, None) == (released.hold, released.last_error, released.released_until)
    assert [("node:c.test", AlertState.DISMISSED)] == alerts(other, AlertKind.SYNC_HELD, of=relay)
    assert 30 == pulled(sisters, other, relay, relayed).applied


def test_a_node_that_is_held_for_its_own_records_is_released_by_its_own_name(sisters: Sisterhood) -> None:
    other, liar, third = sisters.friends("a", "b", "c")
    items = copies(sisters, liar, other, 30)
    take(other, liar, items)
    with pytest.raises(MassWithdrawal):
        pulled(sisters, other, liar, [gone(liar, item) for item in items])

    guarding.release(other.registry, LOCAL_OPERATOR, third.dns)

    assert "MASS_WITHDRAWAL" == other.peer(liar).hold


def test_what_was_parked_is_counted_too(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    items = copies(sisters, liar, other, 30)
    take(other, liar, items)
    peer = other.peer(liar)
    with other.registry.storage.begin() as unit:
        parked = applying.apply_page(other.registry, unit, replace(peer, keys=()), [gone(liar, one) for one in items])

    with pytest.raises(MassWithdrawal):
        other.pull(liar)

    assert (30, 30, 30) == (parked.parked, left(other, items), len(other.refused(liar)))


def test_a_node_that_is_held_is_asked_nothing_more_while_others_go_on(sisters: Sisterhood) -> None:
    other, liar, third = sisters.friends("a", "b", "c")
    items = copies(sisters, liar, other, 20)
    take(other, liar, items)
    with pytest.raises(MassWithdrawal):
        pulled(sisters, other, liar, [gone(liar, item) for item in items])
    sisters.net.seen.clear()
    record = third.node.publish(content(title="Of another"))
    third.sign()

    pulling.pull_due(other.registry, SYSTEM)
    with pytest.raises(MassWithdrawal):
        pulling.pull(other.registry, SYSTEM, liar.dns)

    assert other.record(record.uid) is not None
    assert [] == [one.url for one in sisters.net.seen if "b.test/fed/v1/log" in one.url]


def test_what_is_released_passes_for_a_time_and_what_went_then_is_not_held_against_the_node(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    other, liar = sisters.friends("a", "b")
    items = copies(sisters, liar, other, 60)
    take(other, liar, items)
    away = [gone(liar, item, "erase") for item in items[:30]]
    with pytest.raises(MassWithdrawal):
        pulled(sisters, other, liar, away)

    released = guarding.release(other.registry, LOCAL_OPERATOR, liar.dns, hours=2)
    assert [("node:b.test", AlertState.DISMISSED)] == alerts(other, AlertKind.SYNC_HELD)
    done = pulled(sisters, other, liar, away)
    clock.advance(hours=3)
    later = pulled(sisters, other, liar, [gone(liar, item) for item in items[30:49]])
    with pytest.raises(MassWithdrawal):
        pulled(sisters, other, liar, [gone(liar, item) for item in items[49:]])

    assert (None, 30, 19, 11) == (released.hold, done.applied, later.applied, left(other, items))
    assert 30 == len(other.registry.erasures.uids())


def test_a_release_lasts_from_one_hour_to_three_days(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")

    for hours in (0, 73):
        with pytest.raises(InvalidInput):
            guarding.release(other.registry, LOCAL_OPERATOR, liar.dns, hours=hours)

    assert None is other.peer(liar).released_until


def test_records_that_are_merged_into_each_other_wait_and_hang_nobody(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    items = copies(sisters, liar, other, 3)
    take(other, liar, items)
    first, second, third = (json.loads(item["header"])["uid"] for item in items)

    done = take(
        other,
        liar,
        [
            gone(liar, items[0], "merge", merged_into=first),
            gone(liar, items[1], "merge", merged_into=third),
            gone(liar, items[2], "merge", merged_into=second),
        ],
    )

    assert (1, 2, ["MERGED_IN_A_CIRCLE"] * 2) == (done.applied, done.parked, other.refused(liar))
    assert 2 == left(other, items)


def test_who_gave_what_was_given_up_is_told_but_for_what_would_tell_whom_a_node_trusts(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    other, liar = sisters.friends("a", "b")
    items = copies(sisters, liar, other, 2)
    take(other, liar, items[:1])
    circle = gone(liar, items[0], "merge", merged_into=json.loads(items[0]["header"])["uid"])
    with other.registry.storage.begin() as unit:
        applying.apply_page(other.registry, unit, other.peer(liar), [circle])
        applying.apply_page(other.registry, unit, replace(other.peer(liar), keys=()), [items[1]])
    clock.advance(days=8)

    pulled(sisters, other, liar, [])
    liar.pull(other)

    assert {"MERGED_IN_A_CIRCLE_GIVEN_UP", "MISSING_KEY_GIVEN_UP"} == set(other.refused(liar))
    assert ["MERGED_IN_A_CIRCLE_GIVEN_UP"] == [
        one.reason for one in telling.findings(liar.registry, LOCAL_OPERATOR, other.dns)
    ]


def test_nobody_is_released_who_was_never_confirmed(sisters: Sisterhood) -> None:
    one, other = sisters.found("a"), sisters.found("b")
    peering.add(one.registry, LOCAL_OPERATOR, other.registry.settings.base_url)

    with pytest.raises(Conflict, match="not confirmed"):
        guarding.release(one.registry, LOCAL_OPERATOR, other.dns, hours=2)

    with one.registry.storage.read() as reader:
        known = reader.peers.get(other.dns)
    assert known is not None
    assert known.released_until is None
