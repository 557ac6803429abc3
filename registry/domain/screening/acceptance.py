"""What somebody answers to findings: this may stand, that is taken out; and what is kept of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from registry.domain.canonical import part_hash
from registry.domain.record import OrganisationId, PersonId, RecordUid
from registry.domain.screening.finding import Code, Path

MAX_REASON = 500
MAX_ANSWERS = 500
# What makes a live-looking key harmless.
_HARMLESS = re.compile(
    r"\b(?:revoked|rotated|expired|deactivated|disabled|deleted|invalid|invented|fictional|fake|dummy|example|sample|"
    r"test(?: key| token)?|placeholder|not (?:a )?(?:live|real|valid|working))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The findings of *code* in the field *path* may stand, for *reason*."""

    code: Code
    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """The findings of *code* in the field *path* are taken out."""

    code: Code
    path: Path


@dataclass(frozen=True, slots=True)
class Answers:
    """What comes with a submission. *redact_all* takes out all that blocks and is not accepted."""

    accept: tuple[Acceptance, ...] = ()
    redact: tuple[Redaction, ...] = ()
    redact_all: bool = False

    def with_more(self, more: Answers) -> Answers:
        """These answers and *more*; where both answer the same, *more* holds."""
        accept = {(one.code, one.path): one for one in (*self.accept, *more.accept)}
        redact = dict.fromkeys((*self.redact, *more.redact))
        return Answers(tuple(accept.values()), tuple(redact), self.redact_all or more.redact_all)


UNANSWERED = Answers()


@dataclass(frozen=True, slots=True)
class Accepted:
    """An acceptance as it is kept. Of the passage there is a salted hash only: it tells whether the same stands there.

    Attributes:
        uid: the record it is about.
        person: who accepted it; nobody of what the marking of the record itself excepts.
    """

    uid: RecordUid
    code: Code
    rule: str
    path: Path
    reason: str
    salt: bytes
    hash: bytes
    person: PersonId | None
    organisation: OrganisationId | None
    at: datetime = field(compare=False)

    def covers(self, code: Code, path: Path, passage: str) -> bool:
        """Whether the same was accepted at the same place."""
        return self.code is code and self.path == path and self.hash == hash_of(self.salt, passage)


def hash_of(salt: bytes, passage: str) -> bytes:
    """The salted hash of a passage."""
    return part_hash(salt, passage.encode())


def says_harmless(reason: str) -> bool:
    """Whether a reason says that a key gives no access any more, or never did."""
    return _HARMLESS.search(reason) is not None
