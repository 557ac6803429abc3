"""Pages of the log: what remains behind each, and what a cursor tells."""

from __future__ import annotations

from registry.domain.federation.peer import Peer
from registry.ports import Registry
from registry.service.federation import serving
from registry.service.federation.entitlement import actor_of
from registry.service.federation.serving import LogPage
from tests.factories import content
from tests.federation.world import Sister, Sisterhood


def page(sister: Sister, peer: Peer, *, after: str | None = None, limit: int = 2) -> LogPage:
    """A page of what *sister* gives to *peer*."""
    sister.sign()
    registry: Registry = sister.registry
    with registry.storage.read() as reader:
        actor = actor_of(reader, peer)
    return serving.log_page(registry, actor, after=after, limit=limit)


def test_what_remains_is_counted_down_page_by_page_and_counts_what_comes_meanwhile(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    peer = one.peer(other)
    records = [one.node.publish(content(title=f"Number {at}")) for at in range(5)]
    one.node.publish(content(marking={"tlp": "RED"}))

    first = page(one, peer)
    second = page(one, peer, after=first.cursor)
    one.node.publish(content(title="Later"))
    third = page(one, peer, after=second.cursor)
    last = page(one, peer, after=third.cursor)

    assert [3, 1, 0, 0] == [one.remaining for one in (first, second, third, last)]
    assert [2, 2, 2, 0] == [len(one.items) for one in (first, second, third, last)]
    one.node.withdraw(records[0])
    assert (1, 0) == (len((again := page(one, peer, after=third.cursor)).items), again.remaining)


def test_the_length_of_a_cursor_does_not_tell_how_much_is_hidden(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    peer = one.peer(other)
    one.node.publish(content(title="First"))
    few = page(one, peer)

    for _ in range(9):
        one.node.publish(content(marking={"tlp": "RED"}))
    many = page(one, peer, after=few.cursor)

    assert len(few.cursor) == len(many.cursor)
