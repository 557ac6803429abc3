"""Records by an address that they name as a source."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.domain.pages import DEFAULT_PAGE, MAX_PAGE
from registry.service import sources
from schema.context import Info
from schema.errors import check_size
from schema.fields import resolved
from schema.types.pages import First
from schema.types.record import Record
from schema.types.shown import record_types


@strawberry.type(description="Records by source.")
class SourceQueries:
    """Reading by address."""

    @resolved(
        "Records that name this web address as a source, however it is written, the newest first. An id that others "
        "know a record by, such as AIID-6, is taken too; that of a merged record leads to the one that stands for it."
    )
    async def records_by_source(
        self,
        info: Info,
        url: Annotated[str, strawberry.argument(description="The address as you have it; at most 8,000 characters.")],
        first: First = None,
    ) -> list[Record] | None:
        limit = DEFAULT_PAGE if first is None else first
        check_size(limit, "first", MAX_PAGE)
        registry, actor = info.context.registry, info.context.actor
        return record_types(await info.context.read(lambda: sources.by_source(registry, actor, url, first=limit)))
