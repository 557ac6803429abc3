"""``python -m tests.benchmarks``: submit, read and search against their floors in the same run."""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
from rich.console import Console
from rich.table import Table

from tests.benchmarks import corpus, federation, importing, load, nodes, searching
from tests.benchmarks.relevance import running as relevance
from tests.benchmarks.relevance.queries import read_queries

FOUND_TIMES = 9

Q1 = """query ($number: String!) { record(number: $number) { number owner { slug name } ... on Incident {
  title severity misuseCategories mitigations(first: 5) { nodes { number } } } } }"""
Q2 = """query { incidents(first: 20, orderBy: SEVERITY) { totalCount nodes { number title severity misuseCategories
  owner { slug name } } } }"""
Q3 = """query ($text: String!) { search(query: $text, first: 20) {
  totalCount facets(names: ["misuse", "harm", "provider", "year"]) { name values { value count } }
  edges { score snippet { text match } node { number title } } } }"""
M1 = """mutation ($input: SubmitIncidentInput!) { submitIncident(input: $input) { record { uid }
  userErrors { code } } }"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a work item, its floor, and the node's cost as a ratio to the floor's."""

    item: str
    what: str
    node: load.Cost
    floor: load.Cost

    @property
    def cpu_ratio(self) -> float:
        """Server CPU per request, node to floor."""
        return self.node.cpu_ms / self.floor.cpu_ms if self.floor.cpu_ms else float("nan")


def main() -> None:
    """Build the corpus, start both servers, measure every item on both in turn, print."""
    options = _options()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="commons-bench-") as folder, ExitStack() as stack:
        root = Path(folder)
        with console.status(f"building {options.records} records"):
            built = nodes.build(root, options.records)
        node = stack.enter_context(nodes.serve_node(built))
        floor = stack.enter_context(nodes.serve_floor(built, root))
        numbers = _numbers(root / "floor.db")
        with console.status("measuring"):
            rows = list(_measure(node, floor, built, numbers, options.requests))
            waited = importing.seconds_to_be_found(
                built.data_dir, lambda word: _is_found(node, word), times=FOUND_TIMES
            )
        with console.status("importing"):
            taken_in = importing.measure(root, options.records)
        _print(console, rows, options.records)
        _print_import(console, taken_in, built, waited)
        with console.status("taking in from another node"):
            synced = federation.measure(root / "federation", options.records)
        federation.tell(console, synced, options.records)
        with console.status("searching, with the peers"):
            searched = searching.measure(root / "searching", records=options.records)
        searching.tell(console, searched, options.records)
        found = relevance.run(console, root / "relevance", read_queries())
    if options.json:
        document = {"records": options.records, "index_seconds": built.index_seconds, "found_seconds": waited}
        document |= {
            "searching": searching.as_json(searched),
            "relevance": found,
            "import": asdict(taken_in),
            "federation": asdict(synced),
            "rows": [asdict(row) for row in rows],
        }
        Path(options.json).write_text(json.dumps(document, indent=2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--records", type=int, default=10_000, help="size of the corpus")
    parser.add_argument("--requests", type=int, default=1000, help="requests an item")
    parser.add_argument("--json", help="also write the figures to this file")
    return parser.parse_args()


def _measure(
    node: nodes.Server, floor: nodes.Server, built: nodes.Built, numbers: list[str], count: int
) -> Iterator[Row]:
    source = random.Random(2)
    chosen = [source.choice(numbers) for _ in range(count)]
    yield _row(
        "Q1", "one record", node, floor,
        [_graphql(Q1, {"number": number}) for number in chosen],
        [load.request(f"/q1/{number}") for number in chosen],
    )  # fmt: skip
    yield _row(
        "Q2", "20 by severity, with total", node, floor, [_graphql(Q2, {})] * count, [load.request("/q2")] * count
    )
    pairs = [" ".join(source.sample(corpus.WORDS[5:200], 2)) for _ in range(count // 4)]
    yield _row("Q3", "search page, two words", node, floor, *_searches(pairs))
    common = [source.choice(corpus.WORDS[:5]) for _ in range(count // 4)]
    yield _row("Q3c", "search page, one common word", node, floor, *_searches(common))
    bodies = [corpus.submission(source) for _ in range(count)]
    headers = {"Authorization": f"Bearer {built.key}"}
    submissions = [_graphql(M1, {"input": {"content": _camel(body)}}, headers) for body in bodies]
    floors = [load.request("/m1", body=json.dumps(body).encode()) for body in bodies]
    yield _row("M1", "one durable submission", node, floor, submissions, floors)


def _row(
    item: str, what: str, node: nodes.Server, floor: nodes.Server, asked: list[bytes], asked_of_floor: list[bytes]
) -> Row:
    """Warm both up with a tenth, then measure one after the other."""
    warm = max(len(asked) // 10, 16)
    if item != "M1":
        load.run(node.port, node.pid, asked[:warm])
        load.run(floor.port, floor.pid, asked_of_floor[:warm])
    return Row(
        item,
        what,
        node=load.run(node.port, node.pid, asked),
        floor=load.run(floor.port, floor.pid, asked_of_floor),
    )


def _graphql(query: str, variables: dict[str, object], headers: dict[str, str] | None = None) -> bytes:
    body = json.dumps({"query": query, "variables": variables}).encode()
    return load.request("/graphql", body=body, headers={"Accept": "application/json", **(headers or {})})


def _searches(texts: list[str]) -> tuple[list[bytes], list[bytes]]:
    asked = [_graphql(Q3, {"text": text}) for text in texts]
    return asked, [load.request(f"/q3?q={quote(text)}") for text in texts]


def _camel(value: object) -> object:
    """Field names as GraphQL writes them; closed vocabularies as its enum names."""
    if isinstance(value, dict):
        renamed = {"".join([key.split("_")[0], *(w.title() for w in key.split("_")[1:])]): key for key in value}
        enums = {"intent", "role"}
        return {new: str(value[old]).upper() if old in enums else _camel(value[old]) for new, old in renamed.items()}
    return [_camel(item) for item in value] if isinstance(value, list) else value


def _numbers(database: Path) -> list[str]:
    db = sqlite3.connect(database)
    try:
        return [row[0] for row in db.execute("SELECT number FROM records WHERE kind = 'incident' AND is_public")]
    finally:
        db.close()


def _is_found(node: nodes.Server, word: str) -> bool:
    """Whether the serving process finds the one record with this word."""
    body = json.dumps({"query": Q3, "variables": {"text": word}}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    url = f"http://127.0.0.1:{node.port}/graphql"
    answer = httpx.post(url, content=body, headers=headers, trust_env=False).json()
    return bool(answer["data"]["search"]["totalCount"])


def _print(console: Console, rows: list[Row], records: int) -> None:
    table = Table(title=f"{records} records, 16 connections; server CPU per request, and its ratio to the floor")
    for heading in (
        "item",
        "what",
        "node CPU ms",
        "floor CPU ms",
        "ratio",
        "node p50/p95 ms",
        "floor p50/p95 ms",
        "rate",
    ):
        table.add_column(heading, justify="left" if heading in {"item", "what"} else "right")
    for row in rows:
        table.add_row(
            row.item, row.what, f"{row.node.cpu_ms:.2f}", f"{row.floor.cpu_ms:.2f}", f"{row.cpu_ratio:.1f}x",
            f"{row.node.p50_ms:.1f} / {row.node.p95_ms:.1f}", f"{row.floor.p50_ms:.1f} / {row.floor.p95_ms:.1f}",
            f"{row.node.per_second / row.floor.per_second:.2f}x",
        )  # fmt: skip
    console.print(table)
    console.print("ratio: how many times the floor's CPU, less is better; rate: answers a second against the floor's")


def _print_import(console: Console, taken_in: importing.Import, built: nodes.Built, waited: list[float]) -> None:
    peer, floor = taken_in.peer, taken_in.floor
    console.print(f"B1 import: sqlite-utils {peer.per_second:.0f} records/s, plain inserts {floor.per_second:.0f}")
    for name, way in (("made ready before, stored", taken_in.store), ("read, checked and stored", taken_in.whole)):
        console.print(
            f"B1 {name}: {way.per_second:.0f} records/s; {way.per_second / peer.per_second:.2f}x the rate of "
            f"sqlite-utils, {way.per_second / floor.per_second:.2f}x that of plain inserts; "
            f"{peer.per_cpu_second / way.per_cpu_second:.1f}x the CPU of sqlite-utils"
        )
    console.print(f"index of the whole corpus built in {built.index_seconds:.1f} s")
    middle, last = waited[len(waited) // 2], waited[-1]
    console.print(f"a new record is found after {middle:.2f} s (median of {len(waited)}; the slowest {last:.2f} s)")


if __name__ == "__main__":
    main()
