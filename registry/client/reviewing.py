"""The queue of a reviewer, asked of a node: labels and no text, the next one, and single fields opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.client.connection import Connection
from registry.client.failures import problems_of, refused
from registry.domain.canonical import JsonValue
from registry.domain.errors import NotFound, Problem

_ERRORS = "userErrors { path code message hint }"
_WAITING = (
    "uid label kind stage draftRevision since topics misuseCategories contentWarnings severity isSensitive "
    "wantsOpinion isMine claimedAt refusal origin { source title because }"
)
_QUEUE = (
    "query Queue($skip: Int!, $source: String) { reviewQueue(skip: $skip, source: $source) { "
    f"waiting {{ {_WAITING} }} mine {{ {_WAITING} }} opinions {{ {_WAITING} }} hasMore "
    "sources { source title count } } }"
)
_IMPORTED = (
    "query Imported($source: String!, $skip: Int!) { importedToReview(source: $source, skip: $skip) { hasMore "
    f"records {{ title isAcceptable submission {{ {_WAITING} }} }} }} }}"
)
_ACCEPT = (
    "mutation Accept($input: AcceptImportedInput!) { acceptImported(input: $input) { "
    f"answers {{ uid number {_ERRORS} }} {_ERRORS} }} }}"
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
        source, source_title, because: where it was imported from, and codes of why it waits, if it was.
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
    source: str | None = None
    source_title: str | None = None
    because: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        said: dict[str, JsonValue] = {name: getattr(self, name) for name in self.__slots__}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """What waits for one reviewer, what is held, and what waits for a second opinion; what waits longest first.

    Attributes:
        sources: those of which imported records wait: id, title, and how many.
    """

    waiting: tuple[Waiting, ...]
    mine: tuple[Waiting, ...]
    opinions: tuple[Waiting, ...]
    has_more: bool
    sources: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ListedImport:
    """An imported record that waits, with its title; *is_acceptable* tells whether it need not be opened."""

    waiting: Waiting
    title: str
    is_acceptable: bool

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {**self.waiting.as_dict(), "title": self.title, "is_acceptable": self.is_acceptable}


@dataclass(frozen=True, slots=True)
class ImportedAnswer:
    """What became of one record that was to be accepted: its number once it is published, or all that was wrong."""

    uid: str
    number: str | None
    problems: tuple[Problem, ...]

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        problems = [{"code": one.code, "message": one.message, "hint": one.hint} for one in self.problems]
        return {"uid": self.uid, "number": self.number, "errors": list(problems)}


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

    def review_queue(self, *, skip: int = 0, source: str | None = None) -> ReviewQueue:
        """What waits for oneself, all of it or of one source; *skip* leaves out so many, for the next page."""
        found = self._connection.ask(_QUEUE, {"skip": skip, "source": source})["reviewQueue"]
        waiting, mine, opinions = (tuple(map(_waiting_of, found[name])) for name in ("waiting", "mine", "opinions"))
        sources = tuple((one["source"], one["title"], one["count"]) for one in found["sources"])
        return ReviewQueue(waiting, mine, opinions, found["hasMore"], sources)

    def imported_to_review(self, source: str, *, skip: int = 0) -> tuple[tuple[ListedImport, ...], bool]:
        """What waits of one source, with titles, and whether more does."""
        found = self._connection.ask(_IMPORTED, {"source": source, "skip": skip})["importedToReview"]
        listed = (
            ListedImport(_waiting_of(one["submission"]), one["title"], one["isAcceptable"]) for one in found["records"]
        )
        return tuple(listed), found["hasMore"]

    def accept_imported(self, source: str, chosen: Sequence[tuple[str, int]]) -> tuple[ImportedAnswer, ...]:
        """Claim, approve and publish imported records of one source that one looked at, each by itself.

        Args:
            chosen: number or uid of each, and the draft revision that was read; at most 50.
        """
        records = [{"uid": self._uid_of(number), "expectedRevision": revision} for number, revision in chosen]
        found = self._worked("acceptImported", _ACCEPT, {"source": source, "records": records})["answers"]
        return tuple(ImportedAnswer(one["uid"], one["number"], problems_of(one["userErrors"])) for one in found)

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
    origin = found["origin"] or {"source": None, "title": None, "because": ()}
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
        source=origin["source"],
        source_title=origin["title"],
        because=tuple(origin["because"]),
    )
