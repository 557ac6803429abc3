"""Corrections and history, asked of a node: what happened to a record, what differs, and what somebody proposes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.client.answers import Shown
from registry.client.connection import Connection
from registry.client.failures import refused
from registry.domain.canonical import Document, JsonValue
from registry.domain.correction import touched
from registry.domain.errors import InvalidInput, NotFound, Problem

_PROPOSAL = "id state revision reason decisionReason node organisation { slug } record { uid number title }"
_HISTORY = """
query History($uid: String!) { record(uid: $uid) { history {
  changes { kind at revision step subject actor reason }
  revisions { revision draftRevision publishedAt credits }
} } }
"""
_DIFFERENCE = """
query Difference($uid: String!, $from: Int!, $to: Int!, $drafts: Boolean!) { record(uid: $uid) {
  difference(from: $from, to: $to, drafts: $drafts) { part path kind before after }
} }
"""
_PROPOSALS = f"query Proposals($first: Int!) {{ proposals(first: $first) {{ nodes {{ {_PROPOSAL} }} }} }}"
_PAYLOAD = f"proposal {{ {_PROPOSAL} }} userErrors {{ path code message hint }} replayed"


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row of a record's history, as the node writes it; ``None`` is what one may not know."""

    kind: str
    at: str
    revision: int
    step: str | None
    subject: str | None
    actor: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One revision that one may read; ``credits`` are slugs of organisations whose corrections it was first to hold."""

    revision: int | None
    draft_revision: int
    published_at: str | None
    credits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a record, oldest first."""

    rows: tuple[HistoryRow, ...]
    revisions: tuple[RevisionRow, ...]

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {"changes": _listed(self.rows), "revisions": _listed(self.revisions)}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which two revisions differ; ``before`` and ``after`` are JSON as text, or ``None``."""

    part: str
    path: tuple[str, ...]
    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposed correction. ``replayed``: the same one waits already, nothing was written.

    Attributes:
        node: DNS name of the other node that it came from, or of the one that decides about it.
    """

    id: str
    state: str
    organisation: str
    number: str | None
    title: str | None
    revision: int
    reason: str | None
    decision_reason: str | None
    node: str | None = None
    replayed: bool = False

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


class Corrections:
    """The methods of ``Client`` for history and corrections."""

    _connection: Connection

    def history(self, uid: str) -> History:
        """What happened to a record, as far as one may know.

        Raises:
            NotFound: there is none that one may see.
        """
        found = self._record(_HISTORY, {"uid": uid})["history"]
        rows = tuple(
            HistoryRow(
                one["kind"].lower(),
                one["at"],
                one["revision"],
                one["step"] and one["step"].lower(),
                one["subject"],
                one["actor"],
                one["reason"],
            )
            for one in found["changes"]
        )
        revisions = tuple(
            RevisionRow(one["revision"], one["draftRevision"], one["publishedAt"], tuple(one["credits"]))
            for one in found["revisions"]
        )
        return History(rows, revisions)

    def difference(self, uid: str, older: int, newer: int, *, drafts: bool = False) -> tuple[Difference, ...]:
        """What differs between two published revisions, or, with *drafts*, between two draft revisions.

        Raises:
            NotFound: there is no such record or revision that one may read.
        """
        variables = {"uid": uid, "from": older, "to": newer, "drafts": drafts}
        found = self._record(_DIFFERENCE, variables)["difference"]
        if found is None:
            raise NotFound("no such revision")
        return tuple(
            Difference(one["part"].lower(), tuple(one["path"]), one["kind"].lower(), one["before"], one["after"])
            for one in found
        )

    def propose(self, shown: Shown, content: Document, *, reason: str) -> Proposed:
        """Propose that the public part of a record, as it was *shown*, says *content* instead.

        Raises:
            InvalidInput: it says so already, or would be no valid content.
            NotFound, StaleRevision, InvalidTransition: the record is not there, or not as it was shown, or gone.
        """
        before = shown.content or {}
        names = touched(before, content)
        if not names:
            raise InvalidInput([Problem(("content",), "NO_CHANGE", "the record says all of this already")])
        changes = [
            {"path": [name], "value": json.dumps(content[name], ensure_ascii=False) if name in content else None}
            for name in names
        ]
        record = shown.record
        said = {"uid": record.uid, "expectedRevision": record.revision, "reason": reason, "changes": changes}
        return self._proposal("proposeCorrection", "ProposeCorrectionInput", said)

    def proposals(self, *, first: int = 100) -> tuple[Proposed, ...]:
        """The newest proposals of one's own organisation and about its records; all for reviewers."""
        found = self._connection.ask(_PROPOSALS, {"first": first})["proposals"]
        return tuple(_proposed(one) for one in found["nodes"])

    def accept_proposal(self, proposal_id: str, *, reason: str | None = None) -> Proposed:
        """Take up a proposal; what it changes goes to review."""
        return self._decide(proposal_id, "ACCEPT", reason)

    def decline_proposal(self, proposal_id: str, *, reason: str) -> Proposed:
        """Turn a proposal down; its proposer reads the reason."""
        return self._decide(proposal_id, "DECLINE", reason)

    def withdraw_proposal(self, proposal_id: str) -> Proposed:
        """Take back a proposal of one's own organisation."""
        return self._proposal("withdrawProposal", "WithdrawProposalInput", {"id": proposal_id})

    def _decide(self, proposal_id: str, decision: str, reason: str | None) -> Proposed:
        said = {"id": proposal_id, "decision": decision, "reason": reason}
        return self._proposal("decideProposal", "DecideProposalInput", said)

    def _proposal(self, name: str, input_type: str, said: Mapping[str, Any]) -> Proposed:
        document = f"mutation Write($input: {input_type}!) {{ result: {name}(input: $input) {{ {_PAYLOAD} }} }}"
        payload = self._connection.ask(document, {"input": said})["result"]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return _proposed(payload["proposal"], replayed=payload["replayed"])

    def _record(self, document: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Mapping[str, Any] | None = self._connection.ask(document, variables)["record"]
        if found is None:
            raise NotFound("no such record")
        return found


def _proposed(found: Mapping[str, Any], *, replayed: bool = False) -> Proposed:
    record = found["record"] or {}
    return Proposed(
        found["id"],
        found["state"].lower(),
        found["organisation"]["slug"],
        record.get("number"),
        record.get("title"),
        found["revision"],
        found["reason"],
        found["decisionReason"],
        found["node"],
        replayed,
    )


def _listed(rows: tuple[Any, ...]) -> list[JsonValue]:
    return [
        {name: list(value) if isinstance(value := getattr(one, name), tuple) else value for name in one.__slots__}
        for one in rows
    ]
