"""Counts over matches by tantivy's aggregations: facets, the histogram of months, and tables with medians."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import tantivy

from registry.domain.choices import chosen, without
from registry.domain.search import MAX_AXIS, TIMES, Bucket, Cell, FacetCount, Query, Table, TableRequest
from registry.search.counting import by_count, check
from registry.search.tantivy.engine import BUCKETS, SCHEMA, TooManyBuckets
from registry.search.tantivy.matching import Matching, between, both
from registry.search.tantivy.snapshot import Snapshot

_ANY_DAY = 10**7
_Counts = Counter[str]


def facets(
    snapshot: Snapshot, matching: Matching, query: Query, names: tuple[str, ...]
) -> dict[str, tuple[FacetCount, ...]]:
    """The counts of each facet, spellings that differ in case together under the commonest one."""
    if not names:
        return {}
    matched = _spelled(snapshot, matching.query(query), names)
    choosing = chosen(query)
    found: dict[str, tuple[FacetCount, ...]] = {}
    for name in names:
        around = matched[name]
        counts = of_matched = _folded(around)
        if name in choosing:
            around = _spelled(snapshot, matching.query(without(query, name)), (name,))[name]
            counts = _folded(around)
        shown = _spellings(around)
        found[name] = tuple(
            FacetCount(shown[value], count, count - of_matched[value]) for value, count in by_count(counts)
        )
    return found


def histogram(snapshot: Snapshot, matching: Matching, query: Query, total: int) -> tuple[tuple[Bucket, ...], int]:
    """Matches by month, in order, and how many of the *total* occurred at an unknown time."""
    counts = _spelled(snapshot, matching.query(query), ("time_month",))["time_month"]
    return tuple(Bucket(month, counts[month]) for month in sorted(counts)), total - counts.total()


def table(snapshot: Snapshot, request: TableRequest) -> Table:
    """See ``ports.SearchIndex``."""
    check(request)
    matching = Matching(snapshot)
    query = matching.query(request.query)
    total = snapshot.total(query)
    axes = [_path(request.rows)] + ([_path(request.columns)] if request.columns else [])
    spelled = _spelled(snapshot, query, tuple(axes))
    row_names, rows_left_out = _names(request.rows, spelled[axes[0]])
    column_names, columns_left_out = _names(request.columns, spelled[axes[-1]])
    cells: dict[tuple[str, str], _Measured] = {}
    for row, column, measured in _cells(snapshot, query, request, spelled[axes[0]]):
        key = row.casefold(), column.casefold()
        if key[0] in row_names and key[1] in column_names:
            cells.setdefault(key, _Measured()).add(measured)
    is_timed = {request.rows, request.columns} & {*TIMES}
    return Table(
        rows=tuple(row_names.values()),
        columns=tuple(column_names.values()),
        cells={(row_names[row], column_names[column]): measured.cell() for (row, column), measured in cells.items()},
        total=total,
        undated=total - snapshot.total(both(query, between("occurred", 0, _ANY_DAY))) if is_timed else 0,
        left_out=(rows_left_out, columns_left_out),
    )


class _Measured:
    """How many matches a cell has, and how many of them have each value of the measure."""

    def __init__(self, count: int = 0, values: Mapping[float, int] | None = None) -> None:
        self.count = count
        self.values = Counter(values or {})

    def add(self, other: _Measured) -> None:
        self.count += other.count
        self.values.update(other.values)

    def cell(self) -> Cell:
        measured = self.values.total()
        return Cell(self.count, self._median(measured) if measured else None, measured)

    def _median(self, measured: int) -> float:
        middle = [self._value_at((measured - 1) // 2), self._value_at(measured // 2)]
        return middle[0] if middle[0] == middle[1] else sum(middle) / 2

    def _value_at(self, position: int) -> float:
        for value in sorted(self.values):
            position -= self.values[value]
            if position < 0:
                return value
        raise AssertionError("unreachable")


def _cells(
    snapshot: Snapshot, query: tantivy.Query, request: TableRequest, rows: _Counts
) -> Iterator[tuple[str, str, _Measured]]:
    """Every cell as its values are spelled; row by row where there are more of them than tantivy counts at once."""
    try:
        yield from list(_nested(snapshot, query, request))
    except TooManyBuckets:
        for row in rows:
            path = f"facets.{_path(request.rows)}"
            one = both(query, tantivy.Query.term_query(SCHEMA, path, row, "basic"))
            yield from (cell for cell in _nested(snapshot, one, request) if cell[0] == row)


def _nested(snapshot: Snapshot, query: tantivy.Query, request: TableRequest) -> Iterator[tuple[str, str, _Measured]]:
    measures = {"measures": _terms(f"measures.{request.measure}")} if request.measure else {}
    columns = {"columns": _terms(f"facets.{_path(request.columns)}", measures)} if request.columns else measures
    counted = snapshot.counted(query, {"rows": _terms(f"facets.{_path(request.rows)}", columns)})
    for row in counted["rows"]["buckets"]:
        for column in row["columns"]["buckets"] if request.columns else [{**row, "key": ""}]:
            values = {float(one["key"]): int(one["doc_count"]) for one in column.get("measures", {}).get("buckets", ())}
            yield str(row["key"]), str(column["key"]), _Measured(int(column["doc_count"]), values)


def _spelled(snapshot: Snapshot, query: tantivy.Query, names: tuple[str, ...]) -> dict[str, _Counts]:
    """How many matches have each value of each field, as it is spelled."""
    try:
        counted = snapshot.counted(query, {name: _terms(f"facets.{name}") for name in names})
    except TooManyBuckets:
        if len(names) == 1:
            raise
        return {name: _spelled(snapshot, query, (name,))[name] for name in names}
    return {
        name: Counter({str(one["key"]): int(one["doc_count"]) for one in counted[name]["buckets"]}) for name in names
    }


def _terms(path: str, within: dict[str, Any] | None = None) -> dict[str, Any]:
    terms: dict[str, Any] = {"terms": {"field": path, "size": BUCKETS}}
    return {**terms, "aggs": within} if within else terms


def _path(axis: str | None) -> str:
    return f"time_{axis}" if axis in TIMES else str(axis)


def _names(axis: str | None, spelled: _Counts) -> tuple[dict[str, str], int]:
    """The values that a table shows, with how it shows them, in order; and how many it leaves out."""
    if axis is None:
        return {"": ""}, 0
    counts, shown = _folded(spelled), _spellings(spelled)
    ordered = sorted(counts) if axis in TIMES else [value for value, _ in by_count(counts)]
    kept = ordered[-MAX_AXIS:] if axis in TIMES else ordered[:MAX_AXIS]
    return {value: shown[value] for value in kept}, len(ordered) - len(kept)


def _folded(spelled: _Counts) -> _Counts:
    found: _Counts = Counter()
    for value, count in spelled.items():
        found[value.casefold()] += count
    return found


def _spellings(spelled: _Counts) -> dict[str, str]:
    """Each value as most spell it, the first by alphabet of equals."""
    found: dict[str, str] = {}
    for value, _ in by_count(spelled):
        found.setdefault(value.casefold(), value)
    return found
