"""Records that may be the same: candidates, and what people decide about them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.domain.errors import NotFound
from registry.domain.record import RecordUid
from registry.service import duplicates
from schema.context import Info
from schema.fields import resolved
from schema.payloads import DuplicateCandidate, RecordPayload, candidate_types, record_payload, uid_of


@strawberry.input(description="A draft that looked like other records, to be handed in all the same.")
class ConfirmSubmissionInput:
    """Which draft, and what it is not related to."""

    id: strawberry.ID | None = None
    uid: str | None = None
    not_related: list[str] = strawberry.field(
        default_factory=list, description="uids of candidates that are something else; they never come up again."
    )
    expected_revision: int | None = strawberry.field(default=None, description="The draftRevision that you read.")
    client_mutation_id: str | None = None


@strawberry.input(description="Two records that are not the same.")
class NotRelatedInput:
    """Which two."""

    other: str = strawberry.field(description="uid of the other record.")
    id: strawberry.ID | None = None
    uid: str | None = None
    client_mutation_id: str | None = None


@strawberry.type(description="Records that may be the same.")
class DuplicateQueries:
    """Reading candidates."""

    @resolved("Records that look like this one, as far as you see them; for reviewers and for its owner.")
    async def duplicate_candidates(self, info: Info, uid: str) -> list[DuplicateCandidate] | None:
        registry, actor = info.context.registry, info.context.actor
        try:
            found = await info.context.read(lambda: duplicates.candidates(registry, actor, RecordUid(uid)))
        except NotFound:
            return None
        return candidate_types(found)


@strawberry.type(description="Deciding about records that may be the same.")
class DuplicateMutations:
    """Writes about candidates."""

    @resolved("Hand in a draft that looked like other records.")
    async def confirm_submission(
        self, info: Info, said: Annotated[ConfirmSubmissionInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: duplicates.confirm(
                registry,
                actor,
                uid_of(said.id, said.uid),
                not_related=[RecordUid(one) for one in said.not_related],
                expected_revision=expected,
            ),
        )

    @resolved("Say that two records are not the same, so that no machine brings them up together again.")
    async def not_related(
        self, info: Info, said: Annotated[NotRelatedInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: duplicates.not_related(registry, actor, uid_of(said.id, said.uid), RecordUid(said.other)),
        )
