"""Lists of records: filters, orders, and pages by keyset.

Every sort key is a column without nulls (what is unknown sorts last), so that one comparison of the pair
(key, uid) finds the place to go on, by an index and without counting off rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Integer, Select, String, and_, or_, tuple_

from registry.domain.errors import BadCursor
from registry.domain.pages import Keyset, Page, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import Visibility
from registry.domain.record import Record
from registry.storage.facets import carriers
from registry.storage.prepared import Values, named
from registry.storage.tables import NO_DAY, RECORDS
from registry.storage.visibility import changed_at, listed, readable, unpublished_work

SortValue = datetime | date | int


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a filter is in the words of a statement: which conditions there are, with how many values."""

    kinds: int
    states: int
    owner: bool
    severity_at_least: bool
    occurred_from: bool
    occurred_before: bool
    facets: tuple[tuple[str, int], ...]

    @property
    def asks_for_content(self) -> bool:
        """Whether the answer tells what records say, and not only what became of them."""
        return self.severity_at_least or self.occurred_from or self.occurred_before or bool(self.facets)


def shape_of(wanted: RecordFilter) -> Shape:
    """The shape of a filter; ``values_of`` gives the parameters."""
    return Shape(
        len(wanted.kinds),
        len(wanted.states),
        wanted.owner is not None,
        wanted.severity_at_least is not None,
        wanted.occurred_from is not None,
        wanted.occurred_before is not None,
        tuple((facet, len(values)) for facet, values in _by_facet(wanted)),
    )


def values_of(wanted: RecordFilter) -> dict[str, Any]:
    """The parameters of ``matching`` for a filter."""
    values: dict[str, Any] = {
        "wanted_owner": wanted.owner,
        "severity": None if wanted.severity_at_least is None else max(0, wanted.severity_at_least),
        "occurred_from": None if wanted.occurred_from is None else max(wanted.occurred_from, date(1, 1, 2)),
        "occurred_before": wanted.occurred_before,
    }
    values.update({f"kind_{at}": kind.value for at, kind in enumerate(wanted.kinds)})
    values.update({f"state_{at}": state.value for at, state in enumerate(wanted.states)})
    for place, (_, found) in enumerate(_by_facet(wanted)):
        values.update({f"facet_{place}_{at}": value for at, value in enumerate(found)})
    return values


def matching(shape: Shape, visible: Visibility) -> list[ColumnElement[bool]]:
    """The conditions that a listed record fulfils.

    A state is also found in the review of newer work beside a published head, where the viewer may know of it.
    """
    conditions = [listed(visible)]
    if shape.asks_for_content:
        conditions.append(readable(visible))
    if shape.kinds:
        conditions.append(RECORDS.c.kind.in_(_several("kind", shape.kinds)))
    if shape.states:
        pending = and_(unpublished_work(visible), RECORDS.c.pending.in_(_several("state", shape.states)))
        conditions.append(or_(RECORDS.c.state.in_(_several("state", shape.states)), pending))
    if shape.owner:
        conditions.append(RECORDS.c.owner == named("wanted_owner", String()))
    if shape.severity_at_least:
        conditions.append(RECORDS.c.severity >= named("severity", Integer()))
    if shape.occurred_from:
        conditions.append(RECORDS.c.occurred_on >= named("occurred_from", Date()))
    if shape.occurred_before:
        before = RECORDS.c.occurred_on < named("occurred_before", Date())
        conditions.append(and_(before, RECORDS.c.occurred_on > NO_DAY))
    for place, (facet, count) in enumerate(shape.facets):
        conditions.append(RECORDS.c.id.in_(carriers(facet, _several(f"facet_{place}", count))))
    return conditions


def _by_facet(wanted: RecordFilter) -> list[tuple[str, list[str]]]:
    """Values of the same facet are or-ed, facets are and-ed."""
    pairs = groupby(sorted(wanted.facets), key=lambda pair: pair[0])
    return [(facet, [value for _, value in found]) for facet, found in pairs]


def _several(name: str, count: int) -> list[BindParameter[str]]:
    return [named(f"{name}_{at}", String()) for at in range(count)]


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


def slice_of(statement: Select[Any], key: ColumnElement[Any], *, continued: bool, backwards: bool) -> Select[Any]:
    """The rows of one page and one more, with the sort key as last column; backwards they come in reverse order."""
    uid = RECORDS.c.uid
    if continued:
        here = tuple_(named("position_key", key.type), named("position_uid", uid.type))
        pair = tuple_(key, uid)
        statement = statement.where(pair > here if backwards else pair < here)
    columns = (key.asc(), uid.asc()) if backwards else (key.desc(), uid.desc())
    return statement.add_columns(key.label("sort_key")).order_by(*columns).limit(named("limit", Integer()))


def slice_values(order: RecordOrder, request: PageRequest) -> Values:
    """The parameters of ``slice_of`` for one page.

    Raises:
        BadCursor: the position is not one of a list in this order.
    """
    values: dict[str, Any] = {"limit": request.limit + 1}
    if request.position is not None:
        key, uid = _read(order, request.position, backwards=request.backwards)
        values |= {"position_key": key, "position_uid": uid}
    return values


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
