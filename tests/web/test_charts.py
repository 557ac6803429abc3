"""Where the parts of a chart stand."""

from __future__ import annotations

import pytest

from web.pages.charts import Piece, columns

_HALF_A_MONTH_S_NAME = 28


@pytest.mark.parametrize("months", [1, 12, 25])
def test_the_name_of_the_newest_time_is_within_the_chart(months: int) -> None:
    chart = columns(["2026-05"] * months, [[Piece(1, "one")]] * months, 1)

    newest = chart.names[-1]

    assert newest.x + _HALF_A_MONTH_S_NAME <= chart.width
