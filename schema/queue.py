"""What waits for reviewers: lists without text, the next one, single fields opened, and second opinions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.record import Record as DomainRecord
from registry.domain.record import RecordUid, State
from registry.domain.vocabulary import Kind
from registry.domain.welfare import Topic
from registry.service import claims, queue
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import RecordPayload, answered, record_payload, uid_of
from schema.types.record import Record
from schema.types.shown import record_type


@strawberry.type(description="The source that a record was imported from, and why the record waits.")
class ImportOrigin:
    """Where it came from."""

    source: str = strawberry.field(description="id of the source.")
    title: str = strawberry.field(description="What the source calls itself.")
    because: list[str] = strawberry.field(
        description="Codes of the import's open findings that hold it; SOURCE_NOT_TRUSTED or NOTHING_OPEN if none does."
    )


@strawberry.type(description="A source of which imported records wait.")
class SourceWaiting:
    """A source, and how much of it waits."""

    source: str = strawberry.field(description="id of the source.")
    title: str
    count: int


@strawberry.type(description="A submission as the queue tells of it: by labels, never by a word that somebody wrote.")
class WaitingSubmission:
    """What a reviewer knows before opening it."""

    uid: str
    label: str = strawberry.field(description="Its number, or what stands for it.")
    kind: Kind
    stage: State
    draft_revision: int = strawberry.field(description="Give it as expectedRevision.")
    since: datetime = strawberry.field(description="When the work was handed in.")
    topics: list[Topic]
    misuse_categories: list[str]
    content_warnings: list[str]
    severity: int | None
    is_sensitive: bool = strawberry.field(description="Whether everything about people must be confirmed.")
    wants_opinion: bool = strawberry.field(description="Whether another reviewer asks for a second opinion.")
    is_mine: bool
    claimed_at: datetime | None
    refusal: str | None = strawberry.field(description="The code of what keeps you from claiming it, if anything does.")
    origin: ImportOrigin | None = strawberry.field(description="Where it was imported from, if it was.")


@strawberry.type(description="What waits for you as a reviewer; what waits longest comes first.")
class ReviewQueue:
    """The queue of one reviewer."""

    waiting: list[WaitingSubmission]
    mine: list[WaitingSubmission] = strawberry.field(description="What you hold: in review, or approved.")
    opinions: list[WaitingSubmission] = strawberry.field(description="What waits for a second opinion.")
    has_more: bool = strawberry.field(description="Whether more waits: ask with skip.")
    sources: list[SourceWaiting] = strawberry.field(description="Sources of which imported records wait.")


@strawberry.type(description="A text within a field that was opened.")
class RevealedLine:
    """One line."""

    place: str = strawberry.field(description="Where it stands within the field.")
    text: str


@strawberry.type(description="The answer to the next submission to review, or to a field to be opened.")
class NextPayload:
    """The record that is yours now, if there was one."""

    record: Record | None = strawberry.field(default=None, description="The record; null where nothing waits for you.")
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a field to be opened.")
class RevealPayload:
    """The text, or why not."""

    lines: list[RevealedLine] = strawberry.field(default_factory=list)
    draft_revision: int | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="Taking the next submission.")
class NextToReviewInput:
    """Nothing needs to be said."""

    client_mutation_id: str | None = None


@strawberry.input(description="A field of a submission, to be opened and counted as read.")
class RevealFieldInput:
    """Which field."""

    field: str = strawberry.field(description="Such as content.summary or restricted.notes.")
    id: strawberry.ID | None = None
    uid: str | None = None
    client_mutation_id: str | None = None


@strawberry.input(description="A submission that another reviewer should look at.")
class AskOpinionInput:
    """Which one; you need not say why."""

    expected_revision: int = strawberry.field(description="The draftRevision that you read.")
    id: strawberry.ID | None = None
    uid: str | None = None
    client_mutation_id: str | None = None


@strawberry.type(description="Reading the queue.")
class ReviewQueueQueries:
    """Reads of the queue."""

    @resolved("What waits for you as a reviewer, without its text; all of it, or what was imported from one source.")
    async def review_queue(self, info: Info, skip: int = 0, source: str | None = None) -> ReviewQueue | None:
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(lambda: queue.queue(registry, actor, skip=skip, source=source))
        return ReviewQueue(
            waiting=[waiting_type(one) for one in found.waiting],
            mine=[waiting_type(one) for one in found.mine],
            opinions=[waiting_type(one) for one in found.opinions],
            has_more=found.has_more,
            sources=[SourceWaiting(source=one.source, title=one.title, count=one.count) for one in found.sources],
        )


@strawberry.type(description="Working through the queue.")
class ReviewQueueMutations:
    """Writes of the queue."""

    @resolved("Claim what waits longest of what you may take.")
    async def next_to_review(
        self, info: Info, said: Annotated[NextToReviewInput, strawberry.argument(name="input")]
    ) -> NextPayload | None:
        registry, actor, said_id = info.context.registry, info.context.actor, said.client_mutation_id

        def shown(done: DomainRecord | None) -> NextPayload:
            return NextPayload(record=None if done is None else record_type(done), client_mutation_id=said_id)

        return await answered(
            info,
            lambda: queue.next_to_review(registry, actor),
            shown,
            lambda errors: NextPayload(user_errors=errors, client_mutation_id=said_id),
        )

    @resolved("Open one field of a submission under review; it is counted as read, for you alone to see.")
    async def reveal_field(
        self, info: Info, said: Annotated[RevealFieldInput, strawberry.argument(name="input")]
    ) -> RevealPayload | None:
        registry, actor, said_id = info.context.registry, info.context.actor, said.client_mutation_id

        def shown(done: queue.Revealed) -> RevealPayload:
            lines = [RevealedLine(place=place, text=text) for place, text in done.lines]
            return RevealPayload(lines=lines, draft_revision=done.draft_revision, client_mutation_id=said_id)

        return await answered(
            info,
            lambda: queue.reveal(registry, actor, RecordUid(uid_of(said.id, said.uid)), said.field),
            shown,
            lambda errors: RevealPayload(user_errors=errors, client_mutation_id=said_id),
        )

    @resolved("Give a claim back so that another reviewer looks at it; both of you read it until somebody decides.")
    async def ask_opinion(
        self, info: Info, said: Annotated[AskOpinionInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor, expected = info.context.registry, info.context.actor, said.expected_revision
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: claims.ask_opinion(registry, actor, uid_of(said.id, said.uid), expected_revision=expected),
        )


def waiting_type(one: queue.Waiting) -> WaitingSubmission:
    """A submission as GraphQL tells of it."""
    origin, shown = one.origin, None
    if origin is not None:
        shown = ImportOrigin(source=origin.source, title=origin.title, because=list(origin.because))
    return WaitingSubmission(
        uid=one.uid,
        label=one.label,
        kind=one.kind,
        stage=one.stage,
        draft_revision=one.draft_revision,
        since=one.since,
        topics=sorted(one.topics),
        misuse_categories=list(one.misuse),
        content_warnings=list(one.warnings),
        severity=one.severity,
        is_sensitive=one.is_sensitive,
        wants_opinion=one.wants_opinion,
        is_mine=one.is_mine,
        claimed_at=one.claimed_at,
        refusal=one.refusal,
        origin=shown,
    )
