"""The reading half of ``ports.SearchIndex``, one for all engines: which shelf is asked what."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic

from registry.domain.record import RecordUid
from registry.domain.search import (
    Alike,
    Query,
    SearchRequest,
    SearchResult,
    SearchSort,
    Table,
    TableRequest,
)
from registry.search.life import IndexDirectory, Shelf


@dataclass(frozen=True, slots=True)
class Answers(Generic[Shelf]):
    """How an engine answers from one shelf; each as ``ports.SearchIndex`` says of the method of that name.

    Attributes:
        among: answers ``matching``.
        newest: answers ``hidden_matches``, from the restricted shelf; all others are asked of the public one.
    """

    search: Callable[[Shelf, SearchRequest], SearchResult]
    uids: Callable[[Shelf, Query, SearchSort], tuple[RecordUid, ...]]
    among: Callable[[Shelf, Query, Collection[RecordUid]], frozenset[RecordUid]]
    table: Callable[[Shelf, TableRequest], Table]
    near: Callable[[Shelf, str, int], tuple[str, ...]]
    like: Callable[[Shelf, RecordUid, int], tuple[Alike, ...]]
    newest: Callable[[Shelf, Query, int], tuple[RecordUid, ...]]


class AnsweringIndex(IndexDirectory[Shelf]):
    """A search index in one directory that answers what ``ports.SearchIndex`` promises."""

    answers: Answers[Shelf]

    def search(self, request: SearchRequest) -> SearchResult:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda shelf: self.answers.search(shelf, request))

    def uids(self, query: Query, sort: SearchSort = SearchSort.PUBLISHED) -> tuple[RecordUid, ...]:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda shelf: self.answers.uids(shelf, query, sort))

    def matching(self, query: Query, uids: Collection[RecordUid]) -> frozenset[RecordUid]:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda shelf: self.answers.among(shelf, query, uids))

    def table(self, request: TableRequest) -> Table:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda shelf: self.answers.table(shelf, request))

    def near(self, word: str, *, limit: int = 5) -> tuple[str, ...]:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda shelf: self.answers.near(shelf, word, limit))

    def like(self, uid: RecordUid, *, limit: int = 10) -> tuple[Alike, ...]:
        """See ``ports.SearchIndex``."""
        return self._read("public", lambda shelf: self.answers.like(shelf, uid, limit))

    def hidden_matches(self, query: Query, *, limit: int) -> tuple[RecordUid, ...]:
        """See ``ports.SearchIndex``."""
        return self._read("restricted", lambda shelf: self.answers.newest(shelf, query, limit))
