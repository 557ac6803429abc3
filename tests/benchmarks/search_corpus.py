"""Invented public records for the benchmarks of search: words as frequent as in natural text, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry, SearchDocument

FACETS = ("misuse", "harm", "provider", "year")
_LONG, _SHORT = 310, 65
# In a larger corpus records are short, or building it would take hours.
_LONG_UP_TO = 200_000
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_LETTERS = [f"{one}{two}" for one in "bdfgklmnprst" for two in "aeiou"]
KNOWN = [f"{a}{b}{c}" for c in ("l", "nt", "rk", "z") for a in _LETTERS for b in _LETTERS]
"""Every word, the commonest first."""
_WEIGHTS = tuple(accumulate(1 / (rank + 20) for rank in range(len(KNOWN))))


def entries(records: int) -> Iterator[IndexEntry]:
    """*records* public records."""
    source = random.Random(1)
    for number in range(records):
        yield entry(source, number, records)


def entry(source: random.Random, number: int, records: int) -> IndexEntry:
    """One of *records* public records."""
    text = source.choices(KNOWN, cum_weights=_WEIGHTS, k=_LONG if records <= _LONG_UP_TO else _SHORT)
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
