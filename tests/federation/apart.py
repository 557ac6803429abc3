"""Tell a story of four nodes in a network that is for this process alone: ``python -m tests.federation.apart``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.federation.namespaces import Ground
from tests.federation.test_four_nodes import run


def main() -> int:
    """What the command line asks for; to be started by :func:`tests.federation.namespaces.run_apart`."""
    parser = argparse.ArgumentParser(prog="python -m tests.federation.apart", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--disturbances", type=int, required=True)
    given = parser.parse_args()
    ground = Ground()
    ground.lay()
    run(given.folder, seed=given.seed, disturbances=given.disturbances, link=ground.wire)
    return 0


if __name__ == "__main__":
    sys.exit(main())
