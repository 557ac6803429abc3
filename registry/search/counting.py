"""Counts over matches: facets, the histogram of months, and tables of two axes with medians."""

from __future__ import annotations

from collections import Counter
from datetime import date
from statistics import median

from registry.domain.choices import without
from registry.domain.errors import InvalidInput, Problem
from registry.domain.search import MAX_AXIS, TIMES, Bucket, Cell, FacetCount, Query, Table, TableRequest
from registry.domain.search_fields import COUNTED
from registry.search.matching import Documents, Matching
from registry.search.segment import NOT_KNOWN
from registry.search.snapshot import Snapshot

AXES = (*TIMES, *(field for field in COUNTED if field not in TIMES))


def facet(snapshot: Snapshot, matching: Matching, query: Query, name: str) -> tuple[FacetCount, ...]:
    """The counts of the facet *name*, spellings that differ in case together under the commonest one."""
    axis = Axis(snapshot, name)
    matched, around = matching.documents(query), matching.documents(without(query, name))
    beyond = [wide - narrow for wide, narrow in zip(around, matched, strict=True)]
    adds = axis.counts(beyond)
    spelled = axis.spellings(around)
    return tuple(FacetCount(spelled[value], count, adds[value]) for value, count in by_count(axis.counts(around)))


def histogram(snapshot: Snapshot, matched: Documents) -> tuple[tuple[Bucket, ...], int]:
    """Matches by month, in order, and how many occurred at an unknown time."""
    counts = Axis(snapshot, "month").counts(matched)
    total = sum(len(documents) for documents in matched)
    return tuple(Bucket(month, counts[month]) for month in sorted(counts)), total - counts.total()


def table(snapshot: Snapshot, request: TableRequest) -> Table:
    """See ``ports.SearchIndex``."""
    check(request)
    matched = Matching(snapshot).documents(request.query)
    rows = Axis(snapshot, request.rows)
    columns = Axis(snapshot, request.columns)
    counts: Counter[tuple[str, str]] = Counter()
    measures: dict[tuple[str, str], list[float]] = {}
    for at, documents in enumerate(matched):
        measured = snapshot.segments[at].columns.measures.get(request.measure or "", {})
        for document in documents:
            cells = [(row, column) for row in rows.values(at, document) for column in columns.values(at, document)]
            counts.update(cells)
            if document in measured:
                for cell in cells:
                    measures.setdefault(cell, []).append(measured[document])
    row_names, rows_left_out = _names(rows, matched)
    column_names, columns_left_out = _names(columns, matched)
    return Table(
        rows=tuple(row_names.values()),
        columns=tuple(column_names.values()),
        cells={
            (row_names[row], column_names[column]): _cell(count, measures.get((row, column), []))
            for (row, column), count in counts.items()
            if row in row_names and column in column_names
        },
        total=sum(len(documents) for documents in matched),
        undated=_undated(snapshot, matched) if {request.rows, request.columns} & {*TIMES} else 0,
        left_out=(rows_left_out, columns_left_out),
    )


class Axis:
    """What matches are counted by: a counted field, a time, or nothing, which is one value ``""`` of every document.

    Values are compared without case; ``spellings`` tells how to show them.
    """

    def __init__(self, snapshot: Snapshot, name: str | None) -> None:
        self._snapshot = snapshot
        self._name = name
        self.is_time = name in TIMES

    def values(self, at: int, document: int) -> tuple[str, ...]:
        """The values of a document of the segment *at*."""
        if self._name is None:
            return ("",)
        if self.is_time:
            return _time(self._name, self._snapshot.segments[at].columns.occurred[document])
        return tuple(one.casefold() for one in self._spelled(at, document))

    def counts(self, matched: Documents) -> Counter[str]:
        """How many of *matched* have each value."""
        return Counter(
            value
            for at, documents in enumerate(matched)
            for document in documents
            for value in self.values(at, document)
        )

    def spellings(self, matched: Documents) -> dict[str, str]:
        """Each value of *matched* as most of them spell it, the first by alphabet of equals."""
        if self._name is None or self.is_time:
            return {value: value for value in self.counts(matched)}
        spelled = Counter(
            one for at, documents in enumerate(matched) for document in documents for one in self._spelled(at, document)
        )
        found: dict[str, str] = {}
        for one, _ in by_count(spelled):
            found.setdefault(one.casefold(), one)
        return found

    def _spelled(self, at: int, document: int) -> tuple[str, ...]:
        column = self._snapshot.segments[at].columns.facets.get(self._name or "")
        return () if column is None else column[document]


def check(request: TableRequest) -> None:
    """Raise ``InvalidInput`` where an axis is none, or twice the same."""
    asked = (("rows", request.rows), ("columns", request.columns or request.rows))
    message = f"axes are: {', '.join(AXES)}"
    problems = [Problem((place,), "UNKNOWN_FIELD", message) for place, name in asked if name not in AXES]
    if request.columns == request.rows:
        problems.append(Problem(("columns",), "SAME_AXIS", "choose another field than that of the rows"))
    if problems:
        raise InvalidInput(problems)


def _names(axis: Axis, matched: Documents) -> tuple[dict[str, str], int]:
    """The values that a table shows, with how it shows them, in order; and how many it leaves out."""
    counts, spelled = axis.counts(matched), axis.spellings(matched)
    ordered = sorted(counts) if axis.is_time else [value for value, _ in by_count(counts)]
    kept = ordered[-MAX_AXIS:] if axis.is_time else ordered[:MAX_AXIS]
    return {value: spelled[value] for value in kept}, len(ordered) - len(kept)


def by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    """Values with their counts, the most frequent first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _cell(count: int, measures: list[float]) -> Cell:
    return Cell(count, median(measures) if measures else None, len(measures))


def _undated(snapshot: Snapshot, matched: Documents) -> int:
    columns = [segment.columns.occurred for segment in snapshot.segments]
    return sum(columns[at][one] == NOT_KNOWN for at, documents in enumerate(matched) for one in documents)


def _time(name: str, day: int) -> tuple[str, ...]:
    if day == NOT_KNOWN:
        return ()
    when = date.fromordinal(day)
    if name == "year":
        return (f"{when.year:04}",)
    return (f"{when.year:04}-{when.month:02}" if name == "month" else f"{when.year:04}-Q{(when.month + 2) // 3}",)
