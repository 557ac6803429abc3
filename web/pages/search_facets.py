"""What a search can be narrowed and widened by: facets with their counts as links, and the filters chosen.

Several values of one facet are alternatives. Beside each link stands how many records it leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeAlias

from registry.domain import choices
from registry.domain.errors import BadQuery
from registry.domain.query import parse
from registry.domain.search import FacetCount, FieldIs, Query, SeverityRange
from registry.domain.words import words_in
from web.pages import wording
from web.pages.search_state import COUNTED, MOST_CHOSEN, SearchState
from web.pages.techniques import technique
from web.site import Site

Say: TypeAlias = Callable[[str, str], str]
# How many records a search finds.
Count: TypeAlias = Callable[[SearchState], int]

_MOST_VALUES = 200
# How many values a facet shows, by how long the address of the search is: every link repeats it.
_SHOWN_VALUES = ((80, 8), (200, 6), (400, 4))
_FEWEST_VALUES = 2
# About so many bytes the lists may have, less what the address takes in the links beside them; and a link around it.
_BYTES, _FEWEST_BYTES, _LINKS_BESIDE, _AROUND_LINK = 30_000, 2_000, 70, 130
# Values that stand in an order of their own, the latest and gravest first.
_ORDERED = frozenset({"year", "severity"})
# A text with so much in it can be read with one value more, whatever that is; beyond, it is tried.
_SURELY_SHORT, _SURELY_FEW, _SURELY_FLAT = 700, 40, 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that changes the search, and what it is called.

    Attributes:
        count: how many records it leads to.
        adds: beside chosen values of the same facet, how many of these are not found now.
    """

    label: str
    href: str
    count: int | None = None
    active: bool = False
    adds: int | None = None


@dataclass(frozen=True, slots=True)
class FacetList:
    """One facet: the values chosen, whose links take them away, then the most frequent of the others.

    Of years and severities these are the latest and the gravest. ``everything`` leads to all of them, ``whole`` has
    them in it.
    """

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
    site: Site, state: SearchState, counted: Mapping[str, tuple[FacetCount, ...]], total: int, count: Count
) -> tuple[FacetList, ...]:
    """The facets that divide what was found, and those of which a value is chosen."""
    lists = _Lists(site, state, counted, total, count)
    room = max(_FEWEST_BYTES, _BYTES - _LINKS_BESIDE * len(state.url))
    found: list[FacetList] = []
    for name in COUNTED:
        one = lists.facet(name) if room > 0 or name in dict(state.chosen) else None
        if one is not None:
            found.append(one)
            room -= len(one.values) * (len(state.url) + _AROUND_LINK)
    return tuple(found)


class _Lists:
    """What the lists of one search share."""

    def __init__(
        self, site: Site, state: SearchState, counted: Mapping[str, tuple[FacetCount, ...]], total: int, count: Count
    ) -> None:
        self._site, self._state, self._counted, self._total, self._count = site, state, counted, total, count
        self._typed = choices.chosen(parse(state.typed))
        self._whole = choices.chosen(parse(state.text))
        self._is_short = _is_surely_short(state.text)
        length = len(state.url)
        self._shown = next((few for longest, few in _SHOWN_VALUES if length <= longest), _FEWEST_VALUES)

    def facet(self, name: str) -> FacetList | None:
        """The list of the facet *name*; ``None`` where it does not divide what was found."""
        chosen = tuple(self._chosen(name))
        others = self._beside(name) if chosen else self._narrowing(name)
        if not chosen and (not others or all(count == self._total for _, count, _ in others)):
            return None
        is_whole = self._state.all == name
        if name in _ORDERED:
            others.sort(key=lambda one: one[0], reverse=True)
        shown = others[: _MOST_VALUES if is_whole else self._shown]
        rest = None
        if len(others) > len(shown) and not is_whole:
            every = len(others) + len(chosen)
            rest = Choice(f"All {every}", f"{self._state.listing_all(name).url}#filters", every)
        values = tuple(
            Choice(self._short(name, value), self._state.choosing(name, value).url, count, adds=adds)
            for value, count, adds in shown
        )
        return FacetList(wording.FACET_LABELS[name], (*chosen, *values), rest, is_whole)

    def _chosen(self, name: str) -> Iterator[Choice]:
        for facet, value in self._state.chosen:
            if facet == name:
                wider = self._state.dropping(facet, value)
                yield Choice(self._short(name, value), wider.url, self._count(wider), active=True)

    def _narrowing(self, name: str) -> list[tuple[str, int, int | None]]:
        """Each value with how many of those found have it."""
        # What was typed may itself ask for values of this facet: those beyond it would not be found.
        within = ((one.value, one.count - one.adds) for one in self._counted.get(name, ()))
        return [(value, count, None) for value, count in within if count and self._leads(name, value)]

    def _beside(self, name: str) -> list[tuple[str, int, int | None]]:
        """Each value with how many are found where it counts too."""
        if name in self._typed or name not in self._whole:
            # The counts tell nothing then of what one more alternative would find.
            return []
        mine = {value.casefold() for value in self._whole[name]}
        return [
            (one.value, self._total + one.adds, one.adds)
            for one in self._counted.get(name, ())
            if one.value.casefold() not in mine and self._leads(name, one.value)
        ]

    def _leads(self, name: str, value: str) -> bool:
        """Whether the search with this value too can be asked for by an address, and finds the value."""
        if len(self._state.chosen) >= MOST_CHOSEN or not is_asked_for(name, value):
            return False
        return self._is_short or is_readable(self._state.choosing(name, value))

    def _short(self, facet: str, value: str) -> str:
        name = technique(self._site, value).name if facet == "technique" else None
        return name or wording.facet_value(facet, value)


@lru_cache(maxsize=8192)
def is_asked_for(name: str, value: str) -> bool:
    """Whether an address that chooses this value of a facet finds just the records that have it."""
    chosen = SearchState().choosing(name, value)
    try:
        found = parse(chosen.text)
    except BadQuery:
        return False
    return chosen.chosen == ((name, value),) and _is_value(found, name, value)


def _is_value(found: Query, name: str, value: str) -> bool:
    match found:
        case FieldIs(field, one):
            return (field, one.casefold()) == (name, value.casefold())
        case SeverityRange(low, high):
            return (name, value) == ("severity", str(low)) and low == high
        case _:
            return False


def is_readable(state: SearchState) -> bool:
    """Whether a search can be read: what was added has not made it too long."""
    try:
        parse(state.text)
    except BadQuery:
        return False
    return True


def _is_surely_short(text: str) -> bool:
    return (
        len(text) <= _SURELY_SHORT
        and len(words_in(text)) <= _SURELY_FEW
        and text.count("(") + text.count("-") + text.count("NOT") <= _SURELY_FLAT
    )


def chips(state: SearchState, say: Say) -> tuple[Choice, ...]:
    """The filters chosen, each a link to the search without it."""
    return tuple(
        Choice(f"{wording.FACET_LABELS[name]}: {say(name, value)}", state.dropping(name, value).url)
        for name, value in state.chosen
    )
