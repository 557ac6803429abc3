"""One node, spoken to over HTTP."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from registry.client import documents
from registry.client.answers import (
    Change,
    Checked,
    SearchPage,
    Shown,
    Summary,
    Written,
    candidates_of,
    change_of,
    search_page_of,
    shown_of,
    summary_of,
    written_of,
)
from registry.client.bulk import Bulk
from registry.client.connection import Connection
from registry.client.corrections import Corrections
from registry.client.counting import Counting
from registry.client.exporting import Exporting
from registry.client.failures import problems_of, refused
from registry.client.keeping import Keeping, statement_document
from registry.client.naming import answered, to_input
from registry.client.own import Own
from registry.client.reporting import Reporting
from registry.client.reviewing import Reviewing
from registry.client.saved_searches import SavedSearches
from registry.client.screening import Screening
from registry.client.webhooks import Webhooks
from registry.client.welfare import OwnWelfare
from registry.domain.canonical import JsonValue
from registry.domain.content.base import to_document
from registry.domain.content.kinds import PUBLIC, RESTRICTED, Submission, parse_file
from registry.domain.content.marking import Marking
from registry.domain.errors import InvalidInput, NotFound, Problem
from registry.domain.people import PeopleCheck
from registry.domain.screening.acceptance import UNANSWERED, Answers
from registry.domain.vocabulary import Kind, StatementKind, Tlp

LARGEST_PAGE = 100


class Client(
    Bulk,
    Corrections,
    Counting,
    Exporting,
    Keeping,
    Own,
    OwnWelfare,
    Reporting,
    Reviewing,
    SavedSearches,
    Screening,
    Webhooks,
):
    """A node at one address, with one key or none.

    Every method raises what the node raises (``registry.domain.errors``), and ``Unavailable`` where the node
    does not answer: then it is unknown whether a write was done, and the same idempotency key may be sent again.
    """

    def __init__(self, base_url: str, key: str | None = None, *, timeout_seconds: float = 30.0) -> None:
        """Open no connection yet.

        Raises:
            Misconfigured: *base_url* is no address of a web server.
            Unauthenticated: *key* is mistyped.
        """
        self._connection = Connection(base_url, key, timeout_seconds=timeout_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every connection."""
        self._connection.close()

    def submit(
        self,
        document: JsonValue,
        *,
        number: str | None = None,
        idempotency_key: str | None = None,
        screening: Answers = UNANSWERED,
    ) -> Written:
        """Hand in a submission in the file format; *number* is a reserved one of the own organisation.

        What screening finds is answered in the file, under ``screening``, or by *screening*.

        Raises:
            InvalidInput: with every problem; what the domain itself finds is not sent at all.
        """
        payload = self._content("submit", parse_file(document), number, idempotency_key, screening)
        return written_of(payload)

    def validate(self, document: JsonValue, *, number: str | None = None, screening: Answers = UNANSWERED) -> Checked:
        """Have a submission checked as ``submit`` would, nothing stored; the warnings, and what looks like it.

        Raises:
            InvalidInput: with every problem.
        """
        payload = self._content("validate", parse_file(document), number, None, screening)
        return Checked(problems_of(payload["warnings"]), candidates_of(payload))

    def state(
        self,
        about: str,
        kind: StatementKind,
        *,
        title: str,
        summary: str,
        tlp: Tlp | None = None,
        more: Mapping[str, JsonValue] | None = None,
    ) -> Written:
        """Hand in a statement about the record with this number or uid; see ``statement_document``."""
        subject = self.show(about).record
        return self.submit(statement_document(subject, kind, title=title, summary=summary, tlp=tlp, more=more))

    def confirm(self, uid: str, *, not_related: Sequence[str] = ()) -> Written:
        """Hand in a draft that looked like other records; those *not_related* never come up for it again."""
        return self._write("confirmSubmission", "ConfirmSubmissionInput", {"uid": uid, "notRelated": list(not_related)})

    def lookup(self, url: str, *, first: int = LARGEST_PAGE) -> tuple[Summary, ...]:
        """Records that name a web address as a source, the newest first."""
        found = self._connection.ask(documents.LOOKUP, {"url": url, "first": first})["recordsBySource"]
        return tuple(summary_of(one) for one in found)

    def show(self, number: str) -> Shown:
        """The record with this number or uid, or its tombstone.

        Raises:
            NotFound: there is none that one may see.
        """
        wanted = number.strip()
        is_uid = len(wanted) == 36
        variables = {"uid": wanted.lower()} if is_uid else {"number": wanted}
        named = self._connection.ask(documents.KIND, variables)["record"]
        found = named and self._connection.ask(documents.show(Kind[named["kind"]]), variables)["record"]
        if found is None:
            raise NotFound("no such record")
        return shown_of(found)

    def search_page(self, query: str, *, first: int = 20, after: str | None = None) -> SearchPage:
        """One page of public matches, the best first."""
        variables = {"query": query, "first": first, "after": after}
        return search_page_of(self._connection.ask(documents.SEARCH, variables)["search"])

    def changes(self, *, after: int = 0) -> Iterator[Change]:
        """Every row of the public change log after this ``public_seq``, oldest first, page by page."""
        cursor: str | None = str(after)
        while cursor is not None:
            variables = {"first": LARGEST_PAGE, "after": cursor}
            page = self._connection.ask(documents.CHANGES, variables)["changes"]
            yield from (change_of(edge) for edge in page["edges"])
            cursor = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None

    def reserve_numbers(
        self, kind: Kind, *, count: int = 1, year: int | None = None, idempotency_key: str | None = None
    ) -> tuple[str, ...]:
        """Set 1 to 100 numbers aside for one's own organisation, of this year or the next."""
        said = {"kind": kind.name, "count": count, "year": year, "idempotencyKey": idempotency_key}
        payload = self._connection.ask(documents.RESERVE_NUMBERS, {"input": said})["reserveNumbers"]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return tuple(one["number"] for one in payload["numbers"])

    def claim(self, uid: str, *, expected_revision: int) -> Written:
        """Take a submission for review."""
        return self._review(uid, "CLAIM", expected_revision, None)

    def release(self, uid: str, *, expected_revision: int) -> Written:
        """Give a claim back."""
        return self._review(uid, "RELEASE", expected_revision, None)

    def request_changes(self, uid: str, *, expected_revision: int, reason: str) -> Written:
        """Send a submission back to its owner."""
        return self._review(uid, "REQUEST_CHANGES", expected_revision, reason)

    def approve(
        self,
        uid: str,
        *,
        expected_revision: int,
        reason: str | None = None,
        checked: Collection[PeopleCheck] = (),
    ) -> Written:
        """Find a submission fit to be published; *checked* is what one confirms about the people in it."""
        names = [one.name for one in PeopleCheck if one in checked]
        return self._review(uid, "APPROVE", expected_revision, reason, checked=names)

    def reject(self, uid: str, *, expected_revision: int, reason: str) -> Written:
        """End the review of a submission."""
        return self._review(uid, "REJECT", expected_revision, reason)

    def publish(self, uid: str, *, expected_revision: int) -> Written:
        """Make an approved record public as its marking says."""
        return self._write("publish", "PublishInput", {"uid": uid, "expectedRevision": expected_revision})

    def retract(self, uid: str, *, reason: str) -> Written:
        """Take back what is not published; submitting it again under its ``external_ref`` hands it in again."""
        return self._write("retract", "ReasonedInput", {"uid": uid, "reason": reason})

    def withdraw(self, uid: str, *, reason: str) -> Written:
        """Take a published record down."""
        return self._write("withdraw", "ReasonedInput", {"uid": uid, "reason": reason})

    def restore(self, uid: str, *, reason: str) -> Written:
        """Put a withdrawn record out again."""
        return self._write("restore", "ReasonedInput", {"uid": uid, "reason": reason})

    def _content(
        self,
        verb: str,
        submission: Submission,
        number: str | None,
        idempotency_key: str | None,
        screening: Answers,
    ) -> Mapping[str, Any]:
        content = submission.content
        kind = content.kind
        if content.public.upstream is not None:
            message = "only importers say where a record was imported from; use aliases and sources"
            raise InvalidInput([Problem(("content", "upstream"), "NOT_ALLOWED", message)])
        said = {
            "content": to_input(PUBLIC[kind], to_document(content.public)),
            "restricted": to_input(RESTRICTED[kind], to_document(content.restricted)),
            "marking": to_input(Marking, to_document(content.marking)),
            "externalRef": submission.external_ref,
            "number": number or submission.number,
            "idempotencyKey": idempotency_key or submission.idempotency_key,
        } | answered(submission.answers.with_more(screening))
        # What the file leaves out is not sent, so that a revision keeps what the record has.
        sent = {name: value for name, value in said.items() if name not in content.leaves_out}
        return self._payload(f"{verb}{kind.type_name}", f"Submit{kind.type_name}Input", sent)

    def _review(self, uid: str, decision: str, expected_revision: int, reason: str | None, **more: Any) -> Written:
        said = {"uid": uid, "decision": decision, "expectedRevision": expected_revision, "reason": reason, **more}
        return self._write("reviewSubmission", "ReviewSubmissionInput", said)

    def _write(self, name: str, input_type: str, said: Mapping[str, Any]) -> Written:
        return written_of(self._payload(name, input_type, said))

    def _payload(self, name: str, input_type: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        payload: Mapping[str, Any] = self._connection.ask(documents.mutation(name, input_type), {"input": said})[
            "result"
        ]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return payload
