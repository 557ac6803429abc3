"""Many nodes, a bad wire, dying processes and lying nodes: what must hold holds, for seeds that are always the same."""

from __future__ import annotations

import pytest

from tests.federation.simulation.plan import Plan
from tests.federation.simulation.run import run
from tests.web.node import Furnished

FIXED = range(1, 21)


def test_nodes_converge_and_nothing_leaks_grows_or_comes_back(furnished: Furnished) -> None:
    run(Plan(101, nodes=5, edits=60), furnished)


@pytest.mark.simulation
@pytest.mark.parametrize("seed", FIXED)
def test_it_holds_for_each_of_the_fixed_seeds(furnished: Furnished, seed: int) -> None:
    run(Plan(seed), furnished)


def test_the_same_seed_is_the_same_run(furnished: Furnished) -> None:
    plan = Plan(1, nodes=3, edits=30)

    assert run(plan, furnished).trace == run(plan, furnished).trace
