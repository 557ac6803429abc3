"""Editors overrule what is reckoned of two records."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.errors import NotFound
from registry.domain.record import Record as DomainRecord
from registry.domain.record import RecordUid
from registry.domain.relatedness import Verdict
from registry.service import relations
from schema.context import Info
from schema.fields import resolved
from schema.payloads import RecordPayload, record_payload, uid_of
from schema.types.record import Record
from schema.types.shown import record_types

strawberry.enum(Verdict, name="RelationVerdict", description="What an editor says of two records.")


@strawberry.type(description="What an editor decided of a record and another one.")
class RelationDecision:
    """A decision."""

    record: Record = strawberry.field(description="The other record, as you may see it.")
    verdict: Verdict
    reason: str
    decided_by: str = strawberry.field(description="The pseudonym of whoever decided.")
    decided_at: datetime


@strawberry.input(description="Two public records, and what an editor says of them.")
class RelateRecordsInput:
    """Which two, and why."""

    other: str = strawberry.field(description="uid of the other record.")
    id: strawberry.ID | None = None
    uid: str | None = None
    reason: str = strawberry.field(
        default="", description="Why, in a sentence. Required; of related records everybody reads it."
    )
    client_mutation_id: str | None = None


@strawberry.input(description="Two records of which an editor decided.")
class UndoRelationInput:
    """Which two."""

    other: str = strawberry.field(description="uid of the other record.")
    id: strawberry.ID | None = None
    uid: str | None = None
    client_mutation_id: str | None = None


@strawberry.type(description="Reading what editors decided.")
class RelationQueries:
    """Reads for reviewers."""

    @resolved("What editors decided of a record and others, the oldest first; for reviewers.")
    async def relation_decisions(self, info: Info, uid: str) -> list[RelationDecision] | None:
        registry, actor = info.context.registry, info.context.actor
        try:
            found = await info.context.read(lambda: relations.decisions(registry, actor, RecordUid(uid)))
        except NotFound:
            return None
        records = record_types([one.other for one in found])
        return [
            RelationDecision(
                record=record,
                verdict=one.decision.verdict,
                reason=one.decision.reason,
                decided_by=one.decision.decided_by,
                decided_at=one.decision.decided_at,
            )
            for record, one in zip(records, found, strict=True)
        ]


@strawberry.type(description="Deciding what belongs together.")
class RelationMutations:
    """Writes of reviewers."""

    @resolved("Say that two public records are related: each is shown at the other, first, with the reason.")
    async def relate_records(
        self, info: Info, said: Annotated[RelateRecordsInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        return await record_payload(info, said.client_mutation_id, lambda: _decide(info, said, Verdict.RELATED))

    @resolved("Say that two public records are not related: neither is shown at the other.")
    async def unrelate_records(
        self, info: Info, said: Annotated[RelateRecordsInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        return await record_payload(info, said.client_mutation_id, lambda: _decide(info, said, Verdict.UNRELATED))

    @resolved("Take back what an editor said of two records, so that it is reckoned again.")
    async def undo_relation(
        self, info: Info, said: Annotated[UndoRelationInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: relations.undo(registry, actor, uid_of(said.id, said.uid), RecordUid(said.other)),
        )


def _decide(info: Info, said: RelateRecordsInput, verdict: Verdict) -> DomainRecord:
    registry, actor, uid = info.context.registry, info.context.actor, uid_of(said.id, said.uid)
    return relations.decide(registry, actor, uid, RecordUid(said.other), verdict=verdict, reason=said.reason)
