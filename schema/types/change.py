"""What happened: rows of the change log, and the revisions of one record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from registry.domain import change as domain
from registry.domain.change import ChangeKind
from registry.domain.errors import BadCursor
from registry.domain.record import RecordUid
from registry.domain.record import Revision as DomainRevision
from registry.domain.workflow import Step
from registry.service import find, node
from schema.context import Context, Info
from schema.fields import resolved
from schema.types.pages import PageInfo, page_info
from schema.types.record import Record, record_type

_MAX_SEQ_DIGITS = 18


@strawberry.type(description="One row of the change log, as you may see it.")
class Change:
    """A change."""

    kind: ChangeKind
    at: datetime
    public_seq: str | None = strawberry.field(description="Its place in the public log; null if it is not in it.")
    uid: str | None = strawberry.field(description="uid of the record it is about.")
    subject: str | None = strawberry.field(description="What it is about, if not a record: such as organisation:acme.")
    step: Step | None = strawberry.field(description="What was done by its owner or in its review; null for strangers.")
    revision: int = strawberry.field(description="Published revisions of the record after it.")
    actor: str | None = strawberry.field(description="Pseudonymous id of who did it; null for strangers.")


def change_type(change: domain.Change) -> Change:
    """A row that the service has redacted, as GraphQL shows it."""
    row = change.row
    return Change(
        kind=row.kind,
        at=row.at,
        public_seq=None if change.public_seq is None else str(change.public_seq),
        uid=row.uid,
        subject=row.subject,
        step=row.step,
        revision=row.revision,
        actor=row.actor or None,
    )


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


@strawberry.type(description="One revision of a record.")
class Revision:
    """A revision."""

    revision: int | None = strawberry.field(description="Which published revision it is, from 1; null for drafts.")
    draft_revision: int = strawberry.field(description="Which revision it is, drafts counted, from 1.")
    created_at: datetime
    published_at: datetime | None
    record: Record = strawberry.field(description="The record with the content of this revision.")


@strawberry.type(description="What happened to a record, oldest first.")
class History:
    """A record's history, as the viewer may know it."""

    changes: list[Change]
    revisions: list[Revision]


async def record_history(self: Record, info: Info) -> History:
    """The history of a record."""
    context = info.context
    found = await context.read(lambda: find.history(context.registry, context.actor, RecordUid(self.record.uid)))
    return History(changes=[change_type(row) for row in found.changes], revisions=_revisions(self, found.revisions))


def _revisions(record: Record, revisions: Sequence[DomainRevision]) -> list[Revision]:
    return [
        Revision(
            revision=one.revision,
            draft_revision=one.draft_revision,
            created_at=one.created_at,
            published_at=one.published_at,
            record=record_type(record.record, shown=one),
        )
        for one in revisions
    ]
