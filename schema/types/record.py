"""Records of every kind: the envelope, and the content as the viewer may read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import strawberry

from registry.domain import record as domain
from registry.domain.canonical import JsonValue
from registry.domain.content.base import to_document
from registry.domain.content.kinds import RESTRICTED
from registry.domain.content.marking import Marking
from registry.domain.content.parts import PublicPart
from registry.domain.facets import summary_of, title_of
from registry.domain.link import FieldRel, Rel
from registry.domain.pages import MAX_PAGE
from registry.domain.record import OrganisationId, RecordUid, State
from registry.domain.vocabulary import Kind, LinkRel, Tlp
from registry.ports.graph import Ends
from schema.context import Info
from schema.errors import check_size
from schema.fields import resolved, with_fields
from schema.ids import make_id
from schema.shapes import Shape, shapes_of, texts_of
from schema.types.content import field_reader, output_of, output_type, reader_of
from schema.types.envelope import EnvelopeFields
from schema.types.history import HistoryFields
from schema.types.node import Node
from schema.types.organisation import Organisation, organisation_type
from schema.types.pages import After, Connection, First, List
from schema.types.proposal import ProposalFields
from schema.types.related import RelatedFields
from schema.types.reply import ReplyFields
from schema.types.shown import record_type, record_types
from schema.types.telling import TellingFields

if TYPE_CHECKING:
    from schema.types.kinds import Statement

Class = TypeVar("Class", bound=type)
_EMPTY: Mapping[str, JsonValue] = {}


def _node_id(self: Record) -> strawberry.ID:
    return make_id(self.record.kind, self.record.uid)


def _content_field(shape: Shape, *, is_text: bool) -> Any:
    read = field_reader(shape)

    def resolve(self: Record) -> object:
        return read(self.document().get(shape.name)) if self.shown.public or shape.many else None

    def resolve_text(self: Record, info: Info) -> object:
        _note_work(self, info)
        return resolve(self)

    type_ = output_type(shape, always=False)
    resolver = resolve_text if is_text else resolve
    return strawberry.field(resolver=resolver, description=shape.description, graphql_type=type_)


def _note_work(record: Record, info: Info) -> None:
    if info.context.reviews:
        info.context.note_work(record.record, record.shown)


def with_content(model: type[PublicPart], inherited: Sequence[str]) -> Callable[[Class], Class]:
    """Give a type the fields of *model*, but those of its interface, and links, which each viewer sees others of."""

    def add(cls: Class) -> Class:
        for shape in shapes_of(model):
            if shape.name not in inherited and shape.name != "links":
                setattr(cls, shape.name, _content_field(shape, is_text=shape.name in texts_of(model)))
        return cls

    return add


@strawberry.type(description="A relation to another record that you may see.")
class Link:
    """A link, resolved for one viewer."""

    rel: LinkRel = strawberry.field(description="The relation, read from this record to the other.")
    clause: str | None = strawberry.field(description="Path of the clause of the policy that it violates.")
    record: Record


@strawberry.interface(
    description="What every record tells, of whatever kind. After a record is gone, its content is null."
)
@with_content(PublicPart, ())
@with_fields(EnvelopeFields, HistoryFields, ProposalFields, RelatedFields, ReplyFields, TellingFields)
class Record(Node):
    """A record as one viewer may see it, showing one of its revisions."""

    record: strawberry.Private[domain.Record]
    shown: strawberry.Private[domain.Revision]
    owners: strawberry.Private[frozenset[OrganisationId]]
    together: strawberry.Private[tuple[RecordUid, ...]] = ()
    parsed: strawberry.Private[list[Mapping[str, JsonValue]]] = field(default_factory=list)

    def document(self) -> Mapping[str, JsonValue]:
        """The public part's document, parsed once; empty where there is none."""
        if not self.parsed:
            self.parsed.append(self.shown.public.document if self.shown.public else _EMPTY)
        return self.parsed[0]

    id: strawberry.ID = strawberry.field(resolver=_node_id, description="Opaque; stays the same for ever.")

    @resolved("UUID that links and other nodes use.")
    def uid(self) -> str:
        return self.record.uid

    @resolved("Number for people, given at publication; never changes.")
    def number(self) -> str | None:
        return self.record.number

    @resolved("What it is about.")
    def kind(self) -> Kind:
        return self.record.kind

    @resolved("Where it is in its life; of a draft beside the published revision, where its review stands.")
    def state(self) -> State:
        work = self.record.work
        is_work = work is not None and work.draft_revision == self.shown.draft_revision
        return self.record.stage if is_work else self.record.state

    @resolved("Where the review of a newer revision stands, while an earlier one is published.")
    def pending(self) -> State | None:
        return self.record.pending

    @resolved("Published revisions so far, from 1; 0 before the first.")
    def revision(self) -> int:
        return self.record.revision

    @resolved("Number of the newest work; give it as expectedRevision.")
    def draft_revision(self) -> int:
        return self.record.draft_revision

    @resolved("The line that stands for it in lists.")
    def title(self) -> str | None:
        document = self.document()
        return title_of(self.record.kind, document) if document else None

    @resolved("The paragraph that stands for it in lists, as Markdown.")
    def summary(self, info: Info) -> str | None:
        _note_work(self, info)
        document = self.document()
        return summary_of(self.record.kind, document) if document else None

    @resolved("Traffic Light Protocol 2.0.")
    def tlp(self) -> Tlp:
        return self.shown.marking.tlp

    @resolved(
        "Who may see it and under which terms; an embargo is told to the owner and reviewers only.",
        graphql_type=output_of(Marking),
    )
    def marking(self) -> object:
        return reader_of(Marking)(to_document(self.shown.marking))

    @resolved("The organisation it belongs to.")
    def owner(self, info: Info) -> Organisation:
        return organisation_type(info.context.organisation(self.record.owner, self.owners))

    @resolved("When it was first published.")
    def published_at(self) -> datetime | None:
        return self.record.published_at

    @resolved("When it last changed.")
    def changed_at(self) -> datetime:
        return self.record.changed_at

    @resolved("When it was withdrawn or erased.")
    def withdrawn_at(self) -> datetime | None:
        return self.record.withdrawn_at

    @resolved("Why the last decision was taken; of a tombstone everybody reads it.")
    def reason(self) -> str | None:
        return self.record.reason

    @resolved("Whether it was public once and is gone.")
    def is_tombstone(self) -> bool:
        return self.record.is_tombstone

    @resolved("Whether it is published, but seen by nobody else until its embargo ends.")
    def is_embargoed(self) -> bool:
        return self.record.embargoed

    @resolved("Whether it was published from a trusted source without review here.")
    def imported(self) -> bool:
        return self.record.imported

    @resolved("The owner's own key for it; null for strangers.")
    def external_ref(self) -> str | None:
        return self.record.external_ref

    @resolved("Whether you hold the claim to review it.")
    def claimed_by_viewer(self, info: Info) -> bool:
        claimed_by = self.record.claimed_by
        return claimed_by is not None and claimed_by == info.context.actor.person

    @resolved("The newer revision under review beside the published one, if you may see it.")
    def draft(self) -> Record | None:
        work = self.record.work
        return None if work is None else record_type(self.record, shown=work)

    @resolved("Relations to records that you may see.")
    def links(self, info: Info, first: int = 20) -> list[Link]:
        return _links(info, self.document(), first)

    @resolved("Relations in the restricted part; empty for whoever may not read it.")
    def restricted_links(self, info: Info, first: int = 20) -> list[Link]:
        restricted = self.shown.restricted
        return _links(info, restricted.document if restricted else _EMPTY, first)

    def showing(self, revision: domain.Revision) -> Record:
        """The same record with the content of another of its revisions."""
        return record_type(self.record, shown=revision, owners=self.owners)

    def restricted_part(self) -> object:
        """The restricted part, or ``None`` where the viewer may not read it."""
        part = self.shown.restricted
        return None if part is None else reader_of(RESTRICTED[self.record.kind])(part.document)

    @resolved("What organisations say about it; each statement is a record of its own.")
    def statements(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Annotated[Statement, strawberry.lazy("schema.types.kinds")]] | None:
        return self.linked(info, FieldRel.ABOUT, Kind.STATEMENT, first, after, reverse=True)  # type: ignore[no-any-return]

    def linked(
        self, info: Info, rel: Rel, kind: Kind, first: int | None, after: str | None, *, reverse: bool = False
    ) -> Any:
        """A page of the records of *kind* that this one refers to by *rel*, or with *reverse* that refer to it."""
        context = info.context
        listing = List(context, f"linked:{rel}:{kind}:{reverse}", (self.record.uid,))
        request = listing.request(first, after)
        wanted = Ends(rel, reverse=reverse, kind=kind)
        page = context.pages(self.record.uid, self.together, wanted, request)
        return Connection(nodes=record_types(page.items), page=page, seal=listing.seal)


def _links(info: Info, document: Mapping[str, JsonValue], first: int) -> list[Link]:
    check_size(first, "first", MAX_PAGE)
    stated: Any = document.get("links", ())
    wanted = stated[:first]
    uids = [RecordUid(link["target"]) for link in wanted]
    found = info.context.records(uids)
    owners = frozenset(one.owner for one in found.values())
    return [
        Link(rel=LinkRel(link["rel"]), clause=link.get("clause"), record=record_type(found[uid], owners=owners))
        for link, uid in zip(wanted, uids, strict=True)
        if uid in found
    ]
