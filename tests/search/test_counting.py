"""Facets beside what is chosen, the histogram, tables and medians, as every engine counts them."""

from __future__ import annotations

from datetime import date

import pytest

from registry.domain.errors import InvalidInput
from registry.domain.query.parsing import parse
from registry.domain.search import Bucket, Cell, Everything, FacetCount, SearchRequest, TableRequest
from registry.ports import SearchIndex
from tests.search.corpus import public


@pytest.fixture
def few(search_index: SearchIndex) -> SearchIndex:
    """Four records with misuses, months and times to detection."""
    search_index.apply(
        [
            public(1, "alpha", facets=(("misuse", "fraud"),), occurred_on=date(2026, 3, 1), measures=(("time", 4.0),)),
            public(2, "alpha", facets=(("misuse", "fraud"), ("misuse", "spam")), occurred_on=date(2026, 3, 31)),
            public(3, "alpha", facets=(("misuse", "spam"),), occurred_on=date(2025, 12, 1), measures=(("time", 9.0),)),
            public(4, "beta", facets=(("misuse", "spam"),), measures=(("time", 1.0), ("other", 2.0))),
        ],
        position=1,
    )
    return search_index


def test_a_facet_is_counted_beside_what_is_chosen_of_it(few: SearchIndex) -> None:
    def counts(text: str) -> tuple[FacetCount, ...]:
        return few.search(SearchRequest(parse(text), facets=("misuse",))).facets["misuse"]

    assert (FacetCount("fraud", 2, 0), FacetCount("spam", 2, 1)) == counts("alpha misuse:fraud")
    assert (FacetCount("spam", 3, 2), FacetCount("fraud", 2, 0)) == counts("misuse:fraud")
    assert (FacetCount("spam", 3, 0), FacetCount("fraud", 2, 0)) == counts("(misuse:fraud OR misuse:spam)")
    assert (FacetCount("spam", 2, 0),) == counts("-misuse:fraud")


def test_matches_are_counted_by_the_month_they_occurred_in(few: SearchIndex) -> None:
    result = few.search(SearchRequest(Everything(), histogram=True))

    assert ((Bucket("2025-12", 1), Bucket("2026-03", 2)), 1) == (result.histogram, result.undated)


def test_a_table_counts_by_two_axes_and_tells_medians(few: SearchIndex) -> None:
    table = few.table(TableRequest(Everything(), "misuse", "quarter", "time"))

    assert (("spam", "fraud"), ("2025-Q4", "2026-Q1")) == (table.rows, table.columns)
    assert {
        ("spam", "2025-Q4"): Cell(1, 9.0, 1),
        ("spam", "2026-Q1"): Cell(1),
        ("fraud", "2026-Q1"): Cell(2, 4.0, 1),
    } == table.cells
    assert (4, 1) == (table.total, table.undated)


def test_a_table_of_one_axis_has_one_column_without_a_name(few: SearchIndex) -> None:
    table = few.table(TableRequest(Everything(), "misuse", None, "time"))

    assert {("spam", ""): Cell(3, 5.0, 2), ("fraud", ""): Cell(2, 4.0, 1)} == table.cells
    assert (("",), 4, 0) == (table.columns, table.total, table.undated)


@pytest.mark.parametrize(("rows", "columns"), [("owner_name", None), ("misuse", "day"), ("misuse", "misuse")])
def test_an_axis_that_is_not_counted_or_twice_the_same_is_refused(
    few: SearchIndex, rows: str, columns: str | None
) -> None:
    with pytest.raises(InvalidInput):
        few.table(TableRequest(Everything(), rows, columns))
