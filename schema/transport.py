"""GraphQL over HTTP: from a request to text and variables, and which media type to answer in.

Follows the GraphQL over HTTP specification: POST with JSON, GET for queries, and
``application/graphql-response+json`` beside the older ``application/json``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request

from schema.errors import RequestRefused

NEW_TYPE = "application/graphql-response+json"
OLD_TYPE = "application/json"

MAX_NESTING = 50
_PARAMETERS = ("query", "documentId", "operationName", "variables", "extensions")

_UTF_8 = frozenset({"utf-8", "utf8"})
# What JSON is read into.
_NESTING = (dict, list)
_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks to be executed: *query*, or the registered document with the id *document_id*.

    Attributes:
        size: bytes of the body, or of the parameters.
    """

    query: str
    variables: dict[str, Any]
    operation_name: str | None
    is_get: bool
    size: int
    document_id: str | None = None


def media_type(accept: str) -> str:
    """The media type to answer in, by the value of ``Accept``; empty where nothing is said.

    Of ranges that fit, the most exact one says how much a type is wanted (RFC 9110, 12.5.1).

    Raises:
        RequestRefused: 406, the client accepts neither.
    """
    if not accept.strip():
        return NEW_TYPE
    ranges = [_range(item) for item in accept.split(",")]
    weights = {name: _weight(name, ranges) for name in (NEW_TYPE, OLD_TYPE)}
    best = max(weights, key=lambda name: weights[name])
    if not weights[best]:
        raise RequestRefused(406, "NOT_ACCEPTABLE", f"this can answer in {NEW_TYPE} and {OLD_TYPE}, in UTF-8")
    return best


def _range(item: str) -> tuple[str, float]:
    """A media range and its weight, 0 to 1; what asks for another charset than ours is not wanted."""
    name, *parameters = item.lower().split(";")
    weight = 1.0
    for parameter in parameters:
        key, _, value = (piece.strip() for piece in parameter.partition("="))
        if key == "q":
            weight = float(value) if _WEIGHT.fullmatch(value) else 0.0
        elif key == "charset" and value.strip('"') not in _UTF_8:
            return "", 0.0
    return name.strip(), weight


def _weight(name: str, ranges: list[tuple[str, float]]) -> float:
    for wanted in (name, "application/*", "*/*"):
        found = [weight for range_, weight in ranges if range_ == wanted]
        if found:
            return max(found)
    return 0.0


async def read_request(request: Request) -> GraphQLRequest:
    """What *request* asks for.

    Raises:
        RequestRefused: the method, the content type or the body is not what the specification allows.
    """
    if request.method in {"GET", "HEAD"}:
        return _from_parameters(request)
    if request.method == "POST":
        _check_content_type(request)
        sent = await request.body()
        body = _parse(sent, "the body")
        if isinstance(body, list):
            raise RequestRefused(400, "BATCH_NOT_SUPPORTED", "send one request at a time, as an object")
        if not isinstance(body, dict):
            raise RequestRefused(400, "BAD_REQUEST", "the body must be a JSON object with a query")
        return _checked(body, len(sent), is_get=False)
    refused = RequestRefused(405, "METHOD_NOT_ALLOWED", "use POST, or GET for queries")
    refused.headers["Allow"] = "GET, HEAD, POST"
    raise refused


def _from_parameters(request: Request) -> GraphQLRequest:
    pairs = request.query_params.multi_items()
    said: dict[str, Any] = dict(pairs)
    twice = [name for name in _PARAMETERS if sum(name == one for one, _ in pairs) > 1]
    if twice:
        raise RequestRefused(400, "BAD_REQUEST", f"{twice[0]} is given more than once")
    for name in ("variables", "extensions"):
        if said.get(name):
            said[name] = _parse(said[name].encode(errors="replace"), name)
        else:
            said.pop(name, None)
    return _checked(said, len(request.scope["query_string"]), is_get=True)


def _check_content_type(request: Request) -> None:
    name, *parameters = ", ".join(request.headers.getlist("content-type")).lower().split(";")
    pairs = [parameter.partition("=") for parameter in parameters]
    charsets = {value.strip().strip('"') for key, _, value in pairs if key.strip() == "charset"}
    if name.strip() != OLD_TYPE or not charsets <= _UTF_8:
        raise RequestRefused(415, "UNSUPPORTED_MEDIA_TYPE", "send Content-Type: application/json, in UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestRefused(415, "UNSUPPORTED_ENCODING", "send the body without Content-Encoding")


def _parse(body: bytes, what: str) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RequestRefused(400, "BAD_JSON", f"{what} cannot be read as JSON in UTF-8") from None


def _checked(said: dict[str, Any], size: int, *, is_get: bool) -> GraphQLRequest:
    query, variables, name = said.get("query"), said.get("variables"), said.get("operationName")
    document_id = said.get("documentId")
    if document_id is not None and (not isinstance(document_id, str) or query is not None):
        raise RequestRefused(400, "BAD_REQUEST", "documentId must be a text, and stands instead of query")
    if document_id is None and (not isinstance(query, str) or not query.strip()):
        raise RequestRefused(400, "BAD_REQUEST", "query must be a text with a GraphQL document")
    if variables is not None and not isinstance(variables, dict):
        raise RequestRefused(400, "BAD_REQUEST", "variables must be an object")
    if name is not None and not isinstance(name, str):
        raise RequestRefused(400, "BAD_REQUEST", "operationName must be a text")
    if _is_nested_deeper(variables, MAX_NESTING):
        raise RequestRefused(400, "INVALID_VALUE", f"variables may be nested {MAX_NESTING} levels deep")
    if said.get("extensions") is not None and not isinstance(said["extensions"], dict):
        raise RequestRefused(400, "BAD_REQUEST", "extensions must be an object")
    return GraphQLRequest(query or "", variables or {}, name or None, is_get, size, document_id)


def _is_nested_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects stand within one another more than *levels* deep."""
    here = [value] if type(value) in _NESTING else []
    for _ in range(levels):
        here = [
            inner
            for one in here
            for inner in (one.values() if type(one) is dict else one)
            if type(inner) in _NESTING and inner
        ]
        if not here:
            return False
    return True
