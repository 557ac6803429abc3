"""Saved searches, and what they were told of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from registry.domain.letter import LetterId
from registry.domain.pages import Page, PageRequest
from registry.domain.record import OrganisationId, PersonId, RecordUid
from registry.domain.saved_search import Match, SavedSearch, SavedSearchId
from registry.domain.webhook import WebhookId


class SavedSearches(Protocol):
    """Searches that people keep. A record matches each of them once, for ever."""

    def add(self, search: SavedSearch, *, memory: bytes) -> None:
        """Keep a new search with what matched it already, as ``saved_search.remembered`` tells it."""
        ...

    def get(self, search_id: SavedSearchId) -> SavedSearch | None:
        """The search with this id."""
        ...

    def by_token(self, token: str) -> SavedSearch | None:
        """The search that a link leads to."""
        ...

    def of(self, person: PersonId, organisation: OrganisationId) -> tuple[SavedSearch, ...]:
        """Those of a person within an organisation, the oldest first."""
        ...

    def save(self, search: SavedSearch) -> None:
        """Store its name, its webhook, and how often letters are written."""
        ...

    def delete(self, search_id: SavedSearchId) -> None:
        """Delete it with its matches, and what waits to tell webhooks of them."""
        ...

    def forget(self, person: PersonId, organisation: OrganisationId) -> None:
        """Delete those of a person within an organisation, as ``delete`` does."""
        ...

    def forget_webhook(self, webhook_id: WebhookId) -> None:
        """Let no search tell this webhook any more."""
        ...

    def behind(self, seq: int, *, limit: int) -> tuple[SavedSearch, ...]:
        """Those whose position is before *seq*, the furthest behind first."""
        ...

    def memory(self, search_id: SavedSearchId) -> bytes:
        """What matched when it was saved."""
        ...

    def advance(self, searches: Sequence[SavedSearchId], *, start: int, end: int) -> None:
        """Move those of *searches* that still are at the position *start* to *end*."""
        ...

    def told(self, search_id: SavedSearchId, uids: Collection[RecordUid]) -> frozenset[RecordUid]:
        """Those of *uids* that are matches already."""
        ...

    def last_number(self, search_id: SavedSearchId) -> int:
        """The number of its newest match; 0 where there is none."""
        ...

    def tell(self, matches: Sequence[Match]) -> None:
        """Keep new matches.

        Raises:
            AlreadyExists: one of the records is a match of the search already, or a number is taken.
        """
        ...

    def matches(self, search_id: SavedSearchId, request: PageRequest) -> Page[Match]:
        """A page of its matches, the newest first; a position is the number of a match."""
        ...

    def due(self, now: datetime, *, limit: int) -> tuple[SavedSearch, ...]:
        """Those of which a letter is to be written, the longest due first."""
        ...

    def put_off(self, search_id: SavedSearchId, due_at: datetime | None) -> None:
        """Store when its next letter is due."""
        ...

    def put_in_letter(self, search_id: SavedSearchId, letter: LetterId) -> int:
        """Put into a letter all matches that were in none; how many."""
        ...

    def in_letter(self, letter: LetterId) -> tuple[Match, ...]:
        """The matches in a letter, the newest first."""
        ...

    def skip_letters(self, search_id: SavedSearchId) -> None:
        """Put no match into a letter that there is now."""
        ...

    def erase(self, uid: RecordUid) -> None:
        """Forget that a record was a match."""
        ...
