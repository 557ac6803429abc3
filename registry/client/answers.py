"""What the client gives back, read from a node's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.client.failures import problems_of
from registry.client.naming import from_output
from registry.domain.canonical import Document, JsonValue
from registry.domain.content.kinds import PUBLIC, RESTRICTED
from registry.domain.content.marking import Marking
from registry.domain.errors import Problem
from registry.domain.vocabulary import Kind, Tlp


@dataclass(frozen=True, slots=True)
class Summary:
    """A record in short. ``state`` and the times are as the node writes them; a tombstone has no title.

    Attributes:
        draft_revision: what reviews and publishing name as the revision they saw.
        tlp: the marking that holds, such as ``AMBER+STRICT``.
        audience: slug of the group that it is shared with, as far as one may know.
        licence: SPDX id of the licence of the public part.
        imported: whether it is as a source told it, and nobody has reviewed it there.
        attribution: how whoever uses it is to name the publisher, where it was taken from one.
    """

    uid: str
    number: str | None
    kind: Kind
    state: str
    pending: str | None
    revision: int
    draft_revision: int
    tlp: str
    audience: str | None
    title: str | None
    summary: str | None
    owner: str
    published_at: str | None
    is_tombstone: bool
    is_blocked: bool
    reason: str | None
    licence: str
    imported: bool
    attribution: str | None

    @property
    def label(self) -> str:
        """The number; before there is one, ``draft-`` and the last six characters of the uid."""
        return self.number or f"draft-{self.uid[-6:]}"

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the same: how much it looks so, 0 to 100, and why, as the node writes it."""

    record: Summary
    score: int
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {"record": self.record.as_dict(), "score": self.score, "reasons": list(self.reasons)}


@dataclass(frozen=True, slots=True)
class Written:
    """The answer to a write. ``replayed``: the same request had been answered before, nothing was written.

    A submission with ``candidates`` waits as a draft until it is confirmed.
    """

    record: Summary
    warnings: tuple[Problem, ...]
    replayed: bool
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to a dry run."""

    warnings: tuple[Problem, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A record that was found. ``snippet`` holds pieces of text, each with whether it matched."""

    record: Summary
    snippet: tuple[tuple[str, bool], ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of matches; ``total`` is over all pages. ``after`` continues, where there is more."""

    matches: tuple[Match, ...]
    total: int
    after: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A record with what one may read of it, in the file format; ``None`` is what one may not, or what is gone.

    ``merged_into``: number or uid of the record that stands for it since they were merged.
    """

    record: Summary
    content: Document | None
    restricted: Document | None
    marking: Document
    merged_into: str | None = None

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values; with ``kind``, ``content`` and ``marking`` it can be submitted again."""
        return {
            **self.record.as_dict(),
            "content": self.content,
            "restricted": self.restricted,
            "marking": self.marking,
            "merged_into": self.merged_into,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the public change log."""

    public_seq: int
    kind: str
    at: str
    uid: str | None
    subject: str | None
    revision: int


def summary_of(found: Mapping[str, Any]) -> Summary:
    """A record as ``documents.SUMMARY`` selects it."""
    return Summary(
        uid=found["uid"],
        number=found["number"],
        kind=Kind[found["kind"]],
        state=found["state"].lower(),
        pending=found["pending"].lower() if found["pending"] else None,
        revision=found["revision"],
        draft_revision=found["draftRevision"],
        tlp=_tlp(found["tlp"]),
        audience=found["marking"]["audience"],
        title=found["title"],
        summary=found["summary"],
        owner=found["owner"]["slug"],
        published_at=found["publishedAt"],
        is_tombstone=found["isTombstone"],
        is_blocked=found["isBlocked"],
        reason=found["reason"],
        licence=found["marking"]["licence"],
        imported=found["imported"],
        attribution=(found["upstream"] or {}).get("attribution"),
    )


def written_of(payload: Mapping[str, Any]) -> Written:
    """The payload of a mutation without ``userErrors``."""
    warnings, candidates = problems_of(payload["warnings"]), candidates_of(payload)
    return Written(summary_of(payload["record"]), warnings, payload["replayed"], candidates)


def candidates_of(payload: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """Records that a submission looks like, the most alike first."""
    return tuple(
        Candidate(summary_of(one["record"]), one["score"], tuple(reason.lower() for reason in one["reasons"]))
        for one in payload["candidates"]
    )


def search_page_of(found: Mapping[str, Any]) -> SearchPage:
    """A search connection."""
    matches = tuple(
        Match(
            summary_of(edge["node"]),
            tuple((piece["text"], piece["match"]) for piece in edge["snippet"]),
            edge["cursor"],
        )
        for edge in found["edges"]
    )
    info = found["pageInfo"]
    return SearchPage(matches, found["totalCount"] or len(matches), info["endCursor"] if info["hasNextPage"] else None)


def shown_of(found: Mapping[str, Any]) -> Shown:
    """A record as ``documents.SHOW`` selects it."""
    summary = summary_of(found)
    public = from_output(PUBLIC[summary.kind], {**found, "links": _targets(found["links"])})
    restricted = found.get("restricted")
    hidden = None
    if restricted is not None:
        links = _targets(found["restrictedLinks"])
        hidden = from_output(RESTRICTED[summary.kind], {**restricted, "links": links})
    into = found["mergedInto"]
    return Shown(
        summary,
        None if summary.title is None else public,
        hidden,
        from_output(Marking, found["marking"]),
        into and (into["number"] or into["uid"]),
    )


def change_of(edge: Mapping[str, Any]) -> Change:
    """An edge of the public change log."""
    row = edge["node"]
    return Change(int(edge["cursor"]), row["kind"].lower(), row["at"], row["uid"], row["subject"], row["revision"])


def _tlp(name: str) -> str:
    # A level that this version does not know is shown as the node says it.
    return Tlp[name].value if name in Tlp.__members__ else name


def _targets(links: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"rel": link["rel"], "clause": link["clause"], "target": link["record"]["uid"]} for link in links]
