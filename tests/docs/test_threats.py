"""The page on threats: each row names tests, and each test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split(" | ")]
    for line in (ROOT / "docs" / "threats.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| threat ")
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:40] for row in ROWS])
def test_a_row_has_a_guard_and_tests_that_are_there(row: list[str]) -> None:
    _threat, guard, tests = row

    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", tests)

    assert guard
    assert named
    for path, name in named:
        assert f"def {name or 'test_'}" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"
