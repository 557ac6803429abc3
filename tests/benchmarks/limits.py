"""``python -m tests.benchmarks.limits``: what it costs to charge a request, alone and beside another process."""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from registry.domain.budget import Allowance, Bucket, Charge, Holder, Resource
from registry.storage.limits import SqliteLimits

_SECRET = b"the secret of a benchmark"


def charges(count: int) -> list[Charge]:
    """What a request is charged to: two buckets without a key, four with one, eight for a change."""
    holders = (Holder.KEY, Holder.ORGANISATION, Holder.ADDRESS, Holder.SESSION)
    windows = [(holder, window) for holder in holders for window in (60, 3600)]
    return [
        Charge(Bucket(holder, "somebody", Allowance(Resource.COST, 10**9, window)), 1)
        for holder, window in windows[:count]
    ]


def microseconds(path: Path, count: int, times: int) -> tuple[float, float]:
    """The mean of one ``take``: processor time, and time that passed."""
    asked = charges(count)
    with closing(SqliteLimits(path, _SECRET)) as buckets:
        began, began_working = time.perf_counter(), time.process_time()
        for _ in range(times):
            buckets.take(asked, datetime.now(UTC))
        worked, passed = time.process_time() - began_working, time.perf_counter() - began
    return worked / times * 1e6, passed / times * 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.limits")
    parser.add_argument("--times", type=int, default=20_000, help="requests a line")
    times: int = parser.parse_args().times
    table = Table("buckets", "alone: processor µs", "passed µs", "two at once: processor µs", "passed µs")
    with tempfile.TemporaryDirectory(prefix="commons-limits-") as folder, multiprocessing.Pool(2) as pool:
        for count in (2, 4, 8):
            path = Path(folder) / f"{count}.db"
            alone = microseconds(path, count, times)
            both = pool.starmap(microseconds, [(path, count, times)] * 2)
            means = (*alone, *(sum(one) / 2 for one in zip(*both, strict=True)))
            table.add_row(str(count), *(f"{one:.0f}" for one in means))
    Console().print(table)


if __name__ == "__main__":
    main()
