"""What the address of a search says, whoever wrote it."""

from __future__ import annotations

from starlette.datastructures import QueryParams

from tests.effort import least_effort
from web.pages.search_state import MOST_CHOSEN, read_state


def test_thousands_of_chosen_values_are_read_in_a_moment() -> None:
    """It is read where every other request waits."""
    params = QueryParams([("has", f"x{at}") for at in range(8000)])

    assert 5 > least_effort(lambda: read_state(params), enough=5)
    assert [("has", f"x{at}") for at in range(MOST_CHOSEN)] == list(read_state(params).chosen)
