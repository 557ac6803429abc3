"""Public pages are right until ``public_seq`` moves: their ETag says so, and a known one is answered without work."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS, Actor
from registry.ports import Registry
from registry.service import find, index_state
from web.authentication import actor_of, signed_in_as
from web.limits import mark_known
from web.site import site_of

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]

PUBLIC = "public, no-cache"
PRIVATE = "private, no-store"


def _by_the_log(registry: Registry) -> str:
    return find.public_version(registry, ANONYMOUS)


def index_version(registry: Registry) -> str:
    """What an answer depends on that is made of public records and of the index."""
    return index_state.version(registry, ANONYMOUS)


def by_log(handler: Handler, version: Callable[[Registry], str] = _by_the_log) -> Handler:
    """An endpoint whose answer to strangers depends on the address and the public log alone, or on *version*."""

    async def endpoint(request: Request) -> Response:
        if actor_of(request) != ANONYMOUS:
            return _private(await handler(request))
        tag = _tag_of_log(request, version)
        if _is_known(request, tag):
            mark_known(request.scope)
            return _unchanged(tag)
        return _public(await handler(request), tag)

    return endpoint


def by_version(handler: Handler, version: Callable[[Registry], str]) -> Handler:
    """An endpoint whose answer depends on the address and on *version* alone, whoever asks."""

    async def endpoint(request: Request) -> Response:
        site = site_of(request)
        said = await anyio.to_thread.run_sync(version, site.registry)
        tag = _quoted(site.build, f"{request.url.path}?{request.url.query}".encode(), said.encode())
        if _is_known(request, tag):
            mark_known(request.scope)
            return _unchanged(tag)
        return _public(await handler(request), tag)

    return endpoint


def by_reader(handler: Handler, version: Callable[[Registry, Actor], str]) -> Handler:
    """An endpoint whose answer depends on the address and on *version* alone, which is one for each who may read
    something else: whoever asks again has it cheaply, with a key too."""

    async def endpoint(request: Request) -> Response:
        site, actor = site_of(request), actor_of(request)
        said = await anyio.to_thread.run_sync(version, site.registry, actor)
        tag = _quoted(site.build, f"{request.url.path}?{request.url.query}".encode(), said.encode())
        control = PUBLIC if actor == ANONYMOUS else "private, no-cache"
        if _is_known(request, tag):
            mark_known(request.scope)
            answer = _unchanged(tag)
            answer.headers["Cache-Control"] = control
            return answer
        answer = await handler(request)
        answer.headers["Cache-Control"] = control if answer.status_code == 200 else "no-store"
        return _public(answer, tag)

    return endpoint


def by_body(handler: Handler) -> Handler:
    """An endpoint whose answer may also depend on how far the index is: the tag is made of what it says."""

    async def endpoint(request: Request) -> Response:
        response = await handler(request)
        if actor_of(request) != ANONYMOUS:
            return _private(response)
        tag = _quoted(site_of(request).build, bytes(response.body))
        return _unchanged(tag) if response.status_code == 200 and _is_known(request, tag) else _public(response, tag)

    return endpoint


def page(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """A page in the node's own frame."""
    html = site_of(request).render(
        template, {"path": request.url.path, "signed_in_as": signed_in_as(request), **values}
    )
    return Response(html, status, media_type="text/html")


def _tag_of_log(request: Request, version: Callable[[Registry], str]) -> str:
    site = site_of(request)
    address = f"{request.url.path}?{request.url.query}".encode()
    return _quoted(site.build, address, version(site.registry).encode())


def _quoted(build: str, *pieces: bytes) -> str:
    found = hashlib.sha256(build.encode())
    for piece in pieces:
        found.update(b"\0" + piece)
    return f'"{found.hexdigest()[:32]}"'


def _is_known(request: Request, tag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return tag in (one.strip().removeprefix("W/") for one in known.split(","))


def _unchanged(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": PUBLIC, "Vary": "Authorization, Cookie"})


def _public(response: Response, tag: str) -> Response:
    response.headers.setdefault("Vary", "Authorization, Cookie")
    if response.status_code == 200:
        response.headers.setdefault("ETag", tag)
        response.headers.setdefault("Cache-Control", PUBLIC)
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = PRIVATE
    return response
