"""Cases and messages, as GraphQL shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from registry.domain import case as domain
from registry.domain.case import Author, CaseOutcome, CaseState, Ground, Wish

for _enum, _name in (
    (Wish, "CaseWish"),
    (Ground, "CaseGround"),
    (CaseState, "CaseState"),
    (CaseOutcome, "CaseOutcome"),
    (Author, "MessageAuthor"),
):
    strawberry.enum(_enum, name=_name, description=(_enum.__doc__ or "").strip())


@strawberry.type(description="A message between a person without an account and the node.")
class Message:
    """A message."""

    at: datetime
    author: Author
    text: str


def message_types(messages: tuple[domain.Message, ...]) -> list[Message]:
    """Messages of the domain as GraphQL shows them."""
    return [Message(at=one.at, author=one.author, text=one.text) for one in messages]


@strawberry.type(description="A decision of a case, with the reasons that the person concerned reads.")
class CaseDecision:
    """A decision."""

    at: datetime
    outcome: CaseOutcome
    reasons: str
    by: str | None = strawberry.field(description="Pseudonymous id of who decided; null for the person concerned.")


@strawberry.type(description="What somebody concerned asks for.")
class Case:
    """A case; the person concerned reads it with the receipt code, and those who handle cases whole."""

    id: strawberry.ID
    wish: Wish
    ground: Ground
    urgent: bool = strawberry.field(description="Whether what it concerns is hidden before it is judged.")
    state: CaseState
    about: str = strawberry.field(description="The record, as the person named it.")
    words: str = strawberry.field(description="What the person asks for, and why.")
    opened_at: datetime
    due_at: datetime | None = strawberry.field(description="By when the next answer is due; null if none is.")
    secured_at: datetime | None = strawberry.field(description="When precautions were taken, before judging.")
    appealed_at: datetime | None
    messages: list[Message]
    decisions: list[CaseDecision]
    contact: str | None = strawberry.field(description="How to reach the person; only for those who handle cases.")
    overdue: bool | None = strawberry.field(description="Whether it should have been answered; only as above.")


def case_type(case: domain.Case, now: datetime | None = None) -> Case:
    """A case as GraphQL shows it; with *now*, to those who handle it."""
    return Case(
        id=strawberry.ID(case.id),
        wish=case.wish,
        ground=case.ground,
        urgent=case.is_urgent,
        state=case.state,
        about=case.about,
        words=case.words,
        opened_at=case.opened_at,
        due_at=case.due_at if case.is_waiting else None,
        secured_at=case.secured_at,
        appealed_at=case.appealed_at,
        messages=message_types(case.messages),
        decisions=[
            CaseDecision(at=one.at, outcome=one.outcome, reasons=one.reasons, by=one.by or None)
            for one in case.decisions
        ],
        contact=None if now is None else case.contact,
        overdue=None if now is None else case.is_overdue(now),
    )
