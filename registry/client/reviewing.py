"""The queue of a reviewer, asked of a node: labels and no text, the next one, and single fields opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.client.connection import Connection
from registry.client.failures import refused
from registry.domain.canonical import JsonValue
from registry.domain.errors import NotFound

_ERRORS = "userErrors { path code message hint }"
_WAITING = (
    "uid label kind stage draftRevision since topics misuseCategories contentWarnings severity isSensitive "
    "wantsOpinion isMine claimedAt refusal"
)
_QUEUE = (
    f"query Queue($skip: Int!) {{ reviewQueue(skip: $skip) {{ waiting {{ {_WAITING} }} mine {{ {_WAITING} }} "
    f"opinions {{ {_WAITING} }} hasMore }} }}"
)
# Nothing that somebody wrote: what is asked for here would count as read.
_TAKEN = "record { uid number draftRevision }"
_NEXT = f"mutation Next($input: NextToReviewInput!) {{ nextToReview(input: $input) {{ {_TAKEN} {_ERRORS} }} }}"
_REVEAL = (
    "mutation Reveal($input: RevealFieldInput!) { revealField(input: $input) { lines { place text } draftRevision "
    f"{_ERRORS} }} }}"
)
_OPINION = f"mutation Ask($input: AskOpinionInput!) {{ askOpinion(input: $input) {{ {_TAKEN} {_ERRORS} }} }}"
_UID = "query Named($number: String!) { record(number: $number) { uid } }"
_UID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission as the queue tells of it; times as the node writes them.

    Attributes:
        label: its number, or what stands for it.
        refusal: the code of what keeps one from claiming it, if anything does.
    """

    uid: str
    label: str
    kind: str
    stage: str
    draft_revision: int
    since: str
    topics: tuple[str, ...]
    misuse_categories: tuple[str, ...]
    content_warnings: tuple[str, ...]
    severity: int | None
    is_sensitive: bool
    wants_opinion: bool
    is_mine: bool
    claimed_at: str | None
    refusal: str | None

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        said: dict[str, JsonValue] = {name: getattr(self, name) for name in self.__slots__}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """What waits for one reviewer, what is held, and what waits for a second opinion; what waits longest first."""

    waiting: tuple[Waiting, ...]
    mine: tuple[Waiting, ...]
    opinions: tuple[Waiting, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A submission that one took; read it field by field."""

    uid: str
    number: str | None
    draft_revision: int

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {"uid": self.uid, "number": self.number, "draft_revision": self.draft_revision}


class Reviewing:
    """The part of ``Client`` for the queue of a reviewer."""

    _connection: Connection

    def review_queue(self, *, skip: int = 0) -> ReviewQueue:
        """What waits for oneself; *skip* leaves out so many of what waits, for the next page."""
        found = self._connection.ask(_QUEUE, {"skip": skip})["reviewQueue"]
        waiting, mine, opinions = (tuple(map(_waiting_of, found[name])) for name in ("waiting", "mine", "opinions"))
        return ReviewQueue(waiting, mine, opinions, found["hasMore"])

    def next_to_review(self) -> Taken | None:
        """Claim what waits longest of what one may take; ``None`` where nothing does."""
        record = self._worked("nextToReview", _NEXT, {})["record"]
        return record and _taken_of(record)

    def reveal_field(self, number: str, field: str) -> tuple[tuple[str, str], ...]:
        """Open one field of a submission under review, such as ``content.summary``: texts, each with its place.

        It is counted as read, for oneself alone to see.
        """
        found = self._worked("revealField", _REVEAL, {"uid": self._uid_of(number), "field": field})
        return tuple((one["place"], one["text"]) for one in found["lines"])

    def ask_opinion(self, number: str, *, expected_revision: int) -> Taken:
        """Give a claim back so that another reviewer looks at it."""
        said = {"uid": self._uid_of(number), "expectedRevision": expected_revision}
        return _taken_of(self._worked("askOpinion", _OPINION, said)["record"])

    def _uid_of(self, number: str) -> str:
        wanted = number.strip()
        if len(wanted) == _UID_LENGTH:
            return wanted.lower()
        record = self._connection.ask(_UID, {"number": wanted})["record"]
        if record is None:
            raise NotFound("no such record")
        return str(record["uid"])

    def _worked(self, name: str, document: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        payload: Mapping[str, Any] = self._connection.ask(document, {"input": said})[name]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return payload


def _taken_of(found: Mapping[str, Any]) -> Taken:
    return Taken(found["uid"], found["number"], found["draftRevision"])


def _waiting_of(found: Mapping[str, Any]) -> Waiting:
    return Waiting(
        uid=found["uid"],
        label=found["label"],
        kind=found["kind"].lower(),
        stage=found["stage"].lower(),
        draft_revision=found["draftRevision"],
        since=found["since"],
        topics=tuple(one.lower() for one in found["topics"]),
        misuse_categories=tuple(found["misuseCategories"]),
        content_warnings=tuple(found["contentWarnings"]),
        severity=found["severity"],
        is_sensitive=found["isSensitive"],
        wants_opinion=found["wantsOpinion"],
        is_mine=found["isMine"],
        claimed_at=found["claimedAt"],
        refusal=found["refusal"],
    )
