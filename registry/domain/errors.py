"""Every error the registry raises on purpose: one tree, one stable code each.

    CommonsError
    ├── InvalidInput            INVALID_INPUT          carries every problem found, never the first only
    │   ├── BadCursor           BAD_CURSOR
    │   ├── FindingsOpen        FINDINGS_OPEN          carries what screening found and nobody has answered
    │   ├── FetchRefused        URL_BLOCKED            an address that the node does not send anything to
    │   └── BadQuery            BAD_QUERY              carries the column and, where there is one, a valid query
    ├── Unauthenticated         UNAUTHENTICATED
    ├── Forbidden               FORBIDDEN
    │   ├── FourEyes            FOUR_EYES
    │   ├── ConflictOfInterest  CONFLICT_OF_INTEREST   the reviewer is no neutral judge of this one, or has not said
    │   └── Reauthenticate      REAUTHENTICATE         the session must be confirmed by signing in once more
    ├── NotFound                NOT_FOUND              also for what the actor may not see
    ├── RateLimited             RATE_LIMITED           carries how long to wait
    ├── Conflict                CONFLICT
    │   ├── StaleRevision       STALE_REVISION         carries the current revision
    │   ├── InvalidTransition   INVALID_TRANSITION
    │   ├── ExposureLimit       EXPOSURE_LIMIT         the reviewer has read enough heavy matter for now
    │   ├── AlreadyExists       ALREADY_EXISTS
    │   └── IdempotencyMismatch IDEMPOTENCY_MISMATCH
    ├── Corrupt                 CORRUPT                what is stored contradicts its own hash or chain
    ├── Misconfigured           MISCONFIGURED          names every bad setting at once
    └── Unavailable             UNAVAILABLE
        ├── FetchFailed         FETCH_FAILED           carries a reason and, where it was told, how long to wait
        ├── MailFailed          MAIL_FAILED            the mail server did not take it now
        ├── MailRefused         MAIL_REFUSED           the mail server will never take it
        ├── StoreUnavailable    STORE_UNAVAILABLE
        ├── SearchUnavailable   SEARCH_UNAVAILABLE
        ├── Interrupted         INTERRUPTED            the process ends before the work was done
        └── QueueFull           QUEUE_FULL             nothing more is taken in until some of it is done

Codes are part of the public API: they are added, never renamed. Messages say what to do and never repeat
a value somebody sent, so that nothing secret reaches a log through them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from registry.domain.screening.finding import ScreeningFinding


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input.

    ``path`` names the place, from the outermost field inward; list positions count from 0, as text.
    """

    path: tuple[str, ...]
    code: str
    message: str
    hint: str | None = None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that offers the one of *known* that looks most like *word*, if any does."""
    matches = difflib.get_close_matches(word[:80].lower(), known, n=1)
    return f"did you mean {matches[0]}?" if matches else None


class CommonsError(Exception):
    """The root: an expected failure, told to whoever asked."""

    code: ClassVar[str] = "COMMONS_ERROR"

    def __init__(self, message: str, *, path: Iterable[str] = (), hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = tuple(path)
        self.hint = hint

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The failure as a list of problems; one, unless the class carries more."""
        return (Problem(self.path, self.code, self.message, self.hint),)


class InvalidInput(CommonsError):
    """What was sent is not acceptable; ``problems`` holds all that is wrong with it."""

    code = "INVALID_INPUT"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._problems = tuple(problems)
        super().__init__(f"{len(self._problems)} problem(s) in the input")

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem found, in the order of the input's fields."""
        return self._problems


class BadCursor(InvalidInput):
    """The cursor was not made by this node for this list and this viewer."""

    code = "BAD_CURSOR"

    def __init__(self, *, path: Iterable[str] = ("after",)) -> None:
        message = "this cursor does not belong to this list; start again without one"
        super().__init__([Problem(tuple(path), self.code, message)])


class FindingsOpen(InvalidInput):
    """Screening found what must be accepted with a reason or redacted first; ``findings`` are all that it found."""

    code = "FINDINGS_OPEN"

    def __init__(self, problems: Iterable[Problem], findings: Iterable[ScreeningFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__(problems)


class BadQuery(InvalidInput):
    """The search text cannot be read at ``column`` (from 1); ``suggestion`` is the nearest valid query."""

    code = "BAD_QUERY"

    def __init__(self, message: str, *, column: int, suggestion: str | None = None) -> None:
        self.column = column
        self.suggestion = suggestion
        super().__init__([Problem(("query",), self.code, f"column {column}: {message}", suggestion)])


class FetchRefused(InvalidInput):
    """The node does not send anything to this address; whether it exists is not told."""

    code = "URL_BLOCKED"

    def __init__(self, message: str, *, path: Iterable[str] = ("url",), hint: str | None = None) -> None:
        super().__init__([Problem(tuple(path), self.code, message, hint)])


class Unauthenticated(CommonsError):
    """The credentials are missing, unknown, expired or revoked; which of these is not told."""

    code = "UNAUTHENTICATED"


class Forbidden(CommonsError):
    """The actor may not do this at all, whatever the record."""

    code = "FORBIDDEN"


class FourEyes(Forbidden):
    """The step needs a second person, or one from outside the submitting organisation."""

    code = "FOUR_EYES"


class ConflictOfInterest(Forbidden):
    """The reviewer is bound to somebody whom the record is of or about, or has not declared any conflict or none."""

    code = "CONFLICT_OF_INTEREST"


class Reauthenticate(Forbidden):
    """The step needs a sign-in with a second factor a short while ago."""

    code = "REAUTHENTICATE"


class NotFound(CommonsError):
    """There is no such thing, or none that the actor may see; the two are not told apart."""

    code = "NOT_FOUND"


class RateLimited(CommonsError):
    """More was asked for than the budget holds now; ``retry_after_seconds`` says when the same request fits."""

    code = "RATE_LIMITED"

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(message, hint=f"wait {retry_after_seconds} seconds")


class Conflict(CommonsError):
    """The request is well formed but does not fit the present state."""

    code = "CONFLICT"


class StaleRevision(Conflict):
    """Somebody revised the record meanwhile; ``current`` is the revision it has now, counted as *counted* says."""

    code = "STALE_REVISION"

    def __init__(self, current: int, *, counted: str = "draft revision") -> None:
        self.current = current
        super().__init__(f"the record is at {counted} {current} now", path=("expectedRevision",), hint="read it again")


class InvalidTransition(Conflict):
    """The workflow has no such step from where the record is."""

    code = "INVALID_TRANSITION"


class ExposureLimit(Conflict):
    """The reviewer has read as much heavy matter as is good for now."""

    code = "EXPOSURE_LIMIT"

    def __init__(self) -> None:
        super().__init__(
            "you have read as much as your limits allow for now: please take a break, nobody is told of it",
            hint="the limit counts by day and by week; until then you may release what you hold, and publish what is "
            "approved",
        )


class AlreadyExists(Conflict):
    """Something with this key exists already."""

    code = "ALREADY_EXISTS"


class IdempotencyMismatch(Conflict):
    """The idempotency key was used before, with other content."""

    code = "IDEMPOTENCY_MISMATCH"

    def __init__(self) -> None:
        super().__init__(
            "this idempotency key was used before with other content",
            path=("idempotencyKey",),
            hint="use a new key for a new request",
        )


class Corrupt(CommonsError):
    """What is stored contradicts its own hash or chain."""

    code = "CORRUPT"


class Misconfigured(CommonsError):
    """The settings cannot be used; the message names every bad one."""

    code = "MISCONFIGURED"


class Unavailable(CommonsError):
    """A part of the registry does not answer now; the same request may be sent again."""

    code = "UNAVAILABLE"


class FetchFailed(Unavailable):
    """Another host did not answer, or not within the limits; ``reason`` is a stable word in capitals."""

    code = "FETCH_FAILED"

    def __init__(self, message: str, *, reason: str) -> None:
        self.reason = reason
        super().__init__(message)


class MailFailed(Unavailable):
    """The mail server could not be reached, or asked to be tried later."""

    code = "MAIL_FAILED"


class MailRefused(Unavailable):
    """The mail server, or the form of the address, rules the letter out for good."""

    code = "MAIL_REFUSED"


class StoreUnavailable(Unavailable):
    """The store could not make the change durable; nothing of it was kept."""

    code = "STORE_UNAVAILABLE"


class SearchUnavailable(Unavailable):
    """The search index is being rebuilt or cannot be read."""

    code = "SEARCH_UNAVAILABLE"


class Interrupted(Unavailable):
    """The process was asked to end; what was kept so far stays, and the next run goes on."""

    code = "INTERRUPTED"


class QueueFull(Unavailable):
    """As much waits for people here as they can handle; nothing more is taken in until some of it is done."""

    code = "QUEUE_FULL"
