"""Nodes are founded, before a run and half-way; some of them lie, and not all know each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from registry.outbound import open_outbound
from registry.settings import Settings
from tests.federation.simulation.liars import Liar
from tests.federation.simulation.model import Book
from tests.federation.simulation.nodes import Ground, Simulated, introduce
from tests.federation.simulation.plan import Plan
from tests.federation.simulation.wire import Line, Wire


@dataclass(slots=True)
class Founder:
    """Founds one node after another.

    Attributes:
        names: of all nodes, also of those that are not founded yet.
        nodes: those that are.
        strangers: pairs of nodes that do not know each other.
    """

    plan: Plan
    random: Random
    ground: Ground
    book: Book
    wire: Wire
    names: list[str]
    liars: list[Liar] = field(default_factory=list)
    nodes: list[Simulated] = field(default_factory=list)
    strangers: frozenset[frozenset[str]] = frozenset()

    def draw(self) -> None:
        """Decide who lies, who asks whom, and who knows whom."""
        count = min(self.plan.liars, self.random.randint(1, 2)) if self.plan.liars else 0
        self.book.honest = set(self.names) - set(self.random.sample(self.names, count))
        asks = self.book.asks = _topology(self.random, self.names, self.book.honest)
        self.strangers = frozenset(
            frozenset(pair)
            for pair in combinations(self.names, 2)
            if pair[0] not in asks[pair[1]]
            and pair[1] not in asks[pair[0]]
            and self.random.random() < self.plan.strangers
        )

    def found(self) -> Simulated:
        """The next node: those that it is to know, and that are there, know it too."""
        plan, name = self.plan, self.names[len(self.nodes)]
        outbound = open_outbound(Settings(data_dir=self.ground.folder / "outbound"))
        line = Line(self.wire, f"{name}.test", outbound)
        node = self.ground.found(name, skew=self.random.randint(-plan.skew, plan.skew), outbound=line)
        node.asks = self.book.asks[name]
        others = [one for one in self.nodes if frozenset({name, one.name}) not in self.strangers]
        self.book.trusts[name] = {one.name for one in others}
        introduce(node, others, self.ground.ids)
        for one in others:
            self.book.trusts[one.name].add(name)
            introduce(one, [node], self.ground.ids)
        if name not in self.book.honest:
            node.lies = True
            self.liars.append(Liar(node, self.random))
            self.wire.liars[node.dns] = self.liars[-1].answer
        self.wire.apps[node.dns] = node.app
        self.nodes.append(node)
        return node


def _topology(random: Random, names: list[str], honest: set[str]) -> Mapping[str, list[str]]:
    """From whom each node pulls: honest ones in a ring, so that everything reaches everybody, and some more ways."""
    order = sorted(honest)
    random.shuffle(order)
    asks: dict[str, set[str]] = {name: {random.choice(order)} for name in names if name not in honest}
    asks |= {name: {order[at - 1]} for at, name in enumerate(order)}
    for name in names:
        if name not in honest:
            asks[random.choice(order)].add(name)
    for name in names:
        others = [one for one in names if one != name]
        for other in random.sample(others, random.randint(0, min(2, len(others)))):
            asks[name].add(other)
            if random.random() < 0.5:
                asks[other].add(name)
    return {name: sorted(found) for name, found in asks.items()}
