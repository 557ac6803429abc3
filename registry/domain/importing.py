"""Sources and runs: whose records are taken in from elsewhere, and what became of each attempt.

A source is a row of data. Sources of the same format share one importer; what is theirs (licence, addresses, trust)
stands in the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from registry.domain.canonical import JsonValue
from registry.domain.vocabulary import OrganisationKind

_NO_OPTIONS: Mapping[str, JsonValue] = MappingProxyType({})


class Trust(StrEnum):
    """Whether a source's records are published at once, as "imported, not reviewed here", or wait for review."""

    TRUSTED = "trusted"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher's records, as data.

    Attributes:
        id: short lower-case name; the ``source`` of its records, runs and findings.
        format: id of the importer that reads its documents; its own id where nobody else issues that format.
        home: address of the publisher's page.
        licence: SPDX id under which the publisher gives the records away.
        attribution: how the publisher is to be named.
        obligations: what a reuser must do, as in a marking.
        hosts: the only hosts that a fetch for this source may reach.
        urls: where a fetch begins; none where it is read from files only.
        organisation: what sort of organisation the publisher is.
        every_hours: pause between scheduled runs; ``None`` is never by itself.
        options: what the format needs to know beside the documents, such as the mapping of a table.
    """

    id: str
    format: str
    title: str
    home: str
    licence: str
    attribution: str
    obligations: tuple[str, ...]
    hosts: frozenset[str]
    organisation: OrganisationKind
    trust: Trust = Trust.REVIEW
    urls: tuple[str, ...] = ()
    every_hours: int | None = None
    options: Mapping[str, JsonValue] = field(default_factory=lambda: _NO_OPTIONS)

    @property
    def is_trusted(self) -> bool:
        """Whether its records are published without review here."""
        return self.trust is Trust.TRUSTED


class RunState(StrEnum):
    """How an import stands.

    ``HELD`` means that everything was taken in but nothing withdrawn: so many records were gone that an operator has to
    confirm it.
    """

    RUNNING = "running"
    DONE = "done"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did, in records and taxonomies; ``read`` is the sum of the others but ``withdrawn`` and ``gone``.

    Attributes:
        held: kept for review: the source is not trusted, a person may be named, or the record was taken down here.
        refused: left out, each because of at least one finding.
        withdrawn: withdrawn because the source has taken them back, or no longer had them in two runs.
        gone: no longer at the source for the first time, or more than the guard lets be withdrawn.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    refused: int = 0
    withdrawn: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One import of a source.

    Attributes:
        done, total: records stored, and those to be stored; ``total`` is ``None`` until the documents are read.
        counts: so far.
        error: code of what ended it, where it failed.
    """

    id: str
    source: str
    state: RunState
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None = None
    done: int = 0
    total: int | None = None
    counts: Counts = Counts()
    error: str | None = None

    def seconds_left(self, now: datetime) -> float | None:
        """How long it will take by its speed so far; ``None`` where that cannot be told."""
        if self.state is not RunState.RUNNING or not self.total or not self.done:
            return None
        return (now - self.started_at).total_seconds() / self.done * (self.total - self.done)
