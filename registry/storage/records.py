"""Reading records: an envelope with its head and its work in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from registry.domain.pages import Page, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import Visibility
from registry.domain.record import OrganisationId, Record, RecordUid, Revision
from registry.domain.vocabulary import LinkRel
from registry.storage import listing
from registry.storage.mapping import record_of, revision_of, upstream_key
from registry.storage.statements import Statements
from registry.storage.tables import LINKS, RECORDS, REVISIONS
from registry.storage.visibility import admitted, listed

_STATING = RECORDS.alias("stating")
_HEAD = REVISIONS.alias("head")
_WORK = REVISIONS.alias("work")
_ENVELOPE_NAMES = tuple(RECORDS.c.keys())
_REVISION_NAMES = tuple(REVISIONS.c.keys())
_HEAD_BEGINS = len(_ENVELOPE_NAMES)
_WORK_BEGINS = _HEAD_BEGINS + len(_REVISION_NAMES)

_RECORDS: Select[Any] = (
    select(*RECORDS.c, *_HEAD.c, *_WORK.c)
    .join(_HEAD, and_(_HEAD.c.uid == RECORDS.c.uid, _HEAD.c.draft_revision == RECORDS.c.head_draft_revision))
    .outerjoin(_WORK, and_(_WORK.c.uid == RECORDS.c.uid, _WORK.c.draft_revision == RECORDS.c.work_draft_revision))
)


def _record(row: Row[*tuple[Any, ...]]) -> Record:
    work = None if row[_WORK_BEGINS] is None else _revision(row[_WORK_BEGINS:])
    return record_of(_named(_ENVELOPE_NAMES, row), head=_revision(row[_HEAD_BEGINS:_WORK_BEGINS]), work=work)


def _revision(values: Sequence[Any]) -> Revision:
    return revision_of(_named(_REVISION_NAMES, values))


def _named(names: tuple[str, ...], values: Sequence[Any]) -> Mapping[str, Any]:
    return dict(zip(names, values, strict=False))


class RecordReadings:
    """``ports.RecordReader``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def get(self, uid: RecordUid, *, visible: Visibility) -> Record | None:
        """See the port."""
        return self._one(RECORDS.c.uid == uid, admitted(visible))

    def by_number(self, number: str, *, visible: Visibility) -> Record | None:
        """See the port."""
        return self._one(RECORDS.c.number == number, admitted(visible))

    def many(self, uids: Sequence[RecordUid], *, visible: Visibility) -> dict[RecordUid, Record]:
        """See the port."""
        if not uids:
            return {}
        rows = self._statements.run(_RECORDS.where(RECORDS.c.uid.in_(uids), admitted(visible)))
        return {record.uid: record for record in map(_record, rows)}

    def by_external_ref(self, owner: OrganisationId, external_ref: str) -> Record | None:
        """See the port."""
        return self._one(RECORDS.c.owner == owner, RECORDS.c.external_ref == external_ref)

    def by_upstream(self, source: str, upstream_id: str) -> Record | None:
        """See the port."""
        return self._one(RECORDS.c.upstream_key == upstream_key(source, upstream_id))

    def page(
        self, wanted: RecordFilter, order: RecordOrder, request: PageRequest, *, visible: Visibility
    ) -> Page[Record]:
        """See the port."""
        return self._page(listing.matching(wanted, visible), order, request, visible)

    def count(self, wanted: RecordFilter, *, visible: Visibility) -> int:
        """See the port."""
        statement = select(func.count()).select_from(RECORDS).where(*listing.matching(wanted, visible))
        return int(self._statements.run(statement).scalar_one())

    def linked(
        self, uid: RecordUid, rel: LinkRel, request: PageRequest, *, visible: Visibility, reverse: bool = False
    ) -> Page[Record]:
        """See the port; the latest published first. Links of a record that the viewer finds in no list stay hidden."""
        given, found = (LINKS.c.target, LINKS.c.uid) if reverse else (LINKS.c.uid, LINKS.c.target)
        stating = and_(_STATING.c.uid == LINKS.c.uid, listed(visible, _STATING))
        ends = select(found).join(_STATING, stating).where(given == uid, LINKS.c.rel == rel.value)
        conditions = [RECORDS.c.uid.in_(ends), listed(visible)]
        return self._page(conditions, RecordOrder.PUBLISHED, request, visible)

    def revisions(self, uid: RecordUid) -> tuple[Revision, ...]:
        """See the port."""
        statement = select(REVISIONS).where(REVISIONS.c.uid == uid).order_by(REVISIONS.c.draft_revision)
        return tuple(revision_of(row) for row in self._statements.rows(statement))

    def uids(self, *, after: RecordUid | None, limit: int) -> tuple[RecordUid, ...]:
        """See the port."""
        statement = select(RECORDS.c.uid).where(RECORDS.c.uid > (after or "")).order_by(RECORDS.c.uid).limit(limit)
        return tuple(RecordUid(uid) for uid in self._statements.run(statement).scalars())

    def _one(self, *conditions: ColumnElement[bool]) -> Record | None:
        row = self._statements.run(_RECORDS.where(*conditions)).one_or_none()
        return None if row is None else _record(row)

    def _page(
        self, conditions: Sequence[ColumnElement[bool]], order: RecordOrder, request: PageRequest, visible: Visibility
    ) -> Page[Record]:
        statement = listing.slice_of(_RECORDS.where(*conditions), order, request, visible)
        rows = self._statements.run(statement).all()
        return listing.page_of([(_record(row), row[-1]) for row in rows], request)
