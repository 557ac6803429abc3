"""Cells that are no formulas, and that can be read back as they were."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.spreadsheet import defused, joined, parted, plain, row

TEXTS = st.text(alphabet=st.sampled_from("a;=+-@'\t\r\n \"\\,é\uff1d\u2028\u05d0"), max_size=12)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "\uff1d1", "'=1"]
)
def test_nothing_that_begins_a_formula_begins_a_cell(text: str) -> None:
    cell = defused(text)

    assert cell.lstrip(' "\n').startswith("'")
    assert text == plain(cell)


@pytest.mark.parametrize("text", ["a;=cmd|' /C calc'!A0", "a; +1", "a\n=1", "a\r\n-1", "a\t@x", 'a;"=1"'])
def test_nothing_that_begins_a_formula_stands_where_some_spreadsheets_begin_a_cell(text: str) -> None:
    place = min(at for at, one in enumerate(text) if one in "=+-@")

    assert f"'{text[place]}" in defused(text)
    assert text == plain(defused(text))


def test_ordinary_text_stays_as_it_is() -> None:
    for text in ("", "Spam wave - 3 days", "it's 2 + 2 = 4", "a@b", "fraud; spam", "don't; won't"):
        assert text == defused(text)


@given(TEXTS)
def test_every_text_comes_back_out_of_a_table(text: str) -> None:
    (cells,) = csv.reader(io.StringIO(row([text, "next"]), newline=""))

    assert [text, "next"] == [plain(one) for one in cells]


@given(st.lists(TEXTS.filter(bool), max_size=4))
def test_several_values_come_back_out_of_one_cell(values: list[str]) -> None:
    (cells,) = csv.reader(io.StringIO(row([joined(values), "next"]), newline=""))

    assert tuple(values) == parted(plain(cells[0]))


def test_several_values_are_read_without_thinking() -> None:
    assert "fraud; fraud/scam" == joined(["fraud", "fraud/scam"])
    assert r"a\; b; c" == joined(["a; b", "c"])
