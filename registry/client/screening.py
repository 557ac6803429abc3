"""What screening finds in a stored record, and what is answered to it, asked of a node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.client import documents
from registry.client.answers import Written, written_of
from registry.client.connection import Connection
from registry.client.failures import refused
from registry.client.naming import camel, snake
from registry.domain.canonical import Document, JsonValue
from registry.domain.screening.acceptance import Acceptance, Answers, Redaction
from registry.domain.screening.answering import to_answers_document

_FINDINGS = """
query Findings($uid: String!) {
  screening(uid: $uid) { code rule path start end hint blocks accepted reason acceptedAt }
}
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A passage that screening is about, and never what stands there; ``accepted_at`` as the node writes it.

    Attributes:
        code: such as ``PERSON_NAME``; ``rule`` tells which rule found it, and ``hint`` the same in words.
        path: the field, from the outermost inward.
        start, end: which characters of it, counted from 0 in code points.
        blocks: whether it must be answered; if not, it is a warning.
        reason: why it may stand there, if it was accepted.
    """

    code: str
    rule: str
    path: tuple[str, ...]
    start: int
    end: int
    hint: str
    blocks: bool
    accepted: bool
    reason: str | None
    accepted_at: str | None

    @property
    def is_open(self) -> bool:
        """Whether it keeps the record from being approved."""
        return self.blocks and not self.accepted

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__} | {"path": list(self.path)}


class Screening:
    """The part of ``Client`` that is about findings in stored records; for owners and reviewers."""

    _connection: Connection

    def findings(self, uid: str) -> tuple[Finding, ...]:
        """What screening finds in the newest revision of a record, accepted ones among them.

        Raises:
            NotFound: there is no such record, or none whose work one sees.
        """
        found = self._connection.ask(_FINDINGS, {"uid": uid})["screening"]
        return tuple(_finding_of(one) for one in found)

    def accept_findings(self, uid: str, accept: Sequence[Acceptance], *, expected_revision: int) -> Written:
        """Say why findings may stand: the owner, or the reviewer who holds the claim."""
        said = {"accept": [], **to_answers_document(Answers(tuple(accept)))}
        return self._answer("acceptFindings", "AcceptFindingsInput", uid, said, expected_revision)

    def redact_findings(
        self, uid: str, redact: Sequence[Redaction] = (), *, redact_all: bool = False, expected_revision: int
    ) -> Written:
        """Take findings out by a new revision, and purge the drafts that held them."""
        answers = Answers(redact=tuple(redact), redact_all=redact_all)
        said = {"redact": [], **to_answers_document(answers)}
        return self._answer("redactFindings", "RedactFindingsInput", uid, said, expected_revision)

    def _answer(self, name: str, input_type: str, uid: str, said: Document, expected_revision: int) -> Written:
        sent = {camel(name): value for name, value in said.items()} | {
            "uid": uid,
            "expectedRevision": expected_revision,
        }
        payload = self._connection.ask(documents.mutation(name, input_type), {"input": sent})["result"]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return written_of(payload)


def _finding_of(found: Mapping[str, Any]) -> Finding:
    steps = found["path"][1:] if found["path"][:1] == ["input"] else found["path"]
    return Finding(
        code=found["code"],
        rule=found["rule"],
        path=tuple(snake(one) for one in steps),
        start=found["start"],
        end=found["end"],
        hint=found["hint"],
        blocks=found["blocks"],
        accepted=found["accepted"],
        reason=found["reason"],
        accepted_at=found["acceptedAt"],
    )
