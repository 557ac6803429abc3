"""Reports without an account: what is kept of them, who may read it, and what a reviewer checks before it is told.

What a reporter writes never enters a record. A reviewer reads it, writes down what can be told without telling who
told it, and answers the list below; then another reviewer decides about the record as about any.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from registry.domain.case import Author, Message
from registry.domain.errors import Conflict, Problem
from registry.domain.record import PersonId, Record, RecordUid, State

ReportId = NewType("ReportId", str)

MAX_TITLE = 200
MAX_WORDS = 10_000
MAX_MESSAGE = 3_000
MAX_NAME = 120
MAX_LINKS = 20
MAX_LINK = 1_000
MAX_CONTACT = 300
MAX_NOTE = 1_000
MAX_MESSAGES = 30

INTAKE = "intake"
INTAKE_NAME = "Reports without an account"

_DECIDED = frozenset({State.PUBLISHED, State.REJECTED, State.RETRACTED, State.WITHDRAWN, State.MERGED, State.ERASED})


class ReportKind(StrEnum):
    """Whether the reporter can be reached: nobody, or one reviewer only."""

    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"


class Stage(StrEnum):
    """Where a report stands, as the reporter is told."""

    WAITING = "waiting"
    READ = "read"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    DECLINED = "declined"


class CheckItem(StrEnum):
    """What gives away who told something."""

    NAMES = "names"
    CONTACT = "contact"
    EMPLOYER = "employer"
    SINGLING_OUT = "singling_out"
    STYLE = "style"
    LINKS = "links"
    RARE_EVENTS = "rare_events"
    IDENTIFIERS = "identifiers"


QUESTIONS: dict[CheckItem, str] = {
    CheckItem.NAMES: "Is nobody named, by name, handle or initials, who is not allowed to be?",
    CheckItem.CONTACT: "Are addresses, numbers and accounts of people gone?",
    CheckItem.EMPLOYER: "Does nothing tell where the reporter works, or in which team or role?",
    CheckItem.SINGLING_OUT: "Are dates, times and places so coarse that they fit many people?",
    CheckItem.STYLE: "Is everything in your words, without quotes and turns of phrase of the reporter?",
    CheckItem.LINKS: "Do links and what they lead to tell nothing: no accounts, tokens, referrers, private pages?",
    CheckItem.RARE_EVENTS: "Is nothing told that only a few could know of, or that happened once?",
    CheckItem.IDENTIFIERS: "Are pictures, file names, ids of requests, documents and devices gone?",
}


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to one question of the list, for one draft revision of the record."""

    item: CheckItem
    done: bool
    note: str
    draft_revision: int


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Attributes:
        record: the record that is made from it, owned by the node's intake organisation.
        claimed_by: the one reviewer who reads what was written.
        contact: how to reach the reporter; only for the reviewer who claimed the report first.
    """

    id: ReportId
    kind: ReportKind
    record: RecordUid
    title: str
    words: str
    provider: str
    model: str
    links: tuple[str, ...]
    opened_at: datetime
    claimed_by: PersonId | None = None
    claimed_at: datetime | None = None
    checks: tuple[Check, ...] = ()
    messages: tuple[Message, ...] = ()
    contact: str = ""


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """What a reporter is told: where it stands, the number once everybody may see it, and why it was declined."""

    kind: ReportKind
    opened_at: datetime
    stage: Stage
    number: str | None
    reason: str | None
    messages: tuple[Message, ...]


def status_of(report: Report, record: Record | None) -> ReportStatus:
    """Where *report* stands by the life of its *record*."""
    stage = _stage(report, record)
    is_shown = stage is Stage.PUBLISHED and record is not None and record.is_public
    return ReportStatus(
        kind=report.kind,
        opened_at=report.opened_at,
        stage=stage,
        number=record.number if record is not None and is_shown else None,
        reason=record.reason if record is not None and stage is Stage.DECLINED else None,
        messages=report.messages,
    )


def decided_at(record: Record) -> datetime | None:
    """When it was decided what becomes of the report; ``None`` while it is not."""
    return (record.published_at or record.changed_at) if record.state in _DECIDED else None


def claimed(report: Report, person: PersonId, now: datetime, *, takes_over: bool) -> Report:
    """The report in the hands of *person*.

    Args:
        takes_over: whether *person* may take it from another, as lead reviewers may. The contact stays with the
            first.

    Raises:
        Conflict: somebody else holds it.
    """
    if report.claimed_by is not None and report.claimed_by != person and not takes_over:
        raise Conflict("another reviewer has claimed this report")
    if report.claimed_by == person:
        return report
    return replace(report, claimed_by=person, claimed_at=now)


def for_reviewer(report: Report, person: PersonId | None) -> Report:
    """The report as a reviewer may see it: who does not hold it learns that it exists, and no word of it."""
    if person is not None and report.claimed_by == person:
        return report
    return replace(report, title="", words="", provider="", model="", links=(), messages=(), contact="")


def with_check(report: Report, check: Check) -> Report:
    """The report with an answer of the list, in place of an earlier one."""
    return replace(report, checks=(*(one for one in report.checks if one.item is not check.item), check))


def unchecked(report: Report, draft_revision: int) -> list[Problem]:
    """What of the list is not answered with yes for this draft revision of the record."""
    done = {one.item for one in report.checks if one.done and one.draft_revision == draft_revision}
    return [
        Problem(("checks", item.value), "NOT_CHECKED", QUESTIONS[item], "answer it with checkReport")
        for item in CheckItem
        if item not in done
    ]


def said_by(report: Report, author: Author) -> int:
    """How many messages *author* has written."""
    return sum(one.author is author for one in report.messages)


def _stage(report: Report, record: Record | None) -> Stage:
    if record is None or record.state in {State.REJECTED, State.RETRACTED, State.ERASED}:
        return Stage.DECLINED
    if record.state in _DECIDED:
        return Stage.PUBLISHED
    if record.state in {State.IN_REVIEW, State.APPROVED, State.CHANGES_REQUESTED}:
        return Stage.IN_REVIEW
    return Stage.READ if report.claimed_by else Stage.WAITING
