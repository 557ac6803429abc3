"""``python -m tests.federation.simulation``: runs of many seeds, in one process or several."""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.federation.simulation.nodes import furnish
from tests.federation.simulation.plan import Broken, Plan
from tests.federation.simulation.run import run
from tests.web.node import Furnished


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one seed.

    Attributes:
        said: in words.
        counted: how often what happened.
        cpu: in seconds.
    """

    said: str
    cpu: float
    broken: bool = False
    counted: Counter[str] = field(default_factory=Counter)


def simulate(furnished: Furnished, plan: Plan, *, trace: bool) -> Outcome:
    """Run one plan, and tell what came of it."""
    began = time.process_time()
    try:
        made = run(plan, furnished)
    except Broken as error:
        return Outcome(f"seed {plan.seed}: {error}", time.process_time() - began, broken=True)
    cpu = time.process_time() - began
    counted = Counter(
        {
            "questions": made.pulls,
            "comparisons": made.comparisons,
            "requests": made.wire.sent,
            "crashes": made.crashes,
            "lies": sum(sum(one.told.values()) for one in made.liars),
            "restores": made.copies.restored,
            "late nodes": made.late,
        }
    )
    said = f"seed {plan.seed}: {cpu:.1f} s of a processor, {_listed(counted)}, trace {made.digest}"
    return Outcome("\n".join([said, *(made.trace if trace else ())]), cpu, counted=counted)


def main() -> int:
    """Run what the command line asks for; 1 where something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.federation.simulation", description=__doc__)
    parser.add_argument("--nodes", type=int, default=8)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="in how many processes")
    parser.add_argument("--trace", action="store_true", help="print what happened, line by line")
    given = parser.parse_args()
    plans = [Plan(seed, given.nodes, given.edits) for seed in range(given.first, given.first + given.seeds)]
    began, cpu, failed, counted = time.monotonic(), 0.0, 0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        made = partial(simulate, furnish(Path(folder)), trace=given.trace)
        # What is loaded stays to the end.
        gc.set_threshold(10_000, 20, 20)
        gc.collect()
        gc.freeze()
        with multiprocessing.get_context("fork").Pool(given.jobs) as pool:
            for outcome in pool.imap(made, plans):
                sys.stdout.write(outcome.said + "\n")
                sys.stdout.flush()
                cpu, failed = cpu + outcome.cpu, failed + outcome.broken
                counted.update(outcome.counted)
    wall = time.monotonic() - began
    sys.stdout.write(
        f"{len(plans)} seeds, {failed} failed, {wall:.0f} s, {cpu:.0f} s of a processor, {_listed(counted)}\n"
    )
    return 1 if failed else 0


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.items())


if __name__ == "__main__":
    sys.exit(main())
