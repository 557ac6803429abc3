"""Turning what a node answers about a failure into the error that the node raised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from registry.client.naming import snake
from registry.domain import errors
from registry.domain.errors import (
    BadCursor,
    BadQuery,
    CommonsError,
    ExposureLimit,
    IdempotencyMismatch,
    InvalidInput,
    Problem,
    StaleRevision,
    Unavailable,
)

_PLAIN: dict[str, type[CommonsError]] = {
    one.code: one
    for one in (
        errors.Unauthenticated,
        errors.Forbidden,
        errors.FourEyes,
        errors.ConflictOfInterest,
        errors.NotFound,
        errors.Conflict,
        errors.InvalidTransition,
        errors.AlreadyExists,
        errors.Corrupt,
        errors.Misconfigured,
        errors.Unavailable,
        errors.StoreUnavailable,
        errors.SearchUnavailable,
    )
}
# Not the sender's fault, and gone when asked again later.
_PASSING = frozenset({"INTERNAL", "RATE_LIMITED", "REQUEST_TIMEOUT"})
_IN_THE_FILE = frozenset({"content", "restricted", "marking", "external_ref", "screening"})


def refused(user_errors: Sequence[Mapping[str, Any]]) -> CommonsError:
    """The error behind the ``userErrors`` of a mutation, which are not empty."""
    problems = problems_of(user_errors)
    first = problems[0]
    about_content = bool(first.path) and first.path[0] in _IN_THE_FILE
    if len(problems) == 1 and not about_content:
        return _rebuilt(first, {})
    return InvalidInput(problems)


def failed(found: Mapping[str, Any]) -> CommonsError:
    """The error behind the first of the top-level ``errors`` of an answer."""
    extensions = found.get("extensions") or {}
    code, message = str(extensions.get("code", "BAD_REQUEST")), str(found.get("message", ""))
    if code in _PASSING:
        request = extensions.get("requestId")
        return Unavailable(f"the node answers {code}: {message}", hint=f"request id {request}" if request else None)
    listed = extensions.get("problems")
    if listed and code == InvalidInput.code:
        return InvalidInput(problems_of(listed))
    path = tuple(snake(str(step)) for step in extensions.get("argument", ()))
    return _rebuilt(Problem(path, code, message, extensions.get("hint")), extensions)


def problems_of(found: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """Problems as the node lists them, with the names and places of the file format."""
    return tuple(
        Problem(_path(one.get("path") or ()), str(one["code"]), str(one["message"]), one.get("hint")) for one in found
    )


def _path(path: Sequence[str]) -> tuple[str, ...]:
    steps = path[1:] if path and path[0] == "input" else path
    return tuple(snake(step) for step in steps)


def _rebuilt(problem: Problem, extensions: Mapping[str, Any]) -> CommonsError:
    code = problem.code
    if code in _PLAIN:
        return _PLAIN[code](problem.message, path=problem.path, hint=problem.hint)
    if code == BadCursor.code:
        return BadCursor(path=problem.path or ("after",))
    if code == IdempotencyMismatch.code:
        return IdempotencyMismatch()
    if code == ExposureLimit.code:
        return ExposureLimit()
    if code == StaleRevision.code and (number := re.search(r"\d+", problem.message)):
        return StaleRevision(int(number[0]))
    if code == BadQuery.code:
        column = int(extensions.get("column", 1))
        message = problem.message.removeprefix(f"column {column}: ")
        return BadQuery(message, column=column, suggestion=problem.hint)
    return InvalidInput([problem])
