"""How failures are told: expected ones of a mutation in its payload, all others as errors with a code.

Whatever was not raised on purpose is told as ``INTERNAL`` with the request id, and logged once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.utils.str_converters import to_camel_case

from registry.domain.errors import (
    BadQuery,
    CommonsError,
    Conflict,
    ConflictOfInterest,
    FourEyes,
    InvalidInput,
    NotFound,
    Problem,
)

logger = logging.getLogger("commons.graphql")

_TOLD_IN_PAYLOAD = (InvalidInput, FourEyes, ConflictOfInterest, NotFound, Conflict)


class RequestRefused(Exception):
    """The request cannot be carried out at all; nothing of it was executed.

    ``status`` is the HTTP status of what is wrong with the transport, or ``None`` where the GraphQL document
    or its variables are at fault: then it depends on the media type.
    """

    def __init__(self, status: int | None, code: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}
        self.errors: list[dict[str, Any]] = [_refusal(code, message, details)]

    @classmethod
    def many(cls, errors: Iterable[tuple[str, str, Mapping[str, object]]]) -> RequestRefused:
        """A document at fault in several places: each with its code, message and details."""
        told = [_refusal(code, message, details) for code, message, details in errors]
        refused = cls(None, "", "")
        refused.errors = told
        return refused


def _refusal(code: str, message: str, details: Mapping[str, object]) -> dict[str, Any]:
    locations = details.get("locations")
    extensions = {"code": code} | {name: value for name, value in details.items() if name != "locations"}
    return {"message": message, **({"locations": locations} if locations else {}), "extensions": extensions}


@strawberry.type(description="Something that is wrong with an input, or deserves a second look.")
class UserError:
    """One problem, as clients see it."""

    path: list[str] = strawberry.field(description="Where, from `input` inward; positions in lists count from 0.")
    code: str = strawberry.field(description="Stable code.")
    message: str = strawberry.field(description="What to do.")
    hint: str | None = strawberry.field(description="A value or a step that would be right.")


def is_told_in_payload(error: CommonsError) -> bool:
    """Whether a mutation answers with this error in ``userErrors``."""
    return isinstance(error, _TOLD_IN_PAYLOAD)


def user_errors(problems: Iterable[Problem]) -> list[UserError]:
    """Problems of an input, in the names that GraphQL has for its fields."""
    return [
        UserError(path=["input", *camel(one.path)], code=one.code, message=one.message, hint=one.hint)
        for one in problems
    ]


def camel(path: Iterable[str]) -> list[str]:
    """A path of the domain in camelCase."""
    return [to_camel_case(step) for step in path]


def present(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """An error met while executing, as clients see it."""
    shown: dict[str, Any] = {"path": error.path} if error.path else {}
    if error.locations:
        shown["locations"] = [location.formatted for location in error.locations]
    cause = error.original_error
    if isinstance(cause, CommonsError):
        return {"message": _message(cause), **shown, "extensions": _extensions(cause) | {"requestId": request_id}}
    logger.error("request %s failed", request_id, exc_info=cause or error)
    extensions = {"code": "INTERNAL", "requestId": request_id}
    return {"message": "something went wrong here; tell the operator the request id", **shown, "extensions": extensions}


def _message(error: CommonsError) -> str:
    return "; ".join(problem.message for problem in error.problems)


def _extensions(error: CommonsError) -> dict[str, Any]:
    first = error.problems[0]
    told: dict[str, Any] = {"code": error.code}
    if first.path:
        told["argument"] = camel(first.path)
    if first.hint:
        told["hint"] = first.hint
    if isinstance(error, BadQuery):
        told["column"] = error.column
    if isinstance(error, InvalidInput):
        told["problems"] = [
            {"path": camel(one.path), "code": one.code, "message": one.message, "hint": one.hint}
            for one in error.problems
        ]
    return told


def check_size(number: int, argument: str, largest: int) -> None:
    """Refuse a size that is not 1 to *largest*.

    Raises:
        InvalidInput: naming *argument*.
    """
    if not 1 <= number <= largest:
        raise InvalidInput([Problem((argument,), "OUT_OF_RANGE", f"ask for 1 to {largest} items")])


def refusal_of(error: CommonsError, status: int) -> RequestRefused:
    """A failure of the registry itself, met before anything was executed."""
    return RequestRefused(status, error.code, _message(error))
