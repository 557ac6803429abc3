"""What is asked of a search index, what it answers, and what it is fed; engines compile the query tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from registry.domain.pages import DEFAULT_PAGE, Keyset
from registry.domain.record import RecordUid


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches every record: the query without words."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, brought to its stem by the engine."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow one another."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with these letters (at least three)."""

    text: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words that differ from this one by a letter, by two where it has eight or more (``words.is_near``)."""

    text: str


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A facet has this value, whatever its case."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class SeverityRange:
    """Severity between two values, both included."""

    low: int
    high: int


class DateOf(StrEnum):
    """Which day of a record a range is of."""

    OCCURRED = "occurred"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Occurred, or published, on or after *start* and before *end* (UTC); ``None`` is open."""

    start: date | None
    end: date | None
    of: DateOf = DateOf.OCCURRED


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that the inner query does not match."""

    item: Query


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them matches."""

    items: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them matches."""

    items: tuple[Query, ...]


Query: TypeAlias = Everything | Word | Phrase | Prefix | Fuzzy | FieldIs | SeverityRange | DateRange | Not | All | AnyOf


MAX_AXIS = 250
# The axes of a table that are times; a year is counted as a field too.
TIMES = ("month", "quarter", "year")


class SearchSort(StrEnum):
    """How matches are sorted; the best, latest or gravest first, ties by uid. Recency is relevance and age together."""

    RELEVANCE = "relevance"
    # Relevance, halved with every year of age. A record's date is when it occurred; where that is not known, when it
    # was published. Relevance alone never looks at dates.
    RECENCY = "recency"
    PUBLISHED = "published"
    OCCURRED = "occurred"
    SEVERITY = "severity"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One page of a search.

    Attributes:
        facets: those to be counted over all matches.
        snippets: whether each hit comes with a piece of its text.
        histogram: whether matches are counted by the month in which they occurred.
    """

    query: Query
    sort: SearchSort = SearchSort.RELEVANCE
    limit: int = DEFAULT_PAGE
    position: Keyset | None = None
    facets: tuple[str, ...] = ()
    snippets: bool = True
    histogram: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """Pieces of text in order, each with whether it matched. Plain text: whoever shows it escapes it."""

    pieces: tuple[tuple[str, bool], ...]


NO_SNIPPET = Snippet(())


@dataclass(frozen=True, slots=True)
class Hit:
    """One match. ``position`` continues the list after it."""

    uid: RecordUid
    score: float
    snippet: Snippet
    position: Keyset


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many records have a value, among the matches of the query without what it chooses of the same field.

    What a query chooses is told by ``choices``. Where it chooses nothing of the field, these are the matches, and
    choosing the value leaves ``count``; where it does, choosing the value too gives the total plus ``adds``.

    Attributes:
        adds: how many of them the query as it stands does not match.
    """

    value: str
    count: int
    adds: int = 0


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many matches occurred in a month, written as ``2026-03``."""

    month: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of matches, the exact total, and the counts that were asked for.

    Attributes:
        facets: the most frequent value first.
        histogram: the months that have matches, in order.
        undated: how many matches occurred at an unknown time; 0 where no histogram was asked for.
    """

    hits: tuple[Hit, ...]
    total: int
    has_next: bool
    facets: dict[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    histogram: tuple[Bucket, ...] = ()
    undated: int = 0


@dataclass(frozen=True, slots=True)
class TableRequest:
    """Matches counted by one or two axes: a counted field, or ``month``, ``quarter`` or ``year`` of occurring.

    Attributes:
        measure: a measure of ``SearchDocument`` whose median each cell tells.
    """

    query: Query
    rows: str
    columns: str | None = None
    measure: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Matches with both values of a cell.

    Attributes:
        median: of the measure, over those that have it; ``None`` where none has.
        measured: how many of them have the measure.
    """

    count: int
    median: float | None = None
    measured: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of matches by two axes. A match with several values of a field counts in each of them.

    Attributes:
        rows: values of the first axis: times in order, others the most frequent first; at most ``MAX_AXIS``.
        columns: the same of the second axis; the one value ``""`` where there is none.
        cells: by row and column, where there are matches.
        total: all matches, those too that have no value of an axis.
        undated: how many matches occurred at an unknown time; 0 where no axis is a time.
        left_out: how many values of either axis there are beyond ``MAX_AXIS``: the earliest or the rarest.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    total: int
    undated: int = 0
    left_out: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Alike:
    """A record whose text is like that of another, and the words that both have, as texts spell them, rarest first."""

    uid: RecordUid
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the index knows of a record: of the newest published revision in the public index, of the newest
    work in the restricted one. Never anything of a restricted part.

    Attributes:
        text: what people read, its passages parted by blank lines; the title stands first.
        facets: every ``(field, value)`` that it is counted and found by (``search_fields``).
        labels: what is only looked for: names, codes and the like, one line each.
        measures: lengths of time in days, such as ``time_to_detection``, where both ends are known to the day.
    """

    kind: str
    number: str | None
    title: str
    text: str
    facets: tuple[tuple[str, str], ...]
    severity: int | None
    occurred_on: date | None
    published_at: datetime | None
    labels: tuple[str, ...] = ()
    measures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What each index should hold of a record now; ``None`` removes it there.

    ``forget`` tells that no file may hold words any more that were there before.
    """

    uid: RecordUid
    public: SearchDocument | None
    restricted: SearchDocument | None
    forget: bool = False
