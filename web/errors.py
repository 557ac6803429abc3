"""What a failed request is answered: one page and one JSON form for every status, never a stack trace.

HttpFailure             told to a client with its status, code and, where useful, headers
CommonsError            an expected failure of a service, brought to a status by ``STATUS_OF``
anything else           INTERNAL, told with the request id only
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.domain.dump.made import PATH as DUMPS
from registry.domain.errors import (
    CommonsError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from registry.domain.export.address import PATH as EXPORT
from registry.domain.interop.taxii import MEDIA_TYPE as TAXII
from web.site import site_of

STATUS_OF: tuple[tuple[type[CommonsError], int], ...] = (
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (RateLimited, 429),
    (Conflict, 409),
    (InvalidInput, 400),
    (Unavailable, 503),
)

_WORDS: dict[int, str] = {
    400: "This request cannot be read.",
    401: "This needs an API key that is valid.",
    403: "This is not allowed.",
    404: "There is no such page or record here.",
    405: "This page cannot be used that way.",
    406: "This node does not speak the form that was asked for.",
    408: "The request took too long to arrive.",
    409: "This does not fit the present state.",
    413: "The request is larger than this node accepts.",
    414: "This address is longer than this node reads.",
    415: "The request is in a form that this node does not read.",
    422: "This request cannot be used as it is.",
    429: "There were too many requests. Wait a moment and try again.",
    500: "Something went wrong on our side. It was logged under the request id below.",
    503: "This part of the registry does not answer at the moment. Try again soon.",
}
_CODES: dict[int, str] = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    408: "REQUEST_TIMEOUT",
    413: "BODY_TOO_LARGE",
    414: "ADDRESS_TOO_LONG",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "UNPROCESSABLE",
    429: "RATE_LIMITED",
    503: "UNAVAILABLE",
}


_TAXII = "/taxii2/"
_JSON_BELOW = ("/graphql/", "/health/", "/fed/")


class HttpFailure(Exception):
    """A request that is refused before any service is asked."""

    def __init__(self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Failure:
    """What is told of a failed request."""

    status: int
    code: str
    message: str
    problems: tuple[Problem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The status in words, such as ``Not Found``."""
        return HTTPStatus(self.status).phrase


def failure_of(error: Exception) -> Failure:
    """What to tell of *error*."""
    if isinstance(error, HttpFailure):
        return Failure(error.status, error.code, error.message, headers=error.headers)
    if isinstance(error, HTTPException):
        status = error.status_code
        words = _WORDS.get(status, HTTPStatus(status).phrase)
        return Failure(status, _CODES.get(status, "BAD_REQUEST"), words, headers=error.headers or {})
    if isinstance(error, CommonsError):
        return _expected(error)
    return Failure(500, "INTERNAL", _WORDS[500])


def answer(request: Request, error: Exception) -> Response:
    """The response to a failed request: JSON for programs, a page for people."""
    failure = failure_of(error)
    request_id = request.state.request_id
    headers = {**failure.headers, "Cache-Control": "no-store"}
    if request.url.path.startswith(_TAXII):
        return JSONResponse(_told_to_taxii(failure, request_id), failure.status, headers, TAXII)
    if wants_json(request):
        body = {"errors": [_told(problem, request_id) for problem in _all_problems(failure)]}
        return JSONResponse(body, failure.status, headers)
    site = site_of(request)
    # A request may fail before it is known who makes it.
    name = getattr(request.state, "signed_in_as", "")
    values = {"failure": failure, "request_id": request_id, "words": _WORDS, "signed_in_as": name}
    html = site.render("error.html", values)
    return Response(html, failure.status, headers, "text/html; charset=utf-8")


def status_of(error: CommonsError) -> int:
    """The HTTP status of an expected failure."""
    return next((code for kind, code in STATUS_OF if isinstance(error, kind)), 500)


def wants_json(request: Request) -> bool:
    """Whether the client is a program: it calls the API, takes an export or asks for JSON, and asks for no page."""
    path = request.url.path
    accept = request.headers.get("accept", "")
    is_json_path = path in {"/graphql", "/bulk"} or path.startswith(_JSON_BELOW) or path.endswith(".json")
    wants_page = "text/html" in accept
    is_file = path.startswith((EXPORT, f"{DUMPS}/2")) or path.endswith((".csv", ".atom"))
    return is_json_path or ((is_file or "application/json" in accept) and not wants_page)


def _expected(error: CommonsError) -> Failure:
    status = status_of(error)
    if status == 500:
        return Failure(500, error.code, _WORDS[500])
    headers = {"WWW-Authenticate": 'Bearer realm="registry"'} if status == 401 else {}
    if status == 503:
        headers["Retry-After"] = "2"
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after_seconds)
    message = _WORDS[404] if status == 404 else error.message
    return Failure(status, error.code, message, () if status == 404 else error.problems, headers)


def _all_problems(failure: Failure) -> tuple[Problem, ...]:
    return failure.problems or (Problem((), failure.code, failure.message),)


def _told_to_taxii(failure: Failure, request_id: str) -> dict[str, str]:
    """An error message of TAXII 2.1, section 3.6.1."""
    problems = _all_problems(failure)
    return {
        "title": failure.title,
        "description": "; ".join(problem.message for problem in problems),
        "error_id": request_id,
        "error_code": problems[0].code,
        "http_status": str(failure.status),
    }


def _told(problem: Problem, request_id: str) -> dict[str, object]:
    """One entry of ``errors``, in the form that GraphQL gives its own."""
    extensions: dict[str, object] = {"code": problem.code, "requestId": request_id}
    if problem.path:
        extensions["path"] = list(problem.path)
    if problem.hint:
        extensions["hint"] = problem.hint
    return {"message": problem.message, "extensions": extensions}
