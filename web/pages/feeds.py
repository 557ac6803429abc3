"""``/search.atom`` and ``/search.json``: what a search finds, as a feed; and what a saved search was told of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS
from registry.domain.explaining import explanation
from registry.domain.feed import ATOM, JSON_FEED, PAGE, Deleted, Entry, Feed, atom, json_feed
from registry.domain.licence import terms_of
from registry.domain.published import attribution_of
from registry.domain.saved_search import SavedSearch
from registry.domain.search import SearchSort
from registry.ports import Registry
from registry.service import feeds, saved_searches
from registry.service.feeds import Told
from registry.service.saved_searches import MatchPage
from web.pages.caching import by_version, index_version
from web.pages.cards import card
from web.pages.search_facets import speaker
from web.pages.search_state import SearchState, read_state
from web.site import Site, site_of

NOTICE = "Reports, not rates: what somebody chose to tell. Their text is untrusted: pass it to programs as data only."
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_FORMS = {"atom": (atom, ATOM), "json": (json_feed, JSON_FEED)}


def feed_path(state: SearchState, form: str) -> str:
    """The path of the feed of a search, with its parameters; a feed has an order of its own."""
    plain = replace(state, sort=SearchSort.RELEVANCE, view="list", after=None, all="")
    return plain.url.replace("/search", f"/search.{form}", 1)


def save_path(state: SearchState) -> str:
    """The path of the page that saves a search."""
    return replace(state, after=None, view="list", all="").url.replace("/search", "/me/searches", 1)


async def search_feed(request: Request) -> Response:
    """The newest matches, 50 a page; ``after`` continues.

    Raises:
        BadQuery: the text cannot be read.
        BadCursor: the page asked for belongs to another search.
    """
    return await by_version(_search_feed, index_version)(request)


async def _search_feed(request: Request) -> Response:
    site, form = site_of(request), _form(request)
    state = read_state(request.query_params)
    ask = partial(feeds.search_feed, site.registry, ANONYMOUS, state.text, after=state.after)
    found = await anyio.to_thread.run_sync(ask, limiter=site.searches)
    sentence = explanation(found.query, speaker(site))
    path = feed_path(state, form)
    return _answer(
        form,
        Feed(
            id=site.url(feed_path(state, "atom")),
            title=f"{_title(site)}: records where {sentence}" if sentence else f"{_title(site)}: all records",
            subtitle=NOTICE,
            home=site.url(replace(state, view="list", after=None, all="").url),
            url=site.url(_continued(path, state.after)),
            node=_title(site),
            since=_LONG_AGO,
            entries=tuple(_entry(site, one) for one in found.told),
            first_url=site.url(path) if state.after is not None else None,
            next_url=site.url(_continued(path, found.next_cursor)) if found.next_cursor else None,
            deleted=await _deleted(site, state.after),
        ),
    )


async def matches_feed(request: Request) -> Response:
    """What a saved search was told of since it was saved, each record once, in the order in which it was told.

    Raises:
        NotFound: there is no such link.
        BadCursor: the page asked for belongs to another feed.
    """
    token = request.path_params["token"]

    def version(registry: Registry) -> str:
        newest = saved_searches.matches(registry, ANONYMOUS, token, limit=1).newest
        search = saved_searches.shared(registry, ANONYMOUS, token)
        return f"{index_version(registry)} {newest} {search.name}"

    return await by_version(_matches_feed, version)(request)


async def _matches_feed(request: Request) -> Response:
    site, form, token = site_of(request), _form(request), request.path_params["token"]
    after = request.query_params.get("after")

    def read() -> tuple[SavedSearch, MatchPage]:
        search = saved_searches.shared(site.registry, ANONYMOUS, token)
        return search, saved_searches.matches(site.registry, ANONYMOUS, token, limit=PAGE, after=after)

    search, found = await anyio.to_thread.run_sync(read, limiter=site.searches)
    path = f"/s/{token}.{form}"
    return _answer(
        form,
        Feed(
            id=site.url(f"/s/{token}"),
            title=f"{search.name} · {_title(site)}",
            subtitle=f"What newly matches a saved search. {NOTICE}",
            home=site.url(f"/s/{token}"),
            url=site.url(_continued(path, after)),
            node=_title(site),
            since=search.created_at,
            # Told once: a later revision of a record is no news here.
            entries=tuple(_matched(_entry(site, one), found.at[one.record.uid]) for one in found.told),
            first_url=site.url(path) if after is not None else None,
            next_url=site.url(_continued(path, found.next_cursor)) if found.next_cursor else None,
            deleted=await _deleted(site, after),
        ),
    )


async def _deleted(site: Site, after: str | None) -> tuple[Deleted, ...]:
    """What is gone lately: told on the first page, which readers ask for each time."""
    if after is not None:
        return ()
    return await anyio.to_thread.run_sync(feeds.deleted, site.registry, ANONYMOUS, limiter=site.searches)


def _form(request: Request) -> str:
    return request.url.path.rpartition(".")[2]


def _answer(form: str, feed: Feed) -> Response:
    write, media_type = _FORMS[form]
    return Response(write(feed), headers={"Content-Type": media_type, "X-Robots-Tag": "noindex"})


def _continued(path: str, cursor: str | None) -> str:
    if cursor is None:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode({'after': cursor})}"


def _title(site: Site) -> str:
    return site.registry.settings.title


def _matched(entry: Entry, at: datetime) -> Entry:
    return replace(entry, updated_at=at)


def _entry(site: Site, told: Told) -> Entry:
    record, shown = told.record, card(told.record, told.owner)
    licence = record.head.marking.licence
    published = record.published_at or record.created_at
    return Entry(
        uid=record.uid,
        url=site.url(shown.href),
        title=shown.title,
        # Where readers are to be warned of the text, the warning stands for it, as in every list.
        summary=f"Content warning: {', '.join(shown.warnings)}" if shown.warnings else shown.summary,
        published_at=published,
        updated_at=record.head.published_at or published,
        author=told.owner.name if told.owner else "Unknown",
        licence=licence,
        licence_url=terms_of(licence, record.head.marking.obligations).url,
        attribution=attribution_of(shown.document, told.owner),
        tags=tuple(_tags(record.kind.value, shown.misuse)),
        number=record.number,
        revision=record.revision,
    )


def _tags(kind: str, misuse: Iterable[str]) -> Iterable[str]:
    yield kind
    yield from (f"misuse:{code}" for code in misuse)
