"""One tree of errors; each class has a code of its own, and its problems say what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from registry.domain import errors
from registry.domain.errors import (
    BadCursor,
    BadQuery,
    CommonsError,
    IdempotencyMismatch,
    InvalidInput,
    Problem,
    StaleRevision,
)

# Part of the public API: codes are added, never renamed.
CODES = {
    "CommonsError": "COMMONS_ERROR", "InvalidInput": "INVALID_INPUT", "BadCursor": "BAD_CURSOR",
    "BadQuery": "BAD_QUERY", "Unauthenticated": "UNAUTHENTICATED", "Forbidden": "FORBIDDEN", "FourEyes": "FOUR_EYES",
    "NotFound": "NOT_FOUND",
    "Conflict": "CONFLICT", "StaleRevision": "STALE_REVISION", "InvalidTransition": "INVALID_TRANSITION",
    "AlreadyExists": "ALREADY_EXISTS", "IdempotencyMismatch": "IDEMPOTENCY_MISMATCH", "Corrupt": "CORRUPT",
    "Misconfigured": "MISCONFIGURED", "Unavailable": "UNAVAILABLE", "StoreUnavailable": "STORE_UNAVAILABLE",
    "SearchUnavailable": "SEARCH_UNAVAILABLE",
}  # fmt: skip


def tree(root: type[CommonsError] = CommonsError) -> Iterator[type[CommonsError]]:
    """All classes of the tree that the module defines."""
    if root.__module__ == errors.__name__:
        yield root
    for child in root.__subclasses__():
        yield from tree(child)


def test_codes_are_those_that_were_promised() -> None:
    found = {error.__name__: error.code for error in tree()}

    assert CODES.items() <= found.items()
    assert len(set(found.values())) == len(found)


def test_the_tree_is_drawn_at_the_top() -> None:
    drawn = errors.__doc__ or ""

    assert [] == [error.__name__ for error in tree() if error.__name__ not in drawn]


def test_an_ordinary_error_is_one_problem() -> None:
    error = errors.Forbidden("not so", path=["input", "title"], hint="do this")

    assert (Problem(("input", "title"), "FORBIDDEN", "not so", "do this"),) == error.problems
    assert str(error) == "not so"


def test_invalid_input_carries_all_its_problems_in_order() -> None:
    problems = (Problem(("a",), "X", "one"), Problem(("b",), "Y", "two"))

    assert problems == InvalidInput(iter(problems)).problems


@pytest.mark.parametrize(
    ("error", "path", "code"),
    [
        (BadCursor(), ("after",), "BAD_CURSOR"),
        (BadCursor(path=["before"]), ("before",), "BAD_CURSOR"),
        (BadQuery("no such field", column=3, suggestion="year:2024"), ("query",), "BAD_QUERY"),
        (StaleRevision(4), ("expectedRevision",), "STALE_REVISION"),
        (IdempotencyMismatch(), ("idempotencyKey",), "IDEMPOTENCY_MISMATCH"),
    ],
)
def test_an_error_about_an_argument_names_it(error: CommonsError, path: tuple[str, ...], code: str) -> None:
    [problem] = error.problems

    assert (path, code) == (problem.path, problem.code)


def test_a_bad_query_tells_the_column_and_a_query_that_works() -> None:
    error = BadQuery("no such field", column=3, suggestion="year:2024")

    assert (3, "year:2024") == (error.column, error.suggestion)
    assert ("column 3: no such field", "year:2024") == (error.problems[0].message, error.problems[0].hint)


def test_a_stale_revision_tells_the_present_one() -> None:
    assert StaleRevision(4).current == 4
