"""Statements about records of other nodes: signed by the node that states them, seen no wider than what they are about,
and waiting for it where it is not known yet."""

from __future__ import annotations

from dataclasses import replace

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, Role
from registry.domain.link import FieldRel
from registry.domain.pages import PageRequest
from registry.domain.record import GroupSlug, Record, RecordUid
from registry.domain.vocabulary import Kind
from registry.service import erasure, find
from registry.service.federation import peering, telling
from tests.clocks import FixedClock
from tests.factories import content
from tests.federation.test_syncing import grouped, is_public, published_to
from tests.federation.world import Sister, Sisterhood

SAID = "We have looked into it as well"
REASON = "Somebody asked us to look at it."


def stated(sister: Sister, about: Record) -> Record:
    """A statement of the node about a record, brought through its review."""
    return sister.node.publish(content(Kind.STATEMENT, about=about.uid, title=SAID))


def said_about(sister: Sister, record: Record) -> list[RecordUid]:
    """The statements about a record that strangers find there."""
    asked = PageRequest(20)
    uid = RecordUid(record.uid)
    page = find.linked(
        sister.registry, ANONYMOUS, uid, FieldRel.ABOUT, request=asked, reverse=True, kind=Kind.STATEMENT
    )
    return [one.uid for one in page.items]


def three_friends(sisters: Sisterhood) -> tuple[Sister, Sister, Sister]:
    """Three nodes, of which the first lets nobody hand on what began there."""
    one, two, three = sisters.found("a", federation_max_hops=0), sisters.found("b"), sisters.found("c")
    for pair in ((one, two), (two, three), (one, three)):
        sisters.befriend(*pair)
    return one, two, three


def test_a_statement_about_another_nodes_record_is_shown_there_and_at_a_third(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    two.pull(one)
    statement = stated(two, record)

    three.pull(one)
    three.pull(two)
    one.pull(two)

    assert [[statement.uid]] * 3 == [said_about(sister, record) for sister in (one, two, three)]
    shown = one.client.get(f"/r/{record.number}").text
    assert SAID in shown
    assert "signed by b.test" in shown


def test_a_statement_waits_for_what_it_is_about(sisters: Sisterhood) -> None:
    one, two, three = three_friends(sisters)
    record = one.node.publish(content(title="First"))
    two.pull(one)
    statement = stated(two, record)

    three.pull(two)
    three.pull(two)
    assert (["MISSING_TARGET"], None) == (three.refused(two), three.record(statement.uid))
    two.pull(three)
    # Nobody finds out in this way what is held here and what is not.
    assert () == telling.findings(two.registry, LOCAL_OPERATOR)
    three.pull(one)
    three.pull(two)

    assert ([statement.uid], []) == (said_about(three, record), three.refused(two))


def test_a_statement_that_has_waited_for_thirty_days_is_given_up(sisters: Sisterhood, clock: FixedClock) -> None:
    one, two, three = three_friends(sisters)
    record = one.node.publish(content(title="First"))
    two.pull(one)
    statement = stated(two, record)
    three.pull(two)

    clock.advance(days=29)
    three.pull(two)
    assert ["MISSING_TARGET"] == three.refused(two)
    clock.advance(days=1)
    three.pull(two)

    assert ["MISSING_TARGET_GIVEN_UP"] == three.refused(two)
    assert three.record(statement.uid) is None


def test_a_statement_is_hidden_where_what_it_is_about_is_hidden(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    other.pull(one)
    statement = stated(other, record)
    operator = replace(one.node.reviewer, roles=frozenset({Role.OPERATOR}))
    erasure.block(one.registry, operator, record.uid, reason=REASON)

    one.pull(other)
    assert (False, []) == (is_public(one, statement), said_about(one, record))
    erasure.unblock(one.registry, operator, record.uid, reason=REASON)

    assert [statement.uid] == said_about(one, record)


def test_a_statement_about_what_was_shared_goes_no_further(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    owner = grouped(one, "circle", "node-bbb")
    insider = grouped(two, "ours")
    peering.change(two.registry, LOCAL_OPERATOR, one.dns, groups={"circle": "ours"})
    record = published_to(one, owner, tlp="AMBER", audience="circle")
    two.pull(one)

    statement = replace(two.node, submitter=replace(insider, groups=frozenset({GroupSlug("ours")}))).publish(
        content(Kind.STATEMENT, about=record.uid, title=SAID)
    )
    three.pull(two)

    assert (False, None) == (is_public(two, statement), three.record(statement.uid))
