"""Proposals of corrections: make and withdraw them, decide about them, and list them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated

import strawberry
from pydantic_core import from_json

from registry.domain.correction import MAX_EDITS, Edit
from registry.domain.errors import InvalidInput, Problem
from registry.domain.pages import Page
from registry.domain.proposal import ProposalId, ProposalState
from registry.service import proposals, proposed
from registry.service.proposals import Proposed
from schema.context import Context, Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered, uid_of
from schema.types.pages import After, Connection, First, List
from schema.types.proposal import Proposal, proposal_type
from schema.types.record import Record
from schema.types.shown import record_type, record_types


@strawberry.enum(description="What is decided about a proposal.")
class ProposalDecision(StrEnum):
    """What the owner, or a reviewer, decides."""

    ACCEPT = "accept"
    DECLINE = "decline"


@strawberry.input(description="One change of the public part.")
class FieldEditInput:
    """What shall stand where."""

    path: list[str] = strawberry.field(
        description="The place, from the outermost field inward, in the names of the file format; positions in lists "
        "count from 0, and the one after the last adds to the list."
    )
    value: str | None = strawberry.field(
        default=None, description="What shall stand there, as JSON in the file format; null removes what is there."
    )


@strawberry.input(description="A correction of a published record. Its owner decides.")
class ProposeCorrectionInput:
    """Which record, what to change, and why."""

    expected_revision: int = strawberry.field(description="The revision, of the published ones, that you read.")
    changes: list[FieldEditInput] = strawberry.field(
        description="Made one after the other, in the public part as you see it; what results must be valid content."
    )
    id: strawberry.ID | None = None
    uid: str | None = None
    reason: str = strawberry.field(default="", description="Required; the owner reads it.")
    client_mutation_id: str | None = None


@strawberry.input(description="A decision about a proposal.")
class DecideProposalInput:
    """What is decided, and why."""

    id: strawberry.ID
    decision: ProposalDecision
    reason: str | None = strawberry.field(default=None, description="Required to decline; the proposer reads it.")
    expected_revision: int | None = strawberry.field(default=None, description="The draftRevision that you read.")
    client_mutation_id: str | None = None


@strawberry.input(description="A proposal of your organisation that is taken back.")
class WithdrawProposalInput:
    """Which proposal."""

    id: strawberry.ID
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a proposal, or to a decision about one.")
class ProposalPayload:
    """Either the proposal, or why not."""

    proposal: Proposal | None = None
    record: Record | None = strawberry.field(default=None, description="The record as you may see it.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="All that is wrong. Empty if it was done."
    )
    replayed: bool = strawberry.field(
        default=False, description="Whether the same proposal waits already; nothing was written."
    )
    client_mutation_id: str | None = None


@strawberry.type(description="Reading proposals.")
class ProposalQueries:
    """Reads of proposals."""

    @resolved("Corrections proposed by your organisation or about its records, newest first; all for reviewers.")
    async def proposals(
        self, info: Info, state: ProposalState | None = None, first: First = None, after: After = None
    ) -> Connection[Proposal] | None:
        context = info.context
        listing = List(context, "proposals", (state,))
        request = listing.request(first, after)
        found = await context.read(lambda: proposed.page(context.registry, context.actor, state, request))
        records = record_types([record for _, record in found.items if record is not None])
        known = {one.record.uid: one for one in records}
        nodes = [proposal_type(one, known.get(one.uid)) for one, _ in found.items]
        page = Page(tuple(nodes), found.positions, found.has_next, found.has_previous)
        return Connection(nodes=nodes, page=page, seal=listing.seal)


@strawberry.type(description="Making and deciding proposals.")
class ProposalMutations:
    """Writes of proposals."""

    @resolved("Propose a correction of a published record of any organisation.")
    async def propose_correction(
        self, info: Info, said: Annotated[ProposeCorrectionInput, strawberry.argument(name="input")]
    ) -> ProposalPayload | None:
        return await _payload(info, said.client_mutation_id, lambda: _propose(info.context, said))

    @resolved("Accept a proposal, which makes a revision for review, or decline it.")
    async def decide_proposal(
        self, info: Info, said: Annotated[DecideProposalInput, strawberry.argument(name="input")]
    ) -> ProposalPayload | None:
        return await _payload(info, said.client_mutation_id, lambda: _decide(info.context, said))

    @resolved("Take back a proposal of your organisation that waits.")
    async def withdraw_proposal(
        self, info: Info, said: Annotated[WithdrawProposalInput, strawberry.argument(name="input")]
    ) -> ProposalPayload | None:
        registry, actor, wanted = info.context.registry, info.context.actor, ProposalId(said.id)
        return await _payload(info, said.client_mutation_id, lambda: proposals.withdraw(registry, actor, wanted))


def _propose(context: Context, said: ProposeCorrectionInput) -> Proposed:
    return proposals.propose(
        context.registry,
        context.actor,
        uid_of(said.id, said.uid),
        _edits(said.changes),
        reason=said.reason,
        expected_revision=said.expected_revision,
    )


def _decide(context: Context, said: DecideProposalInput) -> Proposed:
    registry, actor, wanted = context.registry, context.actor, ProposalId(said.id)
    match said.decision:
        case ProposalDecision.ACCEPT:
            expected = said.expected_revision
            return proposals.accept(registry, actor, wanted, reason=said.reason, expected_revision=expected)
        case ProposalDecision.DECLINE:
            return proposals.decline(registry, actor, wanted, reason=said.reason or "")


def _edits(said: Sequence[FieldEditInput]) -> list[Edit]:
    """The changes with their values read.

    Raises:
        InvalidInput: naming every value that is no JSON, or that there are too many changes to read them.
    """
    if len(said) > MAX_EDITS:
        raise InvalidInput([Problem(("changes",), "TOO_MANY", f"propose 1 to {MAX_EDITS} changes")])
    edits: list[Edit] = []
    problems: list[Problem] = []
    for at, one in enumerate(said):
        try:
            value = None if one.value is None else from_json(one.value, allow_inf_nan=False)
        except ValueError:
            message = 'write the value as JSON: a text in quotes, such as "spam"'
            problems.append(Problem(("changes", str(at), "value"), "BROKEN_JSON", message))
        else:
            edits.append(Edit(tuple(one.path), value))
    if problems:
        raise InvalidInput(problems)
    return edits


async def _payload(info: Info, client_mutation_id: str | None, work: Callable[[], Proposed]) -> ProposalPayload:
    def shown(done: Proposed) -> ProposalPayload:
        record = None if done.record is None else record_type(done.record)
        return ProposalPayload(
            proposal=proposal_type(done.proposal, record),
            record=record,
            replayed=done.replayed,
            client_mutation_id=client_mutation_id,
        )

    return await answered(
        info, work, shown, lambda errors: ProposalPayload(user_errors=errors, client_mutation_id=client_mutation_id)
    )
