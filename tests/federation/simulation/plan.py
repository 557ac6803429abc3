"""What a run is made of: how many nodes and edits, and how often what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass


class Broken(AssertionError):
    """Something that must always hold does not."""


class Crash(Exception):
    """The process ends here: nothing of what it was doing goes on."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run.

    Attributes:
        crashes: share of questions during which the node that asks, or the one that answers, dies.
        troubles: share of answers that are lost, late, doubled or older ones again.
        unsigned: share of questions that come before the follower has signed the last changes.
        questions: how many nodes ask another one after each edit, on average.
        liars: how many nodes lie at the most; at least one does, where it is not 0.
        skew: how far the clock of a node is off at the most, in seconds.
        copies: share of edits after which a node copies its store; half as often one goes back to its copy.
        comparisons: share of questions by which a node compares all that it holds with another one.
        late: how many of the nodes are founded half-way.
        strangers: share of pairs of nodes, neither of which asks the other, that do not know each other.
    """

    seed: int
    nodes: int = 8
    edits: int = 200
    crashes: float = 0.2
    troubles: float = 0.3
    unsigned: float = 0.2
    questions: float = 0.8
    liars: int = 2
    skew: int = 3600
    copies: float = 0.05
    comparisons: float = 0.004
    late: int = 1
    strangers: float = 0.2

    @property
    def replay(self) -> str:
        """The command that repeats it."""
        size = f"--nodes {self.nodes} --edits {self.edits}"
        return f"python -m tests.federation.simulation {size} --first {self.seed} --seeds 1"
