"""Lists of records: filters, orders, and pages by keyset.

Every sort key is a column without nulls (what is unknown sorts last), so that one comparison of the pair
(key, uid) finds the place to go on, by an index and without counting off rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, tuple_

from registry.domain.errors import BadCursor
from registry.domain.pages import Keyset, Page, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import Visibility
from registry.domain.record import Record
from registry.storage.tables import FACETS, NO_DAY, RECORDS
from registry.storage.visibility import changed_at, listed, unpublished_work

SortValue = datetime | date | int


def matching(wanted: RecordFilter, visible: Visibility) -> list[ColumnElement[bool]]:
    """The conditions that a listed record fulfils.

    A state is also found in the review of newer work beside a published head, where the viewer may know of it.
    """
    conditions = [listed(visible)]
    if wanted.kinds:
        conditions.append(RECORDS.c.kind.in_([kind.value for kind in wanted.kinds]))
    if wanted.states:
        states = [state.value for state in wanted.states]
        pending = and_(unpublished_work(visible), RECORDS.c.pending.in_(states))
        conditions.append(or_(RECORDS.c.state.in_(states), pending))
    if wanted.owner is not None:
        conditions.append(RECORDS.c.owner == wanted.owner)
    if wanted.severity_at_least is not None:
        conditions.append(RECORDS.c.severity >= max(0, wanted.severity_at_least))
    if wanted.occurred_from is not None:
        conditions.append(RECORDS.c.occurred_on >= max(wanted.occurred_from, date(1, 1, 2)))
    if wanted.occurred_before is not None:
        conditions.append(and_(RECORDS.c.occurred_on < wanted.occurred_before, RECORDS.c.occurred_on > NO_DAY))
    return conditions + _facet_conditions(wanted.facets)


def _facet_conditions(facets: Sequence[tuple[str, str]]) -> list[ColumnElement[bool]]:
    """One condition a facet; values of the same facet are or-ed."""
    conditions: list[ColumnElement[bool]] = []
    for facet, pairs in groupby(sorted(facets), key=lambda pair: pair[0]):
        values = [value for _, value in pairs]
        having = select(FACETS.c.uid).where(FACETS.c.facet == facet, FACETS.c.value.in_(values))
        conditions.append(RECORDS.c.uid.in_(having))
    return conditions


def sort_key(order: RecordOrder, visible: Visibility) -> ColumnElement[Any]:
    """What *order* sorts by for this viewer; for strangers it depends on nothing that is hidden from them."""
    match order:
        case RecordOrder.PUBLISHED:
            return RECORDS.c.published_at
        case RecordOrder.CHANGED:
            return changed_at(visible)
        case RecordOrder.OCCURRED:
            return RECORDS.c.occurred_on
        case RecordOrder.SEVERITY:
            return RECORDS.c.severity


def slice_of(statement: Select[Any], order: RecordOrder, request: PageRequest, visible: Visibility) -> Select[Any]:
    """The rows of one page and one more, with the sort key as last column; backwards they come in reverse order.

    Raises:
        BadCursor: the position is not one of a list in this order.
    """
    key, uid = sort_key(order, visible), RECORDS.c.uid
    if request.position is not None:
        value, last = _read(order, request.position, backwards=request.backwards)
        here = tuple_(literal(value, key.type), literal(last, uid.type))
        pair = tuple_(key, uid)
        statement = statement.where(pair > here if request.backwards else pair < here)
    columns = (key.asc(), uid.asc()) if request.backwards else (key.desc(), uid.desc())
    return statement.add_columns(key.label("sort_key")).order_by(*columns).limit(request.limit + 1)


def page_of(found: Sequence[tuple[Record, SortValue]], request: PageRequest) -> Page[Record]:
    """The page of the rows that ``slice_of`` selects."""
    more, came_from = len(found) > request.limit, request.position is not None
    kept = found[: request.limit]
    if request.backwards:
        kept = kept[::-1]
    return Page(
        items=tuple(record for record, _ in kept),
        positions=tuple(_written(value, record) for record, value in kept),
        has_next=came_from if request.backwards else more,
        has_previous=more if request.backwards else came_from,
    )


def _written(value: SortValue, record: Record) -> Keyset:
    return (value if isinstance(value, int) else value.isoformat(), record.uid)


def _read(order: RecordOrder, position: Keyset, *, backwards: bool) -> tuple[SortValue, str]:
    try:
        value, uid = position
        if isinstance(uid, str):
            return _sort_value(order, value), uid
    except (ValueError, TypeError):
        pass
    raise BadCursor(path=("before" if backwards else "after",))


def _sort_value(order: RecordOrder, value: object) -> SortValue:
    """Raises ``ValueError`` or ``TypeError`` for a value that *order* does not sort by."""
    if order is RecordOrder.SEVERITY and type(value) is int:
        return value
    if order is RecordOrder.OCCURRED and isinstance(value, str):
        return date.fromisoformat(value)
    if order in {RecordOrder.PUBLISHED, RecordOrder.CHANGED} and isinstance(value, str):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is not None:
            return instant
    raise TypeError
