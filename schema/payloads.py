"""What mutations answer: the record, and everything that was wrong at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import strawberry

from registry.domain.errors import CommonsError, FindingsOpen, InvalidInput, NotFound, Problem
from registry.domain.likeness import Lookalike, Reason
from registry.domain.record import Record as DomainRecord
from registry.domain.record import RecordUid
from registry.domain.screening.finding import ScreeningFinding as DomainFinding
from registry.domain.vocabulary import Kind
from registry.service.submit import Checked
from registry.service.writing import Written
from schema.context import Info
from schema.errors import UserError, is_told_in_payload, user_errors
from schema.ids import read_id
from schema.inputs import given
from schema.types.record import Record
from schema.types.screening import ScreeningFinding, finding_type
from schema.types.shown import record_type, record_types

Done = TypeVar("Done")
Payload = TypeVar("Payload")


async def answered(
    info: Info,
    work: Callable[[], Done],
    shown: Callable[[Done], Payload],
    refused: Callable[[list[UserError]], Payload],
) -> Payload:
    """Run *work*, one service call that writes, in a thread, and answer with what it did, or with all that was wrong.

    Raises:
        CommonsError: what is not the input's fault: no credentials, no permission, no store.
    """
    try:
        done = await info.context.write(work)
    except CommonsError as error:
        if not is_told_in_payload(error):
            raise
        return refused(user_errors(error.problems))
    return shown(done)


@strawberry.type(description="A record that may be the same as another one.")
class DuplicateCandidate:
    """A record, and why it is brought up."""

    record: Record = strawberry.field(description="The record as you may see it.")
    score: int = strawberry.field(description="How much the two look alike, 0 to 100.")
    reasons: list[Reason]


def candidate_types(found: Sequence[Lookalike]) -> list[DuplicateCandidate]:
    """Candidates as GraphQL shows them."""
    records = record_types([one.record for one in found])
    return [
        DuplicateCandidate(record=record, score=one.candidate.score, reasons=list(one.candidate.reasons))
        for record, one in zip(records, found, strict=True)
    ]


@strawberry.type(description="The answer to a write of a record.")
class RecordPayload:
    """Either the record, or why not."""

    record: Record | None = strawberry.field(
        default=None, description="The record as you may see it; null if nothing was done."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="All that is wrong. Empty if it was done."
    )
    warnings: list[UserError] = strawberry.field(
        default_factory=list, description="What deserves a second look, though it was done."
    )
    replayed: bool = strawberry.field(default=False, description="Whether the same request had been answered before.")
    candidates: list[DuplicateCandidate] = strawberry.field(
        default_factory=list,
        description="Records that a submission looks like. It then waits as a draft: see confirmSubmission.",
    )
    findings: list[ScreeningFinding] = strawberry.field(
        default_factory=list, description="What screening found in a submission, but for what was redacted."
    )
    client_mutation_id: str | None = None


async def record_payload(
    info: Info, client_mutation_id: str | None, work: Callable[[], Written | DomainRecord | Checked]
) -> RecordPayload:
    """The answer to a write of a record, which *work* makes; see ``answered``."""
    said_id = given(client_mutation_id)

    def shown(done: Written | DomainRecord | Checked) -> RecordPayload:
        outcome = _outcome(done)
        return RecordPayload(
            record=record_type(outcome.record) if outcome.record else None,
            warnings=user_errors(outcome.warnings),
            replayed=outcome.replayed,
            candidates=candidate_types(outcome.candidates),
            findings=[finding_type(one) for one in outcome.findings],
            client_mutation_id=said_id,
        )

    found: list[DomainFinding] = []

    def attempt() -> Written | DomainRecord | Checked:
        try:
            return work()
        except FindingsOpen as error:
            found.extend(error.findings)
            raise

    def refused(errors: list[UserError]) -> RecordPayload:
        findings = [finding_type(one) for one in found]
        return RecordPayload(user_errors=errors, findings=findings, client_mutation_id=said_id)

    return await answered(info, attempt, shown, refused)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a service did, before it is shown."""

    record: DomainRecord | None = None
    replayed: bool = False
    warnings: tuple[Problem, ...] = field(default=())
    candidates: tuple[Lookalike, ...] = field(default=())
    findings: tuple[DomainFinding, ...] = field(default=())


def _outcome(done: Written | DomainRecord | Checked) -> Outcome:
    if isinstance(done, Written):
        return Outcome(done.record, done.replayed, done.warnings, done.candidates, done.findings)
    if isinstance(done, DomainRecord):
        return Outcome(done)
    return Outcome(warnings=done.warnings, candidates=done.candidates, findings=done.findings)


def name_of(node_id: str | None, uid: str | None, number: str | None) -> str:
    """The uid or the number that an input names, by one of the three.

    Raises:
        InvalidInput: it names none, or more than one.
        NotFound: the id is no record's.
    """
    number = given(number)
    if number is None:
        return uid_of(node_id, uid)
    if given(node_id) is not None or given(uid) is not None:
        raise InvalidInput([Problem(("number",), "NOT_ALLOWED", "say which record, either by uid, by id or by number")])
    return number


def uid_of(node_id: str | None, uid: str | None) -> RecordUid:
    """The uid that an input names, by id or by uid.

    Raises:
        InvalidInput: it names none, or both.
        NotFound: the id is no record's.
    """
    node_id, uid = given(node_id), given(uid)
    if (node_id is None) == (uid is None):
        raise InvalidInput([Problem(("uid",), "REQUIRED", "say which record, either by uid or by id")])
    if node_id is None:
        return RecordUid(uid or "")
    found = read_id(node_id)
    if found is None or found[0] not in set(Kind):
        raise NotFound("no such record", path=("id",))
    return RecordUid(found[1])
