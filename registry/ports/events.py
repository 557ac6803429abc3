"""What happened beside the records."""

from __future__ import annotations

from typing import Protocol

from registry.domain.event import Event


class Events(Protocol):
    """Events; appended, never changed."""

    def append(self, event: Event) -> None:
        """Keep an event, in the transaction of what it tells of."""
        ...

    def newest(self, *, limit: int) -> tuple[Event, ...]:
        """The last events, newest first."""
        ...
