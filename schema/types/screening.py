"""A finding of screening, and what is answered to findings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from registry.domain.screening.acceptance import UNANSWERED, Acceptance, Accepted, Answers, Redaction
from registry.domain.screening.finding import Code
from registry.domain.screening.finding import ScreeningFinding as DomainFinding
from schema.errors import camel

strawberry.enum(Code, name="ScreeningCode", description="What a finding of screening means.")


@strawberry.type(description="A passage of a submission that screening is about; never the passage itself.")
class ScreeningFinding:
    """A finding."""

    code: Code
    rule: str = strawberry.field(description="Which rule found it, such as email.")
    path: list[str] = strawberry.field(description="Where, as in userErrors.")
    start: int = strawberry.field(description="First character, counted from 0 in code points.")
    end: int = strawberry.field(description="Behind the last character.")
    hint: str = strawberry.field(description="What it is, in words that tell nothing of it.")
    blocks: bool = strawberry.field(description="Whether it must be accepted or redacted; if not, it is a warning.")
    accepted: bool = strawberry.field(description="Whether somebody has said why it may stand there.")
    reason: str | None = strawberry.field(default=None, description="Why; told to the owner and to reviewers.")
    accepted_at: datetime | None = strawberry.field(default=None, description="When it was accepted.")


@strawberry.input(description="Findings that may stand: those of one code in one field.")
class AcceptFindingInput:
    """What is accepted, and why."""

    code: Code
    path: list[str] = strawberry.field(description="As in userErrors, with or without `input`.")
    reason: str = strawberry.field(
        default="", description="Why, in at most 500 characters; of a key, that it is revoked or an example."
    )


@strawberry.input(description="Findings that are taken out: those of one code in one field.")
class RedactFindingInput:
    """What is redacted."""

    code: Code
    path: list[str] = strawberry.field(description="As in userErrors, with or without `input`.")


@strawberry.input(description="What you answer to what screening finds.")
class ScreeningAnswersInput:
    """Answers that come with the submission itself."""

    accept: list[AcceptFindingInput] = strawberry.field(default_factory=list, description="What may stand, and why.")
    redact: list[RedactFindingInput] = strawberry.field(
        default_factory=list, description="What is taken out before anything is stored."
    )
    redact_all: bool = strawberry.field(default=False, description="Take out all that blocks and is not accepted.")


def answers_of(said: Any) -> Answers:
    """The answers that an input holds; none where it was left out."""
    if said is None or said is strawberry.UNSET:
        return UNANSWERED
    return Answers(acceptances_of(said.accept), redactions_of(said.redact), said.redact_all)


def acceptances_of(said: list[AcceptFindingInput]) -> tuple[Acceptance, ...]:
    """Acceptances as the domain knows them."""
    return tuple(Acceptance(one.code, tuple(one.path), one.reason) for one in said)


def redactions_of(said: list[RedactFindingInput]) -> tuple[Redaction, ...]:
    """Redactions as the domain knows them."""
    return tuple(Redaction(one.code, tuple(one.path)) for one in said)


def finding_type(one: DomainFinding, accepted: Accepted | None = None) -> ScreeningFinding:
    """A finding as GraphQL shows it."""
    return ScreeningFinding(
        code=one.code,
        rule=one.rule,
        path=["input", *camel(one.path)],
        start=one.start,
        end=one.end,
        hint=one.hint,
        blocks=one.code.blocks,
        accepted=one.accepted,
        reason=None if accepted is None else accepted.reason,
        accepted_at=None if accepted is None else accepted.at,
    )
