"""What is for a group goes from its origin to those whom it means, and by no other way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.record import Record
from registry.service.federation import applying, peering
from tests.factories import content
from tests.federation.forging import held_back, honest, resigned
from tests.federation.test_syncing import grouped
from tests.federation.world import Sister, Sisterhood

SHARED = {"tlp": "CLEAR", "restricted_tlp": "AMBER", "audience": "circle"}


def shared(one: Sister, *nodes: str) -> Record:
    """A record for everybody, with a part for a group that these nodes are in."""
    owner = grouped(one, "circle", *nodes)
    own = replace(one.node, submitter=owner)
    return own.publish(content(marking=SHARED, restricted={"notes": "For the circle."}))


def has_part(sister: Sister, record: Record) -> bool | None:
    """Whether a node has the restricted part; nothing where it has not got the record."""
    found = sister.record(record.uid)
    return None if found is None else found.head.restricted is not None


def test_a_part_for_a_group_is_not_handed_on_to_the_group_of_another_node(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    record = shared(one, "node-bbb")
    grouped(two, "circle", "node-ccc")
    peering.change(two.registry, LOCAL_OPERATOR, one.dns, groups={"circle": "circle"})

    two.pull(one)
    three.pull(two)

    assert [True, False] == [has_part(sister, record) for sister in (two, three)]


def test_a_part_for_a_group_is_not_taken_of_who_hands_it_on(sisters: Sisterhood) -> None:
    one, liar, other = sisters.friends("a", "b", "c")
    record = shared(one, "node-ccc")
    (item,) = given_by(sisters, one, other)
    relayed = item | {"hops": 1}
    plain = {name: value for name, value in relayed.items() if name != "restricted"}

    found = [took(other, liar, record, each) for each in (relayed, plain, relayed)]

    assert [None, False, False] == found
    assert ["NOT_FOR_US"] == other.refused(liar)
    assert took(other, one, record, item)


@pytest.mark.parametrize("hops", [0, 1])
def test_what_is_under_an_embargo_comes_from_its_origin_alone(sisters: Sisterhood, hops: int) -> None:
    one, liar, other = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    (item,) = given_by(sisters, one, other)
    marking = json.loads(item["header"])["marking"] | {"embargo_until": "2030-01-01T00:00:00Z"}
    closed = resigned(item, one.registry.key, embargoed=True, marking=marking) | {"hops": hops}

    assert took(other, liar, record, closed) is None
    assert ["NOT_FOR_US"] == other.refused(liar)


def test_a_number_of_another_kind_is_not_taken(sisters: Sisterhood) -> None:
    liar, other = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    (item,) = given_by(sisters, liar, other)

    assert took(other, liar, record, resigned(item, liar.registry.key, number="AAA-POL-2026-0001")) is None
    assert ["FOREIGN_NUMBER"] == other.refused(liar)


def given_by(sisters: Sisterhood, one: Sister, other: Sister) -> list[dict[str, Any]]:
    """What *one* would give *other*, which does not arrive."""
    found = held_back(sisters, one)
    other.pull(one)
    honest(sisters, one)
    return found


def took(other: Sister, giver: Sister, record: Record, item: dict[str, Any]) -> bool | None:
    """Let *other* take in what *giver* gives; as ``has_part`` afterwards."""
    with other.registry.storage.begin() as unit:
        applying.apply_page(other.registry, unit, other.peer(giver), [item])
    return has_part(other, record)
