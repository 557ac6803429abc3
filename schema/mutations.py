"""Changes of records and keys. One field is one service call is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain import policy
from registry.domain.account import ApiKey as DomainKey
from registry.domain.account import KeyId
from registry.domain.actor import Permission
from registry.domain.errors import Forbidden, InvalidInput, NotFound, Problem
from registry.domain.people import PeopleCheck
from registry.domain.record import OrganisationId, PersonId
from registry.domain.record import Record as DomainRecord
from registry.service import accounts, life, review, submit
from schema.context import Context, Info
from schema.enums import ReviewDecision
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import RecordPayload, answered, record_payload, uid_of
from schema.submissions import with_submissions
from schema.types.organisation import ApiKey, api_key_type

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


@strawberry.input(description="A new API key; your own unless you manage accounts.")
class CreateApiKeyInput:
    """What the key is for."""

    label: str = strawberry.field(description="What you will know it by.")
    scopes: list[Permission] | None = strawberry.field(default=None, description="Narrow it to these; null is all.")
    expires_at: datetime | None = strawberry.field(default=None, description="A year from now, if left out.")
    person: str | None = strawberry.field(default=None, description="Id of the member; you, if left out.")
    organisation: str | None = strawberry.field(default=None, description="Slug of the member's organisation; yours.")
    client_mutation_id: str | None = None


@strawberry.input(description="An API key to be ended at once.")
class RevokeApiKeyInput:
    """Which key."""

    id: strawberry.ID = strawberry.field(description="The key's own id, the third word of the key.")
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a change of an API key.")
class ApiKeyPayload:
    """Either the key, or why not."""

    api_key: ApiKey | None = None
    text: str | None = strawberry.field(default=None, description="The key itself, shown this once and never kept.")
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="Changes of records and keys.")
@with_submissions
class RecordMutations:
    """Writes of records and keys. A field is null where an error stands in ``errors``."""

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

    @resolved("Make an API key; its text is shown this once.")
    async def create_api_key(
        self, info: Info, said: Annotated[CreateApiKeyInput, strawberry.argument(name="input")]
    ) -> ApiKeyPayload | None:
        return await _key_payload(info, said.client_mutation_id, lambda: _create_key(info.context, said))

    @resolved("End an API key at once.")
    async def revoke_api_key(
        self, info: Info, said: Annotated[RevokeApiKeyInput, strawberry.argument(name="input")]
    ) -> ApiKeyPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _key_payload(
            info, said.client_mutation_id, lambda: accounts.revoke_key(registry, actor, KeyId(said.id))
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


def _create_key(context: Context, said: CreateApiKeyInput) -> accounts.NewKey:
    registry, actor = context.registry, context.actor
    person = PersonId(said.person) if said.person is not None else actor.person
    organisation = actor.organisation
    if said.expires_at is not None and said.expires_at.tzinfo is None:
        raise InvalidInput([Problem(("expiresAt",), "INVALID_FORMAT", "say the time zone too")])
    if person is None:
        policy.require(actor, Permission.KEY_OWN)
        raise InvalidInput([Problem(("person",), "REQUIRED", "say whose key it is")])
    if said.organisation is not None:
        try:
            organisation = accounts.organisation(registry, actor, said.organisation).id
        except NotFound:
            raise NotFound("no such organisation", path=("organisation",)) from None
    if organisation is None:
        policy.require(actor, Permission.KEY_OWN)
        raise Forbidden("only members have keys")
    return accounts.create_key(
        registry,
        actor,
        person=person,
        organisation_id=OrganisationId(organisation),
        label=said.label,
        scopes=None if said.scopes is None else frozenset(said.scopes),
        expires_at=said.expires_at,
    )


async def _key_payload(
    info: Info, client_mutation_id: str | None, work: Callable[[], accounts.NewKey | DomainKey]
) -> ApiKeyPayload:
    def shown(done: accounts.NewKey | DomainKey) -> ApiKeyPayload:
        key, text = (done.key, done.text) if isinstance(done, accounts.NewKey) else (done, None)
        return ApiKeyPayload(api_key=api_key_type(key), text=text, client_mutation_id=client_mutation_id)

    return await answered(
        info, work, shown, lambda errors: ApiKeyPayload(user_errors=errors, client_mutation_id=client_mutation_id)
    )
