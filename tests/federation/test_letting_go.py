"""What a node must let go of goes with every revision of it, and what is hidden in the end is handed on to nobody."""

from __future__ import annotations

from dataclasses import replace

from registry.domain.actor import Actor, Role
from registry.domain.record import Record, State
from registry.domain.vocabulary import Tlp
from registry.service import erasure, life
from tests.factories import content
from tests.federation.test_syncing import REASON, grouped, held
from tests.federation.world import Sister, Sisterhood


def texts_of(sister: Sister, record: Record) -> int:
    """How many revisions of a record a node has any text of."""
    with sister.registry.storage.read() as reader:
        return sum(one.public is not None for one in reader.records.revisions(record.uid))


def blocking(sister: Sister) -> Actor:
    """Who may block at a node."""
    return replace(sister.node.reviewer, roles=frozenset({Role.OPERATOR, Role.LEAD_REVIEWER}))


def erase(sister: Sister, record: Record) -> None:
    """Block a record, and have a second person erase it."""
    erasure.block(sister.registry, blocking(sister), record.uid, reason=REASON)
    second = replace(sister.node.institute, roles=frozenset({Role.OPERATOR}))
    erasure.erase(sister.registry, second, record.uid, reason=REASON, legal_basis="GDPR Art. 17")


def test_a_tombstone_that_is_taken_back_goes_with_the_text_of_earlier_revisions(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    other.pull(one)
    erasure.block(one.registry, blocking(one), record.uid, reason=REASON)
    revised = one.node.revise(record, content(title="Second"))
    other.pull(one)
    assert 1 == texts_of(other, record)

    life.narrow(one.registry, one.node.submitter, revised.uid, tlp=Tlp.RED, reason=REASON)
    other.pull(one)

    assert (State.WITHDRAWN, 0) == ((held(other, record) or [None])[0], texts_of(other, record))
    assert 0 == other.pull(one).applied.revoked


def test_what_was_narrowed_and_then_erased_is_handed_on_to_nobody(sisters: Sisterhood) -> None:
    one, member, far = sisters.friends("a", "b", "c")
    owner = grouped(one, "circle", "node-bbb")
    record = replace(one.node, submitter=owner).publish(content(title="For all"))
    member.pull(one)
    far.pull(member)
    life.narrow(one.registry, owner, record.uid, tlp=Tlp.AMBER, audience="circle", reason=REASON)
    erase(one, record)

    member.pull(one)
    far.pull(member)

    assert (State.ERASED, None) == held(member, record)
    assert [] == far.refused(member)
    assert (State.WITHDRAWN, 0) == ((held(far, record) or [None])[0], texts_of(far, record))


def test_an_erasure_that_comes_by_a_shorter_way_too_is_handed_on_as_far_as_that_allows(sisters: Sisterhood) -> None:
    one, relay, other = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    relay.pull(one)
    other.pull(relay)
    erase(one, record)
    relay.pull(one)
    other.pull(relay)

    other.pull(one)

    with other.registry.storage.read() as reader:
        kept = reader.envelopes.heads([record.uid])[record.uid].header
    assert (0, one.dns) == (kept.hops, kept.came_from)
