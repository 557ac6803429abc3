"""The course of a run: people edit, nodes ask each other, things go wrong; in the end all comes to rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.errors import CommonsError
from registry.domain.federation.errors import MassWithdrawal
from registry.domain.record import RecordUid
from registry.service.federation import guarding, pulling, reconciling
from tests.federation.simulation import checks
from tests.federation.simulation.copies import Copies
from tests.federation.simulation.editing import Editor
from tests.federation.simulation.founding import Founder
from tests.federation.simulation.liars import Liar
from tests.federation.simulation.model import Book
from tests.federation.simulation.nodes import Ground, Simulated
from tests.federation.simulation.plan import Broken, Crash, Plan
from tests.federation.simulation.wire import Wire

# A node that lies always has more.
_MOST_PAGES = 30
_MOST_ROUNDS = 6


@dataclass(slots=True)
class Run:
    """The nodes of a run and all that is between them.

    Attributes:
        trace: what happened, a line each; the same for the same seed.
        late: how many nodes were founded half-way.
        is_late: whether an answer is on its way just now.
    """

    plan: Plan
    random: Random
    ground: Ground
    book: Book
    wire: Wire
    editor: Editor
    copies: Copies
    founder: Founder
    trace: list[str] = field(default_factory=list)
    pulls: int = 0
    crashes: int = 0
    comparisons: int = 0
    late: int = 0
    is_late: bool = False

    @property
    def nodes(self) -> list[Simulated]:
        """All that are founded."""
        return self.founder.nodes

    @property
    def liars(self) -> list[Liar]:
        """Those that do not keep to the protocol."""
        return self.founder.liars

    @property
    def honest(self) -> list[Simulated]:
        """The nodes that keep to the protocol."""
        return [one for one in self.nodes if not one.lies]

    @property
    def digest(self) -> str:
        """A hash of the trace."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]

    def go(self) -> None:
        """Do all of it, and check.

        Raises:
            Broken: something that must hold does not.
        """
        for count in range(self.plan.edits):
            if count == self.plan.edits // 2:
                self._come_late()
            self.ground.clock.advance(seconds=self.random.randint(1, 900))
            self._edit(self.random.choice(self.nodes))
            self._disturb()
            while self.random.random() < self.plan.questions / (1 + self.plan.questions):
                self._ask_somebody()
        self._rest()
        checks.converged(self.nodes, self.book)
        self._nothing_grows()
        checks.forgotten(self.nodes, self.book)
        checks.kept_out(self.nodes, self.liars)

    def _edit(self, node: Simulated) -> None:
        self.trace.append(self.editor.edit(node))

    def _come_late(self) -> None:
        """Found the nodes that are still missing; to a time when they were not there nobody goes back."""
        while len(self.nodes) < self.plan.nodes:
            self.trace.append(f"late {self.founder.found().name}")
            self.copies.drop()
            self.late += 1

    def _disturb(self) -> None:
        """Now and then cut two nodes off each other, heal, copy a store or go back to a copy."""
        chance = self.random.random()
        if chance < 0.05:
            pair = frozenset(one.dns for one in self.random.sample(self.nodes, 2))
            self.wire.cut ^= {pair}
        elif chance < 0.07:
            self.wire.cut.clear()
        elif chance < 0.07 + self.plan.copies:
            self.trace.append(self.copies.make(self.random.choice(self.honest)))
        elif chance < 0.07 + 1.5 * self.plan.copies:
            self.trace.append(self.copies.go_back(self.random.choice(self.honest), self.ground.clock.now()))

    def _ask_somebody(self) -> None:
        """One node asks another; one of the two may die meanwhile."""
        node = self.random.choice(self.nodes)
        other = self._named(self.random.choice(node.asks))
        if other is None:
            return
        if self.random.random() >= self.plan.unsigned:
            self.sign(other)
        dying: Simulated | None = None
        if self.random.random() < self.plan.crashes:
            dying = node if self.random.random() < 0.7 else other
            dying.storage.fuse, dying.storage.behind = self.random.randint(0, 4), self.random.random() < 0.5
        if self.random.random() < self.plan.comparisons:
            self._compare(node, other)
        else:
            self._pull(node, other)
        if dying is not None:
            self.crashes += dying.storage.fuse is None
            dying.storage.fuse = None

    def _pull(self, node: Simulated, other: Simulated) -> None:
        self.pulls += 1
        with self._told(node, other, "pull") as said:
            done = pulling.pull(node.registry, SYSTEM, other.dns, max_pages=_MOST_PAGES)
            said.append(f"{done.applied} {done.pages} {done.remaining}")

    def _compare(self, node: Simulated, other: Simulated) -> None:
        self.comparisons += 1
        with self._told(node, other, "compare") as said:
            done = reconciling.reconcile(node.registry, SYSTEM, other.dns)
            said.append(f"{done.applied} {done.differing} {done.asked}")

    @contextmanager
    def _told(self, node: Simulated, other: Simulated, what: str) -> Iterator[list[str]]:
        """Write down what came of a question."""
        said: list[str] = []
        try:
            yield said
        except Crash:
            node.storage.fuse = None
            said = ["crash"]
        except MassWithdrawal:
            # An operator looks, and lets it pass.
            guarding.release(node.registry, LOCAL_OPERATOR, other.dns)
            said = ["held and released"]
        except CommonsError as error:
            said = [f"{error.code} {error}"]
        self.trace.append(" ".join([what, node.name, other.name, *said]))

    def meanwhile(self) -> None:
        """What happens elsewhere while an answer is on its way."""
        if self.is_late:
            return
        self.is_late = True
        fuses = [(one, one.storage.fuse) for one in self.nodes]
        for one, _ in fuses:
            one.storage.fuse = None
        if self.random.random() < 0.5:
            self._edit(self.random.choice(self.nodes))
        else:
            self._ask_somebody()
        for one, fuse in fuses:
            one.storage.fuse = fuse
        self.is_late = False

    def sign(self, node: Simulated) -> None:
        """Let a node sign, and note in the model what each new header stands for."""
        if not node.sign():
            return
        tracked = {RecordUid(one.uid): one for one in self.book.of(node.name)}
        with node.storage.read() as reader:
            heads = reader.envelopes.heads(list(tracked))
        for uid, head in heads.items():
            self.book.sign(tracked[uid], head.header.rev, head.header.hash)

    def _rest(self) -> None:
        """Heal everything and let all ask until nobody learns anything."""
        self.wire.cut.clear()
        self.wire.troubles = 0.0
        for liar in self.liars:
            # From now on they are silent.
            self.wire.apps.pop(liar.node.dns)
        self.ground.clock.advance(days=4)
        for node in self.honest:
            self.editor.lift(node)
        for _ in range(_MOST_ROUNDS):
            self._ask_where_new()
            before = [checks.sizes(one) for one in self.honest]
            # Comparing finds nothing to repair where nothing changes.
            self._compare(*self._pair())
            self._everybody_asks()
            if before == [checks.sizes(one) for one in self.honest]:
                return
        raise Broken("they do not come to rest")

    def _nothing_grows(self) -> None:
        """Let all ask again, and require that nothing comes of it."""
        before = [checks.sizes(one) for one in self.honest]
        self._everybody_asks()
        after = [checks.sizes(one) for one in self.honest]
        grown = [_difference(*pair) for pair in zip(before, after, strict=True)]
        if any(grown):
            raise Broken(f"it grows without a change: {grown}")

    def _pair(self) -> tuple[Simulated, Simulated]:
        """An honest node, and an honest one that it asks."""
        node = self.random.choice(self.honest)
        return node, self.random.choice([other for other in self.honest if other.name in node.asks])

    def _ask_where_new(self) -> None:
        """Let each ask those that changed since it asked them, until there is nothing new."""
        asked: dict[tuple[str, str], tuple[int, int]] = {}
        for _ in range(_MOST_ROUNDS * len(self.nodes)):
            before = dict(asked)
            for node, other in self._links():
                self.sign(other)
                state = checks.state(other)
                if asked.get((node.name, other.name)) != state:
                    self._pull(node, other)
                    asked[node.name, other.name] = state
            if before == asked:
                return
        raise Broken("they do not come to rest")

    def _everybody_asks(self) -> None:
        for node, other in self._links():
            self.sign(other)
            self._pull(node, other)
        for node in self.nodes:
            self.sign(node)

    def _links(self) -> list[tuple[Simulated, Simulated]]:
        """Who is to hear from whom in the end."""
        return [(node, other) for node in self.honest for other in self.honest if other.name in node.asks]

    def _named(self, name: str) -> Simulated | None:
        return next((one for one in self.nodes if one.name == name), None)


def _difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: count - before[name] for name, count in after.items() if count != before[name]}
