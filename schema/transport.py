"""GraphQL over HTTP: from a request to text and variables, and which media type to answer in.

Follows the GraphQL over HTTP specification: POST with JSON, GET for queries, and
``application/graphql-response+json`` beside the older ``application/json``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request

from schema.errors import RequestRefused

NEW_TYPE = "application/graphql-response+json"
OLD_TYPE = "application/json"

MAX_NESTING = 50

_WILDCARDS = frozenset({"*/*", "application/*"})


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks to be executed."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None
    is_get: bool


def media_type(accept: str | None) -> str:
    """The media type to answer in.

    Raises:
        RequestRefused: 406, the client accepts neither.
    """
    if not accept or not accept.strip():
        return NEW_TYPE
    weights: dict[str, float] = {}
    for item in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in item.split(";"))
        chosen = NEW_TYPE if name in _WILDCARDS else name
        weights[chosen] = max(weights.get(chosen, 0.0), _weight(parameters))
    best = max((NEW_TYPE, OLD_TYPE), key=lambda name: weights.get(name, 0.0))
    if not weights.get(best):
        raise RequestRefused(406, "NOT_ACCEPTABLE", f"this can answer in {NEW_TYPE} and {OLD_TYPE}")
    return best


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


async def read_request(request: Request) -> GraphQLRequest:
    """What *request* asks for.

    Raises:
        RequestRefused: the method, the content type or the body is not what the specification allows.
    """
    if request.method == "GET":
        return _from_parameters(request)
    if request.method == "POST":
        _check_content_type(request)
        body = _parse(await request.body(), "the body")
        if isinstance(body, list):
            raise RequestRefused(400, "BATCH_NOT_SUPPORTED", "send one request at a time, as an object")
        if not isinstance(body, dict):
            raise RequestRefused(400, "BAD_REQUEST", "the body must be a JSON object with a query")
        return _checked(body, is_get=False)
    refused = RequestRefused(405, "METHOD_NOT_ALLOWED", "use POST, or GET for queries")
    refused.headers["Allow"] = "GET, POST"
    raise refused


def _from_parameters(request: Request) -> GraphQLRequest:
    said: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if said.get(name):
            said[name] = _parse(said[name].encode(errors="replace"), name)
        else:
            said.pop(name, None)
    return _checked(said, is_get=True)


def _check_content_type(request: Request) -> None:
    name, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if name.strip().lower() != OLD_TYPE or charset not in {"", "charset=utf-8"}:
        raise RequestRefused(415, "UNSUPPORTED_MEDIA_TYPE", "send Content-Type: application/json, in UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestRefused(415, "UNSUPPORTED_ENCODING", "send the body without Content-Encoding")


def _parse(body: bytes, what: str) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RequestRefused(400, "BAD_JSON", f"{what} cannot be read as JSON in UTF-8") from None


def _checked(said: dict[str, Any], *, is_get: bool) -> GraphQLRequest:
    query, variables, name = said.get("query"), said.get("variables"), said.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise RequestRefused(400, "BAD_REQUEST", "query must be a text with a GraphQL document")
    if variables is not None and not isinstance(variables, dict):
        raise RequestRefused(400, "BAD_REQUEST", "variables must be an object")
    if name is not None and not isinstance(name, str):
        raise RequestRefused(400, "BAD_REQUEST", "operationName must be a text")
    if _is_nested_deeper(variables, MAX_NESTING):
        raise RequestRefused(400, "INVALID_VALUE", f"variables may be nested {MAX_NESTING} levels deep")
    if not isinstance(said.get("extensions") or {}, dict):
        raise RequestRefused(400, "BAD_REQUEST", "extensions must be an object")
    return GraphQLRequest(query, variables or {}, name or None, is_get)


def _is_nested_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects stand within one another more than *levels* deep."""
    here = [value]
    for _ in range(levels + 1):
        here = [one for one in here if isinstance(one, dict | list)]
        here = [inner for one in here for inner in (one.values() if isinstance(one, dict) else one)]
        if not here:
            return False
    return True
