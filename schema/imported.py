"""Imported records of one source that wait for review: with their titles and reasons, and accepted together."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.domain.record import RecordUid
from registry.service import imported
from schema.context import Info
from schema.errors import UserError, user_errors
from schema.fields import resolved
from schema.inputs import given
from schema.payloads import answered
from schema.queue import WaitingSubmission, waiting_type


@strawberry.type(description="An imported record that waits, for whoever asked for the list of its source.")
class ListedImport:
    """A record of the list."""

    title: str = strawberry.field(description="The title of its public part, as its source wrote it.")
    is_acceptable: bool = strawberry.field(
        description="Whether acceptImported may take it, as far as can be told before; else it has to be opened."
    )
    submission: WaitingSubmission


@strawberry.type(description="What waits of one source, the longest waiting first.")
class ImportedList:
    """A page of up to 50."""

    records: list[ListedImport]
    has_more: bool = strawberry.field(description="Whether more waits: ask with skip.")


@strawberry.input(description="A record that was looked at.")
class ImportedChoiceInput:
    """Which one, as it was read."""

    uid: str
    expected_revision: int = strawberry.field(description="The draftRevision that you read.")


@strawberry.input(description="Imported records of one source, to be claimed, approved and published.")
class AcceptImportedInput:
    """Which ones."""

    source: str = strawberry.field(description="id of the source.")
    records: list[ImportedChoiceInput] = strawberry.field(description="1 to 50 records, each once.")
    client_mutation_id: str | None = None


@strawberry.type(description="What became of one record; without userErrors it is published.")
class ImportedAnswer:
    """One answer."""

    uid: str
    number: str | None = strawberry.field(default=None, description="Its number, once it is published.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="All that is wrong; then nothing of this record was changed."
    )


@strawberry.type(description="What became of each record, in the order in which they were named.")
class AcceptImportedPayload:
    """The answers, or why nothing was done at all."""

    answers: list[ImportedAnswer] = strawberry.field(default_factory=list)
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="Reading what waits of a source.")
class ImportedQueries:
    """Reads."""

    @resolved("What waits for review of one source, with titles; for reviewers.")
    async def imported_to_review(self, info: Info, source: str, skip: int = 0) -> ImportedList | None:
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(lambda: imported.listed(registry, actor, source, skip=skip))
        records = [
            ListedImport(title=one.title, is_acceptable=one.is_acceptable, submission=waiting_type(one.waiting))
            for one in found.records
        ]
        return ImportedList(records=records, has_more=found.has_more)


@strawberry.type(description="Accepting what waits of a source.")
class ImportedMutations:
    """Writes."""

    @resolved("Claim, approve and publish imported records of one source that you looked at, each by itself.")
    async def accept_imported(
        self, info: Info, said: Annotated[AcceptImportedInput, strawberry.argument(name="input")]
    ) -> AcceptImportedPayload | None:
        registry, actor, said_id = info.context.registry, info.context.actor, given(said.client_mutation_id)
        chosen = [imported.Chosen(RecordUid(one.uid), one.expected_revision) for one in said.records]

        def shown(done: tuple[imported.Accepted, ...]) -> AcceptImportedPayload:
            return AcceptImportedPayload(answers=[_answer(one) for one in done], client_mutation_id=said_id)

        return await answered(
            info,
            lambda: imported.accept(registry, actor, said.source, chosen),
            shown,
            lambda errors: AcceptImportedPayload(user_errors=errors, client_mutation_id=said_id),
        )


def _answer(one: imported.Accepted) -> ImportedAnswer:
    number = None if one.record is None else one.record.number
    return ImportedAnswer(uid=one.uid, number=number, user_errors=user_errors(one.problems))
