"""What nodes tell each other of records that they did not take, and of those that they let go of, in messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from registry.domain.canonical import JsonValue
from registry.domain.content.base import Model, Sha256, Uid, validate
from registry.domain.errors import InvalidInput

MOST = 200


class LetGo(StrEnum):
    """What made a node let go of a record."""

    ERASE = "erase"
    REVOKE = "revoke"


class Refusal(Model):
    """Why an item was not taken.

    Attributes:
        uid: the record, where the item could be read.
        hash: of its header, or of the item where it could not be read.
        reason: a stable word in capitals.
    """

    uid: Uid | None = None
    hash: Sha256
    reason: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,59}$")]


class LetGoOf(Model):
    """That a record was let go of."""

    uid: Uid
    what: LetGo


def refusal(uid: str | None, hash_: str, reason: str) -> Refusal | None:
    """What is told of an item that was not taken; ``None`` where it names nothing that could be told."""
    said: dict[str, JsonValue] = {"hash": hash_, "reason": reason}
    try:
        return validate(Refusal, said if uid is None else said | {"uid": uid})
    except InvalidInput:
        return None


class _Findings(Model):
    findings: Annotated[tuple[Refusal, ...], Field(max_length=MOST)]


class _Acknowledged(Model):
    records: Annotated[tuple[LetGoOf, ...], Field(max_length=MOST)]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a node stands to a record that was taken back: which it was given, and what it said.

    Attributes:
        said: that it let go, and because of what; ``None`` where it has not.
    """

    node: str
    said: LetGo | None


def findings_body(refusals: Sequence[Refusal]) -> dict[str, JsonValue]:
    """The body of a message of type ``finding``."""
    return {"findings": [one.model_dump(mode="json", exclude_none=True) for one in refusals[:MOST]]}


def read_findings(body: Mapping[str, Any]) -> tuple[Refusal, ...]:
    """What such a body says.

    Raises:
        InvalidInput: it is none.
    """
    return validate(_Findings, body).findings


def acknowledged_body(records: Sequence[LetGoOf]) -> dict[str, JsonValue]:
    """The body of a message of type ``acknowledge``."""
    return {"records": [one.model_dump(mode="json") for one in records[:MOST]]}


def read_acknowledged(body: Mapping[str, Any]) -> tuple[LetGoOf, ...]:
    """What such a body says.

    Raises:
        InvalidInput: it is none.
    """
    return validate(_Acknowledged, body).records
