"""A dump as a file of SQLite: plain tables, made as ``registry.domain.dump.shape`` says."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from registry.domain.dump.shape import INDEXED, TABLES, Table
from registry.domain.export.columns import COLUMNS
from registry.domain.export.row import Row
from registry.domain.licence import Duty, terms_of
from registry.service.dump import Line

_TABLES = {one.name: one for one in TABLES}
_INSERT = {
    one.name: f"INSERT INTO {one.name} ({', '.join(cell.name for cell in one.cells)}) "  # noqa: S608  # names of ours
    f"VALUES ({', '.join(f':{cell.name}' for cell in one.cells)})"
    for one in TABLES
}


class SqliteFile:
    """Takes records one after another."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._licences: set[str] = set()
        self._owners: set[str] = set()

    def about(self, told: Mapping[str, str]) -> None:
        """Say what the dump is."""
        self._put("about", [{"name": name, "value": value} for name, value in told.items()])

    def add(self, line: Line, row: Row | None) -> None:
        """Write a record, or a tombstone, of which there is no row."""
        if row is None:
            self._put("records", [_blank("records") | _envelope(line.document) | {"is_tombstone": 1}])
        else:
            self._record(line, row)

    def _record(self, line: Line, row: Row) -> None:
        licence, owner = str(row.marking["licence"]), line.owner
        if licence not in self._licences:
            self._licences.add(licence)
            self._put("licences", [_licence(licence)])
        if owner is not None and owner.slug not in self._owners:
            self._owners.add(owner.slug)
            self._put("owners", [{"slug": owner.slug, "name": owner.name}])
        self._put("records", [_blank("records") | _envelope(line.document) | _values(line, row)])
        uid, content = line.record.uid, row.content
        self._put("terms", [{"record": uid, "facet": facet, "term": term} for facet, term in dict.fromkeys(row.facets)])
        self._put("sources", list(_items("sources", uid, content.get("sources"))))
        links = [one | {"relation": one["rel"]} for one in _each(content.get("links"))]
        self._put("links", list(_items("links", uid, links)))
        aliases = dict.fromkeys(map(str, _list(content.get("aliases"))))
        self._put("aliases", [{"record": uid, "alias": one} for one in aliases])

    def _put(self, table: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._database.executemany(_INSERT[table], rows)


@contextmanager
def sqlite_file(path: Path) -> Iterator[SqliteFile]:
    """A new file at *path*, whole once the block ends without an error."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # A file that broke off is thrown away: nothing need be kept safe while it is written.
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA user_version = 1; BEGIN;")
        for table in TABLES:
            database.execute(_create(table))
        yield SqliteFile(database)
        for name, columns in INDEXED:
            index = f"{name}_{columns.replace(', ', '_')}"
            database.execute(f"CREATE INDEX {index} ON {name} ({columns})")
        database.execute("COMMIT")


def _create(table: Table) -> str:
    cells = [
        f"{cell.name} {cell.type}"
        f"{' NOT NULL' if cell.required else ''}"
        f"{f' REFERENCES {cell.references}' if cell.references else ''}"
        for cell in table.cells
    ]
    lines = ",\n  ".join([*cells, f"PRIMARY KEY ({', '.join(table.key)})"])
    return f"CREATE TABLE {table.name} (\n  {lines}\n) WITHOUT ROWID"


def _blank(table: str) -> dict[str, Any]:
    return dict.fromkeys((cell.name for cell in _TABLES[table].cells), None)


def _envelope(document: Mapping[str, Any]) -> dict[str, Any]:
    names = ("uid", "number", "kind", "state", "revision", "origin", "url", "withdrawn_at", "reason", "merged_into")
    return {name: document.get(name) for name in names}


def _values(line: Line, row: Row) -> dict[str, Any]:
    document, marking = line.document, row.marking
    severity = str(COLUMNS["severity"].value(row))
    return {
        "is_tombstone": 0,
        "owner": document["owner"],
        "title": row.title,
        "summary": COLUMNS["summary"].value(row),
        "content_warnings": _json(marking.get("content_warnings", [])),
        "tlp": marking.get("tlp"),
        "licence": marking["licence"],
        "attribution": document["attribution"],
        "obligations": _json(marking.get("obligations", [])),
        "language": marking.get("language"),
        "standing": marking.get("standing"),
        "published_at": document["published_at"],
        "occurred": COLUMNS["occurred"].value(row) or None,
        "severity": int(severity) if severity else None,
        "imported": int(line.record.imported),
        "public_hash": document["public_hash"],
        "content": _json(document["content"]),
    }


def _licence(licence: str) -> dict[str, Any]:
    terms = terms_of(licence)
    duties = {duty.value.replace("-", "_"): int(terms.may_ask(duty)) for duty in Duty}
    return {"licence": licence, "url": terms.url, "is_known": int(terms.is_known), **duties}


def _items(table: str, uid: str, items: Any) -> Iterator[dict[str, Any]]:
    names = {cell.name for cell in _TABLES[table].cells}
    for position, item in enumerate(_each(items)):
        said = {name: value for name, value in item.items() if name in names}
        yield _blank(table) | said | {"record": uid, "position": position}


def _each(items: Any) -> Iterator[dict[str, Any]]:
    yield from (one for one in _list(items) if isinstance(one, dict))


def _list(items: Any) -> list[Any]:
    return items if isinstance(items, list) else []


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
