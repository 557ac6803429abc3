"""A feed of MISP: its manifest, its hashes, and a file an event; one feed of what was imported, one of all else.

The manifest and the hashes are read in portions while they are sent: nothing of the store is open meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.domain.actor import Actor
from registry.domain.errors import NotFound
from registry.domain.interop import misp
from registry.domain.interop.ids import is_uuid
from registry.domain.interop.told import Told
from registry.domain.network import party_of
from registry.domain.record import RecordUid
from registry.ports import Registry
from registry.service import limits
from registry.service.interop import reading
from registry.settings.limits import LARGEST_COST
from web.authentication import actor_of
from web.limits import PAGE_COST
from web.pages.caching import by_reader
from web.pages.techniques import technique
from web.site import Site, site_of
from web.streaming import Places, StreamInPlace

FEEDS = {"misp": False, "misp-imported": True}
_NOINDEX = {"X-Robots-Tag": "noindex"}
_PIECE = 1 << 15
# Feeds that are under way: of one party, and in all.
_EACH, _AT_ONCE = 2, 8


def places() -> Places:
    """How many feeds may be under way."""
    return Places("feeds", each=_EACH, at_once=_AT_ONCE)


async def manifest(request: Request) -> Response:
    """The events of the feed by uuid, each with what MISP needs to know to fetch it again.

    Raises:
        NotFound: there is no such feed.
        RateLimited: the budget is used up.
    """
    return await by_reader(_manifest, _version_of(request))(request)


async def hashes(request: Request) -> Response:
    """MD5 of each value with the uuid of its event.

    Raises:
        NotFound, RateLimited: as ``manifest``.
    """
    return await by_reader(_hashes, _version_of(request))(request)


async def event(request: Request) -> Response:
    """One event; of what is gone, one that says so.

    Raises:
        NotFound: there is none of this uuid, or it is for others.
    """
    return await by_reader(_event, _version_of(request))(request)


async def _manifest(request: Request) -> Response:
    _charge(request)
    return _streamed(request, _manifest_text(request), "application/json")


async def _hashes(request: Request) -> Response:
    _charge(request)
    return _streamed(request, _hash_lines(request), "text/csv")


async def _event(request: Request) -> Response:
    site, uuid = site_of(request), request.path_params["uuid"]
    if not is_uuid(uuid):
        raise NotFound("no such event")
    ask = partial(reading.one, site.registry, actor_of(request), RecordUid(uuid))
    told = await anyio.to_thread.run_sync(ask, limiter=site.searches)
    if told.record.imported != _feed(request):
        raise NotFound("no such event")
    return JSONResponse(misp.event(told, name_of=partial(_name_of, site)), headers=_NOINDEX)


def _streamed(request: Request, texts: Iterator[str], media_type: str) -> Response:
    actor, places = actor_of(request), request.app.state.feeds
    party = actor.organisation or actor.person or party_of(actor.address) or "unknown"
    return StreamInPlace(_pieces(texts), places=places, party=party, media_type=media_type, headers=_NOINDEX)


def _manifest_text(request: Request) -> Iterator[str]:
    site, first = site_of(request), True
    yield "{"
    for told in _everything(request):
        entry = json.dumps(misp.manifest_entry(told, name_of=partial(_name_of, site)), ensure_ascii=False)
        yield f'{"" if first else ","}\n"{told.record.uid}":{entry}'
        first = False
    yield "\n}\n"


def _hash_lines(request: Request) -> Iterator[str]:
    for told in _everything(request):
        yield from (f"{one},{told.record.uid}\n" for one in misp.hashes(told))


def _everything(request: Request) -> Iterator[Told]:
    return reading.everything(site_of(request).registry, actor_of(request), imported=_feed(request))


def _pieces(texts: Iterator[str]) -> Iterator[bytes]:
    """The same text, in pieces that are worth sending."""
    taken: list[str] = []
    size = 0
    for text in texts:
        taken.append(text)
        size += len(text)
        if size >= _PIECE:
            yield "".join(taken).encode()
            taken, size = [], 0
    yield "".join(taken).encode()


def _charge(request: Request) -> None:
    """Charge for the records before the first is read, as far as an idle budget surely holds it."""
    registry, actor = site_of(request).registry, actor_of(request)
    rows = reading.count(registry, actor, imported=_feed(request))
    if rows:
        request.state.standing = limits.charge(registry, actor, cost=min(rows, LARGEST_COST - PAGE_COST))


def _version_of(request: Request) -> Callable[[Registry, Actor], str]:
    return partial(reading.version, imported=_feed(request))


def _feed(request: Request) -> bool:
    """Whether it is the feed of what was imported."""
    name = request.path_params["feed"]
    if name not in FEEDS:
        raise NotFound("there is no such feed")
    return FEEDS[name]


def _name_of(site: Site, code: str) -> str | None:
    return technique(site, code).name
