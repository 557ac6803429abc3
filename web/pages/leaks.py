"""Reporting keys that were found in the open: a form for people, JSON for scanners. Both are answered alike whether a
key is known or not."""

from __future__ import annotations

import json
from collections.abc import Iterator

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.domain.errors import InvalidInput, Problem
from registry.service.keys import MAX_REPORTED, revoke_leaked
from web.forms import read_form
from web.pages.apply import stranger
from web.pages.caching import PRIVATE, page
from web.site import site_of

_JSON = "application/json"
_FIELDS = ("keys", "key", "token")


async def report_form(request: Request) -> Response:
    """The form."""
    return _form(request)


async def report_keys(request: Request) -> Response:
    """End the keys that are reported, at once.

    JSON is ``{"keys": [key, …]}``, ``{"key": key}``, a list of keys, or a list of objects with a ``token`` each, as
    secret scanning partners of code hosts are sent.
    """
    registry, actor = site_of(request).registry, stranger(request)
    is_json = request.headers.get("content-type", "").partition(";")[0].strip().lower() == _JSON
    try:
        texts = _texts_of(await request.body()) if is_json else [(await read_form(request)).get("keys", "")]
        await anyio.to_thread.run_sync(lambda: revoke_leaked(registry, actor, texts))
    except InvalidInput as error:
        if is_json:
            told = [{"message": one.message, "extensions": {"code": one.code}} for one in error.problems]
            return _private(JSONResponse({"errors": told}, 400))
        return _form(request, problems=error.problems, status=400)
    if is_json:
        return _private(JSONResponse({"received": True}))
    return _form(request, received=True)


def _texts_of(body: bytes) -> list[str]:
    """Every text in a report that may hold a key.

    Raises:
        InvalidInput: it is no JSON, or not in one of the forms.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidInput([Problem(("keys",), "INVALID_FORMAT", "this is no JSON")]) from None
    texts = list(_texts(said))
    if not texts:
        raise InvalidInput([Problem(("keys",), "REQUIRED", 'send {"keys": ["ic_…"]}')])
    return texts


def _texts(said: object) -> Iterator[str]:
    for one in said if isinstance(said, list) else [said]:
        for value in [one.get(name) for name in _FIELDS] if isinstance(one, dict) else [one]:
            yield from (text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str))


def _form(
    request: Request, *, problems: tuple[Problem, ...] = (), received: bool = False, status: int = 200
) -> Response:
    response = page(
        request, "leaked_keys.html", status, problems=problems, received=received, max_reported=MAX_REPORTED
    )
    return response if request.method in {"GET", "HEAD"} else _private(response)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = PRIVATE
    return response
