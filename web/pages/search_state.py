"""The state of a search, which is its URL: what was typed, the facets chosen, sort, view and place in the list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from registry.domain.facets import FACETS
from registry.domain.search import SearchSort

COUNTED = ("kind", "severity", "misuse", "harm", "year", "provider", "technique", "intent", "event", "sector",
           "country", "enforcement", "mitigation", "scrutiny", "model", "status", "outcome", "layer", "function",
           "safeguard", "detection", "actor_kind", "motive", "stakeholder", "weakness_class", "clause", "statement",
           "adoption", "annotator")  # fmt: skip
VIEWS = ("list", "table")
_MOST_CHOSEN = 12
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class SearchState:
    """What a search URL says. ``all`` names the facet of which every value is shown."""

    typed: str = ""
    chosen: tuple[tuple[str, str], ...] = ()
    sort: SearchSort = SearchSort.RELEVANCE
    view: str = "list"
    after: str | None = None
    all: str = ""

    @property
    def text(self) -> str:
        """The whole query: what was typed, narrowed by the facets chosen."""
        typed = self.typed.strip()
        parts = [f'{name}:"{value}"' for name, value in self.chosen]
        if not parts:
            return typed
        return " ".join([f"({typed})" if " OR " in typed else typed, *parts]).strip()

    @property
    def url(self) -> str:
        """The address of this search."""
        pairs: list[tuple[str, str]] = [("q", self.typed)] if self.typed else []
        pairs += self.chosen
        if self.sort is not SearchSort.RELEVANCE:
            pairs.append(("sort", self.sort.value))
        if self.view != VIEWS[0]:
            pairs.append(("view", self.view))
        if self.after is not None:
            pairs.append(("after", self.after))
        if self.all:
            pairs.append(("all", self.all))
        return "/search" + (f"?{urlencode(pairs)}" if pairs else "")

    def choosing(self, name: str, value: str) -> SearchState:
        """The search narrowed by one facet value more."""
        return replace(self, chosen=(*self.chosen, (name, value.replace('"', " "))), after=None, all="")

    def dropping(self, name: str, value: str) -> SearchState:
        """The search without this facet value."""
        return replace(self, chosen=tuple(one for one in self.chosen if one != (name, value)), after=None)

    def typing(self, text: str) -> SearchState:
        """The search with another text."""
        return replace(self, typed=text, after=None)

    def sorted_by(self, sort: SearchSort) -> SearchState:
        """The search in another order."""
        return replace(self, sort=sort, after=None)

    def shown_as(self, view: str) -> SearchState:
        """The search in another view."""
        return replace(self, view=view)

    def listing_all(self, facet: str) -> SearchState:
        """The search with every value of this facet in sight."""
        return replace(self, all=facet)

    def following(self, cursor: str) -> SearchState:
        """The next page."""
        return replace(self, after=cursor)


def read_state(params: QueryParams) -> SearchState:
    """What a search URL says. Parameters that are not known, or whose value is not, are left aside."""
    chosen: list[tuple[str, str]] = []
    for name, value in params.multi_items():
        plain = " ".join(value.replace('"', " ").split())[:_LONGEST_VALUE]
        if name in {"kind", "severity", *FACETS} and plain and (name, plain) not in chosen:
            chosen.append((name, plain))
    sorts = {sort.value: sort for sort in SearchSort}
    view, wide = params.get("view", ""), params.get("all", "")
    return SearchState(
        typed=params.get("q", ""),
        chosen=tuple(chosen[:_MOST_CHOSEN]),
        sort=sorts.get(params.get("sort", ""), SearchSort.RELEVANCE),
        view=view if view in VIEWS else VIEWS[0],
        after=params.get("after"),
        all=wide if wide in COUNTED else "",
    )
