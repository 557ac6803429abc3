"""Sources and runs: whose records are taken in from elsewhere, and what became of each attempt.

A source is a row of data. Sources of the same format share one importer; what is theirs (licence, addresses, trust)
stands in the row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from registry.domain.canonical import JsonValue
from registry.domain.vocabulary import OrganisationKind

_NO_OPTIONS: Mapping[str, JsonValue] = MappingProxyType({})

# A run that gave no sign for so long is dead, and the next takes over.
LEASE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(minutes=15)
_LONGEST_PAUSE = timedelta(days=1)


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

    def is_dead(self, now: datetime) -> bool:
        """Whether whoever made it has gone without a word; a sign from the future is of a clock that was put back."""
        return self.state is RunState.RUNNING and abs(now - self.beat_at) >= LEASE

    def ended_dead(self) -> Run:
        """The run, ended when it gave its last sign."""
        return replace(self, state=RunState.FAILED, ended_at=self.beat_at, error="INTERRUPTED")

    def seconds_left(self, now: datetime) -> float | None:
        """How long it will take by its speed so far; ``None`` where that cannot be told."""
        if self.state is not RunState.RUNNING or not self.total or not self.done:
            return None
        return (now - self.started_at).total_seconds() / self.done * (self.total - self.done)


@dataclass(frozen=True, slots=True)
class Validator:
    """What a server said of a document when it was read last, for asking only whether it has changed since."""

    etag: str | None = None
    last_modified: str | None = None


_NO_VALIDATORS: Mapping[str, Validator] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source beside what it says of itself: what operators chose, and how its runs went.

    Attributes:
        trust: in place of the source's own; ``None`` leaves that.
        every_hours: in place of the source's own, where 0 is never by itself; ``None`` leaves that.
        cursor: where the next fetch goes on.
        good_run, good_at: the last run that ended well, and when.
        due_at: when the next run is due; ``None`` is at once, for a source that runs by itself.
        failures: runs that failed since the last one that did not.
        asked_at: when somebody asked for a run that has not ended since, whatever the schedule.
        allows_withdrawals: whether the next run may withdraw all that is gone, however much that is.
        held: withdrawals that wait for somebody to allow them.
        absent: records that the last whole run missed for the first time.
        validators: by address, as of the last run that ended well.
    """

    source: str
    trust: Trust | None = None
    every_hours: int | None = None
    paused: bool = False
    cursor: str | None = None
    good_run: str | None = None
    good_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    asked_at: datetime | None = None
    allows_withdrawals: bool = False
    held: int = 0
    absent: int = 0
    validators: Mapping[str, Validator] = field(default_factory=lambda: _NO_VALIDATORS)

    def of(self, source: Source) -> Source:
        """*source* as operators want it here."""
        hours = source.every_hours if self.every_hours is None else self.every_hours or None
        return replace(source, trust=self.trust or source.trust, every_hours=hours)

    def is_due(self, source: Source, now: datetime) -> bool:
        """Whether *source* should run now: somebody asked for it, or its time has come."""
        if self.asked_at is not None:
            return True
        if self.paused or not self.of(source).every_hours:
            return False
        # No run is put off for half as long: where it seems so, the clock was put back since.
        longest = 2 * max(timedelta(hours=self.of(source).every_hours or 0), _LONGEST_PAUSE)
        return self.due_at is None or self.due_at <= now or self.due_at > now + longest

    def is_its_turn(self, source: Source, now: datetime) -> bool:
        """Whether a worker runs *source* now: as ``is_due``, but a regular run a little later, by its own measure."""
        if self.asked_at is not None or self.failures or self.due_at is None:
            return self.is_due(source, now)
        return self.is_due(source, now - jitter(source.id, self.of(source).every_hours or 0))

    def after(self, run: Run, source: Source, *, cursor: str | None = None) -> SourceState:
        """The state once *run* has ended: where it failed, the next is due soon, and later after each failure.

        Args:
            cursor: where the next run goes on; ``None`` leaves it where it is.
        """
        ended_at, hours = run.ended_at or run.beat_at, self.of(source).every_hours
        regular = timedelta(hours=hours or 0)
        if run.state is RunState.FAILED:
            pause = min(_FIRST_PAUSE * 2 ** min(self.failures, 10), _LONGEST_PAUSE, regular)
            due_at = ended_at + pause if hours else None
            return replace(self._answered_by(run), failures=self.failures + 1, due_at=due_at)
        due_at = ended_at + regular if hours else None
        kept = cursor or self.cursor
        state = self._answered_by(run)
        return replace(state, failures=0, cursor=kept, good_run=run.id, good_at=ended_at, due_at=due_at)

    def asked(self, now: datetime, *, allows_withdrawals: bool) -> SourceState:
        """The state once somebody asked for a run."""
        return replace(self, asked_at=now, allows_withdrawals=allows_withdrawals)

    def _answered_by(self, run: Run) -> SourceState:
        """Without what was asked for before *run* began; a run that went on already does not count."""
        if self.asked_at is None or run.started_at < self.asked_at:
            return self
        return replace(self, asked_at=None, allows_withdrawals=False)


def jitter(source_id: str, every_hours: int) -> timedelta:
    """Up to a tenth of the pause, always the same for a source: nodes of one schedule do not all ask at once."""
    chance = int.from_bytes(hashlib.sha256(source_id.encode()).digest()[:4], "big") / 2**32
    return timedelta(hours=every_hours) / 10 * chance


def upstream_key(source: str, upstream_id: str) -> bytes:
    """What recognises a record of a source: SHA-256 over both ids, 32 bytes; neither can be read from it."""
    return hashlib.sha256(f"{source}\0{upstream_id}".encode(errors="surrogatepass")).digest()
