"""``python -m tests.benchmarks.relevance``: ``pool`` writes what is to be judged, ``measure`` asks and measures."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rich.console import Console

from tests.benchmarks.relevance.pooling import write_pools
from tests.benchmarks.relevance.queries import Split, read_queries
from tests.benchmarks.relevance.running import data_folder, real_corpus, run


def main() -> None:
    """Do what the first argument says."""
    options = _options()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="commons-relevance-") as folder:
        if options.command == "pool":
            _pool(console, Path(folder), options.out)
        else:
            queries = [one for one in read_queries() if options.held or one.split is Split.TUNE]
            run(console, Path(folder) / "relevance", queries, each=options.each)


def _pool(console: Console, root: Path, out: Path) -> None:
    data = data_folder()
    if data is None:
        raise SystemExit("set COMMONS_TEST_DATA to the folder of public data")
    with real_corpus(data, root / "relevance") as corpus:
        total = write_pools(read_queries(), corpus.known, corpus.indexes, out)
    console.print(f"{len(corpus.known)} records, {total} candidates in {out}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.relevance")
    commands = parser.add_subparsers(dest="command", required=True)
    pool = commands.add_parser("pool", help="write what is to be judged")
    pool.add_argument("--out", type=Path, required=True, help="a folder outside of the project")
    measuring = commands.add_parser("measure", help="ask every engine and measure its answers")
    measuring.add_argument("--held", action="store_true", help="also the third that is not to be tuned by")
    measuring.add_argument("--each", action="store_true", help="also every query by itself")
    return parser.parse_args()


if __name__ == "__main__":
    main()
