"""What people concerned say beside a record."""

from __future__ import annotations

from datetime import datetime

import strawberry

from registry.service import cases
from schema.context import Info
from schema.fields import resolved
from schema.types.history import OfRecord


@strawberry.type(description="What a person concerned says beside a record, without being named.")
class Reply:
    """A reply."""

    text: str
    at: datetime


class ReplyFields:
    """What a record tells of those concerned; ``schema.types.record`` gives these fields to every record."""

    @resolved("What people concerned say about it, as a case decided; oldest first.")
    def replies(self: OfRecord, info: Info) -> list[Reply]:
        found = cases.replies(info.context.registry, info.context.actor, self.record.uid)
        return [Reply(text=one.text, at=one.at) for one in found]
