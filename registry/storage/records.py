"""Reading records: an envelope with its head and its work in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import FromClause, Integer, Select, and_, case, false, func, select, true

from registry.domain.importing import upstream_key
from registry.domain.link import Rel
from registry.domain.pages import Page, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import PUBLIC_ONLY, Visibility
from registry.domain.record import OrganisationId, Record, RecordUid, Revision
from registry.domain.vocabulary import Kind
from registry.storage import listing
from registry.storage.counts import PublicCounts
from registry.storage.mapping import ENVELOPE, REVISION, record_of, revision_of
from registry.storage.prepared import Prepared, Values, named
from registry.storage.statements import Statements
from registry.storage.tables import CHANGES, LINKS, RECORDS, REVISIONS
from registry.storage.visibility import admitted, form_of, listed, readable, viewer

_KEPT_STATEMENTS = 512
_KEYS_AT_ONCE = 256
_STATING = RECORDS.alias("stating")
_HEAD = REVISIONS.alias("head")
_WORK = REVISIONS.alias("work")
_PARTS: tuple[tuple[FromClause, tuple[str, ...]], ...] = ((RECORDS, ENVELOPE), (_HEAD, REVISION), (_WORK, REVISION))
_UID = named("uid", RECORDS.c.uid.type)
_RECORDS: Select[Any] = (
    select(*(table.c[name] for table, names in _PARTS for name in names))
    .join(_HEAD, and_(_HEAD.c.uid == RECORDS.c.uid, _HEAD.c.draft_revision == RECORDS.c.head_draft_revision))
    .outerjoin(_WORK, and_(_WORK.c.uid == RECORDS.c.uid, _WORK.c.draft_revision == RECORDS.c.work_draft_revision))
)
_BY_EXTERNAL_REF = Prepared(
    _RECORDS.where(
        RECORDS.c.owner == named("owner", RECORDS.c.owner.type),
        RECORDS.c.external_ref == named("external_ref", RECORDS.c.external_ref.type),
    )
)
_BY_UPSTREAM = Prepared(_RECORDS.where(RECORDS.c.upstream_key == named("upstream_key", RECORDS.c.upstream_key.type)))
_OF_RECORD = select(*(REVISIONS.c[name] for name in REVISION)).where(REVISIONS.c.uid == _UID)
_REVISIONS = Prepared(_OF_RECORD.order_by(REVISIONS.c.draft_revision))
_REVISION = Prepared(_OF_RECORD.where(REVISIONS.c.draft_revision == named("draft_revision", Integer())))
_BLOCKED = Prepared(_RECORDS.where(RECORDS.c.blocked).order_by(RECORDS.c.blocked_at, RECORDS.c.uid))
_UIDS = Prepared(
    select(RECORDS.c.uid).where(RECORDS.c.uid > _UID).order_by(RECORDS.c.uid).limit(named("limit", Integer()))
)

_PUBLIC_HEAD = Prepared(select(func.max(CHANGES.c.public_seq)))


@lru_cache
def _by(column: str, visible: Visibility) -> Prepared:
    wanted = named(column, RECORDS.c[column].type)
    return Prepared(_RECORDS.where(RECORDS.c[column] == wanted, admitted(visible)))


@lru_cache(_KEPT_STATEMENTS)
def _many(count: int, visible: Visibility) -> Prepared:
    wanted = [named(str(at), RECORDS.c.uid.type) for at in range(count)]
    return Prepared(_RECORDS.where(RECORDS.c.uid.in_(wanted), admitted(visible)))


@lru_cache
def _by_upstreams(count: int) -> Prepared:
    wanted = [named(str(at), RECORDS.c.upstream_key.type) for at in range(count)]
    found = _RECORDS.where(RECORDS.c.upstream_key.in_(wanted))
    return Prepared(found.add_columns(RECORDS.c.upstream_key))


@lru_cache
def _referred_to(count: int) -> Prepared:
    wanted = [named(str(at), LINKS.c.target.type) for at in range(count)]
    is_named = LINKS.c.rel == named("rel", LINKS.c.rel.type), LINKS.c.target.in_(wanted)
    return Prepared(select(LINKS.c.target).distinct().where(*is_named))


@lru_cache(_KEPT_STATEMENTS)
def _page(
    shape: listing.Shape, order: RecordOrder, visible: Visibility, *, continued: bool, backwards: bool
) -> Prepared:
    found = _RECORDS.where(*listing.matching(shape, visible))
    key = listing.sort_key(order, visible)
    return Prepared(listing.slice_of(found, key, continued=continued, backwards=backwards))


@lru_cache(_KEPT_STATEMENTS)
def _count(shape: listing.Shape, visible: Visibility) -> Prepared:
    return Prepared(select(func.count()).select_from(RECORDS).where(*listing.matching(shape, visible)))


@lru_cache
def _linked(visible: Visibility, *, of_kind: bool, reverse: bool, continued: bool, backwards: bool) -> Prepared:
    given, found = (LINKS.c.target, LINKS.c.uid) if reverse else (LINKS.c.uid, LINKS.c.target)
    stating = and_(_STATING.c.uid == LINKS.c.uid, listed(visible, _STATING), readable(visible, _STATING))
    ends = select(found).join(_STATING, stating).where(given == _UID, LINKS.c.rel == named("rel", LINKS.c.rel.type))
    # Few records are linked, so they are looked up by uid and then sorted. Left to choose, SQLite goes along an index
    # of all public records in their order, and meets a linked one now and then; CASE and COALESCE hide those indexes.
    shown = case((listed(visible), true()), else_=false())
    key = func.coalesce(RECORDS.c.published_at, RECORDS.c.published_at)
    records = _RECORDS.where(RECORDS.c.uid.in_(ends), shown)
    if of_kind:
        records = records.where(RECORDS.c.kind == named("kind", RECORDS.c.kind.type))
    return Prepared(listing.slice_of(records, key, continued=continued, backwards=backwards))


class RecordReadings:
    """``ports.RecordReader``."""

    def __init__(self, statements: Statements, counts: PublicCounts | None = None) -> None:
        """A unit, which sees what is not committed yet, has no *counts*."""
        self._statements = statements
        self._counts = counts

    def get(self, uid: RecordUid, *, visible: Visibility) -> Record | None:
        """See the port."""
        return self._one(_by("uid", form_of(visible)), {"uid": uid, **viewer(visible)})

    def by_number(self, number: str, *, visible: Visibility) -> Record | None:
        """See the port."""
        return self._one(_by("number", form_of(visible)), {"number": number, **viewer(visible)})

    def many(self, uids: Sequence[RecordUid], *, visible: Visibility) -> dict[RecordUid, Record]:
        """See the port."""
        if not uids:
            return {}
        values = {str(at): uid for at, uid in enumerate(uids)} | viewer(visible)
        found = map(record_of, self._statements.fetch(_many(len(uids), form_of(visible)), values))
        return {record.uid: record for record in found}

    def by_external_ref(self, owner: OrganisationId, external_ref: str) -> Record | None:
        """See the port."""
        return self._one(_BY_EXTERNAL_REF, {"owner": owner, "external_ref": external_ref})

    def by_upstream(self, source: str, upstream_id: str) -> Record | None:
        """See the port."""
        return self._one(_BY_UPSTREAM, {"upstream_key": upstream_key(source, upstream_id)})

    def by_upstreams(self, source: str, upstream_ids: Collection[str]) -> dict[str, Record]:
        """See the port. How many are asked for is rounded up, so that few statements are put into words."""
        ids = {upstream_key(source, one): one for one in upstream_ids}
        keys = list(ids)
        found: dict[str, Record] = {}
        for at in range(0, len(keys), _KEYS_AT_ONCE):
            portion = keys[at : at + _KEYS_AT_ONCE]
            size = 1 << (len(portion) - 1).bit_length()
            portion += portion[:1] * (size - len(portion))
            rows = self._statements.fetch_listed(_by_upstreams(size), portion)
            found |= {ids[row[-1]]: record_of(row) for row in rows}
        return found

    def page(
        self, wanted: RecordFilter, order: RecordOrder, request: PageRequest, *, visible: Visibility
    ) -> Page[Record]:
        """See the port."""
        continued = request.position is not None
        if wanted.owner is not None and wanted.owner == visible.organisation:
            # Of the own records a viewer finds all, with or without this; so put, SQLite goes along an index.
            visible = replace(visible, everything=True)
        shape = listing.shape_of(wanted)
        statement = _page(shape, order, form_of(visible), continued=continued, backwards=request.backwards)
        return self._page(statement, listing.values_of(wanted) | viewer(visible), order, request)

    def count(self, wanted: RecordFilter, *, visible: Visibility) -> int:
        """See the port. What strangers find is counted once for each ``public_seq``."""
        if self._counts is None or visible != PUBLIC_ONLY:
            return self._counted(wanted, visible)
        ((seq,),) = self._statements.fetch(_PUBLIC_HEAD)
        known = self._counts.get(wanted, seq or 0)
        if known is None:
            known = self._counted(wanted, visible)
            self._counts.put(wanted, seq or 0, known)
        return known

    def linked(
        self,
        uid: RecordUid,
        rel: Rel,
        request: PageRequest,
        *,
        visible: Visibility,
        reverse: bool = False,
        kind: Kind | None = None,
    ) -> Page[Record]:
        """See the port; the latest published first. Links of a record that the viewer finds in no list stay hidden."""
        statement = _linked(
            form_of(visible),
            of_kind=kind is not None,
            reverse=reverse,
            continued=request.position is not None,
            backwards=request.backwards,
        )
        values = {"uid": uid, "rel": rel.value} | ({} if kind is None else {"kind": kind.value}) | viewer(visible)
        return self._page(statement, values, RecordOrder.PUBLISHED, request)

    def referred_to(self, uids: Sequence[RecordUid], rel: Rel) -> frozenset[RecordUid]:
        """See the port. How many are asked for is rounded up, so that few statements are put into words."""
        if not uids:
            return frozenset()
        size = 1 << (len(uids) - 1).bit_length()
        asked = [uids[at % len(uids)] for at in range(size)]
        return frozenset(row[0] for row in self._statements.fetch_listed(_referred_to(len(asked)), [rel.value, *asked]))

    def revisions(self, uid: RecordUid) -> tuple[Revision, ...]:
        """See the port."""
        return tuple(map(revision_of, self._statements.fetch(_REVISIONS, {"uid": uid})))

    def revision(self, uid: RecordUid, draft_revision: int) -> Revision | None:
        """See the port."""
        row = self._statements.first(_REVISION, {"uid": uid, "draft_revision": draft_revision})
        return None if row is None else revision_of(row)

    def blocked(self) -> tuple[Record, ...]:
        """See the port."""
        return tuple(map(record_of, self._statements.fetch(_BLOCKED, {})))

    def uids(self, *, after: RecordUid | None, limit: int) -> tuple[RecordUid, ...]:
        """See the port."""
        return tuple(row[0] for row in self._statements.fetch(_UIDS, {"uid": after or "", "limit": limit}))

    def _counted(self, wanted: RecordFilter, visible: Visibility) -> int:
        statement = _count(listing.shape_of(wanted), form_of(visible))
        ((number,),) = self._statements.fetch(statement, listing.values_of(wanted) | viewer(visible))
        return int(number)

    def _one(self, statement: Prepared, values: Values) -> Record | None:
        row = self._statements.first(statement, values)
        return None if row is None else record_of(row)

    def _page(self, statement: Prepared, values: Values, order: RecordOrder, request: PageRequest) -> Page[Record]:
        rows = self._statements.fetch(statement, {**values, **listing.slice_values(order, request)})
        return listing.page_of([(record_of(row), row[-1]) for row in rows], request)
