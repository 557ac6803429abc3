"""Screening: what it finds in a record, and what its owner or the claiming reviewer does about it."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.service import screening, screening_review
from schema.context import Info
from schema.fields import resolved
from schema.payloads import RecordPayload, record_payload, uid_of
from schema.types.screening import (
    AcceptFindingInput,
    RedactFindingInput,
    ScreeningFinding,
    acceptances_of,
    finding_type,
    redactions_of,
)

_EXPECTED = "The draftRevision that you read."


@strawberry.input(description="Findings in a record that may stand.")
class AcceptFindingsInput:
    """What is accepted, and why."""

    expected_revision: int = strawberry.field(description=_EXPECTED)
    accept: list[AcceptFindingInput]
    id: strawberry.ID | None = None
    uid: str | None = None
    client_mutation_id: str | None = None


@strawberry.input(description="Findings in a record that are taken out; drafts that held them are purged.")
class RedactFindingsInput:
    """What is redacted."""

    expected_revision: int = strawberry.field(description=_EXPECTED)
    redact: list[RedactFindingInput] = strawberry.field(default_factory=list, description="What is taken out.")
    redact_all: bool = strawberry.field(default=False, description="Take out all that blocks and is not accepted.")
    id: strawberry.ID | None = None
    uid: str | None = None
    client_mutation_id: str | None = None


@strawberry.type(description="Reading what screening finds.")
class ScreeningQueries:
    """Reads of findings."""

    @resolved("What screening finds in the newest revision of a record; for its owner and reviewers.")
    async def screening(
        self,
        info: Info,
        id: strawberry.ID | None = None,  # noqa: A002  the name that clients know
        uid: str | None = None,
    ) -> list[ScreeningFinding] | None:
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(lambda: screening.screening(registry, actor, uid_of(id, uid)))
        return [finding_type(one.finding, one.accepted) for one in found]


@strawberry.type(description="Answering what screening finds.")
class ScreeningMutations:
    """Writes about findings."""

    @resolved("Say why findings in a record may stand: its owner, or the reviewer who holds the claim.")
    async def accept_findings(
        self, info: Info, said: Annotated[AcceptFindingsInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: screening_review.accept_findings(
                registry, actor, uid_of(said.id, said.uid), acceptances_of(said.accept), expected_revision=expected
            ),
        )

    @resolved("Take findings out of a record by a new revision, and purge the drafts that held them.")
    async def redact_findings(
        self, info: Info, said: Annotated[RedactFindingsInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: screening_review.redact_findings(
                registry,
                actor,
                uid_of(said.id, said.uid),
                redactions_of(said.redact),
                redact_all=said.redact_all,
                expected_revision=expected,
            ),
        )
