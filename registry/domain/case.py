"""Cases: somebody concerned asks for correction or removal, or replies; with deadlines, reasons and one appeal.

Nobody needs an account. What a person is told never depends on whether the record they name is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from registry.domain.errors import FourEyes, InvalidTransition
from registry.domain.record import RecordUid

CaseId = NewType("CaseId", str)

MAX_WORDS = 10_000
MAX_MESSAGE = 3_000
MAX_ABOUT = 300
MAX_CONTACT = 300
MAX_REASONS = 5_000
MAX_REPLY = 3_000
MAX_MESSAGES = 30

_NUMBER = re.compile(r"[A-Z][A-Z0-9]{1,7}-[A-Z]{3}-\d{4}-\d{4,9}")
_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Wish(StrEnum):
    """What somebody asks for."""

    CORRECTION = "correction"
    REMOVAL = "removal"
    REPLY = "reply"
    OTHER = "other"


class Ground(StrEnum):
    """Why they ask: the first four are urgent, and what they concern is hidden before it is judged."""

    MINOR = "minor"
    INTIMATE_CONTENT = "intimate_content"
    ADDRESS = "address"
    DANGER_TO_LIFE = "danger_to_life"
    DEFAMATION = "defamation"
    PRIVACY = "privacy"
    COPYRIGHT = "copyright"
    OTHER = "other"


URGENT = frozenset({Ground.MINOR, Ground.INTIMATE_CONTENT, Ground.ADDRESS, Ground.DANGER_TO_LIFE})


class CaseState(StrEnum):
    """Where a case stands. ``decided`` may be appealed against once; ``closed`` may not."""

    OPEN = "open"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


WAITING = frozenset({CaseState.OPEN, CaseState.APPEALED})


class CaseOutcome(StrEnum):
    """How a case was decided; all but ``refused`` uphold it, and say what was done."""

    ERASED = "erased"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REPLY_SHOWN = "reply_shown"
    BLOCKED = "blocked"
    OTHERWISE_MET = "otherwise_met"
    REFUSED = "refused"


class Author(StrEnum):
    """Who wrote a message: the person concerned, or the node."""

    PERSON = "person"
    NODE = "node"


@dataclass(frozen=True, slots=True)
class Message:
    """A message within a case or a report."""

    at: datetime
    author: Author
    text: str


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """A decision with the reasons that the person reads. ``by`` is the pseudonymous id of whoever took it."""

    at: datetime
    by: str
    outcome: CaseOutcome
    reasons: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a node takes at most."""

    urgent: timedelta
    answer: timedelta
    kept: timedelta


@dataclass(frozen=True, slots=True)
class Case:
    """A case.

    Attributes:
        about: the record as the person named it, in their own way; may be empty.
        named: the number or uid in ``about``. Whether there is such a record is looked up by those who handle the
            case only, so that nothing done for the person depends on it.
        contact: how to reach the person, if they said.
        due_at: the next thing is to be done by then; of no meaning once nothing is waited for.
        secured_at: when precautions were taken in an urgent case: the record blocked, or nothing found to block.
    """

    id: CaseId
    wish: Wish
    ground: Ground
    about: str
    named: str | None
    words: str
    contact: str
    opened_at: datetime
    due_at: datetime
    state: CaseState = CaseState.OPEN
    secured_at: datetime | None = None
    appealed_at: datetime | None = None
    decisions: tuple[CaseDecision, ...] = ()
    messages: tuple[Message, ...] = ()

    @property
    def is_urgent(self) -> bool:
        """Whether what it concerns is hidden first and judged afterwards."""
        return self.ground in URGENT

    @property
    def is_waiting(self) -> bool:
        """Whether the node owes an answer."""
        return self.state in WAITING

    def is_overdue(self, now: datetime) -> bool:
        """Whether the node should have done what is next by now."""
        return self.is_waiting and self.due_at < now

    def ends_at(self, deadlines: Deadlines) -> datetime | None:
        """When its texts are deleted, which is also the last moment to appeal; ``None`` while it waits."""
        return None if self.is_waiting else self.decisions[-1].at + deadlines.kept


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person concerned says, shown beside the record for as long as the record is shown."""

    case: CaseId
    record: RecordUid
    text: str
    at: datetime


def first_due(ground: Ground, now: datetime, deadlines: Deadlines) -> datetime:
    """By when the first thing is to be done in a case opened *now*."""
    return now + (deadlines.urgent if ground in URGENT else deadlines.answer)


def secured(case: Case, now: datetime, deadlines: Deadlines) -> Case:
    """The case after precautions; what is left to do is to judge it.

    Raises:
        InvalidTransition: nothing is waited for any more.
    """
    _require_waiting(case)
    due_at = case.opened_at + deadlines.answer if case.state is CaseState.OPEN else case.due_at
    return replace(case, secured_at=case.secured_at or now, due_at=due_at)


def decided(case: Case, decision: CaseDecision) -> Case:
    """The case with a decision: the first one may be appealed against, the second ends it.

    Raises:
        InvalidTransition: nothing is waited for.
        FourEyes: the same person decided first.
    """
    _require_waiting(case)
    if case.decisions and case.decisions[0].by == decision.by:
        raise FourEyes("an appeal is decided by another person than the first decision")
    state = CaseState.CLOSED if case.state is CaseState.APPEALED else CaseState.DECIDED
    return replace(case, state=state, decisions=(*case.decisions, decision))


def appealed(case: Case, now: datetime, deadlines: Deadlines) -> Case:
    """The case with an appeal against its decision.

    Raises:
        InvalidTransition: it was not decided yet, or appealed against before.
    """
    if case.state is not CaseState.DECIDED:
        raise InvalidTransition(
            "only a decision can be appealed against, and only once",
            hint="wait for the decision" if case.state is CaseState.OPEN else "the case has had its appeal",
        )
    return replace(case, state=CaseState.APPEALED, appealed_at=now, due_at=now + deadlines.answer)


def named_in(about: str) -> str | None:
    """The number or uid that somebody's words or address name, if there is one in them."""
    found = _NUMBER.search(about.upper()) or _UID.search(about.lower())
    return found[0] if found else None


def as_told(case: Case) -> Case:
    """The case as the person concerned is told of it: without who decides, and without what others must not learn
    from a receipt code that they found."""
    decisions = tuple(replace(one, by="") for one in case.decisions)
    return replace(case, contact="", named=None, decisions=decisions)


def _require_waiting(case: Case) -> None:
    if not case.is_waiting:
        raise InvalidTransition("this case is decided", hint="it can be taken up again by an appeal only")
