"""However much a node that lies hangs on one record, each item of that record costs the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from registry.service.federation import applying
from tests.factories import content
from tests.federation.forging import held_back, next_header, resigned
from tests.federation.world import Sister, Sisterhood
from tests.service.traced import TracedStorage

Item = dict[str, Any]


def statements_for(other: Sister, liar: Sister, *items: Item) -> int:
    """How many statements the store runs to take in a page."""
    traced = TracedStorage(other.registry.storage)
    registry = replace(other.registry, storage=traced)
    with registry.storage.begin() as unit:
        applying.apply_page(registry, unit, other.peer(liar), items)
    return len(traced.statements)


def merged(item: Item, liar: Sister, into: str, at: int) -> Item:
    """A record of *liar* that another one stands for."""
    fields = {"uid": f"01930f3e-7c1a-7b52-9a64-{at:012d}", "number": f"AAA-INC-2026-{at:04d}"}
    gone = resigned(item, liar.registry.key, **fields, state="merged", change="merge", merged_into=into)
    return {name: value for name, value in gone.items() if name != "public"}


def test_a_record_that_many_were_merged_into_is_taken_in_with_as_few_statements(sisters: Sisterhood) -> None:
    liar, other = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    items = held_back(sisters, liar)
    other.pull(liar)
    (item,) = items
    statements_for(other, liar, item, merged(item, liar, record.uid, 1000))
    narrowed = resigned(item, liar.registry.key, **next_header(item, marking={"tlp": "GREEN"}))

    of_one = statements_for(other, liar, narrowed)
    statements_for(other, liar, *(merged(item, liar, record.uid, at) for at in range(1001, 1020)))
    widened = resigned(narrowed, liar.registry.key, **next_header(narrowed, marking={"tlp": "CLEAR"}))
    of_many = statements_for(other, liar, widened)

    assert of_many <= of_one
