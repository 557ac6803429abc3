"""B1, taking in records, against plain inserts with a full-text index; and how soon a record is found."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from registry import settings as node_settings
from registry import signing
from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.content.base import to_document
from registry.domain.content.kinds import Content
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from tests import factories
from tests.benchmarks import corpus

PORTION = 200
SOURCE = factories.source(corpus.SOURCE, "Benchmark corpus", organisation=OrganisationKind.OTHER, trusted=True)

# What ``sqlite-utils insert`` and ``enable-fts --create-triggers`` make of the same documents.
_TABLES = """
CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
CREATE VIRTUAL TABLE words USING fts5(title, body, content = docs, content_rowid = id, tokenize = 'porter unicode61');
CREATE TRIGGER docs_added AFTER INSERT ON docs BEGIN
  INSERT INTO words (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """Records a second, by the clock and by the processor time of this process."""

    per_second: float
    per_cpu_second: float


@dataclass(frozen=True, slots=True)
class Import:
    """The same records into the node's store, index apart, and into the floor."""

    node: Rate
    floor: Rate


def fill(registry: Registry, contents: Sequence[Content]) -> None:
    """Take all of them in, a portion a transaction."""
    for portion in _portions(contents):
        factories.take_in(registry, LOCAL_OPERATOR, SOURCE, portion)


def measure(root: Path, records: int) -> Import:
    """Both into empty stores, one after the other."""
    contents = list(corpus.contents(records, seed=3))
    data_dir = root / "import"
    data_dir.mkdir()
    settings = node_settings.load(data_dir, {})
    node_settings.write(settings)
    signing.create(settings.node_key_path)
    registry = open_registry(settings)
    try:
        fill(registry, contents[:PORTION])
        node = _rate(records - PORTION, lambda: fill(registry, contents[PORTION:]))
    finally:
        close_registry(registry)
    with closing(sqlite3.connect(root / "import-floor.db", isolation_level=None)) as db:
        db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {_TABLES}")
        _insert(db, contents[:PORTION])
        return Import(node, _rate(records - PORTION, lambda: _insert(db, contents[PORTION:])))


def _insert(db: sqlite3.Connection, contents: Sequence[Content]) -> None:
    for portion in _portions(contents):
        db.execute("BEGIN IMMEDIATE")
        for content in portion:
            document = to_document(content.public)
            title = str(document.get("title") or document.get("name") or document.get("statement"))
            text = json.dumps(document)
            db.execute("INSERT INTO docs (title, body) VALUES (?, ?)", (title, text))
        db.execute("COMMIT")


def _rate(records: int, work: Callable[[], None]) -> Rate:
    started, cpu = time.perf_counter(), time.process_time()
    work()
    return Rate(records / (time.perf_counter() - started), records / (time.process_time() - cpu))


def seconds_to_be_found(data_dir: Path, found: Callable[[str], bool], *, times: int) -> list[float]:
    """How long after its commit each of *times* new records is in a search of the serving process, sorted."""
    registry = open_registry(node_settings.load(data_dir, {}))
    waited: list[float] = []
    try:
        for number in range(times):
            word = f"qx{number:03d}zebra"
            factories.take_in(registry, LOCAL_OPERATOR, SOURCE, [corpus.one_lesson(word)])
            started = time.perf_counter()
            while not found(word):
                time.sleep(0.02)
            waited.append(time.perf_counter() - started)
    finally:
        close_registry(registry)
    return sorted(waited)


def _portions(contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
    for start in range(0, len(contents), PORTION):
        yield contents[start : start + PORTION]
