"""The ASGI application behind ``/graphql``. It authenticates nobody: the actor comes in ``request.state``."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import Any

import orjson
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from registry.domain.actor import ANONYMOUS
from registry.domain.errors import CommonsError, Unavailable
from registry.ports import Registry
from registry.service import find
from schema.context import Context, Threads
from schema.documents import Documents, Prepared
from schema.errors import RequestRefused, present, refusal_of
from schema.execution import run
from schema.limits import MAX_COST
from schema.root import build_schema
from schema.transport import NEW_TYPE, GraphQLRequest, media_type, read_request

WRITING_THREADS = 32
READING_THREADS = 2

_PRIVATE = {"Cache-Control": "private, no-store"}
# The index follows the log a moment later, so an answer of it may change while ``public_seq`` stays.
_NOT_SHARED = frozenset({"search"})


class GraphQLApp:
    """Answers GraphQL over HTTP for one registry.

    ``request.state`` must hold ``actor`` (an ``Actor``) and ``request_id`` (text).
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        schema = build_schema()
        self._schema = schema.core
        self._documents = Documents(self._schema)
        self._threads = Threads(CapacityLimiter(WRITING_THREADS), CapacityLimiter(READING_THREADS))
        sdl = schema.as_str().encode()
        self._build = version("incident-commons").encode() + hashlib.sha256(sdl).digest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        type_ = NEW_TYPE
        try:
            type_ = media_type(request.headers.get("accept"))
            response = await self._answer(request, type_)
        except RequestRefused as refused:
            response = _refusal(request, refused, type_)
        except CommonsError as error:
            response = _refusal(request, refusal_of(error, 503 if isinstance(error, Unavailable) else 500), type_)
        response.headers["Vary"] = "Accept, Authorization"
        await response(scope, receive, send)

    async def _answer(self, request: Request, type_: str) -> Response:
        asked = await read_request(request)
        prepared = self._documents.prepare(asked.query, asked.operation_name, asked.variables)
        if asked.is_get and not prepared.is_query:
            refused = RequestRefused(405, "METHOD_NOT_ALLOWED", "send mutations by POST")
            refused.headers["Allow"] = "POST"
            raise refused
        etag = self._etag(request, asked, prepared, type_)
        if etag is not None and etag in _known_to_client(request):
            return Response(status_code=304, headers=_shared(etag))
        body = await self._execute(request, asked, prepared)
        headers = _PRIVATE if etag is None or "errors" in body else _shared(etag)
        return Response(orjson.dumps(body), media_type=f"{type_}; charset=utf-8", headers=headers)

    async def _execute(self, request: Request, asked: GraphQLRequest, prepared: Prepared) -> dict[str, Any]:
        request_id: str = request.state.request_id
        context = Context(self._registry, request.state.actor, request_id, self._threads)
        result = await run(self._schema, prepared.document, context, asked.variables, asked.operation_name)
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [present(error, request_id) for error in result.errors]
        body["extensions"] = {"cost": {"requested": prepared.load.cost, "limit": MAX_COST}}
        return body

    def _etag(self, request: Request, asked: GraphQLRequest, prepared: Prepared, type_: str) -> str | None:
        """The tag of a public answer: it stays as long as nothing changes that strangers see."""
        if not asked.is_get or request.state.actor != ANONYMOUS or prepared.root_fields & _NOT_SHARED:
            return None
        version = find.public_version(self._registry, ANONYMOUS)
        parts = [asked.query, asked.operation_name, asked.variables, type_, version]
        key = self._build + orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
        return f'"{hashlib.sha256(key).hexdigest()[:32]}"'


def _shared(etag: str) -> dict[str, str]:
    return {"Cache-Control": "public, no-cache", "ETag": etag}


def _known_to_client(request: Request) -> set[str]:
    said = request.headers.get("if-none-match", "")
    return {one.strip().removeprefix("W/") for one in said.split(",")}


def _refusal(request: Request, refused: RequestRefused, type_: str) -> Response:
    """The answer to a request that was not executed."""
    status = refused.status or (400 if type_ == NEW_TYPE else 200)
    for error in refused.errors:
        error["extensions"]["requestId"] = request.state.request_id
    body = orjson.dumps({"errors": refused.errors})
    return Response(body, status, _PRIVATE | refused.headers, f"{type_}; charset=utf-8")
