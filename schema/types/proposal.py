"""Proposals of corrections, and what a record tells of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from registry.domain import proposal as domain
from registry.domain.errors import NotFound
from registry.domain.history import Part, PartChange
from registry.domain.proposal import ProposalState
from registry.service import proposed
from registry.service.history import credits_of
from schema.context import Info
from schema.fields import resolved
from schema.types.history import FieldChange, OfRecord, field_change_type
from schema.types.organisation import Organisation, organisation_type

strawberry.enum(ProposalState, description="Where a proposal is in its life.")


@strawberry.type(description="A proposed correction; its proposer's organisation, the owner and reviewers see it.")
class Proposal:
    """A proposal as one viewer may read it."""

    of: strawberry.Private[domain.Proposal]
    id: strawberry.ID
    state: ProposalState
    revision: int = strawberry.field(description="The published revision that it was made against.")
    reason: str | None = strawberry.field(description="Why it was made; null once the record was erased.")
    proposer: str = strawberry.field(description="Pseudonymous id of who made it; of another node, the node.")
    node: str | None = strawberry.field(
        description="DNS name of the other node that it came from, or of the one that decides about it; null within "
        "this node."
    )
    created_at: datetime
    decided_at: datetime | None = strawberry.field(description="When it was accepted, declined or withdrawn.")
    decision_reason: str | None = strawberry.field(description="Why it was accepted or declined.")
    draft_revision: int | None = strawberry.field(
        description="The revision that was made of it; null for whoever sees no drafts."
    )
    record: Any = strawberry.field(
        description="The record as it is now; null if you may not see it.",
        graphql_type=strawberry.LazyType("Record", "schema.types.record") | None,
    )

    @resolved("The organisation that made it; it is credited once a revision that holds it is published.")
    def organisation(self, info: Info) -> Organisation:
        return organisation_type(info.context.organisation(self.of.organisation, ()))

    @resolved("What it changes in that revision; empty where you may no longer read it.")
    async def changes(self, info: Info) -> list[FieldChange]:
        context = info.context
        try:
            found = await context.read(lambda: proposed.changes_of(context.registry, context.actor, self.of.id))
        except NotFound:
            return []
        return [field_change_type(PartChange(Part.CONTENT, one)) for one in found]


def proposal_type(found: domain.Proposal, record: OfRecord | None) -> Proposal:
    """A proposal of the domain, and the record type it is about, if the viewer sees it, as GraphQL shows them."""
    return Proposal(
        of=found,
        id=strawberry.ID(found.id),
        state=found.state,
        revision=found.base,
        reason=found.reason,
        proposer=f"node:{found.node}" if found.node is not None else f"person:{found.proposer}",
        node=found.node or (record.record.origin if record is not None and record.record.received else None),
        created_at=found.created_at,
        decided_at=found.decided_at,
        decision_reason=found.decision_reason,
        draft_revision=found.draft_revision,
        record=record,
    )


class ProposalFields:
    """The fields of a record that tell of corrections."""

    @resolved("Corrections that were proposed, oldest first: those of your organisation; all for owner and reviewers.")
    async def proposals(self: OfRecord, info: Info) -> list[Proposal]:
        context, uid = info.context, self.record.uid
        found = await context.read(lambda: proposed.of_record(context.registry, context.actor, uid))
        return [proposal_type(one, self) for one in found]

    @resolved("Organisations whose corrections are in what you may read of it, the first first.")
    async def credits(self: OfRecord, info: Info) -> list[Organisation]:
        context, uid = info.context, self.record.uid
        found = await context.read(lambda: credits_of(context.registry, context.actor, uid))
        return [organisation_type(context.organisation(one, found)) for one in found]
