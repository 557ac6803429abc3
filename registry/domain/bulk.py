"""Many submissions, one a line: reading a line, and what becomes of it. Lines are told apart by what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry.domain.canonical import canonical_bytes
from registry.domain.content.base import to_document
from registry.domain.content.kinds import Submission, parse_file
from registry.domain.errors import InvalidInput, Problem
from registry.domain.likeness import keys_in
from registry.domain.reading import read_json
from registry.domain.record import Record
from registry.domain.screening.answering import to_answers_document

MAX_TOLD = 100


class Mode(StrEnum):
    """What is done with each line."""

    VALIDATE = "validate"
    APPLY = "apply"


class Status(StrEnum):
    """What became of a line."""

    STORED = "stored"
    DRAFT = "draft"
    REPLAYED = "replayed"
    UNCHANGED = "unchanged"
    VALID = "valid"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line; the record as whoever sent it may see it, where there is one."""

    status: Status
    record: Record | None = None
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read: a submission with its idempotency key, or what is to be answered without more ado.

    ``touches`` names what lines must not share to be handled at once: keys, numbers, sources, aliases.
    """

    submission: Submission | None = None
    outcome: Outcome | None = None
    touches: frozenset[str | bytes] = frozenset()


def refused(problems: Sequence[Problem]) -> Outcome:
    """A line that is not accepted; of very many problems the first are told."""
    return Outcome(Status.ERROR, errors=tuple(problems[:MAX_TOLD]))


def read_line(line: bytes, *, max_bytes: int) -> Line:
    """A line as it was sent; an empty one is skipped, and one that cannot be read is an error."""
    body = line.strip(b" \t\r\n")
    if not body:
        return Line(outcome=Outcome(Status.SKIPPED))
    try:
        submission = parse_file(read_json(body, max_bytes=max_bytes))
        return Line(submission, touches=frozenset(_touched(submission)))
    except InvalidInput as error:
        return Line(outcome=refused(error.problems))


def idempotency_key(submission: Submission) -> str:
    """The key under which a submission is stored once: its own, or one made of all that it says."""
    if submission.idempotency_key is not None:
        return submission.idempotency_key
    content = submission.content
    said = {
        "kind": content.kind,
        "content": to_document(content.public),
        "restricted": None if "restricted" in content.leaves_out else to_document(content.restricted),
        "marking": None if "marking" in content.leaves_out else to_document(content.marking),
        "external_ref": submission.external_ref,
        "number": submission.number,
    }
    answers = to_answers_document(submission.answers)
    if answers:
        said["screening"] = answers
    return f"bulk:{hashlib.sha256(canonical_bytes(said)).hexdigest()}"


def in_turn(lines: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """The lines in order, in portions whose lines share nothing, so that each portion may be handled at once."""
    portion: list[Line] = []
    touched: set[str | bytes] = set()
    for line in lines:
        if touched & line.touches:
            yield tuple(portion)
            portion, touched = [], set()
        portion.append(line)
        touched |= line.touches
    if portion:
        yield tuple(portion)


def _touched(submission: Submission) -> Iterator[str | bytes]:
    yield f"key {idempotency_key(submission)}"
    if submission.external_ref is not None:
        yield f"reference {submission.external_ref}"
    if submission.number is not None:
        yield f"number {submission.number}"
    yield from keys_in(to_document(submission.content.public))
