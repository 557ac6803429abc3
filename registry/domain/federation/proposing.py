"""What two nodes tell each other of a proposed correction: the proposal to the node that the record began at, and back
what was decided there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StrictBool, StringConstraints

from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import Model, Sha256, validate
from registry.domain.correction import MAX_EDITS, Edit, touched
from registry.domain.federation.header import OwnerName
from registry.domain.federation.message import ID
from registry.domain.proposal import ProposalState

_MAX_WORDS = 2000
Ref = Annotated[str, StringConstraints(pattern=f"^{ID.pattern}$")]
Step = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(max_length=_MAX_WORDS)]


class Outcome(StrEnum):
    """What the node that the record began at decides."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class EditSaid(Model):
    """What shall stand where in the public part; without a value, what is there is removed."""

    path: Annotated[tuple[Step, ...], Field(min_length=1, max_length=32)]
    value: Any = None


class ProposalBody(Model):
    """A proposal, or that it was taken back.

    Attributes:
        proposal: what names it at the node that sends it.
        base: the hash of the header that the proposer had read.
        proposer: the organisation there; never the person.
    """

    proposal: Ref
    withdrawn: StrictBool = False
    base: Sha256 | None = None
    changes: Annotated[tuple[EditSaid, ...], Field(max_length=MAX_EDITS)] = ()
    reason: Words = ""
    proposer: OwnerName | None = None

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The changes, as corrections are made of them."""
        return tuple(Edit(one.path, one.value) for one in self.changes)


class DecisionBody(Model):
    """What was decided about a proposal.

    Attributes:
        code: why, as a stable word in capitals, where the node itself decided.
        reason: why, in words.
    """

    proposal: Ref
    outcome: Outcome
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z_]{1,40}$")] | None = None
    reason: Words = ""

    @property
    def state(self) -> ProposalState:
        """What becomes of the proposal at the node that made it."""
        return ProposalState.ACCEPTED if self.outcome is Outcome.ACCEPTED else ProposalState.DECLINED


def read_proposal(body: Mapping[str, JsonValue]) -> ProposalBody:
    """The proposal that a message brings; raises ``InvalidInput``. Fields that are not known mean nothing."""
    return validate(ProposalBody, _known(ProposalBody, body), path=("body",))


def read_decision(body: Mapping[str, JsonValue]) -> DecisionBody:
    """The decision that a message brings; raises ``InvalidInput``. Fields that are not known mean nothing."""
    return validate(DecisionBody, _known(DecisionBody, body), path=("body",))


def changes_between(base: Document, proposed: Document) -> list[JsonValue]:
    """The changes that lead from one public part to another, as a message has them: one for each outermost field."""
    return [{"path": [name], "value": proposed.get(name)} for name in touched(base, proposed)]


def _known(model: type[Model], body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in body.items() if name in model.model_fields}
