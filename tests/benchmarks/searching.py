"""``python -m tests.benchmarks.searching``: our engines of search against FTS5, Whoosh and tantivy used by hand.

Every engine answers the same pages in the same process, in turns: the best twenty with snippets, four facets, the exact
total. Figures are processor time, so that what else the machine does counts little.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from registry.domain.query import parse
from registry.domain.search import IndexEntry, SearchRequest
from registry.ports import SearchIndex
from registry.search.whoosh_index import WhooshIndex
from tests.benchmarks import search_peers
from tests.benchmarks.search_corpus import FACETS, KNOWN, entries, entry
from tests.search.engines import ENGINES as OURS

TWO, COMMON, PHRASE, ANY = "two words", "one common word", "phrase of two common words", "any of three words"
PAGES = (TWO, COMMON, PHRASE, ANY)
UPDATE = "update searchable"
SLOWEST_UPDATE_SECONDS = 1
WHOOSH, TANTIVY, FTS5, PLAIN_WHOOSH, RAW_TANTIVY = "whoosh", "tantivy", "FTS5", "plain Whoosh", "raw tantivy-py"

# So many updates of one engine in turn, and then what it does behind them, or another would be charged for that.
_UPDATES_IN_TURN = 70
_SETTLE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Opened:
    """What an engine is asked; ``settle`` waits for what it does behind its updates."""

    page: search_peers.Page
    update: search_peers.Update
    settle: Callable[[], object] = lambda: None


Engine = Callable[[Path, int], Opened]


@dataclass(frozen=True, slots=True)
class Goal:
    """A row of the table of goals: the engine's figure may be so many times the peer's."""

    item: str
    kinds: tuple[str, ...]
    engine: str
    peer: str
    percentile: int
    must: float


GOALS = (
    Goal("Q3 (two-word AND), Whoosh engine", (TWO,), WHOOSH, FTS5, 95, 10),
    Goal("Q3 (one common word), Whoosh engine", (COMMON,), WHOOSH, FTS5, 95, 1),
    Goal("Q3, Whoosh engine", (TWO, COMMON), WHOOSH, PLAIN_WHOOSH, 95, 0.2),
    Goal("Q3, tantivy engine", (TWO, COMMON), TANTIVY, RAW_TANTIVY, 50, 1.5),
    Goal(UPDATE, (UPDATE,), WHOOSH, PLAIN_WHOOSH, 50, 0.1),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds of each request, of processor and by the clock; of updates also all processor of each turn, with
    what was done behind them."""

    cpu: list[float]
    clock: list[float]
    turns: list[float]

    @property
    def mean(self) -> float:
        """Of an update, with what was done behind it."""
        return sum(self.turns) / len(self.cpu)

    def at(self, percentile: int) -> float:
        """The processor time that so many of a hundred requests did not exceed."""
        return _at(self.cpu, percentile)


Figures = Mapping[tuple[str, str], Taken]
"""By engine and kind of request."""


def ours(name: str, directory: Path, records: int) -> Opened:
    """One of our engines."""
    index: SearchIndex = OURS[name](directory)
    index.rebuild(entries(records), position=1)
    position = 1

    def page(text: str) -> object:
        return index.search(SearchRequest(parse(text), limit=20, facets=FACETS))

    def update(changed: IndexEntry) -> object:
        nonlocal position
        position += 1
        index.apply([changed], position=position)
        # Only what is open can be searched; this finds nothing, so that a search as such adds hardly anything.
        return index.matching(parse("unheard"), [])

    def settle() -> None:
        if isinstance(index, WhooshIndex):
            assert index.merger.wait(_SETTLE_SECONDS)

    return Opened(page, update, settle)


def _peer(engine: Callable[[Path, int], tuple[search_peers.Page, search_peers.Update]]) -> Engine:
    return lambda directory, records: Opened(*engine(directory, records))


ENGINES: dict[str, Engine] = {
    FTS5: _peer(search_peers.fts5),
    WHOOSH: partial(ours, WHOOSH),
    PLAIN_WHOOSH: _peer(search_peers.plain_whoosh),
    TANTIVY: partial(ours, TANTIVY),
    RAW_TANTIVY: _peer(search_peers.raw_tantivy),
}


def measure(
    folder: Path, *, records: int, queries: int = 60, updates: int = 100, engines: Sequence[str] = tuple(ENGINES)
) -> Figures:
    """Build an index of each of *engines* in *folder*, ask all of them the same in turns."""
    source = random.Random(2)
    asked = {
        TWO: [" ".join(source.sample(KNOWN[60:1200], 2)) for _ in range(queries)],
        COMMON: [source.choice(KNOWN[2:40]) for _ in range(queries)],
        PHRASE: [f'"{" ".join(source.sample(KNOWN[2:40], 2))}"' for _ in range(queries)],
        ANY: [" OR ".join(source.sample(KNOWN[60:1200], 3)) for _ in range(queries)],
    }
    folder.mkdir(exist_ok=True)
    made = {name: ENGINES[name](folder / name.replace(" ", "-"), records) for name in engines}
    taken = {(name, kind): Taken([], [], []) for name in engines for kind in (*PAGES, UPDATE)}
    for kind, texts in asked.items():
        for opened in made.values():
            for text in texts[: queries // 3]:
                opened.page(text)
        for text in texts:
            for name, opened in made.items():
                _time(taken[name, kind], partial(opened.page, text))
    changed = [entry(source, source.randrange(records), records) for _ in range(updates)]
    for begin in range(0, updates, _UPDATES_IN_TURN):
        for name, opened in made.items():
            began = time.process_time()
            for one in changed[begin : begin + _UPDATES_IN_TURN]:
                _time(taken[name, UPDATE], partial(opened.update, one))
            opened.settle()
            taken[name, UPDATE].turns.append((time.process_time() - began) * 1000)
    return taken


def tell(console: Console, taken: Figures, records: int) -> None:
    """Print the figures, and the goals that can be told from them."""
    what = "ms of processor time: p50 / p95, of updates also the mean with what is done behind them"
    table = Table(title=f"search, {records} records; {what}")
    kinds = (*PAGES, UPDATE)
    for heading in ("engine", *kinds, "update by the clock: p50 / p95 / max"):
        table.add_column(heading)
    for name in dict.fromkeys(name for name, _ in taken):
        update = taken[name, UPDATE]
        cells = [f"{taken[name, kind].at(50):.2f} / {taken[name, kind].at(95):.2f}" for kind in kinds]
        cells[-1] += f" / {update.mean:.2f}"
        clock = f"{_at(update.clock, 50):.0f} / {_at(update.clock, 95):.0f} / {max(update.clock):.0f}"
        table.add_row(name, *cells, clock)
    console.print(table)
    table = Table(title="against the peer in the same run")
    for heading in ("item", "request", "peer", "ratio", "of", "must"):
        table.add_column(heading)
    for goal, kind, ratio in _ratios(taken):
        table.add_row(goal.item, kind, goal.peer, f"{ratio:.3f}x", f"p{goal.percentile}", f"<= {goal.must}x")
    for own, peer in ((goal.engine, goal.peer) for goal in GOALS if UPDATE in goal.kinds):
        if (own, UPDATE) in taken and (peer, UPDATE) in taken:
            ratio = taken[own, UPDATE].mean / taken[peer, UPDATE].mean
            table.add_row(f"{UPDATE}, with what is done behind", UPDATE, peer, f"{ratio:.3f}x", "mean", "")
    console.print(table)
    for (name, kind), one in taken.items():
        if kind == UPDATE and name in OURS and one.clock:
            slowest = f"{max(one.clock) / 1000:.2f} s by the clock"
            console.print(f"{name}: the slowest update took {slowest}; must be <= {SLOWEST_UPDATE_SECONDS} s")


def as_json(taken: Figures) -> object:
    """The figures and the ratios."""
    return {
        "taken": [{"engine": name, "kind": kind, **asdict(one)} for (name, kind), one in taken.items()],
        "goals": [{**asdict(goal), "kinds": kind, "ratio": ratio} for goal, kind, ratio in _ratios(taken)],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.searching")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--updates", type=int, default=100)
    parser.add_argument("--engines", default=",".join(ENGINES), help="which, with commas")
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    console = Console(width=200)
    with tempfile.TemporaryDirectory(prefix="commons-searching-", dir=os.environ.get("COMMONS_BENCH_DIR")) as folder:
        engines = options.engines.split(",")
        sizes = {"records": options.records, "queries": options.queries, "updates": options.updates}
        taken = measure(Path(folder), engines=engines, **sizes)
    tell(console, taken, options.records)
    if options.json:
        Path(options.json).write_text(json.dumps(as_json(taken), indent=2))


def _ratios(taken: Figures) -> Iterator[tuple[Goal, str, float]]:
    for goal in GOALS:
        if (goal.engine, UPDATE) in taken and (goal.peer, UPDATE) in taken:
            for kind in goal.kinds:
                own, other = taken[goal.engine, kind], taken[goal.peer, kind]
                yield goal, kind, own.at(goal.percentile) / other.at(goal.percentile)


def _time(taken: Taken, ask: Callable[[], object]) -> None:
    began, clock = time.process_time(), time.perf_counter()
    ask()
    taken.cpu.append((time.process_time() - began) * 1000)
    taken.clock.append((time.perf_counter() - clock) * 1000)


def _at(taken: list[float], percentile: int) -> float:
    return sorted(taken)[len(taken) * percentile // 100]


if __name__ == "__main__":
    main()
