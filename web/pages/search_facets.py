"""What a search can be narrowed and widened by: facets with their counts as links, and the filters chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from registry.domain.search import FacetCount
from web.pages import wording
from web.pages.search_state import COUNTED, SearchState
from web.pages.techniques import technique
from web.site import Site

Say: TypeAlias = Callable[[str, str], str]

_SHOWN_VALUES = 8
_MOST_VALUES = 200
# Values that stand in an order of their own, the latest and gravest first.
_ORDERED = frozenset({"year", "severity"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that changes the search, and what it is called; ``count`` is how many it leads to."""

    label: str
    href: str
    count: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class FacetList:
    """One facet with its most frequent values; ``everything`` leads to the others, ``whole`` has them in it."""

    label: str
    values: tuple[Choice, ...]
    everything: Choice | None
    whole: bool


def speaker(site: Site) -> Say:
    """Names the values of facets, techniques too."""
    return partial(_said, site)


def _said(site: Site, facet: str, value: str) -> str:
    name = technique(site, value).name if facet == "technique" else None
    return f"{name} ({value})" if name else wording.facet_value(facet, value)


def facets(
    site: Site, state: SearchState, counted: Mapping[str, tuple[FacetCount, ...]], total: int
) -> tuple[FacetList, ...]:
    """The facets that divide what was found; values that all share are none."""
    lists = (_facet(site, state, name, counted.get(name, ()), total) for name in COUNTED)
    return tuple(one for one in lists if one is not None)


def _facet(site: Site, state: SearchState, name: str, counts: tuple[FacetCount, ...], total: int) -> FacetList | None:
    open_ones = [one for one in counts if (name, one.value) not in state.chosen]
    if not open_ones or all(one.count == total for one in counts):
        return None
    whole = state.all == name
    shown = open_ones[: _MOST_VALUES if whole else _SHOWN_VALUES]
    if name in _ORDERED:
        shown.sort(key=lambda one: one.value, reverse=True)
    values = tuple(
        Choice(_short(site, name, one.value), state.choosing(name, one.value).url, one.count) for one in shown
    )
    rest = None
    if len(open_ones) > len(shown) and not whole:
        rest = Choice(f"All {len(open_ones)}", f"{state.listing_all(name).url}#filters", len(open_ones))
    return FacetList(wording.FACET_LABELS[name], values, rest, whole)


def _short(site: Site, facet: str, value: str) -> str:
    name = technique(site, value).name if facet == "technique" else None
    return name or wording.facet_value(facet, value)


def chips(state: SearchState, say: Say) -> tuple[Choice, ...]:
    """The filters chosen, each a link to the search without it."""
    return tuple(
        Choice(f"{wording.FACET_LABELS[name]}: {say(name, value)}", state.dropping(name, value).url)
        for name, value in state.chosen
    )
