"""What happened to one record, its revisions, and what differs between two of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Protocol

import strawberry

from registry.domain import history as domain
from registry.domain.canonical import canonical_bytes
from registry.domain.difference import FieldChangeKind
from registry.domain.errors import NotFound
from registry.domain.history import Part, PartChange
from registry.domain.record import Record as DomainRecord
from registry.domain.record import Revision as DomainRevision
from registry.service import history as service
from schema.context import Info
from schema.fields import resolved
from schema.types.change import Change, change_type

strawberry.enum(Part, name="RevisionPart", description="A part of a revision, as the file format names it.")
strawberry.enum(FieldChangeKind, description="What became of a place in a document.")


class OfRecord(Protocol):
    """The record type that these fields are given to."""

    record: DomainRecord

    def showing(self, revision: DomainRevision) -> object:
        """The same record with the content of another revision."""
        ...


@strawberry.type(description="One revision of a record.")
class Revision:
    """A revision."""

    revision: int | None = strawberry.field(description="Which published revision it is, from 1; null for drafts.")
    draft_revision: int = strawberry.field(description="Which revision it is, drafts counted, from 1.")
    created_at: datetime
    published_at: datetime | None
    author: str | None = strawberry.field(description="Pseudonymous id of who wrote it; null for strangers.")
    credits: list[str] = strawberry.field(
        description="Slugs of the organisations whose corrections it was the first to hold."
    )
    record: Any = strawberry.field(
        description="The record with the content of this revision.",
        graphql_type=strawberry.LazyType("Record", "schema.types.record"),
    )


@strawberry.type(description="What happened to a record, oldest first.")
class History:
    """A record's history, as the viewer may know it."""

    changes: list[Change]
    revisions: list[Revision]


@strawberry.type(description="One place in which two revisions differ. Names are those of the file format.")
class FieldChange:
    """A change of a field, or of an item of a list."""

    part: Part
    path: list[str] = strawberry.field(
        description="Where, in the newer revision, from the outermost field inward; positions in lists count from 0. "
        "The last step of what was removed is its position in the older one."
    )
    kind: FieldChangeKind
    before: str | None = strawberry.field(
        description="What it was, as JSON; of what was moved its position; null for what was added."
    )
    after: str | None = strawberry.field(
        description="What it is, as JSON; of what was moved its position; null for what was removed."
    )


def field_change_type(change: PartChange) -> FieldChange:
    """A change of the domain as GraphQL shows it."""
    one = change.change
    was_added, was_removed = one.kind is FieldChangeKind.ADDED, one.kind is FieldChangeKind.REMOVED
    return FieldChange(
        part=change.part,
        path=list(one.path),
        kind=one.kind,
        before=None if was_added else canonical_bytes(one.before).decode(),
        after=None if was_removed else canonical_bytes(one.after).decode(),
    )


class HistoryFields:
    """The fields of a record that tell of its past."""

    @resolved("What happened to it, oldest first, as far as you may know.")
    async def history(self: OfRecord, info: Info) -> History:
        context, uid = info.context, self.record.uid
        found = await context.read(lambda: service.history_of(context.registry, context.actor, uid))
        return _history_type(self, info, found)

    @resolved(
        "Every field that differs between two revisions that you may read, by the numbers of published ones; null "
        "where you may not read both. The restricted part is compared only where you may read it."
    )
    async def difference(
        self: OfRecord,
        info: Info,
        older: Annotated[int, strawberry.argument(name="from", description="The revision to compare with.")],
        newer: Annotated[int, strawberry.argument(name="to", description="The revision that is told of.")],
        drafts: Annotated[bool, strawberry.argument(description="Whether the numbers are draftRevisions.")] = False,
    ) -> list[FieldChange] | None:
        context, uid = info.context, self.record.uid
        try:
            found = await context.read(
                lambda: service.difference(context.registry, context.actor, uid, older, newer, drafts=drafts)
            )
        except NotFound:
            return None
        return [field_change_type(one) for one in found]


def _history_type(record: OfRecord, info: Info, found: domain.History) -> History:
    return History(
        changes=[change_type(row) for row in found.changes],
        revisions=[
            Revision(
                revision=one.revision,
                draft_revision=one.draft_revision,
                created_at=one.created_at,
                published_at=one.published_at,
                author=f"person:{one.author}" if one.author else None,
                credits=[info.context.organisation(one, credited).slug for one in credited],
                record=record.showing(one),
            )
            for one, credited in zip(found.revisions, found.credits, strict=True)
        ],
    )
