"""The whole of it: real records taken in, indexed by each engine, asked and measured."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from registry.ports import SearchIndex
from tests.benchmarks.relevance import report
from tests.benchmarks.relevance.judgements import read_judges
from tests.benchmarks.relevance.measuring import measure, missing, overlap
from tests.benchmarks.relevance.queries import Judged
from tests.benchmarks.relevance.records import Known, take_in
from tests.benchmarks.relevance.systems import engines

_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The real records, and an index of them for each engine."""

    known: tuple[Known, ...]
    indexes: Mapping[str, SearchIndex]


def data_folder() -> Path | None:
    """The folder of public data, where this machine has it."""
    folder = Path(os.environ.get("COMMONS_TEST_DATA") or _ROOT.parent / "shared" / "data")
    return folder if folder.is_dir() else None


@contextmanager
def real_corpus(data: Path, root: Path) -> Iterator[Corpus]:
    """Take the data into a fresh node in *root* and index it there."""
    known = take_in(data, root / "node")
    with engines(known, root) as indexes:
        yield Corpus(known, indexes)


def run(
    console: Console, root: Path, queries: Sequence[Judged], *, each: bool = False
) -> dict[str, dict[str, dict[str, float | int | None]]] | None:
    """Measure and show; ``None``, and why, where there are no data or no judgements."""
    data, judges = data_folder(), read_judges()
    if data is None:
        console.print("relevance was not measured: set COMMONS_TEST_DATA to the folder of public data")
        return None
    if not judges:
        console.print("relevance was not measured: nobody has judged yet")
        return None
    with real_corpus(data, root) as corpus:
        graded = list(judges.values())
        scores = measure(queries, graded, corpus.known, corpus.indexes)
        shared = overlap(queries, corpus.known, corpus.indexes)
    report.show(console, scores, judges, len(missing(graded, corpus.known)))
    report.show_overlap(console, shared)
    if each:
        report.show_queries(console, scores)
    return report.as_document(scores)
