"""Changes of records. One field is one service call is one transaction."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.domain.people import PeopleCheck
from registry.domain.record import Record as DomainRecord
from registry.service import life, review, submit
from schema.context import Context, Info
from schema.enums import ReviewDecision
from schema.fields import resolved
from schema.payloads import RecordPayload, record_payload, uid_of
from schema.submissions import with_submissions

_EXPECTED = "The draftRevision that you read."


@strawberry.input(description="A decision about a submission.")
class ReviewSubmissionInput:
    """What a reviewer decides."""

    decision: ReviewDecision
    expected_revision: int = strawberry.field(description=_EXPECTED)
    id: strawberry.ID | None = None
    uid: str | None = None
    reason: str | None = strawberry.field(default=None, description="Required to request changes and to reject.")
    checked: list[PeopleCheck] = strawberry.field(
        default_factory=list, description="What you confirm about the people in it; all where it is sensitive."
    )
    in_danger: bool = strawberry.field(
        default=False, description="Whether danger is imminent: named organisations then have two days to answer."
    )
    client_mutation_id: str | None = None


@strawberry.input(description="An approved record, to be made public as its marking says.")
class PublishInput:
    """What to publish."""

    expected_revision: int = strawberry.field(description=_EXPECTED)
    id: strawberry.ID | None = None
    uid: str | None = None
    client_mutation_id: str | None = None


@strawberry.input(description="A record and the reason for what is done to it.")
class ReasonedInput:
    """What to retract, withdraw or restore, and why."""

    id: strawberry.ID | None = None
    uid: str | None = None
    reason: str = strawberry.field(default="", description="Required; of a record that was public everybody reads it.")
    expected_revision: int | None = strawberry.field(default=None, description=_EXPECTED)
    client_mutation_id: str | None = None


@strawberry.type(description="Changes of records.")
@with_submissions
class RecordMutations:
    """Writes of records. A field is null where an error stands in ``errors``."""

    @resolved("Claim, release, approve or reject a submission, or request changes to it.")
    async def review_submission(
        self, info: Info, said: Annotated[ReviewSubmissionInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        return await record_payload(info, said.client_mutation_id, lambda: _decide(info.context, said))

    @resolved("Make an approved record's newest revision the published one.")
    async def publish(
        self, info: Info, said: Annotated[PublishInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: review.publish(registry, actor, uid_of(said.id, said.uid), expected_revision=expected),
        )

    @resolved("Show the source links of a published sensitive record, after you have looked at where they lead.")
    async def clear_sources(
        self, info: Info, said: Annotated[ReasonedInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: review.clear_sources(registry, actor, uid_of(said.id, said.uid), reason=said.reason),
        )

    @resolved("Take a published record down at once.")
    async def withdraw(
        self, info: Info, said: Annotated[ReasonedInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: life.withdraw(
                registry, actor, uid_of(said.id, said.uid), reason=said.reason, expected_revision=expected
            ),
        )

    @resolved("Take back what you submitted and what is not published; revising it hands it in again.")
    async def retract(
        self, info: Info, said: Annotated[ReasonedInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: submit.retract(
                registry, actor, uid_of(said.id, said.uid), reason=said.reason, expected_revision=expected
            ),
        )

    @resolved("Put a withdrawn record out again under its number.")
    async def restore(
        self, info: Info, said: Annotated[ReasonedInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: life.restore(
                registry, actor, uid_of(said.id, said.uid), reason=said.reason, expected_revision=expected
            ),
        )


def _decide(context: Context, said: ReviewSubmissionInput) -> DomainRecord:
    registry, actor, uid = context.registry, context.actor, uid_of(said.id, said.uid)
    expected, reason = said.expected_revision, said.reason
    match said.decision:
        case ReviewDecision.CLAIM:
            return review.claim(registry, actor, uid, expected_revision=expected)
        case ReviewDecision.RELEASE:
            return review.release(registry, actor, uid, expected_revision=expected)
        case ReviewDecision.REQUEST_CHANGES:
            return review.request_changes(registry, actor, uid, expected_revision=expected, reason=reason or "")
        case ReviewDecision.APPROVE:
            checked = frozenset(said.checked)
            return review.approve(
                registry,
                actor,
                uid,
                expected_revision=expected,
                reason=reason,
                checked=checked,
                in_danger=said.in_danger,
            )
        case ReviewDecision.REJECT:
            return review.reject(registry, actor, uid, expected_revision=expected, reason=reason or "")
