"""A node asks another for some kinds of records, up to a marking, as often as it likes; what it has it follows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.actor import peer as peer_actor
from registry.domain.errors import InvalidInput
from registry.domain.federation.comparing import bucket_hash, bucket_of
from registry.domain.federation.filtering import LogFilter, read_filter
from registry.domain.record import State
from registry.domain.vocabulary import Kind, Tlp
from registry.service import life
from registry.service.federation import comparing, peering, pulling, reconciling
from tests.clocks import FixedClock
from tests.factories import content
from tests.federation.forging import lying
from tests.federation.test_syncing import grouped, held, published_to
from tests.federation.world import Sister, Sisterhood

REASON = "Published twice by mistake."


def asks_for(sister: Sister, other: Sister, *kinds: Kind, up_to: Tlp | None = None) -> None:
    """Let a node ask another for these alone."""
    wanted = LogFilter(kinds, up_to)
    peering.change(sister.registry, LOCAL_OPERATOR, other.dns, wanted=wanted)


def test_only_what_is_asked_for_comes_and_counts_as_remaining(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    asks_for(other, one, Kind.LESSON, up_to=Tlp.CLEAR)
    said: list[int] = []
    lying(sisters, one, lambda page: said.append(page["remaining"]))
    incident = one.node.publish(content())
    green = one.node.publish(content(Kind.LESSON, marking={"tlp": "GREEN"}))
    lesson = one.node.publish(content(Kind.LESSON))

    done = other.pull(one)

    assert (1, {0}) == (done.applied.applied, set(said))
    assert [None, None, True] == [other.record(each.uid) and True for each in (incident, green, lesson)]


def test_what_was_sent_once_is_compared_from_then_on_whatever_is_wanted(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    incident = one.node.publish(content())
    one.sign()
    actor = peer_actor(other.dns, one.peer(other).organisation, frozenset())
    bucket, wanted, hashes = bucket_of(incident.uid), LogFilter((Kind.LESSON,)), list[str]()
    answering = comparing.Comparing()

    for _ in range(2):
        found = answering.buckets(one.registry, actor, origin=one.dns, first=bucket, wanted=wanted)
        hashes.append(found.hashes[bucket])
        comparing.revisions(one.registry, actor, incident.uid)

    (entry,) = comparing.bucket_entries(one.registry, actor, bucket, origin=one.dns, wanted=wanted)
    assert [bucket_hash(()), bucket_hash([entry])] == hashes


def test_who_asks_for_more_gets_the_rest_and_who_asks_for_less_follows_what_it_has(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    asks_for(other, one, Kind.LESSON)
    incident, lesson = one.node.publish(content(title="First")), one.node.publish(content(Kind.LESSON))
    other.pull(one)
    assert [False, True] == [other.record(each.uid) is not None for each in (incident, lesson)]

    asks_for(other, one)
    other.pull(one)
    assert (State.PUBLISHED, "First") == held(other, incident)

    asks_for(other, one, Kind.LESSON)
    late = one.node.publish(content(title="Late"))
    incident = one.node.revise(incident, content(title="Second"))
    other.pull(one)
    assert (None, (State.PUBLISHED, "Second")) == (held(other, late), held(other, incident))
    one.node.withdraw(incident, REASON)
    other.pull(one)
    found = other.record(incident.uid)
    assert found is not None
    assert (State.WITHDRAWN, REASON) == (found.state, found.reason)


def test_what_is_narrowed_beyond_what_is_asked_for_is_told_nevertheless(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle", "node-bbb")
    record = published_to(one, owner, tlp="GREEN")
    asks_for(other, one, up_to=Tlp.GREEN)
    other.pull(one)
    assert held(other, record) is not None

    life.narrow(one.registry, owner, record.uid, tlp=Tlp.AMBER, audience="circle", reason=REASON)
    other.pull(one)

    found = other.record(record.uid)
    assert found is not None
    assert (Tlp.AMBER, False) == (found.tlp, found.is_open_to_community)


def test_comparing_asks_for_the_same_and_follows_what_was_given(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    incident = one.node.publish(content(title="Had before"))
    other.pull(one)
    asks_for(other, one, Kind.LESSON)
    unwanted = [one.node.publish(content()) for _ in range(3)]
    other.pull(one)

    first = reconciling.reconcile(other.registry, SYSTEM, one.dns)
    one.node.withdraw(incident, REASON)
    one.sign()
    second = reconciling.reconcile(other.registry, SYSTEM, one.dns)

    assert [(0, True), (1, True)] == [(done.differing, done.is_done) for done in (first, second)]
    assert State.WITHDRAWN == (held(other, incident) or (None,))[0]
    assert [None] * 3 == [held(other, record) for record in unwanted]


def test_a_cursor_of_another_question_is_refused_and_the_log_begins_anew(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    one.node.publish(content())
    other.pull(one)
    with other.registry.storage.begin() as unit:
        peer = unit.peers.get(one.dns)
        assert peer is not None
        unit.peers.save(replace(peer, kinds=(Kind.LESSON,)))

    before = len(sisters.net.seen)
    done = other.pull(one)

    asked = [request.url for request in sisters.net.seen[before:] if "/log" in request.url]
    assert ("after=" in asked[0], "after=" in asked[1], 0) == (True, False, done.applied.quarantined)


def test_each_node_is_asked_as_often_as_its_operator_says(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, poll_seconds=600)

    asked = []
    for seconds in (0, 599, 1):
        clock.advance(seconds=seconds)
        asked.append(pulling.pull_due(other.registry, SYSTEM))
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, poll_seconds=0)
    clock.advance(seconds=60)

    assert [1, 0, 1, 1] == [*asked, pulling.pull_due(other.registry, SYSTEM)]
    for seconds in (9, 86_401):
        with pytest.raises(InvalidInput):
            peering.change(other.registry, LOCAL_OPERATOR, one.dns, poll_seconds=seconds)


@pytest.mark.parametrize(
    ("said", "paths"),
    [
        ({"kinds": "incident,wave"}, [("kinds",)]),
        ({"tlp_max": "PURPLE"}, [("tlp_max",)]),
        ({"kinds": "x", "tlp_max": "green"}, [("kinds",), ("tlp_max",)]),
    ],
)
def test_what_is_no_kind_or_marking_is_refused(said: dict[str, str], paths: list[tuple[str, ...]]) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_filter(said)

    assert paths == [one.path for one in raised.value.problems]


def test_the_same_question_is_the_same_however_it_is_written() -> None:
    wanted = read_filter({"kinds": "lesson,incident,lesson,", "tlp_max": "GREEN"})

    assert LogFilter((Kind.INCIDENT, Kind.LESSON), Tlp.GREEN) == wanted
    assert {"kinds": "incident,lesson", "tlp_max": "GREEN"} == wanted.query
    assert LogFilter() == read_filter({"kinds": "", "tlp_max": ""})


def test_a_node_that_is_only_answered_by_now_is_not_asked_soon_for_what_remained(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, other = sisters.friends("a", "b")
    other.pull(one)
    with other.registry.storage.begin() as unit:
        unit.peers.save(replace(other.peer(one), remaining=500, pinged_at=clock.now()))
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, pulls=False)

    asked = []
    for seconds in (6, 60):
        clock.advance(seconds=seconds)
        before = len(sisters.net.seen)
        pulling.pull_due(other.registry, SYSTEM)
        asked.append(len(sisters.net.seen) - before)

    assert [0, 1] == asked
