"""``python -m tests.benchmarks.exporting``: what it takes to export all records, and few of them, over HTTP.

Peak memory is that of the serving process while it sends, as the kernel keeps it, above what it held before.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from registry import settings as node_settings
from registry.domain.export.writing import ExportFormat
from tests.benchmarks import nodes

# Of the corpus nearly one in a hundred, and all of it.
QUERIES = ("model:model-7 intent:misuse", "")


@dataclass(frozen=True, slots=True)
class Taken:
    """One export: how many rows and bytes, how long it took, and the memory of the server in MiB."""

    form: str
    count: int
    total: int
    rows: int
    size: int
    seconds: float
    before: float
    peak: float


def main() -> None:
    """Build the corpus, start the node, take every format of each query, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.exporting")
    parser.add_argument("--records", type=int, default=100_000, help="size of the corpus")
    records: int = parser.parse_args().records
    with tempfile.TemporaryDirectory(prefix="commons-export-") as folder:
        built = nodes.build(Path(folder), records)
        settings = node_settings.load(built.data_dir, {}).model_copy(update={"limits": False})
        node_settings.write(settings)
        with nodes.serve_node(built) as server:
            _taken(server, "jsonl", QUERIES[0])
            taken = [_taken(server, form, query) for form in (*ExportFormat, "zip") for query in QUERIES]
    _print(taken, records)


def _taken(server: nodes.Server, form: str, query: str) -> Taken:
    address = f"http://127.0.0.1:{server.port}"
    total = _total(address, query)
    # The kernel begins to look for the peak anew.
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")
    before, started, size, rows = nodes.memory(server.pid, "VmRSS"), time.perf_counter(), 0, 0
    asked = {"q": query, "format": "csv"} if form == "zip" else {"q": query}
    with httpx.stream("GET", f"{address}/export.{form}", params=asked, timeout=600, trust_env=False) as answer:
        answer.raise_for_status()
        count = int(answer.headers["x-total-count"])
        for piece in answer.iter_raw():
            size += len(piece)
            rows += piece.count(_MARKS.get(form, b"\n"))
    seconds = time.perf_counter() - started
    return Taken(form, count, total, rows, size, seconds, before, nodes.memory(server.pid, "VmHWM"))


# What stands once in each row; within texts of the corpus there are no line ends but in narratives, escaped in JSON.
_MARKS = {"bib": b"@misc{", "ris": b"ER  - ", "csl.json": b'"id": ', "csv": b"\r\n"}


def _total(address: str, query: str) -> int:
    body = {"query": "query($q: String!) { search(query: $q, first: 1) { totalCount } }", "variables": {"q": query}}
    sent = json.dumps(body).encode()
    answer = httpx.post(f"{address}/graphql", content=sent, headers=_JSON, timeout=600, trust_env=False)
    found: int = answer.json()["data"]["search"]["totalCount"]
    return found


_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def _print(taken: list[Taken], records: int) -> None:
    headings = ("format", "matches", "totalCount", "rows seen", "MB", "seconds", "rows/s", "RSS before MiB", "peak MiB")
    table = Table(*headings, title=f"exports of {records} records over HTTP")
    for one in taken:
        table.add_row(
            one.form, str(one.count), str(one.total), str(one.rows), f"{one.size / 1e6:.1f}", f"{one.seconds:.1f}",
            f"{one.count / one.seconds:.0f}", f"{one.before:.0f}", f"{one.peak:.0f}",
        )  # fmt: skip
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
