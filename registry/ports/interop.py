"""Where records stand in the channels that platforms read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from registry.domain.interop.channel import Place
from registry.domain.record import RecordUid


class Places(Protocol):
    """Places in channels; a channel is named by its key."""

    def of(self, uids: Collection[RecordUid]) -> tuple[Place, ...]:
        """Every place of these records."""
        ...

    def put(self, places: Sequence[Place]) -> None:
        """Keep these places instead of those that the same records have in the same channels."""
        ...

    def last(self, channels: Collection[str]) -> dict[str, int]:
        """When each of these channels that holds anything last moved, in microseconds."""
        ...

    def after(self, channel: str, placed_at: int, *, limit: int) -> tuple[Place, ...]:
        """What stands in a channel behind this time, in order."""
        ...

    def named(self, channel: str, name: str) -> Place | None:
        """The place of the record of this name in a channel."""
        ...

    def records(self, channels: Collection[str], *, after: RecordUid | None, limit: int) -> tuple[Place, ...]:
        """The places in these channels of the next *limit* records behind *after*, by uid."""
        ...

    def begin_with(self, prefix: str) -> tuple[str, ...]:
        """The keys of channels that hold anything and begin so, in order."""
        ...

    def remove(self, channel: str) -> None:
        """Forget a channel and all that stands in it."""
        ...

    def count(self, channels: Collection[str]) -> int:
        """How many places there are in these channels."""
        ...
