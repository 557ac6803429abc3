"""A notice to a named party, as a viewer may know of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from registry.domain import notice as domain
from registry.domain.notice import NoticeState
from registry.domain.record import RecordUid
from schema.context import Info
from schema.fields import resolved
from schema.types.organisation import Organisation, organisation_type
from schema.types.shown import record_type

strawberry.enum(NoticeState, description="What became of a notice.")
_RECORD: Any = strawberry.LazyType("Record", "schema.types.record")


@strawberry.type(description="A party that was told what a record says about it.")
class Notice:
    """A notice."""

    notice: strawberry.Private[domain.Notice]

    @resolved("Its own id, with which its party answers.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.notice.id)

    @resolved("The party, as the record names it.")
    def party(self) -> str:
        return self.notice.party

    @resolved("The member organisation that it means, if it means one.")
    def organisation(self, info: Info) -> Organisation | None:
        told = self.notice.organisation
        return None if told is None else organisation_type(info.context.organisation(told, ()))

    @resolved("The record that names it, where you may see it.", graphql_type=_RECORD | None)
    def record(self, info: Info) -> object:
        return _seen(info, self.notice.uid)

    @resolved("The passage it was told of; null beside a public record, where the record itself says it.")
    def passage(self) -> str | None:
        return self.notice.passage or None

    @resolved("When it was asked.")
    def asked_at(self) -> datetime:
        return self.notice.asked_at

    @resolved("Until when it may answer; its silence delays nothing.")
    def due_at(self) -> datetime:
        return self.notice.due_at

    @resolved("Whether it was asked, has answered, or let the time pass.")
    def state(self) -> NoticeState:
        return self.notice.state

    @resolved("The statement it answered with, where you may see it.", graphql_type=_RECORD | None)
    def answer(self, info: Info) -> object:
        return None if self.notice.answer is None else _seen(info, self.notice.answer)


def _seen(info: Info, uid: RecordUid) -> object:
    found = info.context.records((uid,))
    return record_type(found[uid]) if uid in found else None
