"""Which records name which sources, which of them look alike, and which are known not to be the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from registry.domain.likeness import Candidate
from registry.domain.policy import Visibility
from registry.domain.record import RecordUid


class Sources(Protocol):
    """What helps to recognise the same thing told twice. Sources and aliases are kept as hashes only."""

    def naming(
        self, keys: Sequence[bytes], *, before: RecordUid | None, limit: int, visible: Visibility
    ) -> tuple[RecordUid, ...]:
        """Records of which a public part that the viewer may read names one of these keys, the newest uid first."""
        ...

    def merged_naming(self, key: bytes, *, limit: int, visible: Visibility) -> tuple[RecordUid, ...]:
        """Merged records that the viewer may know of, and whose last public part names this key; the newest first."""
        ...

    def suggest(self, uid: RecordUid, candidates: Sequence[Candidate]) -> None:
        """Keep what a draft looks like, instead of what was kept before."""
        ...

    def suggested(self, uid: RecordUid) -> tuple[Candidate, ...]:
        """What is kept of a draft, the most alike first."""
        ...

    def merged_into(self, uids: Sequence[RecordUid]) -> tuple[RecordUid, ...]:
        """Records that were merged into one of these, directly."""
        ...

    def keep_apart(self, uid: RecordUid, other: RecordUid, *, actor: str, at: datetime) -> bool:
        """Overrule the machine: the two are not the same; tells whether that is new."""
        ...

    def apart_from(self, uid: RecordUid) -> frozenset[RecordUid]:
        """Records that are known not to be the same as this one."""
        ...
