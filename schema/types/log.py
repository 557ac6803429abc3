"""The public change log, page by page."""

from __future__ import annotations

import strawberry

from registry.domain.errors import BadCursor
from registry.service import find, node
from schema.context import Context, Info
from schema.fields import resolved
from schema.types.change import Change, change_type
from schema.types.pages import PageInfo, page_info
from schema.types.record import Record
from schema.types.shown import record_type

_MAX_SEQ_DIGITS = 18


@strawberry.type(description="One place in the public log.")
class ChangeEdge:
    """A change, the record it is about as it is now, and the cursor after it."""

    cursor: str = strawberry.field(description="The change's publicSeq.")
    node: Change
    record: Record | None = strawberry.field(description="The record as it is now, a tombstone included.")


@strawberry.type(description="A page of the public log, oldest first.")
class ChangeConnection:
    """Changes that strangers may see; the same for everybody."""

    edges: list[ChangeEdge]
    page_info: PageInfo = strawberry.field(description="On an empty page, endCursor is the cursor that was given.")

    @resolved("What names this log. Where it differs from the one you know, the node was restored: start again.")
    def log_id(self, info: Info) -> str | None:
        return node.log_id(info.context.registry, info.context.actor)

    @resolved("The changes of the page.")
    def nodes(self) -> list[Change]:
        return [edge.node for edge in self.edges]


def change_page(context: Context, *, after: str | None, first: int) -> ChangeConnection:
    """The rows after a cursor, with their records.

    Raises:
        BadCursor: it is no cursor, or lies beyond the end of the log.
    """
    position = _public_seq(after)
    rows = find.public_changes(context.registry, context.actor, after=position, limit=first + 1)
    if not rows and position > find.public_seq(context.registry, context.actor):
        raise BadCursor
    shown = rows[:first]
    uids = tuple(dict.fromkeys(row.row.uid for row in shown if row.row.uid is not None))
    records = find.many(context.registry, context.actor, uids) if uids else {}
    owners = frozenset(one.owner for one in records.values())
    edges = []
    for row in shown:
        found = records.get(row.row.uid) if row.row.uid else None
        record = record_type(found, owners=owners) if found else None
        edges.append(ChangeEdge(cursor=str(row.public_seq), node=change_type(row), record=record))
    cursors = [edge.cursor for edge in edges]
    info = page_info(cursors, has_next=len(rows) > first, has_previous=position > 0)
    if not cursors:
        info.end_cursor = after
    return ChangeConnection(edges=edges, page_info=info)


def _public_seq(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= _MAX_SEQ_DIGITS):
        raise BadCursor
    return int(after)
