"""The queries of the relevance set, in ``queries.json``: our own words, written before any ranking was looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_FILE = Path(__file__).with_name("queries.json")


class Split(StrEnum):
    """What a query may be used for: to tune the ranking by, or only to tell in the end how good it became."""

    TUNE = "tune"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Judged:
    """One query with what is wanted by it.

    Attributes:
        kind: what sort of query it is, such as ``technique`` or ``misspelling``.
        text: as people type it, in the language of ``registry.domain.query``.
        need: one sentence that says what the searcher wants; records are judged by it.
        plain: the words of the text, rightly spelled, without fields and quotation marks.
        also: the need in other words; only to find more records to be judged.
    """

    id: str
    kind: str
    split: Split
    text: str
    need: str
    plain: str
    also: tuple[str, ...]


def read_queries(path: Path = _FILE) -> tuple[Judged, ...]:
    """Every query, in the order of the file."""
    return tuple(
        Judged(
            id=row["id"],
            kind=row["kind"],
            split=Split(row["split"]),
            text=row["text"],
            need=row["need"],
            plain=row.get("plain", row["text"]),
            also=tuple(row.get("also", ())),
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    )
