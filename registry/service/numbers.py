"""Record numbers, given at publication: ``<NODE>-<KIND>-<year>-<n>``.

Public records are counted; all others draw six random digits, so that numbers tell nothing about records one
may not see. A number, once given, never changes.
"""

from __future__ import annotations

import re

from registry.domain.errors import Conflict
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from registry.ports import Registry, Unit

_CODES = "|".join(kind.number_code for kind in Kind)
NUMBER = re.compile(rf"[A-Z][A-Z0-9]{{1,7}}-(?:{_CODES})-\d{{4}}-\d{{4,9}}")


_TRIES = 1000


def give_number(registry: Registry, unit: Unit, record: Record) -> str:
    """The record's number, or a new one that nobody else has.

    Raises:
        Conflict: none was found in many tries: nearly all six-digit numbers of the year are used.
    """
    if record.number is not None:
        return record.number
    year = registry.clock.now().year
    stem = f"{registry.settings.short_name}-{record.kind.number_code}-{year}"
    for _ in range(_TRIES):
        n = unit.records.next_number(record.kind, year) if record.is_public else registry.ids.six_digits()
        number = f"{stem}-{n:04d}"
        if not unit.records.is_number_taken(number):
            return number
    raise Conflict("no free number was found for this year; try again")
