"""Mutations that let one record stand for another, and take that back."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.domain.record import RecordUid
from registry.service import merge
from schema.context import Info
from schema.fields import resolved
from schema.payloads import RecordPayload, record_payload, uid_of


@strawberry.input(description="A published record for which another one should stand.")
class MergeInput:
    """Which record, into which, and why."""

    into: str = strawberry.field(description="uid of the record that stays.")
    id: strawberry.ID | None = None
    uid: str | None = None
    reason: str = strawberry.field(default="", description="Required; of a record that was public everybody reads it.")
    expected_revision: int | None = strawberry.field(default=None, description="The draftRevision that you read.")
    client_mutation_id: str | None = None


@strawberry.input(description="A wrongly merged record.")
class SplitInput:
    """Which record, and why."""

    id: strawberry.ID | None = None
    uid: str | None = None
    reason: str = strawberry.field(default="", description="Required; of a record that was public everybody reads it.")
    expected_revision: int | None = strawberry.field(default=None, description="The draftRevision that you read.")
    client_mutation_id: str | None = None


@strawberry.type(description="One record for two.")
class MergingMutations:
    """Writes of reviewers who belong to neither owner."""

    @resolved("Let another record stand for a published one; its number leads there from now on.")
    async def merge(
        self, info: Info, said: Annotated[MergeInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: merge.merge(
                registry,
                actor,
                uid_of(said.id, said.uid),
                into=RecordUid(said.into),
                reason=said.reason,
                expected_revision=expected,
            ),
        )

    @resolved("Put a wrongly merged record out again under its number.")
    async def split(
        self, info: Info, said: Annotated[SplitInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: merge.split(
                registry, actor, uid_of(said.id, said.uid), reason=said.reason, expected_revision=expected
            ),
        )
