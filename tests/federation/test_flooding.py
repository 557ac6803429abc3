"""Who signs nothing is held back as strangers are; nodes that sign pay from a budget of their own."""

from __future__ import annotations

from dataclasses import replace

from tests.factories import content
from tests.federation.world import Sister, Sisterhood


def limited(sisters: Sisterhood, sister: Sister, **quotas: int) -> None:
    """Let a node answer with budgets from now on."""
    settings = sister.registry.settings.model_copy(update={"limits": True, **quotas})
    node = replace(sister.node, registry=replace(sister.registry, settings=settings))
    sisters.net.clients[sister.dns] = sisters.client_of(Sister(node, sister.client))


def test_nodes_behind_one_address_do_not_use_up_what_strangers_there_may(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    one.node.publish(content())
    limited(sisters, one, anonymous_cost_per_minute=250)

    applied = [sister.pull(one).applied.applied for sister in (two, three)]
    answers = [sisters.net.clients[one.dns].get("/fed/v1/log").status_code for _ in range(3)]

    assert ([1, 1], [401, 401, 429]) == (applied, answers)


def test_a_node_that_asks_too_much_is_held_back_by_itself(sisters: Sisterhood) -> None:
    one, greedy, other = sisters.friends("a", "b", "c")
    one.node.publish(content())
    limited(sisters, one, organisation_cost_per_minute=200)

    greedy.pull(one)
    asked = [request for request in sisters.net.seen if "/fed/v1/log" in request.url]
    done = other.pull(one)

    assert 2 == len(asked)
    assert 1 == done.applied.applied
