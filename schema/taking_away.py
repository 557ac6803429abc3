"""Mutations that show a record to fewer people: narrow, block, hold, erase. Four eyes guard putting out, not these."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.domain.vocabulary import Tlp
from registry.service import erasure, life
from schema.context import Info
from schema.fields import resolved
from schema.payloads import RecordPayload, name_of, record_payload, uid_of
from schema.types.record import Record
from schema.types.shown import record_types


@strawberry.input(description="A published record that fewer people should see, at once.")
class NarrowVisibilityInput:
    """Who may see it from now on, and why."""

    tlp: Tlp = strawberry.field(description="As strict as now, or stricter.")
    id: strawberry.ID | None = None
    uid: str | None = None
    audience: str | None = strawberry.field(default=None, description="Slug of a group of yours, for AMBER.")
    restricted_tlp: Tlp = strawberry.field(default=Tlp.RED, description="The same for the restricted part.")
    reason: str = strawberry.field(default="", description="Required.")
    expected_revision: int | None = strawberry.field(default=None, description="The draftRevision that you read.")
    client_mutation_id: str | None = None


@strawberry.input(description="A record to be hidden at once, or shown again.")
class BlockInput:
    """Which record, and why."""

    id: strawberry.ID | None = None
    uid: str | None = None
    number: str | None = None
    reason: str = strawberry.field(default="", description="Required; of a record that was public everybody reads it.")
    client_mutation_id: str | None = None


@strawberry.input(description="A record whose content must not be destroyed, or may be again.")
class LegalHoldInput:
    """Which record, and why."""

    on: bool = strawberry.field(description="True to hold, false to lift the hold.")
    id: strawberry.ID | None = None
    uid: str | None = None
    number: str | None = None
    reason: str = strawberry.field(default="", description="Required.")
    client_mutation_id: str | None = None


@strawberry.input(description="A record to be forgotten for good.")
class EraseInput:
    """What to erase, why, and on which legal basis."""

    id: strawberry.ID | None = None
    uid: str | None = None
    number: str | None = None
    reason: str = strawberry.field(default="", description="Required.")
    legal_basis: str = strawberry.field(default="", description="Required, such as 'GDPR Art. 17'.")
    client_mutation_id: str | None = None


@strawberry.type(description="What waits to be taken away.")
class TakingAwayQueries:
    """Reads for those who block and erase."""

    @resolved("Blocked records that nobody has decided about yet, the longest blocked first.")
    async def blocked_records(self, info: Info) -> list[Record] | None:
        registry, actor = info.context.registry, info.context.actor
        return record_types(await info.context.read(lambda: erasure.waiting(registry, actor)))


@strawberry.type(description="Showing a record to fewer people.")
class TakingAwayMutations:
    """Writes that take away."""

    @resolved("Show a published record of yours to fewer people, at once; its content stays as it is.")
    async def narrow_visibility(
        self, info: Info, said: Annotated[NarrowVisibilityInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: life.narrow(
                registry,
                actor,
                uid_of(said.id, said.uid),
                tlp=said.tlp,
                audience=said.audience,
                restricted_tlp=said.restricted_tlp,
                reason=said.reason,
                expected_revision=said.expected_revision,
            ),
        )

    @resolved("Hide a record at once from all but its owner and the reviewers, until somebody has judged.")
    async def block(
        self, info: Info, said: Annotated[BlockInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: erasure.block(registry, actor, name_of(said.id, said.uid, said.number), reason=said.reason),
        )

    @resolved("Show a blocked record again to those it was given out to.")
    async def unblock(
        self, info: Info, said: Annotated[BlockInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: erasure.unblock(registry, actor, name_of(said.id, said.uid, said.number), reason=said.reason),
        )

    @resolved("Put a record under legal hold, so that nothing of it is destroyed, or lift the hold.")
    async def set_legal_hold(
        self, info: Info, said: Annotated[LegalHoldInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: erasure.hold(
                registry, actor, name_of(said.id, said.uid, said.number), on=said.on, reason=said.reason
            ),
        )

    @resolved("Forget what a record said, for good; another person must have blocked it.")
    async def erase(
        self, info: Info, said: Annotated[EraseInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, basis = info.context.registry, info.context.actor, said.legal_basis
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: erasure.erase(
                registry, actor, name_of(said.id, said.uid, said.number), reason=said.reason, legal_basis=basis
            ),
        )
