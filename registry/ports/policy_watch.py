"""Pages of usage policies that are watched, and the texts that stood on them."""

from __future__ import annotations

from typing import Protocol

from registry.domain.policy_watch import SeenVersion, Watch, WatchId
from registry.domain.record import OrganisationId, RecordUid


class PolicyWatches(Protocol):
    """Watches, and the versions seen of each."""

    def add(self, watch: Watch) -> None:
        """Keep a watch.

        Raises:
            AlreadyExists: its address is watched.
        """
        ...

    def get(self, watch_id: WatchId) -> Watch | None:
        """That watch."""
        ...

    def save(self, watch: Watch) -> None:
        """Keep it as it is now; one that was deleted meanwhile stays so."""
        ...

    def delete(self, watch_id: WatchId) -> None:
        """Take it away with every text that was seen."""
        ...

    def all(self, organisation: OrganisationId | None = None) -> tuple[Watch, ...]:
        """All watches, or those of one organisation, by title and address."""
        ...

    def versions(self, watch_id: WatchId) -> tuple[SeenVersion, ...]:
        """The versions seen of a page, the newest first, without their texts."""
        ...

    def version(self, watch_id: WatchId, sha256: str) -> SeenVersion | None:
        """That version, with its text."""
        ...

    def keep(self, version: SeenVersion) -> None:
        """Keep a version; of one that is known only when it was seen last, and the draft made of it."""
        ...

    def thin(self, watch_id: WatchId, *, texts: int) -> None:
        """Forget the texts of all versions but those *texts* that were seen last; their hashes stay."""
        ...

    def forget_draft(self, uid: RecordUid) -> None:
        """Know no more that this record was made of a page, once it is erased."""
        ...
