"""A record that its origin revises without end costs as much for each revision as for the first."""

from __future__ import annotations

from tests.factories import content
from tests.federation.test_syncing import held
from tests.federation.world import Sisterhood


def test_a_further_revision_is_taken_in_without_reading_those_before(asked: list[str], sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="Number 0"))
    other.pull(one)
    found = []
    for at in range(1, 4):
        record = one.node.revise(record, content(title=f"Number {at}"))
        one.sign()
        asked.clear()
        other.pull(one)
        found.append(sum("public_body" in statement and "FROM revisions" in statement for statement in asked))

    assert held(one, record) == held(other, record)
    assert not any("ORDER BY revisions.draft_revision" in statement for statement in asked)
    assert 1 == len(set(found))
