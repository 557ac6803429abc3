"""The committed schema is the one that the code makes."""

from __future__ import annotations

from pathlib import Path

from schema.root import build_schema

COMMITTED = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_the_committed_schema_is_what_the_code_makes() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == build_schema().sdl, "the API changed; to accept: make schema"
