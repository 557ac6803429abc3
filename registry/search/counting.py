"""Counts over matches: facets, the histogram of months, and tables of two axes with medians."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from statistics import median

from registry.domain.choices import chosen, without
from registry.domain.errors import InvalidInput, Problem
from registry.domain.search import MAX_AXIS, TIMES, Bucket, Cell, FacetCount, Query, Table, TableRequest
from registry.domain.search_fields import COUNTED
from registry.search import bits
from registry.search.columns import MONTH, Columns, Value
from registry.search.matching import Documents, Matching
from registry.search.snapshot import Snapshot

AXES = (*TIMES, *(field for field in COUNTED if field not in TIMES))
# Where a list of rare values is looked through, a match costs as much as so many entries of the lists.
_MATCH_COSTS = 8
# A pair of values, cut and counted, costs as much as one match of so many that are counted one by one; and the more
# documents a segment has, the more.
_DOCUMENTS_A_PAIR = 30_000


def total(matched: Documents) -> int:
    """How many documents *matched* are."""
    return sum(documents.bit_count() for documents in matched)


def facets(
    snapshot: Snapshot, matching: Matching, query: Query, matched: Documents, names: Iterable[str]
) -> dict[str, tuple[FacetCount, ...]]:
    """The counts of each field, spellings that differ in case together under the commonest one."""
    own = chosen(query)
    found: dict[str, tuple[FacetCount, ...]] = {}
    for name in names:
        around = matching.documents(without(query, name)) if name in own else matched
        spelled = _by_spelling(snapshot, around, name)
        adds: Counter[str] = Counter()
        if name in own:
            beyond = [wide & ~narrow for wide, narrow in zip(around, matched, strict=True)]
            adds = _folded(_by_spelling(snapshot, beyond, name))
        shown = _shown(spelled)
        found[name] = tuple(FacetCount(shown[value], count, adds[value]) for value, count in by_count(_folded(spelled)))
    return found


def histogram(snapshot: Snapshot, matched: Documents) -> tuple[tuple[Bucket, ...], int]:
    """Matches by month, in order, and how many occurred at an unknown time."""
    months = _by_spelling(snapshot, matched, MONTH)
    return tuple(Bucket(month, months[month]) for month in sorted(months)), total(matched) - months.total()


def table(snapshot: Snapshot, request: TableRequest) -> Table:
    """See ``ports.SearchIndex``."""
    check(request)
    matched = Matching(snapshot).documents(request.query)
    rows = _axis(snapshot, matched, request.rows)
    columns = _axis(snapshot, matched, request.columns)
    counts: Counter[tuple[str, str]] = Counter()
    measures: dict[tuple[str, str], list[float]] = {}
    for at, documents in enumerate(matched):
        held = snapshot.segments[at].columns
        of_rows, of_columns = rows.values(held) or {}, columns.values(held)
        counts.update(_pairs(held, documents, of_rows, of_columns))
        measured = held.measures.get(request.measure or "", {})
        having = bits.of(measured, len(held.uids)) & documents
        for cell, document in _each(held, having, of_rows, of_columns):
            measures.setdefault(cell, []).append(measured[document])
    return Table(
        rows=tuple(rows.shown.values()),
        columns=tuple(columns.shown.values()),
        cells={
            (rows.shown[row], columns.shown[column]): _cell(count, measures.get((row, column), []))
            for (row, column), count in counts.items()
        },
        total=total(matched),
        undated=histogram(snapshot, matched)[1] if {request.rows, request.columns} & {*TIMES} else 0,
        left_out=(rows.left_out, columns.left_out),
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """What matches are counted by; ``shown`` are its values, in order, with how a table shows them."""

    name: str | None
    shown: dict[str, str]
    left_out: int

    def values(self, columns: Columns) -> dict[int, str] | None:
        """By the place in ``Columns.values``, the value of this axis; ``None`` where there is no axis."""
        if self.name is None:
            return None
        field, named = (MONTH, _time(self.name)) if self.name in TIMES else (self.name, _itself)
        found = {at: named(value) for at, value in columns.places_of(field)}
        return {at: value for at, value in found.items() if value in self.shown}


def _axis(snapshot: Snapshot, matched: Documents, name: str | None) -> _Axis:
    if name is None:
        return _Axis(None, {"": ""}, 0)
    if name in TIMES:
        named = _time(name)
        times = sorted({named(Value(MONTH, month)) for month in _by_spelling(snapshot, matched, MONTH)})
        return _Axis(name, {time: time for time in times[-MAX_AXIS:]}, max(0, len(times) - MAX_AXIS))
    spelled = _by_spelling(snapshot, matched, name)
    shown = _shown(spelled)
    ordered = [value for value, _ in by_count(_folded(spelled))]
    return _Axis(name, {value: shown[value] for value in ordered[:MAX_AXIS]}, max(0, len(ordered) - MAX_AXIS))


def _pairs(
    held: Columns, documents: int, rows: dict[int, str], columns: dict[int, str] | None
) -> Counter[tuple[str, str]]:
    """How many of *documents* have both values, in whichever way is the quicker one."""
    counts: Counter[tuple[str, str]] = Counter()
    size = len(held.uids)
    if columns is None or len(rows) * len(columns) * size < documents.bit_count() * _DOCUMENTS_A_PAIR:
        across = [("", documents)]
        if columns is not None:
            across = [(column, held.values[at].within(size)) for at, column in columns.items()]
        for at, row in rows.items():
            along = held.values[at].within(size) & documents
            for column, having in across if along else ():
                count = (along & having).bit_count()
                if count:
                    counts[row, column] += count
        return counts
    counts.update(cell for cell, _ in _each(held, documents, rows, columns))
    return counts


def _each(
    held: Columns, documents: int, rows: dict[int, str], columns: dict[int, str] | None
) -> Iterator[tuple[tuple[str, str], int]]:
    """Every cell of every one of *documents*."""
    for document in bits.documents(documents):
        values = held.values_of(document)
        across = [""] if columns is None else [columns[at] for at in values if at in columns]
        for at in values:
            if at in rows:
                yield from (((rows[at], column), document) for column in across)


def _by_spelling(snapshot: Snapshot, matched: Documents, field: str) -> Counter[str]:
    """How many of *matched* have each value, as it is spelled."""
    counts: Counter[str] = Counter()
    for segment, documents in zip(snapshot.segments, matched, strict=True):
        if documents:
            for value, count in _of_segment(segment.columns, documents, field):
                counts[value.spelled] += count
    return counts


def _of_segment(columns: Columns, documents: int, field: str) -> Iterator[tuple[Value, int]]:
    values = [value for _, value in columns.places_of(field)]
    for value in values:
        if value.bits is not None and (count := (value.bits & documents).bit_count()):
            yield value, count
    rare = [value.documents for value in values if value.documents is not None]
    if not rare:
        return
    if documents.bit_count() * _MATCH_COSTS < sum(map(len, rare)):
        found = Counter(chain.from_iterable(map(columns.values_of, bits.documents(documents))))
        for at, value in columns.places_of(field):
            if value.documents is not None and found[at]:
                yield value, found[at]
        return
    has = bits.mask(documents, len(columns.uids)).__getitem__
    for value in values:
        if value.documents is not None and (count := sum(map(has, value.documents))):
            yield value, count


def _folded(spelled: Counter[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for value, count in spelled.items():
        counts[value.casefold()] += count
    return counts


def _shown(spelled: Counter[str]) -> dict[str, str]:
    """Each value as most spell it, the first by alphabet of equals."""
    shown: dict[str, str] = {}
    for value, _ in by_count(spelled):
        shown.setdefault(value.casefold(), value)
    return shown


def by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first, then by alphabet."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _cell(count: int, measures: list[float]) -> Cell:
    return Cell(count, median(measures) if measures else None, len(measures))


def check(request: TableRequest) -> None:
    """Refuse an axis that is not counted, or twice the same.

    Raises:
        InvalidInput: so it is.
    """
    asked = (("rows", request.rows), ("columns", request.columns or request.rows))
    message = f"axes are: {', '.join(AXES)}"
    problems = [Problem((place,), "UNKNOWN_FIELD", message) for place, name in asked if name not in AXES]
    if request.columns == request.rows:
        problems.append(Problem(("columns",), "SAME_AXIS", "choose another field than that of the rows"))
    if problems:
        raise InvalidInput(problems)


def _itself(value: Value) -> str:
    return value.folded


def _time(name: str) -> Callable[[Value], str]:
    """What the time *name* makes of a month."""
    return {"month": _itself, "quarter": _quarter, "year": _year}[name]


def _quarter(month: Value) -> str:
    year, _, number = month.spelled.partition("-")
    return f"{year}-Q{(int(number) + 2) // 3}"


def _year(month: Value) -> str:
    return month.spelled[:4]
