"""Reading records, organisations and vocabularies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import strawberry

from registry.domain import terms
from registry.domain.errors import BadCursor, InvalidInput, NotFound, Problem
from registry.domain.pages import DEFAULT_PAGE, MAX_PAGE, RecordOrder
from registry.domain.record import RecordUid
from registry.domain.search import SearchSort
from registry.domain.vocabulary import Kind
from registry.service import accounts, find
from registry.service.search import search, search_mine
from schema.context import Context, Info
from schema.enums import SearchScope
from schema.errors import check_size
from schema.fields import resolved
from schema.filters import RecordFilterInput, read_filter
from schema.ids import read_id
from schema.types.kinds import Incident, Lesson, Mitigation, Statement, UsagePolicy, Weakness
from schema.types.log import ChangeConnection, change_page
from schema.types.node import Node
from schema.types.organisation import ORGANISATION, Organisation, Viewer, organisation_type
from schema.types.pages import After, Before, Connection, First, Last, List
from schema.types.record import Record
from schema.types.search import SearchConnection, facets_selected, own_search_type, search_type
from schema.types.shown import record_type, record_types
from schema.types.vocabulary import Vocabulary, vocabulary_type

_NAMES_OF_A_RECORD = 3
_KINDS = frozenset(Kind)


def find_nodes(context: Context, node_ids: Sequence[str]) -> list[Node | None]:
    """The things with these ids, ``None`` for each that is not there for the viewer; records in one statement."""
    named = [read_id(one) for one in node_ids]
    uids = [RecordUid(key) for type_name, key in filter(None, named) if type_name in _KINDS]
    found = find.many(context.registry, context.actor, uids) if uids else {}
    owners = frozenset(one.owner for one in found.values())

    def node(type_name: str, key: str) -> Node | None:
        if type_name == ORGANISATION:
            return _organisation(context, key)
        record = found.get(RecordUid(key))
        return record_type(record, owners=owners) if record is not None and record.kind == type_name else None

    return [None if one is None else node(*one) for one in named]


def _record(read: Callable[[], Any]) -> Record | None:
    try:
        return record_type(read())
    except NotFound:
        return None


def _organisation(context: Context, slug: str) -> Organisation | None:
    try:
        return organisation_type(accounts.organisation(context.registry, context.actor, slug))
    except NotFound:
        return None


def _records(name: str, type_: Any, kinds: tuple[Kind, ...], description: str) -> Any:
    """A field that lists records of *kinds*, as a connection of *type_*."""

    def resolve(
        info: Info,
        wanted: Any = None,
        order_by: RecordOrder = RecordOrder.PUBLISHED,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> object:
        context = info.context
        filter_ = read_filter(context, wanted, kinds)
        listing = List(context, name, (filter_, order_by.value))
        request = listing.request(first, after, last, before)
        page = find.page(context.registry, context.actor, filter_, order=order_by, request=request)
        return Connection(
            nodes=record_types(page.items),
            page=page,
            seal=listing.seal,
            total=lambda: find.count(context.registry, context.actor, filter_),
        )

    resolve.__annotations__["wanted"] = Annotated[
        RecordFilterInput | None, strawberry.argument(name="filter", description="Which of them.")
    ]
    return strawberry.field(resolver=resolve, description=description, graphql_type=Connection[type_] | None)


@strawberry.type(description="Reading records, organisations and vocabularies.")
class RecordQueries:
    """The root of reads. Fields can be null, so that what is wrong with one leaves the others."""

    incidents: Any = _records("incidents", Incident, (Kind.INCIDENT,), "Incidents that you may see.")
    mitigations: Any = _records("mitigations", Mitigation, (Kind.MITIGATION,), "Mitigations that you may see.")
    lessons: Any = _records("lessons", Lesson, (Kind.LESSON,), "Lessons that you may see.")
    weaknesses: Any = _records("weaknesses", Weakness, (Kind.WEAKNESS,), "Known weaknesses that you may see.")
    usage_policies: Any = _records(
        "usage_policies", UsagePolicy, (Kind.USAGE_POLICY,), "Usage policies that you may see, one a version."
    )
    statements: Any = _records("statements", Statement, (Kind.STATEMENT,), "Statements that you may see.")
    records: Any = _records("records", Record, (), "Records of every kind that you may see.")

    @resolved("The thing with this id; null if there is none that you may see.")
    def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002
        return find_nodes(info.context, [id])[0]

    @resolved("Several things by id, at most 100, in this order; null for each that is not there.")
    def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None] | None:
        if len(ids) > MAX_PAGE:
            raise InvalidInput([Problem(("ids",), "TOO_MANY", f"ask for at most {MAX_PAGE}")])
        return find_nodes(info.context, ids)

    @resolved(
        "The record with this number or uid, or your organisation's own with this externalRef; null if there is none "
        "that you may see."
    )
    def record(
        self, info: Info, number: str | None = None, uid: str | None = None, external_ref: str | None = None
    ) -> Record | None:
        registry, actor = info.context.registry, info.context.actor
        if [number, uid, external_ref].count(None) != _NAMES_OF_A_RECORD - 1:
            raise InvalidInput([Problem(("number",), "REQUIRED", "say one of number, uid and externalRef")])
        if external_ref is not None:
            return _record(lambda: find.by_external_ref(registry, actor, external_ref))
        if number is not None:
            wanted = number.strip().upper()
            return _record(lambda: find.by_number(registry, actor, wanted))
        return _record(lambda: find.record(registry, actor, RecordUid(uid or "")))

    @resolved('Search. Words, "phrases", prefixes*, facet:value, ranges, AND OR NOT, parentheses.')
    async def search(
        self,
        info: Info,
        query: str = "",
        sort: SearchSort = SearchSort.RELEVANCE,
        scope: SearchScope = SearchScope.PUBLIC,
        first: First = None,
        after: After = None,
    ) -> SearchConnection | None:
        context, limit = info.context, DEFAULT_PAGE if first is None else first
        if scope is SearchScope.MINE:
            if after is not None:
                raise BadCursor
            own = await context.read(lambda: search_mine(context.registry, context.actor, query, first=limit))
            return own_search_type(query, own)
        facets = facets_selected(info)
        page = await context.read(
            lambda: search(context.registry, context.actor, query, sort=sort, first=limit, after=after, facets=facets)
        )
        return search_type(page, continued=after is not None)

    @resolved("What changed for strangers, oldest first; the same for everybody.")
    def changes(self, info: Info, first: First = None, after: After = None) -> ChangeConnection | None:
        limit = DEFAULT_PAGE if first is None else first
        check_size(limit, "first", MAX_PAGE)
        return change_page(info.context, after=after, first=limit)

    @resolved("The organisation with this slug.")
    def organisation(self, info: Info, slug: str) -> Organisation | None:
        return _organisation(info.context, slug)

    @resolved("Every organisation, by slug.")
    def organisations(self, info: Info) -> list[Organisation]:
        found = accounts.organisations(info.context.registry, info.context.actor)
        return [organisation_type(one) for one in found]

    @resolved("One vocabulary of this registry.")
    def vocabulary(self, name: str) -> Vocabulary | None:
        return next((vocabulary_type(one) for one in terms.ALL if one.name == name), None)

    @resolved("The vocabularies of this registry.")
    def vocabularies(self) -> list[Vocabulary]:
        return [vocabulary_type(one) for one in terms.ALL]

    @resolved("Whoever sends this request.")
    def viewer(self) -> Viewer:
        return Viewer()
