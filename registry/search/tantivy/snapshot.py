"""One shelf at one generation: tantivy's searcher, which never changes, and what is known of the live documents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import tantivy

from registry.domain.record import RecordUid
from registry.search.engine import Damaged
from registry.search.tantivy.engine import META, SCHEMA, TooManyBuckets, files
from registry.search.tantivy.fields import uid_of

Address = tantivy.DocAddress
Found = tuple[Any, Address]
_Source = tuple[Path, dict[str, Any]]
_ATTEMPTS = 5
_REMEMBERED = 20_000
_VALUE = '"value": '
_FREQUENCY = '"description": "freq, '
_MEAN = '"description": "avgdl, '


class Snapshot:
    """What a shelf holds. Shared by threads.

    Attributes:
        count: how many documents are live.
        held: how many its files hold, deleted ones included.
        read_from: the directory, and tantivy's list of segments there.
    """

    def __init__(self, searcher: tantivy.Searcher, held: int, source: _Source | None = None) -> None:
        self._searcher = searcher
        self.held = held
        self.read_from = source
        self.count = searcher.num_docs
        self._totals: dict[str, int] = {}
        self._drift: float | None = None

    @property
    def has_deleted(self) -> bool:
        """Whether the files hold documents that were deleted."""
        return self.held != self.count

    def found(
        self, query: tantivy.Query, limit: int, *, by: str | None = None, count: bool = False
    ) -> tuple[list[Found], int]:
        """The first *limit* matches with their keys, by score or by the column *by*, falling; and if asked, how many
        match."""
        with files():
            # tantivy refuses the limit 0, and makes room for the whole limit at once.
            within = max(1, min(limit, self.count))
            result: Any = self._searcher.search(query, within, count=count, order_by_field=by)
            return result.hits if limit else [], result.count if count else 0

    def total(self, query: tantivy.Query) -> int:
        """How many live documents match."""
        return self.found(query, 0, count=True)[1]

    def holding(self, term: str, *, field: str = "text") -> int:
        """How many live documents hold *term*."""
        if not self.has_deleted:
            return self.held_by(term, field=field)
        key = f"{field} {term}"
        known = self._totals.get(key)
        if known is None:
            if len(self._totals) >= _REMEMBERED:
                self._totals.clear()
            known = self._totals[key] = self.total(tantivy.Query.term_query(SCHEMA, field, term, "basic"))
        return known

    def held_by(self, term: str, *, field: str = "text") -> int:
        """How many documents of the files hold *term*, deleted ones included."""
        with files():
            return self._searcher.doc_freq(field, term)

    def terms(self, prefix: str, *, field: str = "text") -> dict[str, int]:
        """Every term that begins with *prefix*, and how many documents hold it; deleted documents included."""
        with files():
            return dict(self._searcher.terms_with_prefix(field, prefix))

    def column(self, name: str, addresses: list[Address]) -> list[Any]:
        """The values of a column, one for each address."""
        with files():
            return self._searcher.fast_field_values(name, addresses)

    def source(self, address: Address) -> bytes:
        """What is stored of a document."""
        with files():
            return bytes(self._searcher.doc(address)["source"][0])

    def counted(self, query: tantivy.Query, what: dict[str, Any]) -> dict[str, Any]:
        """tantivy's aggregations *what* over the matches.

        Raises:
            TooManyBuckets: there are more values than it counts at once.
        """
        with files():
            try:
                return self._searcher.aggregate(query, what)
            except ValueError as error:
                if "bucket limit" in str(error):
                    raise TooManyBuckets from error
                raise

    def explained(self, words: tantivy.Query, address: Address) -> tuple[int, float]:
        """How often terms or a phrase stand in a document, and the mean length tantivy reckons with; 0 and 0 where they
        do not stand there."""
        text = self._explanation(words, address)
        if text is None:
            return 0, 0.0
        frequencies = _values(text, _FREQUENCY)
        return round(sum(frequencies)), _values(text, _MEAN)[0]

    def _explanation(self, query: tantivy.Query, address: Address) -> str | None:
        with files():
            try:
                return query.explain(self._searcher, address).to_json()
            except ValueError as error:
                if "does not match" in str(error):
                    return None
                raise

    def present(self, uids: list[RecordUid]) -> set[RecordUid]:
        """Those of *uids* that are here."""
        hits, _ = self.found(tantivy.Query.term_set_query(SCHEMA, "uid", uids), len(uids))
        addresses = [address for _, address in hits]
        return set(map(uid_of, self.column("high", addresses), self.column("low", addresses)))

    def addresses(self) -> list[Address]:
        """Where every live document is."""
        return [address for _, address in self.found(tantivy.Query.all_query(), self.count)[0]]

    @cached_property
    def mean_length(self) -> float:
        """Of the live documents, in terms; 1 where there are none."""
        total = self.counted(tantivy.Query.all_query(), {"sum": {"sum": {"field": "length"}}})["sum"]["value"]
        return float(total) / self.count if total else 1.0

    def drift(self, words: Sequence[tantivy.Query]) -> float:
        """The mean length of the live documents to that which tantivy reckons with where any of *words* matches."""
        if self._drift is None:
            for query in words:
                hits, _ = self.found(query, 1)
                if hits:
                    self._drift = self.mean_length / self.explained(query, hits[0][1])[1]
                    break
        return self._drift or 1.0

    @cached_property
    def newest_day(self) -> int:
        """The latest day of a live document, as ``Columns.day`` has it."""
        value = self.counted(tantivy.Query.all_query(), {"max": {"max": {"field": "day"}}})["max"]["value"]
        return int(value or 0)


def _values(explanation: str, name: str) -> list[float]:
    """Every value of *name* in an explanation, in which a value stands before its name."""
    before = explanation.split(name)[:-1]
    if not before:
        raise Damaged("tantivy explains its scores otherwise than this version expects")
    return [float(part[part.rindex(_VALUE) + len(_VALUE) :].partition(",")[0]) for part in before]


def open_snapshot(directory: Path, *, reuse: Snapshot | None = None) -> Snapshot:
    """The newest generation in *directory*; *reuse*, where that is it.

    Raises:
        Damaged: a file is damaged, or a writer removed it meanwhile.
    """
    for _ in range(_ATTEMPTS):
        before = contents(directory)
        source = directory, before
        if reuse is not None and source == reuse.read_from:
            return reuse
        with files():
            index = tantivy.Index.open(str(directory))
            # A reader that follows commits by itself would keep a thread of its own.
            index.config_reader("manual")
            searcher = index.searcher()
        if before == contents(directory):
            return Snapshot(searcher, sum(int(segment["max_doc"]) for segment in before["segments"]), source)
    raise Damaged("the index is written faster than it can be opened")


def contents(directory: Path) -> dict[str, Any]:
    """tantivy's list of segments.

    Raises:
        Damaged: there is none, or it is damaged.
    """
    with files():
        found: dict[str, Any] = orjson.loads((directory / META).read_bytes())
        return {"opstamp": found["opstamp"], "segments": found["segments"]}
