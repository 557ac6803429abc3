"""The store of record: write units that share durable commits, and consistent reads."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from registry.ports.cases import Cases
from registry.ports.graph import Graph
from registry.ports.groups import Groups
from registry.ports.notices import Notices
from registry.ports.numbers import Numbers
from registry.ports.proposals import Proposals
from registry.ports.records import ChangeReader, ChangeWriter, RecordReader, RecordWriter
from registry.ports.reports import Reports
from registry.ports.sources import Sources
from registry.ports.tables import Accounts, Findings, Idempotency, Jobs, Meta, Taxonomies


class Reader(Protocol):
    """A consistent view of the store."""

    @property
    def records(self) -> RecordReader: ...
    @property
    def graph(self) -> Graph: ...
    @property
    def changes(self) -> ChangeReader: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def taxonomies(self) -> Taxonomies: ...
    @property
    def findings(self) -> Findings: ...
    @property
    def numbers(self) -> Numbers: ...
    @property
    def proposals(self) -> Proposals: ...
    @property
    def sources(self) -> Sources: ...
    @property
    def meta(self) -> Meta: ...


class Unit(Protocol):
    """One write transaction: leaving its block makes everything durable, an exception keeps nothing."""

    @property
    def records(self) -> RecordWriter: ...
    @property
    def changes(self) -> ChangeWriter: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def idempotency(self) -> Idempotency: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def taxonomies(self) -> Taxonomies: ...
    @property
    def findings(self) -> Findings: ...
    @property
    def numbers(self) -> Numbers: ...
    @property
    def proposals(self) -> Proposals: ...
    @property
    def sources(self) -> Sources: ...
    @property
    def meta(self) -> Meta: ...


class Storage(Protocol):
    """The store of record."""

    def begin(self) -> AbstractContextManager[Unit]:
        """Take a turn to write. Units that wait share one durable commit; a failed one rolls back alone.

        Raises:
            StoreUnavailable: on leaving, when the commit failed; nothing of the unit was kept.
        """
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """A read transaction; it sees only what was committed before it."""
        ...

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the store to a new file while others go on reading and writing."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...
