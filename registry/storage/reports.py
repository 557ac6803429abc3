"""Reports without an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update

from registry.domain.case import Author, Message
from registry.domain.errors import BadCursor
from registry.domain.pages import Page, PageRequest
from registry.domain.record import PersonId, RecordUid, State
from registry.domain.report import Check, CheckItem, Report, ReportId, ReportKind
from registry.storage.statements import Statements
from registry.storage.tables import RECORDS, REPORT_CHECKS, REPORT_CONTACTS, REPORT_MESSAGES, REPORTS

_UNDECIDED = (State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED)
_NO_TEXT: dict[str, Any] = {"title": "", "words": "", "provider": "", "model": "", "links": [], "receipt_hash": None}
_COLUMNS = ("id", "kind", "record", "title", "words", "provider", "model", "opened_at", "claimed_by", "claimed_at")


class ReportTables:
    """``ports.Reports``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, report: Report, receipt_hash: bytes) -> None:
        """See the port."""
        values = {name: getattr(report, name) for name in _COLUMNS} | {"links": list(report.links)}
        self._statements.run(insert(REPORTS), values | {"receipt_hash": receipt_hash})
        if report.contact:
            contact = {"report": report.id, "contact": report.contact, "reader": None}
            self._statements.run(insert(REPORT_CONTACTS), contact)

    def get(self, report_id: ReportId, *, reader: PersonId | None = None) -> Report | None:
        """See the port."""
        found = self._one(REPORTS.c.id == report_id, REPORTS.c.receipt_hash.is_not(None))
        if found is None or reader is None:
            return found
        is_theirs = (REPORT_CONTACTS.c.report == report_id, REPORT_CONTACTS.c.reader == reader)
        row = self._statements.row(select(REPORT_CONTACTS).where(*is_theirs))
        return found if row is None else replace(found, contact=row["contact"])

    def by_receipt(self, receipt_hash: bytes) -> Report | None:
        """See the port."""
        return self._one(REPORTS.c.receipt_hash == receipt_hash)

    def of_record(self, uid: RecordUid) -> Report | None:
        """See the port."""
        return self._one(REPORTS.c.record == uid)

    def save(self, report: Report) -> None:
        """See the port."""
        claim = {"claimed_by": report.claimed_by, "claimed_at": report.claimed_at}
        self._statements.run(update(REPORTS).where(REPORTS.c.id == report.id).values(**claim))
        unread = (REPORT_CONTACTS.c.report == report.id, REPORT_CONTACTS.c.reader.is_(None))
        self._statements.run(update(REPORT_CONTACTS).where(*unread).values(reader=report.claimed_by))
        self._statements.run(delete(REPORT_CHECKS).where(REPORT_CHECKS.c.report == report.id))
        for check in report.checks:
            self._statements.run(insert(REPORT_CHECKS), {"report": report.id, **asdict(check)})
        of_report = REPORT_MESSAGES.c.report == report.id
        counted = select(func.count()).select_from(REPORT_MESSAGES).where(of_report)
        known = int(self._statements.run(counted).scalar_one())
        for position, message in enumerate(report.messages[known:], known):
            values = {"report": report.id, "position": position, **asdict(message)}
            self._statements.run(insert(REPORT_MESSAGES), values)

    def page(self, request: PageRequest) -> Page[Report]:
        """See the port."""
        statement = select(REPORTS).where(REPORTS.c.receipt_hash.is_not(None))
        if request.position is not None:
            statement = statement.where(tuple_(REPORTS.c.opened_at, REPORTS.c.id) > tuple_(*_place(request)))
        rows = self._statements.rows(statement.order_by(REPORTS.c.opened_at, REPORTS.c.id).limit(request.limit + 1))
        reports = self._complete(rows[: request.limit])
        return Page(
            reports,
            tuple((one.opened_at.isoformat(), one.id) for one in reports),
            has_next=len(rows) > request.limit,
            has_previous=request.position is not None,
        )

    def waiting(self) -> int:
        """See the port."""
        joined = REPORTS.join(RECORDS, RECORDS.c.uid == REPORTS.c.record)
        undecided = RECORDS.c.state.in_([state.value for state in _UNDECIDED])
        statement = select(func.count()).select_from(joined).where(undecided)
        return int(self._statements.run(statement).scalar_one())

    def purge(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.erases = True
        ids = select(REPORTS.c.id).where(REPORTS.c.record == uid)
        self._statements.run(delete(REPORT_CONTACTS).where(REPORT_CONTACTS.c.report.in_(ids)))
        self._statements.run(delete(REPORT_MESSAGES).where(REPORT_MESSAGES.c.report.in_(ids)))
        self._statements.run(update(REPORT_CHECKS).where(REPORT_CHECKS.c.report.in_(ids)).values(note=""))
        self._statements.run(update(REPORTS).where(REPORTS.c.record == uid).values(**_NO_TEXT))

    def _one(self, *conditions: ColumnElement[bool]) -> Report | None:
        row = self._statements.row(select(REPORTS).where(*conditions))
        return None if row is None else self._complete([row])[0]

    def _complete(self, rows: Sequence[Mapping[str, Any]]) -> tuple[Report, ...]:
        """Reports with their messages and checks, in two statements for all of them."""
        ids = [row["id"] for row in rows]
        messages: dict[str, list[Message]] = {one: [] for one in ids}
        checks: dict[str, list[Check]] = {one: [] for one in ids}
        said = select(REPORT_MESSAGES).where(REPORT_MESSAGES.c.report.in_(ids)).order_by(REPORT_MESSAGES.c.position)
        for row in self._statements.rows(said):
            messages[row["report"]].append(Message(row["at"], Author(row["author"]), row["text"]))
        answered = select(REPORT_CHECKS).where(REPORT_CHECKS.c.report.in_(ids)).order_by(REPORT_CHECKS.c.item)
        for row in self._statements.rows(answered):
            check = Check(CheckItem(row["item"]), row["done"], row["note"], row["draft_revision"])
            checks[row["report"]].append(check)
        return tuple(
            Report(
                **{name: row[name] for name in _COLUMNS if name != "kind"},
                kind=ReportKind(row["kind"]),
                links=tuple(row["links"]),
                checks=tuple(checks[row["id"]]),
                messages=tuple(messages[row["id"]]),
            )
            for row in rows
        )


def _place(request: PageRequest) -> tuple[datetime, str]:
    """Where a page begins.

    Raises:
        BadCursor: the position is not one of this list.
    """
    try:
        at, report_id = request.position or ()
        return datetime.fromisoformat(str(at)), str(report_id)
    except ValueError:
        raise BadCursor from None
