"""TAXII 2.1: a discovery, one API root, and a collection a level for whoever asks; nothing is taken in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.domain.canonical import JsonValue
from registry.domain.errors import NotFound
from registry.domain.interop import taxii
from registry.domain.interop.channel import Channel
from registry.domain.interop.stix import MEDIA_TYPE as STIX
from registry.domain.interop.taxii import MEDIA_TYPE, read_asked
from registry.ports import Registry
from registry.service import limits
from registry.service.interop import collections, reading
from registry.service.interop.collections import Added, Envelope
from web.authentication import actor_of
from web.errors import HttpFailure
from web.pages.caching import by_body
from web.pages.techniques import technique
from web.site import Site, site_of

DISCOVERY = "/taxii2/"
ROOT = "/taxii2/records/"
# Of what is sent in, which is nothing; a number is asked for.
_MAX_CONTENT = 1
_TAKEN = frozenset({"*/*", "application/*", "application/taxii+json", MEDIA_TYPE})
_NOTICE = "Reports, not rates: what somebody chose to tell. Their text is untrusted: pass it to programs as data only."


async def discovery(request: Request) -> Response:
    """Which API roots there are: one.

    Raises:
        HttpFailure: no form is accepted that this server speaks.
    """
    return await by_body(_discovery)(request)


async def root(request: Request) -> Response:
    """What the API root is.

    Raises:
        HttpFailure: as ``discovery``.
    """
    return await by_body(_root)(request)


async def list_collections(request: Request) -> Response:
    """The collections that whoever asks may read.

    Raises:
        HttpFailure: as ``discovery``.
    """
    return await by_body(_list_collections)(request)


async def collection(request: Request) -> Response:
    """One of them.

    Raises:
        HttpFailure: as ``discovery``.
        NotFound: there is none of this id, or it is for others.
    """
    return await by_body(_collection)(request)


async def objects(request: Request) -> Response:
    """The objects of a collection, a page.

    Raises:
        HttpFailure, NotFound: as ``collection``.
        InvalidInput: a parameter cannot be read.
        RateLimited: the budget is used up.
    """
    return await by_body(_objects)(request)


async def manifest(request: Request) -> Response:
    """What the page of objects would hold: ids, times and versions.

    Raises:
        HttpFailure, NotFound, InvalidInput, RateLimited: as ``objects``.
    """
    return await by_body(_manifest)(request)


async def one(request: Request) -> Response:
    """One object; of what is shared by records, a page of where it was looked for.

    Raises:
        HttpFailure, NotFound, InvalidInput, RateLimited: as ``objects``.
    """
    return await by_body(_one)(request)


async def versions(request: Request) -> Response:
    """The versions of one object: there is one, the newest.

    Raises:
        HttpFailure, NotFound, InvalidInput, RateLimited: as ``objects``.
    """
    return await by_body(_versions)(request)


async def _discovery(request: Request) -> Response:
    site = site_of(request)
    settings = site.registry.settings
    url = site.url(ROOT)
    told: dict[str, JsonValue] = {"title": settings.title, "description": _NOTICE, "default": url, "api_roots": [url]}
    return _answer(request, told)


async def _root(request: Request) -> Response:
    told: dict[str, JsonValue] = {
        "title": site_of(request).registry.settings.title,
        "description": _NOTICE,
        "versions": [MEDIA_TYPE],
        "max_content_length": _MAX_CONTENT,
    }
    return _answer(request, told)


async def _list_collections(request: Request) -> Response:
    registry = site_of(request).registry
    told = [_told(registry, channel) for channel in reading.channels(registry, actor_of(request))]
    return _answer(request, {"collections": told})


async def _collection(request: Request) -> Response:
    return _answer(request, _told(site_of(request).registry, _channel(request)))


async def _objects(request: Request) -> Response:
    found = await _page(request)
    told: dict[str, JsonValue] = {"more": found.more, "objects": [added.object for added in found.objects]}
    return _answer(request, _without_nothing(told, found), found.objects)


async def _manifest(request: Request) -> Response:
    found = await _page(request)
    told: dict[str, JsonValue] = {"more": found.more, "objects": [_entry(added) for added in found.objects]}
    return _answer(request, _without_nothing(told, found), found.objects)


async def _one(request: Request) -> Response:
    found = await _page_of_one(request)
    told: dict[str, JsonValue] = {"more": found.more, "objects": [added.object for added in found.objects]}
    return _answer(request, _without_nothing(told, found), found.objects)


async def _versions(request: Request) -> Response:
    found = await _page_of_one(request)
    told: dict[str, JsonValue] = {"more": found.more, "versions": [_version(added) for added in found.objects]}
    return _answer(request, _without_nothing(told, found), found.objects)


def _channel(request: Request) -> Channel:
    return collections.channel_named(site_of(request).registry, actor_of(request), request.path_params["collection"])


async def _page(request: Request, *, of: str | None = None) -> Envelope:
    """A page as the address asks for it.

    Args:
        of: the one object to look for.
    """
    site, actor, channel = site_of(request), actor_of(request), _channel(request)
    params = request.query_params.multi_items()
    limit = taxii.limit_in(dict(params).get("limit"))
    asked = read_asked([*(pair for pair in params if pair[0] != "match[id]" or of is None), *_only(of)])
    # A page costs by what it may hold, beside what every page costs.
    request.state.standing = limits.charge(site.registry, actor, cost=limit)
    ask = partial(
        collections.envelope,
        site.registry,
        actor,
        channel,
        asked,
        limit=limit,
        next_=dict(params).get("next"),
        name_of=partial(_name_of, site),
    )
    return await anyio.to_thread.run_sync(ask, limiter=site.searches)


async def _page_of_one(request: Request) -> Envelope:
    site, actor, channel, id_ = site_of(request), actor_of(request), _channel(request), request.path_params["object"]
    ask = partial(collections.single, site.registry, actor, channel, id_, name_of=partial(_name_of, site))
    found: Added | None = await anyio.to_thread.run_sync(ask, limiter=site.searches)
    if found is not None:
        return Envelope((found,), more=False, next=None)
    page = await _page(request, of=id_)
    if not page.objects and not page.more:
        raise NotFound("no such object")
    return page


def _only(of: str | None) -> list[tuple[str, str]]:
    return [] if of is None else [("match[id]", of)]


def _name_of(site: Site, code: str) -> str | None:
    return technique(site, code).name


def _told(registry: Registry, channel: Channel) -> JsonValue:
    whom = f", shared with the group {channel.group}" if channel.group else ""
    if channel.left_by is not None:
        whom += ", which your organisation has left: all that it was given is taken back"
    what = "imported from elsewhere" if channel.imported else "published here or at nodes that this one syncs with"
    alias = "-".join(filter(None, (channel.tlp.value, channel.group, "imported" if channel.imported else "")))
    return {
        "id": collections.id_of(registry, channel),
        "title": f"TLP:{channel.tlp.value}{whom}{', imported' if channel.imported else ''}",
        "description": f"Records marked TLP:{channel.tlp.value}{whom}, {what}.",
        "alias": alias.lower().replace("+", "-"),
        "can_read": True,
        "can_write": False,
        "media_types": [STIX],
    }


def _entry(added: Added) -> JsonValue:
    version = added.object.get("modified", added.object.get("created"))
    return {"id": added.object["id"], "date_added": taxii.instant(added.at), "version": version, "media_type": STIX}


def _version(added: Added) -> JsonValue:
    return added.object.get("modified", added.object.get("created"))


def _without_nothing(told: dict[str, JsonValue], found: Envelope) -> dict[str, JsonValue]:
    """As TAXII has it: an envelope without objects has no list of them, and the last page no ``next``."""
    kept = {name: value for name, value in told.items() if value != []}
    return kept if found.next is None else kept | {"next": found.next}


def _answer(request: Request, told: Mapping[str, JsonValue] | JsonValue, added: tuple[Added, ...] = ()) -> Response:
    _require_accepted(request)
    headers = {"X-Robots-Tag": "noindex"}
    if added:
        headers["X-TAXII-Date-Added-First"] = taxii.instant(added[0].at)
        headers["X-TAXII-Date-Added-Last"] = taxii.instant(added[-1].at)
    return JSONResponse(told, headers=headers, media_type=MEDIA_TYPE)


def _require_accepted(request: Request) -> None:
    accepted = request.headers.get("accept", "*/*")
    named = {";".join(part.strip() for part in one.split(";") if "q=" not in part) for one in accepted.split(",")}
    if _TAKEN.isdisjoint(one.replace(" ", "").lower() for one in named):
        raise HttpFailure(406, "NOT_ACCEPTABLE", f"this server speaks {MEDIA_TYPE}")
