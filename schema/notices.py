"""Notices to named parties: to one's own organisation, and those that operators send."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.domain.notice import NoticeId
from registry.service import notices
from schema.context import Info
from schema.fields import resolved
from schema.payloads import RecordPayload, record_payload
from schema.types.notice import Notice


@strawberry.type(description="A notice to a party that is no member, ready to be sent.")
class NoticeToSend:
    """What an operator sends."""

    notice: Notice
    text: str = strawberry.field(description="The letter.")


@strawberry.input(description="Your organisation's answer to a notice.")
class AnswerNoticeInput:
    """The statement to be made of it."""

    id: strawberry.ID = strawberry.field(description="The notice's id.")
    title: str = strawberry.field(default="", description="One line. Required.")
    text: str = strawberry.field(default="", description="The answer, as Markdown. Required.")
    client_mutation_id: str | None = None


@strawberry.type(description="Reading notices.")
class NoticeQueries:
    """Reads of notices."""

    @resolved("What your organisation was told of, newest first.")
    async def notices(self, info: Info) -> list[Notice] | None:
        registry, actor = info.context.registry, info.context.actor
        return [Notice(notice=one) for one in await info.context.read(lambda: notices.to_us(registry, actor))]

    @resolved("Notices to parties that are no members; for operators.")
    async def notices_to_send(self, info: Info) -> list[NoticeToSend] | None:
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(lambda: notices.to_send(registry, actor))
        return [NoticeToSend(notice=Notice(notice=one), text=text) for one, text in found]


@strawberry.type(description="Answering notices.")
class NoticeMutations:
    """Writes of notices."""

    @resolved("Answer a notice by a statement that stands beside the record once it is reviewed.")
    async def answer_notice(
        self, info: Info, said: Annotated[AnswerNoticeInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await record_payload(
            info,
            said.client_mutation_id,
            lambda: notices.answer(registry, actor, NoticeId(said.id), title=said.title, text=said.text),
        )
