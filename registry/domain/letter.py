"""Letters: what the node tells people by mail, in words of its own, with links. Never what a record says."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from registry.domain.case import CaseId
from registry.domain.record import PersonId, RecordUid
from registry.domain.saved_search import SavedSearchId

LetterId = NewType("LetterId", str)

_MAX_ADDRESS = 254
# The plain form only: no quotes, no comments, nothing that a header could be broken with.
_LOCAL = r"[^\s@\"(),:;<>\[\]\\\x00-\x1f\x7f]{1,64}"
_LABEL = r"[^\W_][\w-]{0,62}(?<!-)"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")


class MailKind(StrEnum):
    """What a letter is about; each but ``account`` can be turned off by whom it goes to."""

    ACCOUNT = "account"
    MEMBERSHIP = "membership"
    REVIEW = "review"
    NOTICE = "notice"
    CASE = "case"
    WEBHOOK = "webhook"
    ALERT = "alert"
    SEARCH = "search"


# What nobody can turn off: it tells that somebody else may be using their account, or answers what they asked.
ALWAYS_SENT = frozenset({MailKind.ACCOUNT, MailKind.CASE})


class LetterState(StrEnum):
    """Where a letter is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, to a person of the node or to a plain address.

    Attributes:
        id: a UUIDv7; the Message-ID is made of it.
        subject, body: words of the node; emptied once it was sent. Of new matches of a search they are written when
            it is sent.
        person: whose address is looked up when it is sent; one of this and *address*.
        about: uid of the record, or id of the case or the saved search, that it tells of; the letter goes when that is
            erased.
        error: code of the last failure.
    """

    id: LetterId
    kind: MailKind
    subject: str
    body: str
    created_at: datetime
    due_at: datetime
    person: PersonId | None = None
    address: str | None = None
    about: RecordUid | CaseId | SavedSearchId | None = None
    state: LetterState = LetterState.WAITING
    attempts: int = 0
    lease_until: datetime | None = None
    error: str | None = None
    done_at: datetime | None = None

    @property
    def recipient(self) -> str:
        """What the letters to one recipient are counted by; an address cannot be read from it."""
        whom = f"person {self.person}" if self.person is not None else f"address {(self.address or '').casefold()}"
        return hashlib.sha256(whom.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class MailAddress:
    """Where a person gets mail, and what they do not want."""

    person: PersonId
    address: str
    muted: frozenset[MailKind] = frozenset()

    def wants(self, kind: MailKind) -> bool:
        """Whether letters of this kind are sent there."""
        return kind in ALWAYS_SENT or kind not in self.muted


def is_address(text: str) -> bool:
    """Whether *text* is a mail address in its plain form."""
    return len(text) <= _MAX_ADDRESS and _ADDRESS.fullmatch(text) is not None


def one_line(text: str) -> str:
    """*text* without line breaks and control characters: nothing of it can become a header of its own."""
    return _BLANKS.sub(" ", text).strip()
