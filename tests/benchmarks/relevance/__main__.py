"""``python -m tests.benchmarks.relevance pool``: writes what judges are to judge, outside of the project."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from rich.console import Console

from tests.benchmarks.relevance.pooling import write_pools
from tests.benchmarks.relevance.queries import read_queries
from tests.benchmarks.relevance.records import take_in
from tests.benchmarks.relevance.systems import engines

_ROOT = Path(__file__).resolve().parents[3]


def main() -> None:
    """Do what the first argument says."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.relevance")
    commands = parser.add_subparsers(dest="command", required=True)
    pool = commands.add_parser("pool", help="write what is to be judged")
    pool.add_argument("--out", type=Path, required=True, help="a folder outside of the project")
    options = parser.parse_args()
    console = Console()
    data = Path(os.environ.get("COMMONS_TEST_DATA") or _ROOT.parent / "shared" / "data")
    with tempfile.TemporaryDirectory(prefix="commons-relevance-") as folder:
        root = Path(folder)
        with console.status("importing"):
            known = take_in(data, root / "node")
        with engines(known, root) as indexes:
            total = write_pools(read_queries(), known, indexes, options.out)
    console.print(f"{len(known)} records, {total} candidates in {options.out}")


if __name__ == "__main__":
    main()
