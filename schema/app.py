"""The ASGI application behind ``/graphql``. It authenticates nobody: the actor comes in ``request.state``."""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import replace
from typing import Any

import orjson
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from registry.domain.actor import ANONYMOUS, Actor
from registry.domain.errors import CommonsError, ExposureLimit, Unavailable
from registry.ports import Registry
from registry.release import version
from registry.service import find, limits, welfare
from registry.service.limits import OverBudget, Standing
from schema.context import Context, Threads
from schema.documents import Documents, Prepared
from schema.errors import RequestRefused, present, refusal_of
from schema.execution import TimeOver, run
from schema.limits import MAX_COST
from schema.root import build_schema
from schema.transport import NEW_TYPE, GraphQLRequest, media_type, read_request
from schema.trusted import Trusted

WRITING_THREADS = 32
READING_THREADS = 2
# What a request costs by itself, and for what is read and checked of it: one more for so much.
REQUEST_COST = 5
LETTERS_PER_COST = 50
BYTES_PER_COST = 500

_PRIVATE = {"Cache-Control": "private, no-store"}
# The index follows the log a moment later, so an answer of it may change while ``public_seq`` stays; and a budget is
# nobody else's.
_NOT_SHARED = frozenset({"search", "related", "rateLimit"})
_PARTIAL_SUCCESS = 294


class GraphQLApp:
    """Answers GraphQL over HTTP for one registry.

    ``request.state`` must hold ``actor`` (an ``Actor``) and ``request_id`` (text); ``standing`` is put there.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        schema = build_schema()
        self._schema = schema.core
        self._documents = Documents(self._schema)
        self._trusted = Trusted(registry)
        self._threads = Threads(CapacityLimiter(WRITING_THREADS), CapacityLimiter(READING_THREADS))
        self._build = version().encode() + hashlib.sha256(schema.sdl.encode()).digest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        type_ = NEW_TYPE
        try:
            try:
                type_ = media_type(", ".join(request.headers.getlist("accept")))
                asked = await read_request(request)
                query = self._trusted.text(request.state.actor, asked)
            except RequestRefused:
                await self._charge_unread(request)
                raise
            response = await self._answer(request, type_, asked, query)
        except RequestRefused as refused:
            response = _refusal(request, refused, type_)
        except OverBudget as error:
            request.state.standing = error.standing
            response = _refusal(request, _throttled(error), type_)
        except CommonsError as error:
            response = _refusal(request, refusal_of(error, 503 if isinstance(error, Unavailable) else 500), type_)
        response.headers["Vary"] = "Accept, Authorization, Cookie"
        await response(scope, receive, send)

    async def _charge_unread(self, request: Request) -> None:
        """What cannot be read, and asking for documents that are not there, costs what reading it costs.

        Raises:
            OverBudget: as for any request.
        """
        sent = await request.body() if request.method == "POST" else request.scope["query_string"]
        cost = REQUEST_COST + len(sent) // BYTES_PER_COST
        request.state.standing = limits.charge(self._registry, request.state.actor, cost=cost)

    async def _answer(self, request: Request, type_: str, asked: GraphQLRequest, query: str) -> Response:
        base = REQUEST_COST + len(query) // LETTERS_PER_COST + asked.size // BYTES_PER_COST
        bill = _Bill(self._registry, request.state.actor, base)
        if not self._documents.knows(query):
            bill.charge(0)
        prepared = self._prepare(bill, query, asked)
        etag = self._etag(request, query, asked, prepared, type_)
        if etag is not None and etag in _known_to_client(request):
            request.state.standing = bill.charge(0)
            return Response(status_code=304, headers=_shared(etag))
        request.state.standing = standing = bill.charge(prepared.load.cost, writes=prepared.load.writes)
        body = await self._execute(request, asked, prepared, standing)
        is_shared = etag is not None and "errors" not in body
        cost: dict[str, Any] = {"requested": prepared.load.cost, "limit": MAX_COST}
        body["extensions"] = {"cost": cost if is_shared else cost | _left(standing)}
        status = _PARTIAL_SUCCESS if "errors" in body and type_ == NEW_TYPE else 200
        headers = _shared(etag) if etag is not None and is_shared else _PRIVATE
        return Response(self._encoded(body, prepared), status, headers, f"{type_}; charset=utf-8")

    def _prepare(self, bill: _Bill, query: str, asked: GraphQLRequest) -> Prepared:
        try:
            prepared = self._documents.prepare(query, asked.operation_name, asked.variables)
        except RequestRefused:
            bill.charge(0)
            raise
        if asked.is_get and not prepared.is_query:
            bill.charge(0)
            refused = RequestRefused(405, "METHOD_NOT_ALLOWED", "send mutations by POST")
            refused.headers["Allow"] = "POST"
            raise refused
        return prepared

    async def _execute(
        self, request: Request, asked: GraphQLRequest, prepared: Prepared, standing: Standing | None
    ) -> dict[str, Any]:
        request_id: str = request.state.request_id
        seconds = self._registry.settings.max_query_seconds
        ends_at = time.monotonic() + seconds if prepared.is_query else math.inf
        context = Context(self._registry, request.state.actor, request_id, self._threads, standing, ends_at)
        try:
            result = await run(self._schema, prepared.document, context, asked.variables, asked.operation_name)
        except TimeOver:
            message = f"the query took longer than {seconds:g} seconds; ask for less"
            raise RequestRefused(503, "QUERY_TOO_SLOW", message) from None
        if context.work:
            await _count_work(context, is_query=prepared.is_query)
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [present(error, request_id) for error in result.errors]
        return body

    def _encoded(self, body: dict[str, Any], prepared: Prepared) -> bytes:
        encoded = orjson.dumps(body)
        limit = self._registry.settings.max_response_bytes
        if len(encoded) > limit:
            done = "ask for smaller pages" if prepared.is_query else "the changes were made; read them in smaller pages"
            message = f"the answer is larger than {limit} bytes; {done}"
            raise RequestRefused(500, "RESPONSE_TOO_LARGE", message, limit=limit)
        return encoded

    def _etag(self, request: Request, query: str, asked: GraphQLRequest, prepared: Prepared, type_: str) -> str | None:
        """The tag of a public answer: it stays as long as nothing changes that strangers see."""
        if not asked.is_get or request.state.actor != ANONYMOUS or prepared.root_fields & _NOT_SHARED:
            return None
        version = find.public_version(self._registry, ANONYMOUS)
        parts = [query, asked.operation_name, asked.variables, type_, version]
        key = self._build + orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
        return f'"{hashlib.sha256(key).hexdigest()[:32]}"'


class _Bill:
    """What one request pays: *base* once, whatever comes of it, and what its execution costs."""

    def __init__(self, registry: Registry, who: Actor, base: int) -> None:
        self._registry = registry
        self._who = who
        self._due = base
        self._charged = 0

    def charge(self, cost: int, *, writes: int = 0) -> Standing | None:
        """Charge *cost*, and the base where it has not been charged.

        Raises:
            OverBudget: nothing was charged.
        """
        due, total = self._due, self._due + cost
        if not total and not writes:
            return None
        standing = limits.charge(self._registry, self._who, cost=total, writes=writes)
        self._due -= due
        self._charged += total
        return None if standing is None else replace(standing, cost=self._charged)


def _left(standing: Standing | None) -> dict[str, Any]:
    balance = standing.tightest() if standing else None
    if balance is None:
        return {}
    restores_at = balance.full_at.isoformat().replace("+00:00", "Z")
    return {"remaining": balance.remaining, "restoresAt": restores_at}


def _shared(etag: str) -> dict[str, str]:
    return {"Cache-Control": "public, no-cache", "ETag": etag}


def _known_to_client(request: Request) -> set[str]:
    said = request.headers.get("if-none-match", "")
    return {one.strip().removeprefix("W/") for one in said.split(",")}


def _throttled(error: OverBudget) -> RequestRefused:
    wait = error.retry_after_seconds
    refused = RequestRefused(429, error.code, error.message, retryAfterSeconds=wait, **_left(error.standing))
    refused.headers["Retry-After"] = str(wait)
    return refused


async def _count_work(context: Context, *, is_query: bool) -> None:
    """Count what a reviewer is given to read.

    Raises:
        RequestRefused: it is enough for now.
    """
    given = [(uid, revision) for (uid, _), revision in context.work.items()]
    try:
        await context.write(lambda: welfare.note_work(context.registry, context.actor, given))
    except ExposureLimit as error:
        done = "" if is_query else "; the changes were made"
        raise RequestRefused(409, error.code, f"{error.message}{done}") from None


def _refusal(request: Request, refused: RequestRefused, type_: str) -> Response:
    """The answer to a request that was not executed."""
    status = refused.status or (400 if type_ == NEW_TYPE else 200)
    for error in refused.errors:
        error["extensions"]["requestId"] = request.state.request_id
    body = orjson.dumps({"errors": refused.errors})
    return Response(body, status, _PRIVATE | refused.headers, f"{type_}; charset=utf-8")
