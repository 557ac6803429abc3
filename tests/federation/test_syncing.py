"""What one node publishes, another has: as it is there, as visible as it may be here, and gone when it is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, SYSTEM, Actor, Role
from registry.domain.federation.errors import ForeignRecord
from registry.domain.record import GroupSlug, Record, RecordUid, State
from registry.domain.vocabulary import Tlp
from registry.service import erasure, find, groups, jobs, life
from registry.service.federation import peering
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.federation.world import Sister, Sisterhood

REASON = "Published twice by mistake."


def held(sister: Sister, record: Record) -> tuple[State, str | None] | None:
    """The state of a record and its title, as far as it is there."""
    found = sister.record(record.uid)
    if found is None:
        return None
    title = None if found.head.public is None else found.head.public.document["title"]
    return found.state, None if title is None else str(title)


def is_public(sister: Sister, record: Record) -> bool:
    """Whether strangers read it there."""
    found = sister.record(record.uid)
    return found is not None and found.is_public


def grouped(sister: Sister, slug: str, *organisations: str) -> Actor:
    """The submitter of a node, in a group with these organisations."""
    groups.add_group(sister.registry, LOCAL_OPERATOR, slug=slug, name=slug.title())
    for one in ("acme", *organisations):
        groups.join(sister.registry, LOCAL_OPERATOR, slug=slug, organisation_slug=one)
    return replace(sister.node.submitter, groups=frozenset({GroupSlug(slug)}))


def published_to(sister: Sister, owner: Actor, **marking: object) -> Record:
    """A record of the node, with a marking."""
    return replace(sister.node, submitter=owner).publish(content(marking=marking))  # type: ignore[arg-type]


def test_what_is_published_is_had_by_those_who_ask(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="Voices copied"))

    done = other.pull(one)

    found = other.record(record.uid)
    assert found is not None
    assert (1, True, "a.test", record.number) == (done.applied.applied, found.received, found.origin, found.number)
    assert found.head.public == record.head.public
    assert is_public(other, record)
    assert (0, 0) == (other.pull(one).applied.applied, other.pull(one).applied.known)


def test_a_revision_a_withdrawal_and_a_restoration_follow(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    other.pull(one)

    record = one.node.revise(record, content(title="Second"))
    other.pull(one)
    assert (State.PUBLISHED, "Second") == held(other, record)

    one.node.withdraw(record, REASON)
    other.pull(one)
    found = other.record(record.uid)
    assert found is not None
    assert (State.WITHDRAWN, REASON, False) == (found.state, found.reason, found.is_public)


def test_a_record_is_cited_by_the_day_on_which_its_origin_published_it(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    published = sisters.clock.now()
    record = one.node.publish(content(title="First"))
    one.sign()
    sisters.clock.advance(days=400)
    other.pull(one)

    page = other.client.get(f"/r/{record.number}").text

    received = sisters.clock.now()
    assert f"({published.year}). First." in page
    assert f"({received.year})" not in page
    assert "Published there" in page


def test_nothing_is_changed_here_that_began_elsewhere(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content())
    other.pull(one)

    try:
        life.withdraw(other.registry, other.node.reviewer, record.uid, reason=REASON)
    except ForeignRecord as error:
        refused = error.code

    assert ("FOREIGN_RECORD", True) == (refused, is_public(other, record))


def test_what_is_for_nobody_else_never_leaves(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle")
    red = one.node.publish(content(marking={"tlp": "RED"}))
    amber = published_to(one, owner, tlp="AMBER", audience="circle")
    draft = one.node.submit(content())

    done = other.pull(one)

    assert (0, 0) == (done.applied.applied, done.remaining)
    assert [None, None, None] == [other.record(record.uid) for record in (red, amber, draft)]


def test_green_is_for_the_community_of_the_other_node_too(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(marking={"tlp": "GREEN"}))

    other.pull(one)

    found = other.record(record.uid)
    assert found is not None
    assert (False, True) == (found.is_public, found.is_open_to_community)


def test_a_group_is_the_one_that_the_operator_names_and_who_joins_late_gets_what_was_shared(
    sisters: Sisterhood,
) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle")
    grouped(other, "ours")
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, groups={"circle": "ours"})
    record = published_to(one, owner, tlp="AMBER", audience="circle")
    other.pull(one)
    assert held(other, record) is None

    groups.join(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-bbb")
    other.pull(one)

    found = other.record(record.uid)
    assert found is not None
    assert ("ours", Tlp.AMBER) == (found.shared_with, found.tlp)


def test_who_leaves_a_group_lets_go_and_who_comes_back_has_it_again(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle", "node-bbb")
    record = published_to(one, owner, tlp="AMBER", audience="circle")
    other.pull(one)
    assert held(other, record) is not None

    groups.leave(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-bbb")
    assert 1 == other.pull(one).applied.revoked
    assert (State.WITHDRAWN, None) == held(other, record)
    assert 0 == other.pull(one).applied.revoked

    groups.join(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-bbb")
    other.pull(one)
    assert (State.PUBLISHED, "Spam wave on a chat platform") == held(other, record)


def test_an_embargo_lifts_on_all_nodes(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    until = (START + timedelta(days=3)).isoformat()
    record = one.node.publish(content(marking={"embargo_until": until}))
    other.pull(one)
    assert held(other, record) is None

    clock.advance(days=4)
    jobs.run_due(one.registry, SYSTEM)
    other.pull(one)

    assert is_public(other, record)


def test_what_is_erased_at_its_origin_is_erased_everywhere_and_never_comes_back(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="A name that must go"))
    other.pull(one)

    operator = replace(one.node.reviewer, roles=frozenset({Role.OPERATOR, Role.LEAD_REVIEWER}))
    second = replace(one.node.institute, roles=frozenset({Role.OPERATOR}))
    erasure.block(one.registry, operator, record.uid, reason=REASON)
    erasure.erase(one.registry, second, record.uid, reason=REASON, legal_basis="GDPR Art. 17")
    other.pull(one)

    assert (State.ERASED, None) == held(other, record)
    assert record.uid in other.registry.erasures.uids()
    with other.registry.storage.begin() as unit:
        peer = unit.peers.get(one.dns)
        assert peer is not None
        unit.peers.save(replace(peer, cursor=None))
    other.pull(one)
    assert (State.ERASED, None) == held(other, record)


def test_three_nodes_in_a_ring_come_to_rest(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    ring = ((two, one), (three, two), (one, three))
    for _ in range(3):
        for asks, answers in ring:
            asks.pull(answers)
    one.node.revise(record, content(title="Second"))

    counts = [[asks.pull(answers).applied.applied for asks, answers in ring] for _ in range(3)]

    assert [[1, 1, 0], [0, 0, 0], [0, 0, 0]] == counts
    assert [(State.PUBLISHED, "Second")] * 3 == [held(sister, record) for sister in (one, two, three)]


def test_strangers_find_what_came_from_another_node(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="Voices copied"))
    other.pull(one)
    other.node.catch_up()

    found = find.record(other.registry, ANONYMOUS, RecordUid(record.uid))

    assert (record.number, "a.test") == (found.number, found.origin)
    assert 200 == other.client.get(f"/r/{record.number}").status_code
    assert f"/r/{record.number}" in other.client.get("/search?q=voices").text
