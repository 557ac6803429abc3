"""Searches that one keeps, at ``/me/searches``; what anybody with the link of one sees; and the end of its letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import anyio.to_thread
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS, Actor
from registry.domain.digest import Digest
from registry.domain.errors import BadQuery, CommonsError, Conflict, Forbidden, InvalidInput, NotFound, Problem
from registry.domain.explaining import explanation
from registry.domain.query import parse
from registry.domain.saved_search import MAX_NAME, SavedSearch, SavedSearchId
from registry.domain.search import SearchSort
from registry.domain.shortening import shortened
from registry.domain.webhook import Webhook, WebhookId
from registry.service import saved_searches, webhooks
from registry.service import search as searching
from registry.service.saved_searches import Same
from web.authentication import actor_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.cards import Card, card, owners_of
from web.pages.me import for_members
from web.pages.search_facets import speaker
from web.pages.search_state import SearchState, read_state
from web.pages.sign_in import private
from web.site import Site, site_of

HOME = "/me/searches"
DIGESTS: dict[Digest, str] = {
    Digest.NEVER: "No letters",
    Digest.HOURLY: "At most one an hour",
    Digest.DAILY: "One a day, in the morning (UTC)",
    Digest.WEEKLY: "One a week, on Monday morning (UTC)",
}
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """A saved search as its owner, or whoever has its link, sees it.

    Attributes:
        sentence: the query in words; empty where it cannot be read any more.
        fault: why it cannot be read any more.
    """

    search: SavedSearch
    sentence: str
    fault: BadQuery | None

    @property
    def link(self) -> str:
        """The path that is shared."""
        return f"/s/{self.search.token}"


@for_members(HOME)
async def own_searches(request: Request) -> Response:
    """One's searches, and the form that keeps the one which the address tells."""
    return await _page(request)


@for_members(HOME)
async def change_searches(request: Request) -> Response:
    """Keep, rename or delete a search, or choose how one hears of it, as ``step`` says."""
    said = await read_form(request)
    work = _steps(request, actor_of(request), said).get(said.get("step", ""))
    if work is None:
        problem = Problem(("step",), "UNKNOWN_TERM", "choose what to do")
        return await _page(request, said=said, problems=(problem,), status=400)
    try:
        await anyio.to_thread.run_sync(work, limiter=site_of(request).searches)
    except (InvalidInput, Conflict, NotFound, Forbidden) as error:
        return await _page(request, said=said, problems=error.problems, status=_status_of(error))
    return await _page(request, done=said["step"])


async def shared_search(request: Request) -> Response:
    """A search that somebody shares: its name, what it asks for, and what strangers find by it now.

    Raises:
        NotFound: there is no such link.
    """
    site, token = site_of(request), request.path_params["token"]

    def read() -> tuple[Line, tuple[Card, ...], int]:
        line = _line(site, saved_searches.shared(site.registry, ANONYMOUS, token))
        return (line, (), 0) if line.fault is not None else (line, *_found(site, line.search))

    line, cards, total = await anyio.to_thread.run_sync(read, limiter=site.searches)
    return page(request, "shared_search.html", line=line, cards=cards, total=total, here=_here(line.search))


async def letters(request: Request) -> Response:
    """Ask whether letters about a search are to end; the link stands in each of them."""
    return await _letters(request, really=False)


async def end_letters(request: Request) -> Response:
    """End the letters about a search."""
    return await _letters(request, really=True)


async def _letters(request: Request, *, really: bool) -> Response:
    registry, path = site_of(request).registry, request.path_params
    work = partial(saved_searches.end_letters, registry, ANONYMOUS, path["token"], path["secret"], really=really)
    search = await anyio.to_thread.run_sync(work)
    return private(page(request, "search_letters.html", search=search, done=really))


def _steps(request: Request, actor: Actor, said: Mapping[str, str]) -> dict[str, Callable[[], object]]:
    registry, which = site_of(request).registry, SavedSearchId(said.get("search", ""))
    name, address = said.get("name", ""), said.get("address", "")
    webhook = WebhookId(said["webhook"]) if said.get("webhook") else None
    text = _state(address).text
    # Whose organisation has no webhooks is not asked for one.
    chosen = webhook if "webhook" in said else Same.SAME
    return {
        "save": lambda: saved_searches.save(registry, actor, name=name, text=text, address=address),
        "rename": lambda: saved_searches.change(registry, actor, which, name=name),
        "alerts": lambda: saved_searches.change(
            registry, actor, which, webhook=chosen, digest=said.get("digest", Digest.NEVER)
        ),
        "delete": lambda: saved_searches.delete(registry, actor, which),
    }


async def _page(
    request: Request,
    *,
    done: str = "",
    said: Mapping[str, str] = _NOTHING,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Response:
    site, actor = site_of(request), actor_of(request)

    def read() -> tuple[list[Line], tuple[Webhook, ...]]:
        found = saved_searches.saved_searches(site.registry, actor)
        return [_line(site, one) for one in found], webhooks.webhooks(site.registry, actor)

    lines, hooks = await anyio.to_thread.run_sync(read)
    # Only what a form could not keep, and what the address names, is offered to be kept.
    failed = said.get("address", "") if said.get("step") == "save" else ""
    wanted = failed or request.url.query
    state = replace(_state(wanted), after=None, view="list", all="")
    values: dict[str, object] = {
        "lines": lines,
        "webhooks": hooks,
        "digests": DIGESTS,
        "most": site.registry.settings.saved_searches_each,
        "sends_mail": site.registry.outbound.sends_mail,
        "state": state if wanted else None,
        "address": state.url.partition("?")[2],
        "name": said.get("name") or _short(_sentence(site, state.text)),
        "said": said,
        "done": done,
        "problems": problems,
    }
    return page(request, "saved_searches.html", status, **values)


def _found(site: Site, search: SavedSearch) -> tuple[tuple[Card, ...], int]:
    found = searching.search(site.registry, ANONYMOUS, search.text, sort=SearchSort.PUBLISHED, facets=())
    records = [match.record for match in found.matches]
    owners = owners_of(site, ANONYMOUS, records)
    return tuple(card(one, owners.get(one.owner)) for one in records), found.total


def _line(site: Site, search: SavedSearch) -> Line:
    try:
        return Line(search, explanation(parse(search.text), speaker(site)) or "anything is said", None)
    except BadQuery as error:
        return Line(search, "", error)


def _sentence(site: Site, text: str) -> str:
    try:
        return explanation(parse(text), speaker(site))
    except BadQuery:
        return text


def _short(sentence: str) -> str:
    return shortened(sentence[:1].upper() + sentence[1:], MAX_NAME)


def _here(search: SavedSearch) -> str:
    """The search page that shows the same."""
    return f"/search?{search.address}" if search.address else "/search"


def _state(address: str) -> SearchState:
    return read_state(QueryParams(address))


def _status_of(error: CommonsError) -> int:
    return next((code for type_, code in _STATUSES.items() if isinstance(error, type_)), 400)


_STATUSES: dict[type[CommonsError], int] = {Conflict: 409, NotFound: 404, Forbidden: 403}
