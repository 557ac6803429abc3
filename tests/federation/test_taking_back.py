"""What was taken back stays away: by whatever way it came, and whoever has not heard of it yet."""

from __future__ import annotations

from dataclasses import replace

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Actor, Role
from registry.domain.record import GroupSlug, Record, State
from registry.domain.vocabulary import Tlp
from registry.service import erasure, groups, life
from registry.service.federation import applying, pulling
from tests.factories import content
from tests.federation.forging import held_back, honest, lying
from tests.federation.simulation.checks import rows_of
from tests.federation.world import Sister, Sisterhood

REASON = "Published twice by mistake."


def title_of(sister: Sister, record: Record) -> str | None:
    """What a node has as the title of a record."""
    found = sister.record(record.uid)
    return None if found is None or found.head.public is None else str(found.head.public.document["title"])


def narrow(sister: Sister, record: Record, tlp: Tlp, *, restricted: Tlp = Tlp.RED) -> None:
    """Show a record to fewer people."""
    life.narrow(sister.registry, sister.node.submitter, record.uid, tlp=tlp, restricted_tlp=restricted, reason=REASON)


def operator(sister: Sister) -> Actor:
    """Who blocks records of a node."""
    return replace(sister.node.reviewer, roles=frozenset({Role.OPERATOR, Role.LEAD_REVIEWER}))


def erase(sister: Sister, record: Record) -> None:
    """Erase a record at its origin, by two."""
    second = replace(sister.node.institute, roles=frozenset({Role.OPERATOR}))
    erasure.block(sister.registry, operator(sister), record.uid, reason=REASON)
    erasure.erase(sister.registry, second, record.uid, reason=REASON, legal_basis="GDPR Art. 17")


def stored(sister: Sister) -> str:
    """Every row of a node's store."""
    return "\n".join(rows_of(sister.registry))


def grouped(sister: Sister, *organisations: str) -> Actor:
    """The submitter of a node, in a group with these organisations."""
    groups.add_group(sister.registry, LOCAL_OPERATOR, slug="circle", name="Circle")
    for one in ("acme", *organisations):
        groups.join(sister.registry, LOCAL_OPERATOR, slug="circle", organisation_slug=one)
    return replace(sister.node.submitter, groups=frozenset({GroupSlug("circle")}))


def test_in_a_ring_nobody_gives_it_back_who_has_not_heard_yet(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    two.pull(one)
    three.pull(two)
    two.pull(three)
    narrow(one, record, Tlp.RED)
    two.pull(one)
    with two.registry.storage.begin() as unit:
        unit.peers.save(replace(two.peer(three), cursor=None))

    two.pull(three)
    assert (None, "First") == (title_of(two, record), title_of(three, record))

    three.pull(two)
    assert None is title_of(three, record)


def test_what_is_taken_back_behind_a_tombstone_goes_everywhere(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    three.pull(one)
    erasure.block(one.registry, operator(one), record.uid, reason=REASON)
    two.pull(one)
    three.pull(two)
    narrow(one, record, Tlp.RED)

    two.pull(one)
    three.pull(two)

    assert [(State.WITHDRAWN, None)] * 2 == [
        (found.state, found.head.public) for found in (two.record(record.uid), three.record(record.uid)) if found
    ]


def test_what_becomes_of_it_afterwards_is_not_told(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    other.pull(one)
    narrow(one, record, Tlp.RED)
    other.pull(one)
    one.node.withdraw(record)
    items = held_back(sisters, one)

    other.pull(one)

    assert [] == items


def test_the_restricted_part_goes_with_the_membership_and_with_a_narrower_marking(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "node-bbb")
    marking = {"tlp": "CLEAR", "restricted_tlp": "AMBER", "audience": "circle"}
    told = replace(one.node, submitter=owner)
    first = told.publish(content(marking=marking, restricted={"narrative": "The kingfisher"}))
    second = told.publish(content(marking={"restricted_tlp": "GREEN"}, restricted={"narrative": "The heron"}))
    other.pull(one)
    assert "kingfisher" in stored(other)

    groups.leave(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-bbb")
    narrow(one, second, Tlp.CLEAR)
    other.pull(one)

    text = stored(other)
    assert (False, False) == ("kingfisher" in text, "heron" in text)
    assert all(title_of(other, record) for record in (first, second))


def test_nothing_is_given_out_under_the_marking_of_yesterday(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    grouped(one, "node-bbb")
    record = one.node.publish(content(title="First"))
    one.sign()
    items = held_back(sisters, one)
    owner = replace(one.node.submitter, groups=frozenset({GroupSlug("circle")}))
    life.narrow(one.registry, owner, record.uid, tlp=Tlp.AMBER, audience="circle", reason=REASON)

    # The follower has not come to it yet.
    pulling.pull(other.registry, SYSTEM, one.dns)
    assert [] == items

    other.pull(one)
    assert 1 == len(items)


def test_a_shorter_way_lets_it_go_further(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    record = one.node.publish(content())
    two.pull(one)
    three.pull(two)
    (longer,) = _hops(three, record)

    three.pull(one)

    assert (1, 0) == (longer, *_hops(three, record))


def test_an_old_header_of_what_was_erased_brings_no_words_back(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(marking={"content_warnings": ["The kingfisher"]}))
    old = held_back(sisters, one)
    other.pull(one)
    honest(sisters, one)
    erase(one, record)
    other.pull(one)

    with other.registry.storage.begin() as unit:
        applying.apply_page(other.registry, unit, other.peer(one), [old[0]])

    assert "kingfisher" not in stored(other)


def test_who_erased_it_before_passes_on_that_its_origin_erased_it(sisters: Sisterhood) -> None:
    one, relay, other = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    relay.pull(one)
    other.pull(relay)
    erase(relay, record)
    other.pull(relay)
    erase(one, record)
    relay.pull(one)

    other.pull(relay)

    found = other.record(record.uid)
    assert found is not None
    assert State.ERASED is found.state


def test_what_a_relay_took_back_is_gone_as_its_origin_says_it_is(sisters: Sisterhood) -> None:
    one, relay, other = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    life.withdraw(one.registry, one.node.reviewer, record.uid, reason=REASON)
    relay.pull(one)
    other.pull(relay)
    revocation = {"type": "revoke", "uid": record.uid, "number": record.number, "hash": "0" * 64}
    lying(sisters, relay, lambda page: page["items"].append(revocation))
    assert 1 == other.pull(relay).applied.revoked
    honest(sisters, relay)

    other.pull(one)

    found = other.record(record.uid)
    assert found is not None
    assert (State.WITHDRAWN, REASON) == (found.state, found.reason)


def test_who_never_had_it_passes_on_that_it_was_erased(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    three.pull(one)
    erase(one, record)

    two.pull(one)
    three.pull(two)

    assert [State.ERASED] * 2 == [found.state for found in (two.record(record.uid), three.record(record.uid)) if found]


def test_the_erasure_of_a_revision_that_never_came_is_passed_on(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    two.pull(one)
    three.pull(two)
    erase(one, one.node.revise(record, content(title="Second")))

    two.pull(one)
    three.pull(two)

    assert [State.ERASED] * 2 == [found.state for found in (two.record(record.uid), three.record(record.uid)) if found]


def test_a_restricted_part_that_was_closed_goes_where_the_header_comes_through_others(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    record = one.node.publish(content(marking={"restricted_tlp": "GREEN"}, restricted={"narrative": "The heron"}))
    two.pull(one)
    three.pull(two)
    narrow(one, record, Tlp.CLEAR, restricted=Tlp.AMBER)

    two.pull(one)
    three.pull(two)

    assert (False, False) == ("heron" in stored(two), "heron" in stored(three))


def test_what_is_refused_of_what_was_erased_leaves_no_words(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="The kingfisher"))
    items = held_back(sisters, one)
    other.pull(one)
    honest(sisters, one)
    tampered = items[0] | {"public": items[0]["public"] | {"salt": "A" * 22}}

    def give() -> None:
        with other.registry.storage.begin() as unit:
            applying.apply_page(other.registry, unit, other.peer(one), [tampered])

    give()
    assert ("WRONG_HASH", True) == (*other.refused(one), "kingfisher" in stored(other))
    erase(one, record)
    other.pull(one)
    give()

    assert (["WRONG_HASH"], False) == (other.refused(one), "kingfisher" in stored(other))


def _hops(sister: Sister, record: Record) -> list[int]:
    with sister.registry.storage.read() as reader:
        return [one.hops for one in reader.envelopes.history(record.uid, limit=100)]
