"""The search page: results, facets as links, and a way on where nothing was found or the text cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar, assert_never
from urllib.parse import urlencode

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain.actor import ANONYMOUS
from registry.domain.address import MAX_ADDRESS, is_address
from registry.domain.errors import BadQuery
from registry.domain.explaining import explanation
from registry.domain.ordering import has_words, order_of
from registry.domain.query import parse
from registry.domain.search import SearchSort
from registry.domain.widening import FEW
from registry.service import search as searching
from registry.service import sources
from registry.service.search import SearchPage
from web.authentication import actor_of
from web.health import index_behind
from web.pages.caching import page
from web.pages.cards import Card, address_of, card, owners_of
from web.pages.search_facets import Choice, FacetList, chips, facets, speaker
from web.pages.search_state import COUNTED, SearchState, read_state
from web.pages.search_taking import taking
from web.pages.search_when import times_of, when
from web.pages.suggestions import corrected, named_terms, some_words, with_less
from web.site import Site, site_of

SORT_LABELS = {
    SearchSort.RELEVANCE: "Best match",
    SearchSort.RECENCY: "Best recent match",
    SearchSort.PUBLISHED: "Newest",
    SearchSort.OCCURRED: "Latest event",
    SearchSort.SEVERITY: "Most severe",
}
Answer = TypeVar("Answer")


async def search(request: Request) -> Response:
    """The results of a search; a record's number, or an address it names, goes to the record.

    Raises:
        BadCursor: the page asked for belongs to another search.
        SearchUnavailable: the index is being rebuilt.
    """
    site = site_of(request)
    state = read_state(request.query_params)
    found = searching.jump(site.registry, actor_of(request), state.typed)
    if found is not None:
        return RedirectResponse(address_of(found), 303, {"Cache-Control": "no-store"})
    if is_address(state.typed):
        return await _by_address(request, state.typed)
    try:
        # What was typed must be readable by itself: a filter never closes a parenthesis or a quotation.
        typed = parse(state.typed)
    except BadQuery as error:
        return _unreadable(request, state, error)
    sort = order_of(typed, state.sort)
    say = speaker(site)
    try:
        answer = await _in_thread(site, partial(_find, site, replace(state, sort=sort)))
    except BadQuery as error:
        filters = chips(state, say)
        return page(request, "search_unreadable.html", 400, state=state, chips=filters, marked=None, error=error)
    found_none, found_few = not answer.total, answer.total < FEW and state.after is None
    some = await _in_thread(site, partial(some_words, site, state)) if found_few else None
    return page(
        request,
        "search.html",
        state=state,
        total=answer.total,
        sentence=explanation(answer.query, say),
        cards=_cards(site, answer),
        facets=await _in_thread(site, partial(_facets, site, state, answer)),
        when=when(state, answer.histogram, answer.undated),
        chips=chips(state, say),
        taking=taking(state, sort, times_of(answer.histogram)),
        sorts=[
            Choice(label, state.sorted_by(one).url, active=sort is one)
            for one, label in SORT_LABELS.items()
            if one is sort or _sorts(one, answer, by_words=has_words(typed))
        ],
        first_page=replace(state, after=None).url if state.after else None,
        next_page=state.following(answer.matches[-1].cursor).url if answer.has_next and answer.matches else None,
        named=await _in_thread(site, partial(named_terms, site, state)),
        corrected=await _in_thread(site, partial(corrected, site, state, answer.facets)) if found_none else (),
        suggestions=await _in_thread(site, partial(with_less, site, state, say)) if found_none else (),
        some=some,
        some_cards=_cards(site, some.found) if some else (),
        behind=index_behind(site.registry) > 0,
    )


async def _by_address(request: Request, address: str) -> Response:
    """To the one record that names *address* as a source; to the list of them, where there are more or none."""
    site = site_of(request)
    # A longer one is refused where it is looked up.
    ask = partial(sources.by_source, site.registry, actor_of(request), address[:MAX_ADDRESS], first=2)
    found = await _in_thread(site, ask)
    target = address_of(found[0]) if len(found) == 1 else f"/lookup?{urlencode({'url': address})}"
    return RedirectResponse(target, 303, {"Cache-Control": "no-store"})


def _sorts(sort: SearchSort, answer: SearchPage, *, by_words: bool) -> bool:
    """Whether anything that was found differs by this order."""
    match sort:
        case SearchSort.RELEVANCE | SearchSort.RECENCY:
            return by_words
        case SearchSort.PUBLISHED:
            return True
        case SearchSort.OCCURRED:
            return bool(answer.facets.get("year"))
        case SearchSort.SEVERITY:
            return bool(answer.facets.get("severity"))
        case _:
            assert_never(sort)


async def _in_thread(site: Site, work: Callable[[], Answer]) -> Answer:
    return await anyio.to_thread.run_sync(work, limiter=site.searches)


def _find(site: Site, state: SearchState) -> SearchPage:
    return searching.search(
        site.registry, ANONYMOUS, state.text, sort=state.sort, after=state.after, facets=COUNTED, histogram=True
    )


def _facets(site: Site, state: SearchState, answer: SearchPage) -> tuple[FacetList, ...]:
    def count(one: SearchState) -> int:
        return searching.count(site.registry, ANONYMOUS, parse(one.text))

    return facets(site, state, answer.facets, answer.total, count)


def _unreadable(request: Request, state: SearchState, error: BadQuery) -> Response:
    """The form as it was, the place that cannot be read marked, and the nearest text that can."""
    typed = state.typed
    at = min(max(error.column - 1, 0), len(typed))
    return page(
        request,
        "search_unreadable.html",
        400,
        state=state,
        chips=chips(state, speaker(site_of(request))),
        error=error,
        marked=(typed[:at], typed[at : at + 1] or " ", typed[at + 1 :]),
        instead=Choice(error.suggestion, state.typing(error.suggestion).url) if error.suggestion else None,
    )


def _cards(site: Site, answer: SearchPage) -> tuple[Card, ...]:
    owners = owners_of(site, ANONYMOUS, [match.record for match in answer.matches])
    return tuple(card(match.record, owners.get(match.record.owner), match.snippet) for match in answer.matches)
