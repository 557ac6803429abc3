"""Pairs of records that may tell of the same event, and what records are recognised by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from registry.domain.candidate import CandidateState, MergeCandidate
from registry.domain.pages import PageRequest
from registry.domain.record import OrganisationId, RecordUid


class MergeCandidates(Protocol):
    """Pairs, each once, and the keys by which pairs are found. Keys are hashes only."""

    def put_keys(self, uid: RecordUid, keys: Sequence[bytes]) -> None:
        """What a record is recognised by, instead of what was kept before; none for what is not compared."""
        ...

    def having(self, key: bytes, *, limit: int) -> tuple[tuple[RecordUid, OrganisationId], ...]:
        """Which records, and of whom, have this key, at most *limit* of them."""
        ...

    def put(self, candidate: MergeCandidate) -> None:
        """Keep a pair, instead of what was kept of it before."""
        ...

    def get(self, a: RecordUid, b: RecordUid) -> MergeCandidate | None:
        """What is kept of a pair, the lower uid first."""
        ...

    def of_record(self, uid: RecordUid) -> tuple[MergeCandidate, ...]:
        """Every pair that a record is in."""
        ...

    def drop(self, a: RecordUid, b: RecordUid) -> None:
        """Forget a pair."""
        ...

    def page(self, state: CandidateState | None, request: PageRequest) -> tuple[MergeCandidate, ...]:
        """Pairs in *state*, or in any, the likeliest first; one more than the limit where there are more. Positions
        are ``(score, a, b)``. The service decides who sees which."""
        ...

    def erase(self, uid: RecordUid) -> None:
        """Forget what a record is recognised by, and every pair that it is in."""
        ...
