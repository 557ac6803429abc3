"""What screening finds: where, by which rule, and what it means; never what stands there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Path: TypeAlias = "tuple[str, ...]"


class Code(StrEnum):
    """What a finding means. Part of the public API: added, never renamed."""

    SECRET_DETECTED = "SECRET_DETECTED"  # noqa: S105  the name of a finding
    PERSONAL_DATA = "PERSONAL_DATA"
    PERSON_NAME = "PERSON_NAME"
    OPERATIONAL_DETAIL = "OPERATIONAL_DETAIL"
    COMMERCIALLY_SENSITIVE = "COMMERCIALLY_SENSITIVE"

    @property
    def blocks(self) -> bool:
        """Whether it must be answered before anything is stored; the others are warnings."""
        return self is not Code.COMMERCIALLY_SENSITIVE


class Sort(StrEnum):
    """What a field holds; fewer rules hold where a value stands alone."""

    TEXT = "text"
    TITLE = "title"
    NAME = "name"
    URL = "url"
    TRACE = "trace"
    VERSION = "version"


MEANING: dict[Code, str] = {
    Code.SECRET_DETECTED: "this looks like something that gives access: revoke it, and redact it",
    Code.PERSONAL_DATA: "this looks like personal data: redact it, or say why it must stand here",
    Code.PERSON_NAME: "this looks like the name of a person: redact it, or say why the case cannot be told without it",
    Code.OPERATIONAL_DETAIL: "this would help to repeat the harm: move it to restricted.operational_detail",
    Code.COMMERCIALLY_SENSITIVE: "this looks like what competitors must not tell one another; leave it out",
}

# What stands in the place of what was redacted, by the rule; others are named by their code.
_WORDS: dict[Code, str] = {
    Code.SECRET_DETECTED: "secret",
    Code.PERSONAL_DATA: "personal data",
    Code.PERSON_NAME: "name",
    Code.OPERATIONAL_DETAIL: "operational detail",
    Code.COMMERCIALLY_SENSITIVE: "commercial detail",
}


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """A passage of one text: characters *start* to *end*, counted from 0 in code points."""

    start: int
    end: int
    code: Code
    rule: str


@dataclass(frozen=True, slots=True)
class ScreeningFinding:
    """A passage of a submission.

    Attributes:
        path: the field, from the outermost inward; positions in lists count from 0.
        accepted: whether somebody has said why it may stand there.
    """

    code: Code
    rule: str
    path: Path
    start: int
    end: int
    accepted: bool = False

    @property
    def hint(self) -> str:
        """What was found, in words that tell nothing of it."""
        return f"{self.rule.replace('-', ' ')}, characters {self.start} to {self.end}"

    @property
    def is_open(self) -> bool:
        """Whether it keeps the submission from being stored."""
        return self.code.blocks and not self.accepted


def stand_in(code: Code, rule: str, sort: Sort = Sort.TEXT) -> str:
    """The words that take the place of a passage; within an address, what an address may hold."""
    if sort is Sort.URL:
        return "redacted"
    return f"[redacted: {rule.replace('-', ' ') if code is Code.PERSONAL_DATA else _WORDS[code]}]"
