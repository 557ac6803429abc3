"""The exit codes of ``commons``, and which error ends with which."""

from __future__ import annotations

from enum import IntEnum

from registry.domain.errors import (
    CommonsError,
    Conflict,
    Corrupt,
    Forbidden,
    Interrupted,
    InvalidInput,
    Misconfigured,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
)


class Exit(IntEnum):
    """What a command ends with; the numbers are part of the public interface."""

    OK = 0
    PROBLEMS = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    CONFLICT = 5
    UNAVAILABLE = 6
    CORRUPT = 7
    INTERNAL = 70
    INTERRUPTED = 130


MEANINGS: dict[Exit, str] = {
    Exit.OK: "done",
    Exit.PROBLEMS: "problems in the input, or more findings than allowed",
    Exit.USAGE: "wrong usage or settings",
    Exit.NOT_FOUND: "not found",
    Exit.REFUSED: "refused: no or wrong key, not allowed, or a second person is needed",
    Exit.CONFLICT: "does not fit the present state",
    Exit.UNAVAILABLE: "a file, the store, the search or the node cannot be reached, or the node is asked too much",
    Exit.CORRUPT: "what is stored contradicts its own hashes",
    Exit.INTERNAL: "a fault of the program",
    Exit.INTERRUPTED: "interrupted with Ctrl-C",
}

_OF_CLASS: dict[type[CommonsError], Exit] = {
    InvalidInput: Exit.PROBLEMS,
    Unauthenticated: Exit.REFUSED,
    Forbidden: Exit.REFUSED,
    NotFound: Exit.NOT_FOUND,
    Conflict: Exit.CONFLICT,
    Corrupt: Exit.CORRUPT,
    Misconfigured: Exit.USAGE,
    Unavailable: Exit.UNAVAILABLE,
    Interrupted: Exit.INTERRUPTED,
    RateLimited: Exit.UNAVAILABLE,
}


def exit_of(error: CommonsError) -> Exit:
    """The code that a command ends with after *error*."""
    return next((_OF_CLASS[known] for known in type(error).__mro__ if known in _OF_CLASS), Exit.INTERNAL)
