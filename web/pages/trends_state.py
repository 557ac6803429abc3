"""The state of a page of trends, which is its URL: that of a search, and what is counted by what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from web.pages.search_state import SearchState, read_state

_ROWS = "month"


@dataclass(frozen=True, slots=True)
class TrendsState:
    """What a URL of trends says; axes and measure as they were asked for, known or not."""

    search: SearchState
    rows: str = _ROWS
    columns: str | None = None
    measure: str | None = None

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"/trends{self._asked}"

    @property
    def csv_url(self) -> str:
        """The address of the same as a table."""
        return f"/trends.csv{self._asked}"

    @property
    def _asked(self) -> str:
        pairs = [("q", self.search.typed)] if self.search.typed else []
        pairs += self.search.chosen
        pairs += [] if self.rows == _ROWS else [("rows", self.rows)]
        pairs += [(name, one) for name, one in (("columns", self.columns), ("measure", self.measure)) if one]
        return f"?{urlencode(pairs)}" if pairs else ""

    def searching(self, search: SearchState) -> TrendsState:
        """The same of another search."""
        return replace(self, search=search)


def read_trends(params: QueryParams) -> TrendsState:
    """What a URL says; its place in a list and its order are left aside."""
    said = read_state(params)
    return TrendsState(
        search=SearchState(typed=said.typed, chosen=said.chosen),
        rows=params.get("rows") or _ROWS,
        columns=params.get("columns") or None,
        measure=params.get("measure") or None,
    )
