"""``python -m tests.federation.simulation``: runs of many seeds, one after another."""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from pathlib import Path

from tests.federation.simulation.nodes import furnish
from tests.federation.simulation.plan import Broken, Plan
from tests.federation.simulation.run import run


def main() -> int:
    """Run what the command line asks for; 1 where something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.federation.simulation", description=__doc__)
    parser.add_argument("--nodes", type=int, default=8)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, one after another")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--trace", action="store_true", help="print what happened, line by line")
    given = parser.parse_args()
    gc.set_threshold(10_000, 20, 20)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        furnished = furnish(Path(folder))
        for seed in range(given.first, given.first + given.seeds):
            began = time.process_time()
            try:
                made = run(Plan(seed, given.nodes, given.edits), furnished)
            except Broken as error:
                failed += 1
                sys.stdout.write(f"seed {seed}: {error}\n")
                continue
            took = time.process_time() - began
            lies = sum(sum(one.told.values()) for one in made.liars)
            said = f"{made.pulls} questions, {made.wire.sent} requests, {made.crashes} crashes, {lies} lies"
            sys.stdout.write(f"seed {seed}: {took:.1f} s of a processor, {said}, trace {made.digest}\n")
            if given.trace:
                sys.stdout.write("\n".join(made.trace) + "\n")
            sys.stdout.flush()
    sys.stdout.write(f"{given.seeds} seeds, {failed} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
