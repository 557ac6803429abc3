"""What our engines of search are measured against: FTS5, Whoosh and tantivy, each as one uses it by hand."""

from __future__ import annotations

import sqlite3
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tantivy

from registry.domain.search import IndexEntry
from tests.benchmarks.search_corpus import FACETS, entries

_FTS_FACETS = (
    "SELECT f.facet, f.value, count(*) FROM words JOIN facets f ON f.id = words.rowid WHERE words MATCH ? GROUP BY 1, 2"
)
_FTS_HITS = (
    "SELECT rowid, snippet(words, 0, '<b>', '</b>', '…', 20) FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20"
)

Page = Callable[[str], object]
"""Answers one query with the best twenty, their snippets, four facets and the exact total."""
Update = Callable[[IndexEntry], object]


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

    def update(changed: IndexEntry) -> None:
        writer = opened.writer()
        writer.update_document(**_fields(changed))
        writer.commit()

    return page, update


def _fields(one: IndexEntry) -> dict[str, str]:
    assert one.public is not None
    values = {name: ",".join(value for field, value in one.public.facets if field == name) for name in FACETS}
    return {"uid": one.uid, "text": one.public.text, **values}


def raw_tantivy(directory: Path, records: int) -> tuple[Page, Update]:
    """tantivy-py as its documentation shows it: one stored text, columns, aggregations, its own snippets."""
    building = tantivy.SchemaBuilder()
    building.add_text_field("uid", tokenizer_name="raw", stored=True)
    building.add_text_field("text", tokenizer_name="en_stem", stored=True)
    for name in FACETS:
        building.add_text_field(name, tokenizer_name="raw", fast=True)
    schema = building.build()
    directory.mkdir()
    index = tantivy.Index(schema, str(directory))
    writer = index.writer(100_000_000, 1)
    for one in entries(records):
        writer.add_document(_document(one, schema))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    counted: dict[str, Any] = {name: {"terms": {"field": name, "size": 1000}} for name in FACETS}
    live = index.writer(15_000_000, 1)

    def page(text: str) -> object:
        searcher = index.searcher()
        query = index.parse_query(text, ["text"], conjunction_by_default=" OR " not in text)
        found = searcher.search(query, 20)
        facets = searcher.aggregate(query, counted)
        generator = tantivy.SnippetGenerator.create(searcher, query, schema, "text")
        generator.set_max_num_chars(240)
        hits = [searcher.doc(address) for _, address in found.hits]
        return [generator.snippet_from_doc(one).to_html() for one in hits], facets

    def update(changed: IndexEntry) -> None:
        live.delete_documents_by_term("uid", changed.uid)
        live.add_document(_document(changed, schema))
        live.commit()
        index.reload()

    return page, update


def _document(one: IndexEntry, schema: tantivy.Schema) -> tantivy.Document:
    fields: dict[str, Any] = {name: [] for name in FACETS}
    assert one.public is not None
    for name, value in one.public.facets:
        fields[name].append(value)
    return tantivy.Document.from_dict({"uid": one.uid, "text": one.public.text, **fields}, schema)
