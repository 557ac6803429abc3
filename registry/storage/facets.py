"""Terms of records: a facet with a value, told by a number, so that a row of the index is two small integers.

A record has the list of its numbers, and ``facets`` is the same the other way round. It is written from the lists,
within SQLite: handing a dozen rows a record to the driver takes twice the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Join,
    Select,
    String,
    and_,
    delete,
    func,
    insert,
    not_,
    select,
    true,
)

from registry.domain.record import RecordUid
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import FACET_TERMS, FACETS, RECORDS

Facet: TypeAlias = tuple[str, str]

_TERM, _RECORD = named("term", Integer()), named("record", Integer())
_FACET, _VALUE = named("facet", String()), named("value", String())
_ADD_TERM = Prepared(insert(FACET_TERMS).values(facet=_FACET, value=_VALUE).returning(FACET_TERMS.c.id))
_NUMBER = Prepared(select(FACET_TERMS.c.id).where(FACET_TERMS.c.facet == _FACET, FACET_TERMS.c.value == _VALUE))
_LISTED = func.json_each(RECORDS.c.facets).table_valued("value", name="listed")
_LISTING = select(_LISTED.c.value, RECORDS.c.id).select_from(RECORDS.join(_LISTED, true()))
_INDEX = Prepared(insert(FACETS).from_select(("term", "record"), _LISTING.where(RECORDS.c.id >= _RECORD)))
_INDEX_ONE = Prepared(
    insert(FACETS).from_select(("term", "record"), _LISTING.where(RECORDS.c.uid == named("uid", String())))
)
_FORGET = Prepared(delete(FACETS).where(FACETS.c.term == _TERM, FACETS.c.record == _RECORD))
_FORGET_TERM = Prepared(
    delete(FACET_TERMS).where(
        FACET_TERMS.c.id == _TERM, not_(select(FACETS.c.record).where(FACETS.c.term == FACET_TERMS.c.id).exists())
    )
)


def term_of(facet: ColumnElement[str], value: ColumnElement[str]) -> ColumnElement[int]:
    """The number of a term; null where no record has it."""
    wanted = select(FACET_TERMS.c.id).where(FACET_TERMS.c.facet == facet, FACET_TERMS.c.value == value)
    return wanted.scalar_subquery()


def carriers(facet: str, values: Sequence[ColumnElement[str]]) -> Select[tuple[int]]:
    """The ids of the records that have any of *values*."""
    wanted = select(FACET_TERMS.c.id).where(FACET_TERMS.c.facet == facet, FACET_TERMS.c.value.in_(values))
    return select(FACETS.c.record).where(FACETS.c.term.in_(wanted))


def with_terms(joined: Join, records: FromClause, facet: str, name: str) -> tuple[Join, ColumnElement[str]]:
    """*joined* with the terms of a facet that each of *records*, which are in it, has; and their value.

    COALESCE keeps SQLite from going through all terms of the facet for each record.
    """
    listed = func.json_each(records.c.facets).table_valued("value", name=f"{name}_listed")
    terms = FACET_TERMS.alias(name)
    of_facet = and_(terms.c.id == listed.c.value, func.coalesce(terms.c.facet, "") == facet)
    return joined.join(listed, true()).join(terms, of_facet), terms.c.value


class FacetTables:
    """Writing terms within a unit, in which nobody else writes: it need not ask for a number twice."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._numbers: dict[Facet, int] = {}

    def numbers(self, facets: Sequence[Facet]) -> list[int]:
        """Their numbers, in their order; a term that is new here is given one."""
        return [self._numbers.get(facet) or self._number(facet) for facet in facets]

    def index(self, uid: RecordUid) -> None:
        """Find a record, which is in ``facets`` by none, by the terms of its list."""
        self._statements.write(_INDEX_ONE, {"uid": uid})

    def index_from(self, first: int) -> None:
        """Find the records from this id on, which are in ``facets`` by none, by the terms of their lists."""
        self._statements.write(_INDEX, {"record": first})

    def forget(self, record: int, terms: Sequence[int]) -> None:
        """Find a record by these terms no more."""
        self._statements.write_rows(_FORGET, [(term, record) for term in terms])

    def forget_unused(self, terms: Sequence[int]) -> None:
        """Drop those of *terms* that no record has: they may be words of one that is gone."""
        self._numbers.clear()
        self._statements.write_rows(_FORGET_TERM, [(term,) for term in terms])

    def _number(self, facet: Facet) -> int:
        (found,) = self._statements.fetch_listed(_NUMBER, facet) or self._statements.fetch_listed(_ADD_TERM, facet)
        self._numbers[facet] = number = int(found[0])
        return number
