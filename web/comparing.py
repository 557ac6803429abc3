"""The doors for nodes that compare what they hold with what this one has for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import Actor
from registry.domain.errors import InvalidInput, NotFound, Problem
from registry.domain.federation.comparing import BUCKETS
from registry.domain.federation.filtering import read_filter
from registry.ports import Registry
from registry.service.federation import comparing
from web.federation import answer_with, asking_node, item_document
from web.nodes import nodes_of
from web.site import site_of

_MOST_DIGITS = 16


async def record(request: Request) -> Response:
    """What the node that asks may know of one record, with the headers before the newest, a page.

    Raises:
        Unauthenticated: no node that is answered signed the request.
        InvalidInput: where to go on is no number.
        NotFound: there is no such record, or none for that node.
    """
    return await _signed(request, _record)


async def buckets(request: Request) -> Response:
    """Hashes of what the node that asks may know of the records of an origin.

    Raises:
        Unauthenticated: no node that is answered signed the request.
        InvalidInput: no origin is named, the first bucket is no number, or a kind or marking is none.
        HttpFailure: it compares already.
    """
    return await _signed(request, _buckets, compares=True)


async def bucket(request: Request) -> Response:
    """The records of an origin in one bucket that the node that asks may know of.

    Raises:
        Unauthenticated: no node that is answered signed the request.
        InvalidInput: no origin is named, or a kind or marking is none.
        NotFound: there is no such bucket.
        HttpFailure: it compares already.
    """
    return await _signed(request, _bucket, compares=True)


async def _signed(
    request: Request, answer: Callable[[Registry, Request, Actor], Mapping[str, object]], *, compares: bool = False
) -> Response:
    """Answer a signed question, in threads of their own sort: none of these keeps readers waiting.

    Args:
        compares: whether it takes a place of those who compare.
    """
    site, body = site_of(request), await request.body()
    registry, nodes = site.registry, nodes_of(request)
    actor, nonce = await anyio.to_thread.run_sync(asking_node, registry, request, body, limiter=nodes.threads)

    def work() -> Response:
        return answer_with(registry, {**answer(registry, request, actor), "for": nonce})

    with nodes.comparing(actor.node or "") if compares else nullcontext():
        return await anyio.to_thread.run_sync(work, limiter=nodes.threads)


def _record(registry: Registry, request: Request, actor: Actor) -> Mapping[str, object]:
    below = _below(request.query_params.get("below"))
    found = comparing.revisions(registry, actor, request.path_params["uid"], below=below)
    return {
        "items": [item_document(found.item)],
        "headers": [
            {"rev": one.rev, "hash": one.hash}
            | ({"header": one.body.decode(), "signature": one.signature} if one.body else {})
            for one in found.headers
        ],
        "next": found.next,
        "log_id": found.log_id,
    }


def _buckets(registry: Registry, request: Request, actor: Actor) -> Mapping[str, object]:
    origin, first = _origin(request), _number(request.query_params.get("first", "0"), BUCKETS - 1)
    wanted = read_filter(request.query_params)
    found = nodes_of(request).compared.buckets(registry, actor, origin=origin, first=first, wanted=wanted)
    return {"buckets": {str(number): hash_ for number, hash_ in found.hashes.items()}, "next": found.next}


def _bucket(registry: Registry, request: Request, actor: Actor) -> Mapping[str, object]:
    number, origin = request.path_params["bucket"], _origin(request)
    if number >= BUCKETS:
        raise NotFound("no such bucket")
    wanted = read_filter(request.query_params)
    found = comparing.bucket_entries(registry, actor, number, origin=origin, wanted=wanted)
    return {"entries": [[one.uid, one.rev, one.hash] for one in found]}


def _origin(request: Request) -> str:
    origin = request.query_params.get("origin", "")
    if not 1 <= len(origin) <= 253:
        raise InvalidInput([Problem(("origin",), "REQUIRED", "name the node whose records are compared")])
    return origin


def _below(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= _MOST_DIGITS:
        message = f"name the rev below which to go on, a number of at most {_MOST_DIGITS} digits"
        raise InvalidInput([Problem(("below",), "OUT_OF_RANGE", message)])
    return int(text)


def _number(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3 or int(text) > most:
        raise InvalidInput([Problem(("first",), "OUT_OF_RANGE", f"name a bucket from 0 to {most}")])
    return int(text)
