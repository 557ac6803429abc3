"""Writers that commit while others ask: a cursor passes nothing that is written at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from registry.clock import RandomIds
from registry.domain.record import Record
from tests.factories import content
from tests.federation.world import Sisterhood
from tests.web.node import Node

_EACH = 4


def test_a_late_commit_is_not_passed_by_a_cursor(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    # The ids of tests are counted by one thread.
    writer = replace(one.node, registry=replace(one.registry, ids=RandomIds()))

    def publish(node: Node, name: str) -> list[Record]:
        return [node.publish(content(title=f"{name} {at}")) for at in range(_EACH)]

    with ThreadPoolExecutor(2) as threads:
        writing = [threads.submit(publish, writer, name) for name in ("First", "Second")]
        while not all(each.done() for each in writing):
            other.pull(one)
        records = [record for each in writing for record in each.result()]
    other.pull(one)

    assert 2 * _EACH == len({record.uid for record in records})
    assert [] == [record.number for record in records if other.record(record.uid) is None]
    assert 0 == other.pull(one).remaining
