"""Numbers that are set aside for organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, insert, select, update

from registry.domain.numbering import ReservedNumber
from registry.domain.record import OrganisationId, RecordUid
from registry.domain.vocabulary import Kind
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import RESERVED_NUMBERS

_T = RESERVED_NUMBERS.c
_COLUMNS = (_T.number, _T.kind, _T.year, _T.organisation, _T.reserved_at, _T.used_by)
_IN_ORDER = (_T.kind, _T.year, _T.n)
_ADD = Prepared(insert(RESERVED_NUMBERS))
_OF_BLOCK = Prepared(select(*_COLUMNS).where(_T.block == named("block", String())).order_by(*_IN_ORDER))
_UNUSED = Prepared(
    select(*_COLUMNS)
    .where(_T.organisation == named("organisation", String()), _T.used_by.is_(None))
    .order_by(*_IN_ORDER)
)
_ONE = Prepared(select(*_COLUMNS).where(_T.number == named("number", String())))
_WANTED = Prepared(select(_T.number).where(_T.used_by == named("uid", String())))
_USE = Prepared(
    update(RESERVED_NUMBERS)
    .where(_T.number == named("of_number", String()))
    .values(used_by=named("used_by", _T.used_by.type))
)


class NumberTable:
    """``ports.Numbers``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def reserve(self, block: str, numbers: Sequence[ReservedNumber]) -> None:
        """See the port."""
        rows = [
            {
                "number": one.number,
                "n": int(one.number.rpartition("-")[2]),
                "block": block,
                "kind": one.kind.value,
                "year": one.year,
                "organisation": one.organisation,
                "reserved_at": one.reserved_at,
                "used_by": None,
            }
            for one in numbers
        ]
        self._statements.write_each(_ADD, rows, taken="one of these numbers is reserved already")

    def of_block(self, block: str) -> tuple[ReservedNumber, ...]:
        """See the port."""
        return tuple(map(_reserved, self._statements.fetch(_OF_BLOCK, {"block": block})))

    def unused(self, organisation: OrganisationId) -> tuple[ReservedNumber, ...]:
        """See the port."""
        return tuple(map(_reserved, self._statements.fetch(_UNUSED, {"organisation": organisation})))

    def get(self, number: str) -> ReservedNumber | None:
        """See the port."""
        row = self._statements.first(_ONE, {"number": number})
        return None if row is None else _reserved(row)

    def use(self, number: str, *, uid: RecordUid) -> None:
        """See the port."""
        values = {"of_number": number, "used_by": uid}
        self._statements.write(_USE, values, taken="the record asked for another number")

    def wanted_by(self, uid: RecordUid) -> str | None:
        """See the port."""
        row = self._statements.first(_WANTED, {"uid": uid})
        return None if row is None else str(row[0])


def _reserved(row: Sequence[Any]) -> ReservedNumber:
    number, kind, year, organisation, reserved_at, used_by = row
    return ReservedNumber(number, Kind(kind), year, organisation, reserved_at, used_by)
