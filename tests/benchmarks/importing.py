"""B1, taking in records, against inserts with a full-text index; and how soon a record is found."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from importers.contract import Draft, Importer, RawDocument, Source
from importers.run import BATCH_RECORDS, run
from registry import settings as node_settings
from registry import signing
from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.canonical import JsonValue
from registry.domain.content.base import to_document
from registry.domain.content.kinds import Content
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.ports import Registry
from registry.service import ingest
from tests import factories
from tests.benchmarks import corpus

ItemT = TypeVar("ItemT")

# What the importer stores at once too.
PORTION = BATCH_RECORDS
SOURCE = factories.source(corpus.SOURCE, "Benchmark corpus", organisation=OrganisationKind.OTHER, trusted=True)

# What ``sqlite-utils enable-fts --create-triggers`` makes of one text a record.
_TABLES = """
CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
CREATE VIRTUAL TABLE words USING fts5(title, body, content = docs, content_rowid = id, tokenize = 'porter unicode61');
CREATE TRIGGER docs_added AFTER INSERT ON docs BEGIN
  INSERT INTO words (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
"""
_TEXTS = (
    "title", "summary", "narrative", "name", "description", "statement", "context", "procedure", "sources", "harms",
    "systems", "targets",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """Records a second, by the clock and by the processor time of this process."""

    per_second: float
    per_cpu_second: float


@dataclass(frozen=True, slots=True)
class Import:
    """The same records by several ways, index apart.

    Attributes:
        store: records made ready before, into the node's store.
        whole: the same as JSON Lines, by an importer: read, screened, names sought, checked, stored.
        floor: plain inserts of one text a record, with triggers that index it.
        peer: ``insert_all`` of sqlite-utils, with full text of all columns that hold texts.
    """

    store: Rate
    whole: Rate
    floor: Rate
    peer: Rate


def fill(registry: Registry, contents: Sequence[Content]) -> None:
    """Take all of them in, a portion a transaction."""
    for portion in _portions(contents):
        factories.take_in(registry, LOCAL_OPERATOR, SOURCE, portion)


def measure(root: Path, records: int) -> Import:
    """Each into an empty store, one after the other."""
    contents = list(corpus.contents(records, seed=3))
    return Import(_store(root, contents), _whole(root, contents), _floor(root, contents), _peer(root, contents))


@contextmanager
def _node(data_dir: Path) -> Iterator[Registry]:
    data_dir.mkdir()
    settings = node_settings.load(data_dir, {})
    node_settings.write(settings)
    signing.create(settings.node_key_path)
    registry = open_registry(settings)
    try:
        yield registry
    finally:
        close_registry(registry)


def _store(root: Path, contents: Sequence[Content]) -> Rate:
    ready = [ingest.incoming(SOURCE, content) for content in contents]
    with _node(root / "import-store") as registry:
        ingest.upsert(registry, LOCAL_OPERATOR, SOURCE, ready[:PORTION])
        portions = list(_portions(ready[PORTION:]))
        return _rate(len(ready) - PORTION, lambda: _upsert(registry, portions))


def _upsert(registry: Registry, portions: Sequence[Sequence[ingest.Incoming]]) -> None:
    for portion in portions:
        ingest.upsert(registry, LOCAL_OPERATOR, SOURCE, portion)


def _whole(root: Path, contents: Sequence[Content]) -> Rate:
    importer = Importer(SOURCE, _parse)
    first, rest = (_lines(some) for some in (contents[:PORTION], contents[PORTION:]))
    with _node(root / "import-whole") as registry:
        run(registry, LOCAL_OPERATOR, importer, [first], complete=False)
        return _rate(len(contents) - PORTION, lambda: run(registry, LOCAL_OPERATOR, importer, [rest], complete=False))


def _lines(contents: Sequence[Content]) -> RawDocument:
    rows = ({"kind": content.kind.value, "content": to_document(content.public)} for content in contents)
    return RawDocument("bench.jsonl", b"\n".join(json.dumps(row).encode() for row in rows))


def _parse(document: RawDocument, _source: Source) -> Iterator[Draft]:
    for line in document.body.splitlines():
        row = json.loads(line)
        upstream = row["content"].pop("upstream")
        yield Draft(upstream["id"], Kind(row["kind"]), row["content"], {"tlp": "CLEAR"}, upstream["sha256"])


def _floor(root: Path, contents: Sequence[Content]) -> Rate:
    with closing(sqlite3.connect(root / "import-floor.db", isolation_level=None)) as db:
        db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {_TABLES}")
        _insert(db, contents[:PORTION])
        return _rate(len(contents) - PORTION, lambda: _insert(db, contents[PORTION:]))


def _insert(db: sqlite3.Connection, contents: Sequence[Content]) -> None:
    for portion in _portions(contents):
        db.execute("BEGIN IMMEDIATE")
        for content in portion:
            document = to_document(content.public)
            title = str(document.get("title") or document.get("name") or document.get("statement"))
            text = json.dumps(document)
            db.execute("INSERT INTO docs (title, body) VALUES (?, ?)", (title, text))
        db.execute("COMMIT")


def _peer(root: Path, contents: Sequence[Content]) -> Rate:
    rows = [{"id": at, **to_document(content.public)} for at, content in enumerate(contents)]
    with closing(sqlite3.connect(root / "import-peer.db")) as db:
        docs = Database(db).table("docs")
        db.execute("PRAGMA journal_mode = WAL")
        docs.insert_all([*rows[:PORTION], *_one_of_each(rows)], pk="id", alter=True, replace=True)
        docs.enable_fts([name for name in _TEXTS if name in docs.columns_dict], create_triggers=True, tokenize="porter")
        return _rate(len(rows) - PORTION, lambda: docs.insert_all(rows[PORTION:], pk="id", replace=True))


def _one_of_each(rows: Sequence[dict[str, JsonValue]]) -> list[dict[str, JsonValue]]:
    """A row that has each column, so that the table has them all before it is measured."""
    return list({name: row for row in rows for name in row}.values())


def _rate(records: int, work: Callable[[], object]) -> Rate:
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


def _portions(items: Sequence[ItemT]) -> Iterator[Sequence[ItemT]]:
    for start in range(0, len(items), PORTION):
        yield items[start : start + PORTION]
