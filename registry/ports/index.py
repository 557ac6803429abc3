"""The search index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from registry.domain.record import RecordUid
from registry.domain.search import (
    Alike,
    IndexEntry,
    Query,
    SearchRequest,
    SearchResult,
    SearchSort,
    Table,
    TableRequest,
)


class SearchIndex(Protocol):
    """Two physical indexes: ``public`` answers everybody, ``restricted`` only tells which hidden records match."""

    def search(self, request: SearchRequest) -> SearchResult:
        """A page of public records.

        Raises:
            SearchUnavailable: the index cannot be read now.
        """
        ...

    def uids(self, query: Query, sort: SearchSort = SearchSort.PUBLISHED) -> Sequence[RecordUid]:
        """Every public match of one generation, in the order in which pages of ``search`` give them.

        Raises:
            SearchUnavailable: as ``search``.
        """
        ...

    def matching(self, query: Query, uids: Collection[RecordUid]) -> frozenset[RecordUid]:
        """Those of *uids* that are among the public matches, ``uids``, of one generation.

        Raises:
            SearchUnavailable: as ``search``.
        """
        ...

    def table(self, request: TableRequest) -> Table:
        """Counts of public matches by two axes.

        Raises:
            InvalidInput: an axis that is neither a counted field nor a time, or twice the same.
            SearchUnavailable: as ``search``.
        """
        ...

    def near(self, word: str, *, limit: int = 5) -> tuple[str, ...]:
        """Words of public texts that are near to *word* (``words.is_near``) and others, in lower case as texts spell
        them: the fewest different letters first, then those of most records, then by alphabet.

        Raises:
            SearchUnavailable: as ``search``.
        """
        ...

    def like(self, uid: RecordUid, *, limit: int = 10) -> tuple[Alike, ...]:
        """The public records whose texts are most like that of a public record, by the words that tell most of it.

        None where *uid* is not public.

        Raises:
            SearchUnavailable: as ``search``.
        """
        ...

    def hidden_matches(self, query: Query, *, limit: int) -> tuple[RecordUid, ...]:
        """uids of not public records that match, newest first; the caller keeps those the viewer may see."""
        ...

    def apply(self, entries: Sequence[IndexEntry], *, position: int) -> None:
        """Bring entries up to date in both indexes and remember *position*, the ``seq`` read so far.

        Applying an entry twice changes nothing. Of an entry without any document no word is left in any file."""
        ...

    def position(self) -> int:
        """The ``seq`` that the index has taken in; 0 for an empty or unreadable one, which is then rebuilt."""
        ...

    def rebuild(self, entries: Iterable[IndexEntry], *, position: int) -> None:
        """Build both indexes anew beside the old ones, which serve meanwhile, then put them in their place."""
        ...

    def close(self) -> None:
        """Let go of every file."""
        ...
