"""``python -m tests.benchmarks.engines``: both engines of search against tantivy and Whoosh as one uses them by hand.

Every engine answers a page: the best twenty, their snippets, four facets, the exact total. The records are invented,
with words as frequent as in natural text; at a million they are short.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import tantivy
from rich.console import Console
from rich.table import Table

from registry.domain.query.parsing import parse
from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry, SearchDocument, SearchRequest
from registry.ports import SearchIndex
from tests.search.engines import ENGINES

FACETS = ("misuse", "harm", "provider", "year")
_LONG, _SHORT = 310, 65
_LONG_UP_TO = 200_000
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_BEGINS = [
    f"{first}{second}{third}" for first in "bdfgklmnprst" for second in "aeiou" for third in ("ll", "nt", "st", "z")
]
_ENDS = ["", *(f"{first}{second}" for first in "aeiou" for second in "bdgkmnpstx")]
_WORDS = [begin + end for end in _ENDS for begin in _BEGINS]
_WEIGHTS = tuple(accumulate(1 / (rank + 3) for rank in range(len(_WORDS))))
_LOOK_SECONDS = 0.001
_Page = Callable[[str], object]
# Seconds until a change is found, the CPU of the process for that, and seconds until the writer takes the next one.
_Taken = tuple[float, float, float]


def entries(records: int) -> Iterator[IndexEntry]:
    """*records* public records, always the same."""
    source = random.Random(1)
    for number in range(records):
        yield entry(source, number, records)


def entry(source: random.Random, number: int, records: int) -> IndexEntry:
    """A public record of made-up words."""
    length = _LONG if records <= _LONG_UP_TO else _SHORT
    text = source.choices(_WORDS, cum_weights=_WEIGHTS, k=length)
    occurred = date(2020, 1, 1) + timedelta(days=source.randrange(2400))
    title = " ".join(text[:10])
    document = SearchDocument(
        kind="incident",
        number=None,
        title=title,
        text=f"{title}\n\n{title}\n\n{' '.join(text[10:])}",
        facets=(
            ("harm", source.choice("abcdefgh")),
            *(("misuse", value) for value in sorted(source.sample(("fraud", "cyber", "spam", "privacy", "hate"), 2))),
            ("provider", f"Provider {min(source.randrange(40), source.randrange(40))}"),
            ("year", str(occurred.year)),
        ),
        severity=source.randrange(6),
        occurred_on=occurred,
        published_at=_BEGIN + timedelta(minutes=number),
    )
    return IndexEntry(RecordUid(f"01900000-{number >> 12:04x}-7{number & 4095:03x}-8000-000000000000"), document, None)


def main() -> None:
    """Build every engine's index, ask all of them the same, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engines")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--engines", default="whoosh,tantivy", help="ours, with commas")
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--updates", type=int, default=60)
    options = parser.parse_args()
    source = random.Random(2)
    asked = {
        "two words": [" ".join(source.sample(_WORDS[200:2000], 2)) for _ in range(options.queries)],
        "one common word": [source.choice(_WORDS[100:300]) for _ in range(options.queries)],
        "any of three words": [" OR ".join(source.sample(_WORDS[200:2000], 3)) for _ in range(options.queries)],
    }
    console = Console(width=220)
    table = Table(title=f"{options.records} records; ms, p50 / p95 / most; pages: CPU; x: of raw tantivy's p50")
    updating = "update found", "its CPU", "writer free"
    for heading in ("engine", "build s", "MB", *asked, *updating):
        table.add_column(heading)
    with tempfile.TemporaryDirectory(prefix="commons-engines-", dir=os.environ.get("COMMONS_BENCH_DIR")) as folder:
        floor: dict[str, float] = {}
        for name in ("raw tantivy", *options.engines.split(",")):
            make = _raw if name == "raw tantivy" else _ours
            spent = time.perf_counter()
            page, update = make(Path(folder) / name, name, options.records)
            spent = time.perf_counter() - spent
            cells = [name, f"{spent:.0f}", f"{_megabytes(Path(folder) / name):.0f}"]
            for kind, texts in asked.items():
                taken = _measured(page, texts)
                floor.setdefault(kind, statistics.median(taken))
                cells.append(f"{_told(taken)}  {statistics.median(taken) / floor[kind]:.2f}x")
            taken_in = [update(number) for number in range(options.updates)]
            cells += [_told(list(seconds)) for seconds in zip(*taken_in, strict=True)]
            table.add_row(*cells)
    console.print(table)
    console.print(f"most memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _ours(directory: Path, name: str, records: int) -> tuple[_Page, Callable[[int], _Taken]]:
    index: SearchIndex = ENGINES[name](directory)
    index.rebuild(entries(records), position=1)
    reader: SearchIndex = ENGINES[name](directory)
    source = random.Random(3)

    def page(text: str) -> object:
        return index.search(SearchRequest(parse(text), limit=20, facets=FACETS))

    def update(number: int) -> _Taken:
        changed = entry(source, source.randrange(records), records)
        wall, cpu = time.perf_counter(), time.process_time()
        writing = threading.Thread(target=index.apply, args=([changed],), kwargs={"position": 2 + number})
        writing.start()
        # Another reader finds it while the writer may still merge.
        while reader.position() != 2 + number:
            time.sleep(_LOOK_SECONDS)
        reader.search(SearchRequest(parse(_WORDS[500]), limit=1, snippets=False))
        found = time.perf_counter() - wall, time.process_time() - cpu
        writing.join()
        return *found, time.perf_counter() - wall

    return page, update


def _raw(directory: Path, _name: str, records: int) -> tuple[_Page, Callable[[int], _Taken]]:
    """tantivy-py as its documentation shows it: one stored text field, columns, aggregations, its own snippets."""
    directory.mkdir()
    building = tantivy.SchemaBuilder()
    building.add_text_field("uid", tokenizer_name="raw", stored=True)
    building.add_text_field("text", tokenizer_name="en_stem", stored=True)
    for name in FACETS:
        building.add_text_field(name, tokenizer_name="raw", fast=True)
    schema = building.build()
    index = tantivy.Index(schema, str(directory))
    writer = index.writer(100_000_000, 1)
    for one in entries(records):
        writer.add_document(_raw_document(one, schema))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    source = random.Random(3)
    counted: dict[str, Any] = {name: {"terms": {"field": name, "size": 1000}} for name in FACETS}

    def page(text: str) -> object:
        searcher = index.searcher()
        query = index.parse_query(text, ["text"], conjunction_by_default=" OR " not in text)
        found = searcher.search(query, 20)
        facets = searcher.aggregate(query, counted)
        generator = tantivy.SnippetGenerator.create(searcher, query, schema, "text")
        generator.set_max_num_chars(240)
        hits = []
        for score, address in found.hits:
            document = searcher.doc(address)
            hits.append((score, document["uid"], generator.snippet_from_doc(document).to_html()))
        return hits, facets

    live = index.writer(15_000_000, 1)

    def update(_number: int) -> _Taken:
        changed = entry(source, source.randrange(records), records)
        wall, cpu = time.perf_counter(), time.process_time()
        live.delete_documents_by_term("uid", changed.uid)
        live.add_document(_raw_document(changed, schema))
        live.commit()
        index.reload()
        index.searcher().search(index.parse_query(_WORDS[500], ["text"]), 1)
        return time.perf_counter() - wall, time.process_time() - cpu, time.perf_counter() - wall

    return page, update


def _raw_document(one: IndexEntry, schema: tantivy.Schema) -> tantivy.Document:
    document = one.public
    if document is None:
        raise AssertionError("all of them are public")
    values: dict[str, Any] = {"uid": one.uid, "text": document.text}
    for name, value in document.facets:
        values.setdefault(name, []).append(value)
    return tantivy.Document.from_dict(values, schema)


def _measured(page: _Page, texts: Sequence[str]) -> list[float]:
    """Seconds of CPU for each page, after one round to warm up."""
    for text in texts:
        page(text)
    found = []
    for text in texts:
        begin = time.process_time()
        page(text)
        found.append(time.process_time() - begin)
    return found


def _told(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    late = ordered[int(len(ordered) * 0.95)]
    return f"{1000 * statistics.median(ordered):.2f} / {1000 * late:.2f} / {1000 * ordered[-1]:.0f}"


def _megabytes(directory: Path) -> float:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) / 1_000_000


if __name__ == "__main__":
    main()
