"""What has to do with a record, as GraphQL shows it."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from registry.domain.relatedness import MOST, RelationReason
from registry.service import related
from schema.context import Info
from schema.fields import resolved
from schema.types.history import OfRecord
from schema.types.shown import record_types

strawberry.enum(RelationReason, description="Why two records are related.")
_RECORD: Any = strawberry.LazyType("Record", "schema.types.record")

_First = Annotated[int, strawberry.argument(description=f"How many: 1 to {MOST}.")]


@strawberry.type(description="What two records share.")
class SharedReason:
    """One reason."""

    reason: RelationReason
    values: list[str] = strawberry.field(
        description="What both name, the rarest first; of EDITOR the editor's sentence, of TEXT words of both."
    )


@strawberry.type(description="A public record that has to do with another one.")
class RelatedRecord:
    """A related record, and why."""

    related: strawberry.Private[Any]
    score: float = strawberry.field(description="How much, 0 to 1; what an editor vouches for has 1.")
    reasons: list[SharedReason] = strawberry.field(description="Why, the weightiest reason first.")

    @resolved("The record.", graphql_type=_RECORD)
    def record(self) -> object:
        return self.related


class RelatedFields:
    """What a record tells of others; ``schema.types.record`` gives these fields to every record."""

    @resolved(
        "Public records that share with it what few others have, the most related first. Those that links connect with "
        "it are not among them. Empty for what is not public."
    )
    async def related(self: OfRecord, info: Info, first: _First = MOST) -> list[RelatedRecord]:
        context, uid = info.context, self.record.uid
        found = await context.read(lambda: related.related(context.registry, context.actor, uid, first=first))
        records = record_types([one.record for one in found])
        return [
            RelatedRecord(
                related=record,
                score=one.relation.score,
                reasons=[SharedReason(reason=each.reason, values=list(each.values)) for each in one.relation.reasons],
            )
            for record, one in zip(records, found, strict=True)
        ]
