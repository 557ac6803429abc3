"""The search page: results, facets as links, and a way on where nothing was found or the text cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain.actor import ANONYMOUS
from registry.domain.errors import BadQuery
from registry.domain.query import parse
from registry.domain.search import SearchSort
from registry.service import search as searching
from registry.service.search import SearchPage
from web.authentication import actor_of
from web.pages import wording
from web.pages.caching import page
from web.pages.cards import Card, address_of, card, owners_of
from web.pages.search_state import COUNTED, SearchState, read_state
from web.pages.sentence import sentence
from web.site import Site, site_of

SORT_LABELS = {
    SearchSort.RELEVANCE: "Best match",
    SearchSort.PUBLISHED: "Newest",
    SearchSort.OCCURRED: "Latest event",
    SearchSort.SEVERITY: "Gravest",
}
Answer = TypeVar("Answer")

_SHOWN_VALUES = 8
_MOST_SUGGESTIONS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that changes the search, and what it is called; ``count`` is how many it leads to."""

    label: str
    href: str
    count: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class FacetList:
    """One facet with its most frequent values."""

    label: str
    values: tuple[Choice, ...]
    more: int


async def search(request: Request) -> Response:
    """The results of a search; a record's number goes straight to the record.

    Raises:
        BadCursor: the page asked for belongs to another search.
        SearchUnavailable: the index is being rebuilt.
    """
    site = site_of(request)
    state = read_state(request.query_params)
    found = searching.jump(site.registry, actor_of(request), state.typed)
    if found is not None:
        return RedirectResponse(address_of(found), 303, {"Cache-Control": "no-store"})
    try:
        # What was typed must be readable by itself: a filter never closes a parenthesis or a quotation.
        parse(state.typed)
    except BadQuery as error:
        return _unreadable(request, state, error)
    try:
        answer = await _in_thread(site, partial(_find, site, state))
    except BadQuery as error:
        return page(request, "search_unreadable.html", 400, state=state, chips=_chips(state), marked=None, error=error)
    suggestions = await _in_thread(site, partial(_suggest, site, state)) if not answer.total else ()
    next_page = state.following(answer.matches[-1].cursor).url if answer.has_next and answer.matches else None
    return page(
        request,
        "search.html",
        state=state,
        total=answer.total,
        sentence=sentence(answer.query),
        cards=_cards(site, answer),
        facets=_facets(state, answer),
        chips=_chips(state),
        sorts=[Choice(label, state.sorted_by(one).url, active=state.sort is one) for one, label in SORT_LABELS.items()],
        next_page=next_page,
        suggestions=suggestions,
    )


async def _in_thread(site: Site, work: Callable[[], Answer]) -> Answer:
    return await anyio.to_thread.run_sync(work, limiter=site.searches)


def _find(site: Site, state: SearchState) -> SearchPage:
    return searching.search(site.registry, ANONYMOUS, state.text, sort=state.sort, after=state.after, facets=COUNTED)


def _unreadable(request: Request, state: SearchState, error: BadQuery) -> Response:
    """The form as it was, the place that cannot be read marked, and the nearest text that can."""
    typed = state.typed
    at = min(max(error.column - 1, 0), len(typed))
    return page(
        request,
        "search_unreadable.html",
        400,
        state=state,
        chips=_chips(state),
        error=error,
        marked=(typed[:at], typed[at : at + 1] or " ", typed[at + 1 :]),
        instead=Choice(error.suggestion, state.typing(error.suggestion).url) if error.suggestion else None,
    )


def _cards(site: Site, answer: SearchPage) -> tuple[Card, ...]:
    owners = owners_of(site, ANONYMOUS, [match.record for match in answer.matches])
    return tuple(card(match.record, owners.get(match.record.owner), match.snippet) for match in answer.matches)


def _facets(state: SearchState, answer: SearchPage) -> tuple[FacetList, ...]:
    lists = []
    for name in COUNTED:
        counts = answer.facets.get(name, ())
        values = tuple(
            Choice(wording.facet_value(name, one.value), state.choosing(name, one.value).url, one.count)
            for one in counts
            if (name, one.value) not in state.chosen
        )
        if values:
            shown = values[:_SHOWN_VALUES]
            lists.append(FacetList(wording.FACET_LABELS[name], shown, len(values) - len(shown)))
    return tuple(lists)


def _chips(state: SearchState) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            f"{wording.FACET_LABELS[name]}: {wording.facet_value(name, value)}",
            state.dropping(name, value).url,
        )
        for name, value in state.chosen
    )


def _suggest(site: Site, state: SearchState) -> tuple[Choice, ...]:
    """What would be found with one thing less."""
    without = [
        (f"Without {chip.label}", state.dropping(*one)) for one, chip in zip(state.chosen, _chips(state), strict=True)
    ]
    if state.typed and state.chosen:
        without.append((f"Without the words “{state.typed}”", state.typing("")))
    found = []
    for label, fewer in without[:_MOST_SUGGESTIONS]:
        total = searching.search(site.registry, ANONYMOUS, fewer.text, first=1, facets=()).total
        if total:
            found.append(Choice(label, fewer.url, total))
    return tuple(found)
