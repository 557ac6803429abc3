"""The floors: the least a Starlette route can do for the same answer, by hand-written SQL on a copy of the same rows.

Q1 and Q2 build their JSON in one statement each. Q3 is an FTS5 page with snippets, four facets and an exact total. M1
writes one row and waits for the disk, without sharing the commit. None of them asks for permission or keeps a log.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import uuid
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_Q1 = """
SELECT json_object('number', r.number, 'title', json_extract(CAST(v.public_body AS TEXT), '$.title'),
  'owner', (SELECT json_object('slug', slug, 'name', name) FROM organisations WHERE id = r.owner),
  'severity', r.severity,
  'misuseCategories', json_extract(CAST(v.public_body AS TEXT), '$.misuse_categories'),
  'mitigations', (SELECT json_group_array(l.target) FROM links l WHERE l.uid = r.uid AND l.rel = 'mitigated_by'))
FROM records r JOIN revisions v ON v.uid = r.uid AND v.draft_revision = r.head_draft_revision
WHERE r.number = ? AND r.is_public
"""
_Q2 = """
SELECT json_object('totalCount', (SELECT count(*) FROM records WHERE is_public AND kind = 'incident'),
  'nodes', json_group_array(json(node)))
FROM (SELECT json_object('number', r.number, 'title', json_extract(CAST(v.public_body AS TEXT), '$.title'),
    'severity', r.severity, 'owner', json_object('slug', o.slug, 'name', o.name),
    'misuseCategories', json_extract(CAST(v.public_body AS TEXT), '$.misuse_categories')) AS node
  FROM records r JOIN revisions v ON v.uid = r.uid AND v.draft_revision = r.head_draft_revision
  JOIN organisations o ON o.id = r.owner
  WHERE r.is_public AND r.kind = 'incident' ORDER BY r.severity DESC, r.uid DESC LIMIT 20)
"""
_Q3_HITS = """
SELECT docs.number, docs.title, snippet(words, 0, '<b>', '</b>', '…', 20)
FROM words JOIN docs ON docs.id = words.rowid WHERE words MATCH ? ORDER BY rank LIMIT 20
"""
_Q3_FACETS = """
SELECT f.facet, f.value, count(*) FROM words JOIN doc_facets f ON f.id = words.rowid
WHERE words MATCH ? AND f.facet IN ('misuse', 'harm', 'provider', 'year') GROUP BY 1, 2 ORDER BY 1, 3 DESC
"""
_Q3_TOTAL = "SELECT count(*) FROM words WHERE words MATCH ?"


def prepare(database: Path) -> None:
    """Add the search tables of the floor to a copy of the store."""
    db = sqlite3.connect(database)
    db.executescript(
        """
        CREATE TABLE docs (id INTEGER PRIMARY KEY, uid TEXT, number TEXT, title TEXT);
        CREATE TABLE doc_facets (id INTEGER, facet TEXT, value TEXT);
        CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'porter unicode61');
        CREATE TABLE inbox (id TEXT PRIMARY KEY, body TEXT);
        """
    )
    rows = db.execute(
        "SELECT r.rowid, r.uid, r.number, CAST(v.public_body AS TEXT) FROM records r JOIN revisions v"
        " ON v.uid = r.uid AND v.draft_revision = r.head_draft_revision WHERE r.is_public"
    ).fetchall()
    for rowid, uid, number, body in rows:
        document = json.loads(body)
        title = document.get("title") or document.get("name") or document.get("statement")
        db.execute("INSERT INTO docs VALUES (?, ?, ?, ?)", (rowid, uid, number, title))
        text = " ".join([title, title, *_texts(document)])
        db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (rowid, text))
    db.execute("INSERT INTO doc_facets SELECT r.rowid, f.facet, f.value FROM facets f JOIN records r ON r.uid = f.uid")
    db.execute("CREATE INDEX doc_facets_id ON doc_facets (id, facet, value)")
    db.commit()
    db.close()


def create() -> Starlette:
    """The floor's app over the database named by ``FLOOR_DB``."""
    path = os.environ["FLOOR_DB"]
    connections = threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(connections, "db"):
            connections.db = sqlite3.connect(path, isolation_level=None)
            connections.db.execute("PRAGMA synchronous = FULL")
        db: sqlite3.Connection = connections.db
        return db

    async def q1(request: Request) -> Response:
        row = connection().execute(_Q1, (request.path_params["number"],)).fetchone()
        return Response(row[0], media_type="application/json")

    async def q2(_request: Request) -> Response:
        return Response(connection().execute(_Q2).fetchone()[0], media_type="application/json")

    def q3(request: Request) -> Response:
        words = " ".join(f'"{word}"' for word in request.query_params["q"].split())
        db = connection()
        page = {
            "total": db.execute(_Q3_TOTAL, (words,)).fetchone()[0],
            "hits": db.execute(_Q3_HITS, (words,)).fetchall(),
            "facets": db.execute(_Q3_FACETS, (words,)).fetchall(),
        }
        return Response(json.dumps(page), media_type="application/json")

    async def m1(request: Request) -> Response:
        body = await request.body()
        document = json.loads(body)
        uid = str(uuid.uuid4())
        connection().execute("INSERT INTO inbox VALUES (?, ?)", (uid, json.dumps(document)))
        return Response(json.dumps({"uid": uid}), media_type="application/json")

    routes = [
        Route("/q1/{number}", q1),
        Route("/q2", q2),
        Route("/q3", q3),
        Route("/m1", m1, methods=["POST"]),
    ]
    return Starlette(routes=routes)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []
