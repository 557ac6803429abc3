"""What happened beside the records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from registry.domain.event import Event, EventFilter
from registry.domain.pages import Page, PageRequest


class Events(Protocol):
    """Events; appended, never changed. The store itself refuses every other change but the one below."""

    def append(self, event: Event) -> None:
        """Keep an event, in the transaction of what it tells of."""
        ...

    def newest(self, *, limit: int) -> tuple[Event, ...]:
        """The last events, newest first."""
        ...

    def page(self, wanted: EventFilter, request: PageRequest) -> Page[Event]:
        """A page of those wanted, newest first; a position is the id of an event."""
        ...

    def after(self, wanted: EventFilter, position: str, *, limit: int) -> tuple[Event, ...]:
        """Those wanted with a later id than *position*, oldest first."""
        ...

    def named(self, names: Sequence[str], *, since: datetime, limit: int) -> tuple[Event, ...]:
        """The last events with one of these whole names since an instant, oldest first."""
        ...

    def forget_addresses(self, before: datetime) -> None:
        """Take the addresses away from events before an instant."""
        ...
