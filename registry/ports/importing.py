"""Sources, runs of imports, and records that their source no longer has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from registry.domain.absence import Absence
from registry.domain.finding import Finding, FindingFilter, KeptFinding
from registry.domain.importing import Run, Source, SourceState, Validator
from registry.domain.pages import Page, PageRequest
from registry.domain.record import OrganisationId, RecordUid, State


class ImportSources(Protocol):
    """Sources that operators added, and what is known of every source."""

    def all(self) -> tuple[Source, ...]:
        """Every source that was added, by id."""
        ...

    def get(self, source: str) -> Source | None:
        """The added source with this id."""
        ...

    def put(self, source: Source) -> None:
        """Keep a source, in place of the one with its id."""
        ...

    def remove(self, source: str) -> bool:
        """Keep it no longer, nor its state; tells whether it was there. Runs and findings stay."""
        ...

    def states(self) -> dict[str, SourceState]:
        """What is known of each source, by id; without validators. Of one that never ran there may be nothing."""
        ...

    def state(self, source: str) -> SourceState:
        """What is known of a source."""
        ...

    def save_state(self, state: SourceState) -> None:
        """Keep what was chosen and how runs went; ``held``, ``absent`` and the validators are kept elsewhere."""
        ...

    def published(self) -> dict[OrganisationId, tuple[int, int]]:
        """By owner, how many imported records strangers find in lists, and how many of those nobody here reviewed."""
        ...

    def put_validators(self, source: str, validators: Mapping[str, Validator]) -> None:
        """Keep these for their addresses; an empty one forgets its address."""
        ...


class ImportRuns(Protocol):
    """Runs."""

    def add(self, run: Run) -> None:
        """Raises ``AlreadyExists`` if a run of this source goes on."""
        ...

    def save(self, run: Run) -> None:
        """Store how it stands."""
        ...

    def get(self, run: str) -> Run | None:
        """The run with this id."""
        ...

    def going_on(self, source: str) -> Run | None:
        """The run of this source that has not ended."""
        ...

    def page(self, source: str | None, request: PageRequest) -> Page[Run]:
        """A page, newest first; of one source, or of all."""
        ...


class Absences(Protocol):
    """Records that their source no longer has."""

    def of_source(self, source: str) -> dict[bytes, Absence]:
        """All of a source, by key."""
        ...

    def of_keys(self, source: str, keys: Collection[bytes]) -> dict[bytes, Absence]:
        """Those of these keys."""
        ...

    def put(self, source: str, absences: Sequence[Absence]) -> None:
        """Keep them, in place of those with their keys."""
        ...

    def forget(self, source: str, keys: Collection[bytes]) -> None:
        """Keep these no longer."""
        ...

    def live(
        self, owner: OrganisationId, states: Collection[State], *, after: RecordUid | None, limit: int
    ) -> tuple[tuple[RecordUid, bytes], ...]:
        """Imported records of *owner* in these states with their keys, by uid, in portions."""
        ...


class Findings(Protocol):
    """Findings by source."""

    def keep(self, source: str, run: str, findings: Collection[Finding], *, now: datetime) -> None:
        """Keep what *run* has found: new ones begin, known ones continue, cleared ones are open again."""
        ...

    def clear(
        self, source: str, run: str, records: Collection[str] | None, *, now: datetime, unread: Collection[str] = ()
    ) -> None:
        """Clear the open findings that *run* has not found any more: of these records, or of all but the *unread*."""
        ...

    def forget(self, source: str, *, before: datetime) -> None:
        """Forget those that were cleared before *before*."""
        ...

    def page(self, source: str, wanted: FindingFilter, request: PageRequest) -> Page[KeptFinding]:
        """A page, open ones first, then by record, code and message."""
        ...

    def counts(self, source: str) -> dict[str, int]:
        """How many findings of each code are open."""
        ...

    def holding(self, source: str, records: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The codes of open findings that hold these records, each once and in order, by record; at most 500."""
        ...
