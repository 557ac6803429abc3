"""Answers to findings as they stand in a submission file, or in a line of many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import Field, StrictBool

from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import LongLine, Model, validate
from registry.domain.errors import InvalidInput, Problem
from registry.domain.screening.acceptance import MAX_ANSWERS, UNANSWERED, Acceptance, Answers, Redaction
from registry.domain.screening.finding import Code

_MAX_STEPS = 40
# As requests write it; both are read.
_OTHER_NAME = "redactAll"


class _Redaction(Model):
    code: Code
    path: Annotated[tuple[LongLine, ...], Field(max_length=_MAX_STEPS)]


class _Acceptance(_Redaction):
    reason: str = ""


class _Answers(Model):
    accept: Annotated[tuple[_Acceptance, ...], Field(max_length=MAX_ANSWERS)] = ()
    redact: Annotated[tuple[_Redaction, ...], Field(max_length=MAX_ANSWERS)] = ()
    redact_all: StrictBool = False


def read_answers(said: JsonValue) -> Answers:
    """Read ``accept``, ``redact`` and ``redact_all``; nothing said is nothing answered.

    Raises:
        InvalidInput: with every problem at once; paths begin with ``screening``.
    """
    if said is None:
        return UNANSWERED
    document = cast("Document", said)
    if isinstance(said, Mapping) and _OTHER_NAME in said:
        if "redact_all" in said:
            path = ("screening", _OTHER_NAME)
            raise InvalidInput([Problem(path, "DUPLICATE_FIELD", "this says again what redact_all says")])
        document = {"redact_all" if name == _OTHER_NAME else name: value for name, value in said.items()}
    found = validate(_Answers, document, path=("screening",))
    return Answers(
        tuple(Acceptance(one.code, one.path, one.reason) for one in found.accept),
        tuple(Redaction(one.code, one.path) for one in found.redact),
        found.redact_all,
    )


def to_answers_document(answers: Answers) -> Document:
    """Answers as a file says them; empty where there are none."""
    accept: list[JsonValue] = [
        {"code": one.code.value, "path": list(one.path), "reason": one.reason} for one in answers.accept
    ]
    redact: list[JsonValue] = [{"code": one.code.value, "path": list(one.path)} for one in answers.redact]
    said: dict[str, JsonValue] = {"accept": accept, "redact": redact, "redact_all": answers.redact_all}
    return {name: value for name, value in said.items() if value}
