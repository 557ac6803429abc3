"""What came from another node is told to platforms too, under the ids that it has there."""

from __future__ import annotations

from typing import Any

from registry.domain.actor import SYSTEM
from registry.domain.record import Record
from registry.service.interop import placing
from tests.factories import content
from tests.federation.world import Sister, Sisterhood


def reports(sister: Sister, record: Record) -> list[dict[str, Any]]:
    """The reports in the bundle of a record there."""
    while placing.place_changes(sister.registry, SYSTEM):
        pass
    objects: list[dict[str, Any]] = sister.client.get(f"/r/{record.number}.stix.json").json()["objects"]
    return [one for one in objects if one["type"] == "report"]


def test_a_record_has_the_same_ids_at_every_node_and_is_of_the_one_that_it_began_at(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="Voices copied"))
    other.pull(one)

    here, there = reports(one, record)[0], reports(other, record)[0]

    told = ("id", "name", "created_by_ref", "created", "object_marking_refs")
    assert [here[name] for name in told] == [there[name] for name in told]
    event = other.client.get(f"/feeds/misp/{record.uid}.json").json()["Event"]
    assert ("Voices copied", one.dns) == (event["info"], event["Orgc"]["name"])


def test_a_withdrawal_at_its_origin_is_told_to_platforms_of_other_nodes(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="Soon gone"))
    other.pull(one)
    assert [False] == [found.get("revoked", False) for found in reports(other, record)]

    one.node.withdraw(record)
    other.pull(one)

    assert [(True, f"{record.number} (withdrawn)")] == [
        (found["revoked"], found["name"]) for found in reports(other, record)
    ]
