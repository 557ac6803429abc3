"""``python -m tests.benchmarks.searching``: our engine against SQLite's FTS5, and Whoosh as one uses it by hand.

Every engine answers a page in the same process: the best twenty with snippets, four facets, the exact total. Figures
are processor time, so that what else the machine does counts little.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from registry.domain.query import parse
from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry, SearchDocument, SearchRequest
from registry.search.whoosh_index import WhooshIndex

FACETS = ("misuse", "harm", "provider", "year")
_WORDS_A_RECORD = 310
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_LETTERS = [f"{one}{two}" for one in "bdfgklmnprst" for two in "aeiou"]
_KNOWN = [f"{a}{b}{c}" for c in ("l", "nt", "rk", "z") for a in _LETTERS for b in _LETTERS]
_WEIGHTS = tuple(accumulate(1 / (rank + 20) for rank in range(len(_KNOWN))))
_FTS_FACETS = (
    "SELECT f.facet, f.value, count(*) FROM words JOIN facets f ON f.id = words.rowid WHERE words MATCH ? GROUP BY 1, 2"
)
_FTS_HITS = (
    "SELECT rowid, snippet(words, 0, '<b>', '</b>', '…', 20) FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20"
)

Page = Callable[[str], int]
Update = Callable[[IndexEntry], object]


def entries(records: int) -> Iterator[IndexEntry]:
    """*records* public records, always the same."""
    source = random.Random(1)
    for number in range(records):
        yield entry(source, number)


def entry(source: random.Random, number: int) -> IndexEntry:
    """A public record of made-up words, as frequent as in natural text."""
    text = source.choices(_KNOWN, cum_weights=_WEIGHTS, k=_WORDS_A_RECORD)
    occurred = date(2020, 1, 1) + timedelta(days=source.randrange(2400))
    title = " ".join(text[:10])
    facets = {
        ("harm", f"harm-{source.randrange(20)}"),
        *(("misuse", f"misuse-{source.randrange(40)}") for _ in range(2)),
        ("provider", f"Provider {min(source.randrange(40), source.randrange(40))}"),
        ("year", str(occurred.year)),
    }
    document = SearchDocument(
        kind="incident",
        number=None,
        title=title,
        text=f"{title}\n\n{title}\n\n{' '.join(text[10:])}",
        facets=tuple(sorted(facets)),
        severity=source.randrange(6),
        occurred_on=occurred,
        published_at=_BEGIN + timedelta(minutes=number),
    )
    return IndexEntry(RecordUid(f"01900000-{number >> 12:04x}-7{number & 4095:03x}-8000-000000000000"), document, None)


def ours(directory: Path, records: int) -> tuple[Page, Update]:
    """Our engine on Whoosh's files."""
    index = WhooshIndex(directory)
    index.rebuild(entries(records), position=1)
    position = 1

    def page(text: str) -> int:
        return index.search(SearchRequest(parse(text), facets=FACETS)).total

    def update(changed: IndexEntry) -> object:
        nonlocal position
        position += 1
        index.apply([changed], position=position)
        # Only what a search has opened is searchable.
        return index.search(SearchRequest(parse(_KNOWN[500]), limit=1, snippets=False))

    return page, update


def fts5(directory: Path, records: int) -> tuple[Page, Update]:
    """The least one can write by hand: FTS5 with Porter stems, facets in a table, three statements."""
    directory.mkdir()
    db = sqlite3.connect(directory / "fts.db")
    db.execute("CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'porter unicode61')")
    db.execute("CREATE TABLE facets (id INTEGER, facet TEXT, value TEXT)")
    numbers: dict[str, int] = {}

    def write(one: IndexEntry) -> None:
        assert one.public is not None
        number = numbers.setdefault(one.uid, len(numbers) + 1)
        db.execute("DELETE FROM words WHERE rowid = ?", (number,))
        db.execute("DELETE FROM facets WHERE id = ?", (number,))
        db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, one.public.text))
        db.executemany("INSERT INTO facets VALUES (?, ?, ?)", [(number, *pair) for pair in one.public.facets])

    db.execute("CREATE INDEX facets_id ON facets (id, facet, value)")
    for one in entries(records):
        write(one)
    db.commit()

    def page(text: str) -> int:
        db.execute(_FTS_HITS, (text,)).fetchall()
        db.execute(_FTS_FACETS, (text,)).fetchall()
        total: int = db.execute("SELECT count(*) FROM words WHERE words MATCH ?", (text,)).fetchone()[0]
        return total

    def update(changed: IndexEntry) -> None:
        write(changed)
        db.commit()

    return page, update


def plain_whoosh(directory: Path, records: int) -> tuple[Page, Update]:
    """Whoosh as its documentation shows it: ``groupedby``, ``highlights``, ``update_document`` and a commit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from whoosh import fields, index, sorting
        from whoosh.analysis import StemmingAnalyzer
        from whoosh.qparser import QueryParser

    schema = fields.Schema(
        uid=fields.ID(unique=True, stored=True),
        text=fields.TEXT(analyzer=StemmingAnalyzer(), stored=True),
        **{name: fields.KEYWORD(commas=True, sortable=True) for name in FACETS},
    )
    directory.mkdir()
    opened = index.create_in(str(directory), schema)
    writer = opened.writer(limitmb=256)
    for one in entries(records):
        writer.add_document(**_fields(one))
    writer.commit()
    parser = QueryParser("text", schema)
    searching: dict[int, Any] = {}

    def searcher() -> Any:
        if opened.latest_generation() not in searching:
            searching.clear()
            searching[opened.latest_generation()] = opened.searcher()
        return searching[opened.latest_generation()]

    def page(text: str) -> int:
        facets = {name: sorting.FieldFacet(name, allow_overlap=True) for name in FACETS}
        results = searcher().search(parser.parse(text), limit=20, groupedby=facets)
        for hit in results[:20]:
            hit.highlights("text")
        for name in FACETS:
            Counter({value: len(found) for value, found in results.groups(name).items()})
        return len(results)

    def update(changed: IndexEntry) -> object:
        writer = opened.writer()
        writer.update_document(**_fields(changed))
        writer.commit()
        return searcher()

    return page, update


def _fields(one: IndexEntry) -> dict[str, str]:
    assert one.public is not None
    values = {name: ",".join(value for field, value in one.public.facets if field == name) for name in FACETS}
    return {"uid": one.uid, "text": one.public.text, **values}


ENGINES: dict[str, Callable[[Path, int], tuple[Page, Update]]] = {
    "FTS5": fts5,
    "ours": ours,
    "plain Whoosh": plain_whoosh,
}


def main() -> None:
    """Build every engine's index, ask all of them the same in turns, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.searching")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--updates", type=int, default=30)
    parser.add_argument("--engines", default=",".join(ENGINES), help="which, with commas")
    options = parser.parse_args()
    source = random.Random(2)
    asked = {
        "two words": [" ".join(source.sample(_KNOWN[60:1200], 2)) for _ in range(options.queries)],
        "one common word": [source.choice(_KNOWN[2:40]) for _ in range(options.queries)],
    }
    console = Console(width=160)
    taken: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="commons-searching-") as folder:
        made = {}
        for name in options.engines.split(","):
            began = time.process_time()
            made[name] = ENGINES[name](Path(folder) / name, options.records)
            console.print(f"{name}: built in {time.process_time() - began:.0f} s of processor time")
        for kind, texts in asked.items():
            for name, (page, _) in made.items():
                for text in texts[: len(texts) // 3]:
                    page(text)
                taken[name, kind] = [_spent(partial(page, text)) for text in texts]
        changes = [entry(source, source.randrange(options.records)) for _ in range(options.updates)]
        for name, (_, update) in made.items():
            taken[name, "update searchable"] = [_spent(partial(update, one)) for one in changes]
    _print(console, taken, list(made), options.records)


def _spent(ask: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    began = time.process_time()
    ask()
    return (time.process_time() - began) * 1000


def _print(console: Console, taken: dict[tuple[str, str], list[float]], names: list[str], records: int) -> None:
    table = Table(title=f"{records} records; ms of processor time, p50 / p95; ratios of ours to each, by p50 and p95")
    kinds = list(dict.fromkeys(kind for _, kind in taken))
    for heading in ("engine", *kinds):
        table.add_column(heading)
    for name in names:
        cells = []
        for kind in kinds:
            middle, high = _percentiles(taken[name, kind])
            our_middle, our_high = _percentiles(taken["ours", kind]) if "ours" in names else (middle, high)
            cells.append(f"{middle:.2f} / {high:.2f}   {our_middle / middle:.2f}x / {our_high / high:.2f}x")
        table.add_row(name, *cells)
    console.print(table)


def _percentiles(taken: list[float]) -> tuple[float, float]:
    ordered = sorted(taken)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]


if __name__ == "__main__":
    main()
