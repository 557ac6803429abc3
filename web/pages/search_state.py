"""The state of a search, which is its URL: what was typed, the facets chosen, sort, view and place in the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from registry.domain import search_fields
from registry.domain.errors import BadQuery
from registry.domain.query import parse
from registry.domain.search import AnyOf, SearchSort

# The facets that the page shows, in its order; every field that is counted may be chosen.
COUNTED = ("kind", "severity", "misuse", "harm", "year", "provider", "technique", "intent", "event", "sector",
           "country", "enforcement", "mitigation", "scrutiny", "model", "status", "outcome", "layer", "function",
           "safeguard", "detection", "actor_kind", "motive", "stakeholder", "weakness_class", "clause", "statement",
           "adoption", "annotator", "reported", "review", "has", "source", "licence", "owner")  # fmt: skip
VIEWS = ("list", "table")
MOST_CHOSEN = 12
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
        """The whole query: what was typed, narrowed by the facets chosen; of values of one facet any counts.

        What was typed must be readable by itself: where it is not, it stands alone, so that no filter mends it.
        """
        typed = self.typed.strip()
        if not self.chosen:
            return typed
        try:
            grouped = typed_group(typed)
        except BadQuery:
            return typed
        return " ".join(filter(None, (grouped, *_conditions(self.chosen))))

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
        """The search with one facet value more: an alternative to those of the same facet, else a condition."""
        return replace(self, chosen=(*self.chosen, (name, _plain(value))), after=None, all="")

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


@lru_cache(maxsize=256)
def typed_group(typed: str) -> str:
    """*typed* as it stands beside another condition.

    Raises:
        BadQuery: it cannot be read.
    """
    return f"({typed})" if isinstance(parse(typed), AnyOf) else typed


def _conditions(chosen: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name in dict.fromkeys(name for name, _ in chosen):
        values = [f'{name}:"{value}"' for one, value in chosen if one == name]
        yield values[0] if len(values) == 1 else f"({' OR '.join(values)})"


def _plain(value: str) -> str:
    """A value as it may stand between quotation marks."""
    return " ".join(value.replace('"', " ").split())[:_LONGEST_VALUE]


def read_state(params: QueryParams) -> SearchState:
    """What a search URL says. Parameters that are not known, or whose value is not, are left aside."""
    chosen: list[tuple[str, str]] = []
    for name, value in params.multi_items():
        if len(chosen) == MOST_CHOSEN:
            break
        plain = _plain(value)
        if name in search_fields.COUNTED and plain and (name, plain) not in chosen:
            chosen.append((name, plain))
    sorts = {sort.value: sort for sort in SearchSort}
    view, wide = params.get("view", ""), params.get("all", "")
    return SearchState(
        typed=params.get("q", ""),
        chosen=tuple(chosen),
        sort=sorts.get(params.get("sort", ""), SearchSort.RELEVANCE),
        view=view if view in VIEWS else VIEWS[0],
        after=params.get("after"),
        all=wide if wide in COUNTED else "",
    )
