"""The search index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry, Query, SearchRequest, SearchResult


class SearchIndex(Protocol):
    """Two physical indexes: ``public`` answers everybody, ``restricted`` only tells which hidden records match."""

    def search(self, request: SearchRequest) -> SearchResult:
        """A page of public records.

        Raises:
            SearchUnavailable: the index cannot be read now.
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
