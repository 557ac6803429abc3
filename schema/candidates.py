"""Records of different sources that may tell of the same event, for reviewers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.candidate import CandidateReason, CandidateState
from registry.domain.candidate import MergeCandidate as DomainCandidate
from registry.domain.pages import Page
from registry.domain.record import RecordUid
from registry.service import candidates
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.inputs import given
from schema.payloads import answered
from schema.types.pages import After, Connection, First, List
from schema.types.record import Record
from schema.types.shown import record_type

strawberry.enum(CandidateReason, description="What speaks for two records telling of the same event.")
strawberry.enum(CandidateState, description="What became of a pair of records.")


@strawberry.type(description="Two records of different owners that may tell of the same event.")
class MergeCandidate:
    """A pair."""

    a: Record
    b: Record
    score: int = strawberry.field(description="How much speaks for it, 0 to 100.")
    reasons: list[CandidateReason]
    state: CandidateState
    found_at: datetime
    decided_by: str | None = strawberry.field(description="The pseudonym of whoever decided.")
    decided_at: datetime | None


@strawberry.input(description="A decision about two records that are not the same.")
class DismissMergeCandidateInput:
    """Which pair."""

    uid: str = strawberry.field(description="uid of one of the two.")
    other: str = strawberry.field(description="uid of the other.")
    linked: bool = strawberry.field(default=False, description="Whether they belong together without being the same.")
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a decision about a pair.")
class DismissMergeCandidatePayload:
    """What the pair is now, or why not."""

    state: CandidateState | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="Reading pairs of records.")
class CandidateQueries:
    """Reads of pairs."""

    @resolved("Records of different owners that may tell of the same event, the likeliest first; for reviewers.")
    async def merge_candidates(
        self,
        info: Info,
        state: CandidateState | None = CandidateState.OPEN,
        first: First = None,
        after: After = None,
    ) -> Connection[MergeCandidate] | None:
        context = info.context
        listing = List(context, "mergeCandidates", (state,))
        request = listing.request(first, after)
        found = await context.read(lambda: candidates.page(context.registry, context.actor, state, request))
        nodes = [_pair(one) for one in found.items]
        page = Page(tuple(nodes), found.positions, found.has_next, found.has_previous)
        return Connection(nodes=nodes, page=page, seal=listing.seal)


@strawberry.type(description="Deciding about pairs of records; merging is the mutation merge.")
class CandidateMutations:
    """Writes about pairs."""

    @resolved("Say that two records do not tell of the same event. They come up again only for a stronger reason.")
    async def dismiss_merge_candidate(
        self, info: Info, said: Annotated[DismissMergeCandidateInput, strawberry.argument(name="input")]
    ) -> DismissMergeCandidatePayload | None:
        registry, actor = info.context.registry, info.context.actor
        said_id = given(said.client_mutation_id)
        state = CandidateState.LINKED if said.linked else CandidateState.DISMISSED

        def work() -> DomainCandidate:
            return candidates.decide(registry, actor, RecordUid(said.uid), RecordUid(said.other), state=state)

        return await answered(
            info,
            work,
            lambda done: DismissMergeCandidatePayload(state=done.state, client_mutation_id=said_id),
            lambda errors: DismissMergeCandidatePayload(user_errors=errors, client_mutation_id=said_id),
        )


def _pair(one: candidates.Pair) -> MergeCandidate:
    kept = one.candidate
    return MergeCandidate(
        a=record_type(one.a),
        b=record_type(one.b),
        score=kept.score,
        reasons=list(kept.reasons),
        state=kept.state,
        found_at=kept.found_at,
        decided_by=kept.decided_by,
        decided_at=kept.decided_at,
    )
