"""Record numbers: how they are written, and blocks of them that are set aside for an organisation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from registry.domain.errors import Problem
from registry.domain.record import OrganisationId, RecordUid
from registry.domain.vocabulary import Kind

MAX_BLOCK = 100
MAX_UNUSED = 500
MAX_NUMBER_LENGTH = 32

_CODES = "|".join(kind.number_code for kind in Kind)
NUMBER = re.compile(rf"[A-Z][A-Z0-9]{{1,7}}-(?:{_CODES})-[0-9]{{4}}-[0-9]{{4,9}}")


@dataclass(frozen=True, slots=True)
class ReservedNumber:
    """A number that only *organisation* may use, for a record of *kind*; it is spent once a record asks for it.

    Attributes:
        used_by: the record that asked for it; it stays when that record is erased.
    """

    number: str
    kind: Kind
    year: int
    organisation: OrganisationId
    reserved_at: datetime
    used_by: RecordUid | None = None


def number_stem(short_name: str, kind: Kind, year: int) -> str:
    """What comes before the last hyphen, such as ``LOCAL-INC-2026``."""
    return f"{short_name}-{kind.number_code}-{year}"


def number_text(stem: str, n: int) -> str:
    """The whole number; *n* has at least four digits."""
    return f"{stem}-{n:04d}"


def block_problems(count: int, year: int, *, present_year: int) -> tuple[Problem, ...]:
    """What is wrong with asking for *count* numbers of *year*: all of it."""
    problems = []
    if not 1 <= count <= MAX_BLOCK:
        problems.append(Problem(("count",), "OUT_OF_RANGE", f"ask for 1 to {MAX_BLOCK} numbers"))
    if year not in {present_year, present_year + 1}:
        problems.append(Problem(("year",), "OUT_OF_RANGE", "numbers are reserved for this year and the next"))
    return tuple(problems)


def written_number(text: str) -> str | None:
    """The number that *text* says, in capitals; ``None`` if it is none."""
    number = text.strip().upper() if len(text) <= MAX_NUMBER_LENGTH else ""
    return number if NUMBER.fullmatch(number) else None
