"""How numbers are written, and which blocks may be asked for."""

from __future__ import annotations

import pytest

from registry.domain.numbering import block_problems, number_stem, number_text, written_number
from registry.domain.vocabulary import Kind


def test_a_number_has_at_least_four_digits() -> None:
    stem = number_stem("LOCAL", Kind.INCIDENT, 2026)

    assert ["LOCAL-INC-2026-0007", "LOCAL-INC-2026-123456"] == [number_text(stem, 7), number_text(stem, 123456)]


@pytest.mark.parametrize("text", ["LOCAL-INC-2026-0001", " local-inc-2026-0001\n"])
def test_a_number_is_read_whatever_its_case(text: str) -> None:
    assert "LOCAL-INC-2026-0001" == written_number(text)


HOSTILE = (
    "",
    "LOCAL-XYZ-2026-0001",
    "LOCAL-INC-2026-1",
    "L-INC-2026-0001",
    "LOCAL-INC-2026-0001-",
    "LOCAL-INC-2026-0001\0",
    "LOCAL-INC-2026-\u0660\u0660\u0660\u0661",
    "LOCAL\u202e-INC-2026-0001",
    "\ud800LOCAL-INC-2026-0001",
    "LOCAL-INC-2026-" + "1" * 1_000_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_number_is_none(text: str) -> None:
    assert written_number(text) is None


def test_every_problem_of_a_block_is_told_at_once() -> None:
    problems = block_problems(101, 2028, present_year=2026)

    assert [("count",), ("year",)] == [one.path for one in problems]
    assert () == block_problems(100, 2027, present_year=2026)
    assert () == block_problems(1, 2026, present_year=2026)
