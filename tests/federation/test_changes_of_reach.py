"""Who may see a record changes, or a part of it goes: whoever has it follows, and nobody else learns of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.content.base import MAX_PART_BYTES
from registry.domain.record import State
from registry.service import groups
from tests.factories import content
from tests.federation.forging import honest, lying
from tests.federation.test_syncing import grouped, held, published_to
from tests.federation.world import Sisterhood


def test_an_audience_that_is_narrowed_after_sending_takes_the_record_from_those_who_are_not_in_it(
    sisters: Sisterhood,
) -> None:
    one, other, member = sisters.friends("a", "b", "c")
    owner = grouped(one, "circle", "node-ccc")
    record = one.node.publish(content(title="For all"))
    other.pull(one)
    member.pull(one)

    replace(one.node, submitter=owner).revise(
        record, content(title="For some", marking={"tlp": "AMBER", "audience": "circle"})
    )
    revoked = other.pull(one).applied.revoked
    member.pull(one)

    assert 1 == revoked
    assert (State.WITHDRAWN, None) == held(other, record)
    assert (State.PUBLISHED, "For some") == held(member, record)


def test_a_relay_takes_back_what_was_narrowed_after_sending(sisters: Sisterhood) -> None:
    one, relay = sisters.friends("a", "b")
    far = sisters.found("c")
    sisters.befriend(relay, far)
    sisters.befriend(one, far)
    record = one.node.publish(content(title="For all"))
    relay.pull(one)
    far.pull(relay)
    assert (State.PUBLISHED, "For all") == held(far, record)

    one.node.revise(record, content(title="For nobody", marking={"tlp": "RED"}))
    relay.pull(one)
    far.pull(relay)

    assert [(State.WITHDRAWN, None)] * 2 == [held(sister, record) for sister in (relay, far)]


def test_an_empty_group_is_nobody(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle", "node-bbb")
    groups.leave(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-bbb")
    record = published_to(one, owner, tlp="AMBER", audience="circle")
    groups.leave(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="acme")

    done = other.pull(one)

    assert (None, 0) == (held(other, record), done.remaining)


def test_a_field_that_is_removed_upstream_is_gone_everywhere(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First", aliases=["AIID:1"]))
    other.pull(one)

    one.node.revise(record, content(title="First"))
    other.pull(one)

    found = other.record(record.uid)
    assert found is not None
    assert found.head.public is not None
    assert "AIID:1" not in found.head.public.body.decode()


def test_one_huge_record_is_refused_by_itself(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    records = [one.node.publish(content(title=f"Number {at}")) for at in range(3)]

    def lie(page: dict[str, Any]) -> None:
        if page["items"]:
            page["items"][1]["public"]["body"] = "x" * (MAX_PART_BYTES + 1)

    lying(sisters, one, lie)
    other.pull(one)

    assert ["TOO_LONG"] == other.refused(one)
    assert [True, False, True] == [held(other, record) is not None for record in records]


def test_an_item_of_an_unknown_version_is_kept_and_flagged_and_never_dropped(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content())
    later = {"type": "something of 2031", "says": ["what", 1, "cannot", None]}
    lying(sisters, one, lambda page: page["items"] and page["items"].insert(0, later))

    other.pull(one)
    honest(sisters, one)

    with other.registry.storage.read() as reader:
        kept = reader.refusals.of(one.dns, limit=10)
    assert ["UNKNOWN_VERSION"] == [refused.reason for refused in kept]
    assert b'"something of 2031"' in kept[0].item
    assert held(other, record) is not None
