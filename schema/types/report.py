"""Reports without an account, as GraphQL shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from registry.domain import report as domain
from registry.domain.actor import Actor
from registry.domain.report import QUESTIONS, CheckItem, ReportKind, Stage
from schema.types.case import Message, message_types

for _enum, _name in ((ReportKind, "ReportKind"), (Stage, "ReportStage"), (CheckItem, "ReportCheckItem")):
    strawberry.enum(_enum, name=_name, description=(_enum.__doc__ or "").strip())


@strawberry.type(description="Where one's own report stands.")
class ReportStatus:
    """What a reporter is told."""

    kind: ReportKind
    opened_at: datetime
    stage: Stage
    number: str | None = strawberry.field(description="The record's number, once everybody may see it.")
    reason: str | None = strawberry.field(description="Why it was declined.")
    messages: list[Message]


def status_type(status: domain.ReportStatus) -> ReportStatus:
    """What a reporter is told, as GraphQL shows it."""
    return ReportStatus(
        kind=status.kind,
        opened_at=status.opened_at,
        stage=status.stage,
        number=status.number,
        reason=status.reason,
        messages=message_types(status.messages),
    )


@strawberry.type(
    description="A question of the list that is gone through before a record made from a report is approved."
)
class ReportCheck:
    """A question and its answer."""

    item: CheckItem
    question: str
    done: bool | None = strawberry.field(description="Null while it is not answered.")
    note: str
    draft_revision: int | None = strawberry.field(description="The draft revision it was answered for.")


@strawberry.type(description="A report without an account, for reviewers.")
class Report:
    """A report; its words are empty for all but the reviewer who holds it."""

    id: strawberry.ID
    kind: ReportKind
    record: str = strawberry.field(description="uid of the record that is made from it.")
    opened_at: datetime
    claimed: bool = strawberry.field(description="Whether a reviewer holds it.")
    mine: bool = strawberry.field(description="Whether you do.")
    title: str
    words: str
    provider: str
    model: str
    links: list[str]
    contact: str = strawberry.field(description="How to reach the reporter; for who claimed it first, and in no list.")
    messages: list[Message]
    checks: list[ReportCheck]


def report_type(report: domain.Report, actor: Actor) -> Report:
    """A report that the service has redacted, as GraphQL shows it to *actor*."""
    answers = {one.item: one for one in report.checks}
    return Report(
        id=strawberry.ID(report.id),
        kind=report.kind,
        record=report.record,
        opened_at=report.opened_at,
        claimed=report.claimed_by is not None,
        mine=report.claimed_by is not None and report.claimed_by == actor.person,
        title=report.title,
        words=report.words,
        provider=report.provider,
        model=report.model,
        links=list(report.links),
        contact=report.contact,
        messages=message_types(report.messages),
        checks=[_check(item, answers.get(item)) for item in CheckItem],
    )


def _check(item: CheckItem, answer: domain.Check | None) -> ReportCheck:
    return ReportCheck(
        item=item,
        question=QUESTIONS[item],
        done=None if answer is None else answer.done,
        note="" if answer is None else answer.note,
        draft_revision=None if answer is None else answer.draft_revision,
    )
