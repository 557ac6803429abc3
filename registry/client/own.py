"""What is one's own organisation's, asked of a node: records, new revisions, reserved numbers, notices."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.client import documents
from registry.client.answers import Summary, Written, summary_of, written_of
from registry.client.connection import Connection
from registry.client.failures import refused
from registry.client.naming import answered, to_input
from registry.domain.canonical import JsonValue
from registry.domain.content.base import to_document
from registry.domain.content.kinds import PUBLIC, RESTRICTED, parse_file
from registry.domain.content.marking import Marking
from registry.domain.screening.acceptance import UNANSWERED, Answers

_PAGE = 100
_RECORDS = (
    """
query Records($filter: RecordFilterInput, $first: Int!, $after: String) {
  records(filter: $filter, orderBy: CHANGED, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { ...Summary }
  }
}
"""
    + documents.SUMMARY
)
_NUMBERS = "query Numbers { reservedNumbers { number kind year reservedAt } }"
_NOTICES = (
    "query Notices { notices { id party passage askedAt dueAt state record { ...Summary } answer { uid } } }"
    + documents.SUMMARY
)


@dataclass(frozen=True, slots=True)
class ReservedNumber:
    """A number that no record has yet; ``reserved_at`` as the node writes it."""

    number: str
    kind: str
    year: int
    reserved_at: str

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice to one's own organisation; times as the node writes them.

    Attributes:
        record: number or name of the record that names it, where one may see it.
        state: ``asked``, ``answered`` or ``no_reply``.
        answer: uid of the statement it was answered with.
    """

    id: str
    party: str
    record: str | None
    passage: str | None
    asked_at: str
    due_at: str
    state: str
    answer: str | None

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


class Own:
    """The methods of ``Client`` for what is one's own."""

    _connection: Connection

    def revise(
        self,
        uid: str,
        document: JsonValue,
        *,
        expected_revision: int,
        idempotency_key: str | None = None,
        screening: Answers = UNANSWERED,
    ) -> Written:
        """Replace the content of a record by a new revision, for review.

        Args:
            document: the whole content in the file format; what it leaves out of restricted part and marking stays.
            expected_revision: the draft revision that was read.
            screening: answers to findings, beside those in the file.

        Raises:
            InvalidInput: with every problem.
            StaleRevision: somebody revised it meanwhile.
        """
        submission = parse_file(document)
        content = submission.content
        kind = content.kind
        said = {
            "content": to_input(PUBLIC[kind], to_document(content.public)),
            "restricted": to_input(RESTRICTED[kind], to_document(content.restricted)),
            "marking": to_input(Marking, to_document(content.marking)),
            "uid": uid,
            "expectedRevision": expected_revision,
            "idempotencyKey": idempotency_key or submission.idempotency_key,
        } | answered(submission.answers.with_more(screening))
        sent = {name: value for name, value in said.items() if name not in content.leaves_out}
        mutation = documents.mutation(f"update{kind.type_name}", f"Update{kind.type_name}Input")
        payload = self._connection.ask(mutation, {"input": sent})["result"]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return written_of(payload)

    def records(self, *, mine: bool = False, states: Collection[str] = ()) -> Iterator[Summary]:
        """Records that one may see, what changed last first, page by page.

        Args:
            mine: only those of one's own organisation, in whatever state.
            states: only those in one of these, such as ``in_review``.
        """
        chosen = {"mine": mine or None, "states": [one.upper() for one in states] or None}
        after: str | None = None
        while True:
            variables = {"filter": chosen, "first": _PAGE, "after": after}
            page = self._connection.ask(_RECORDS, variables)["records"]
            yield from (summary_of(one) for one in page["nodes"])
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def reserved_numbers(self) -> tuple[ReservedNumber, ...]:
        """Numbers that one's own organisation holds and no record has."""
        found = self._connection.ask(_NUMBERS, {})["reservedNumbers"]
        return tuple(
            ReservedNumber(one["number"], one["kind"].lower(), one["year"], one["reservedAt"]) for one in found
        )

    def notices(self) -> tuple[NoticeRow, ...]:
        """Notices to one's own organisation, of what records say about it."""
        return tuple(map(_notice_of, self._connection.ask(_NOTICES, {})["notices"] or ()))

    def answer_notice(self, notice: str, *, title: str, text: str) -> Written:
        """Answer a notice; the answer is a statement about the record, and is reviewed like any other."""
        said = {"id": notice, "title": title, "text": text}
        payload = self._connection.ask(documents.mutation("answerNotice", "AnswerNoticeInput"), {"input": said})[
            "result"
        ]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return written_of(payload)


def _notice_of(found: Mapping[str, Any]) -> NoticeRow:
    record, answer = found["record"], found["answer"]
    return NoticeRow(
        id=found["id"],
        party=found["party"],
        record=record and summary_of(record).label,
        passage=found["passage"],
        asked_at=found["askedAt"],
        due_at=found["dueAt"],
        state=found["state"].lower(),
        answer=answer and answer["uid"],
    )
