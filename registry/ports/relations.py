"""Which public records name the same, and what editors decided of pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from registry.domain.record import RecordUid
from registry.domain.relatedness import RelationDecision


class Relations(Protocol):
    """What relates records. Of facets only what strangers find in lists counts."""

    def holding(self, facets: Sequence[tuple[str, str]], *, most: int) -> dict[tuple[str, str], int]:
        """How many public records have each of these facet values, counted up to *most*. In one statement."""
        ...

    def sharing(self, weights: Mapping[tuple[str, str], int], *, but: RecordUid, limit: int) -> tuple[RecordUid, ...]:
        """Public records other than *but* with any of these facet values: those first whose values weigh most, then
        the later uids. In one statement."""
        ...

    def put(self, decision: RelationDecision) -> None:
        """Keep what was decided of a pair of which nothing is kept.

        Raises:
            AlreadyExists: something is.
        """
        ...

    def get(self, a: RecordUid, b: RecordUid) -> RelationDecision | None:
        """What was decided of a pair, the lower uid first."""
        ...

    def drop(self, a: RecordUid, b: RecordUid) -> None:
        """Take it back."""
        ...

    def of_records(self, uids: Sequence[RecordUid]) -> tuple[RelationDecision, ...]:
        """Every decision about one of *uids*, the oldest first. In one statement."""
        ...

    def erase(self, uid: RecordUid) -> None:
        """Forget every decision about a record."""
        ...
