"""Cases, replies and requests by authorities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, func, insert, select, tuple_, update

from registry.domain.case import (
    WAITING,
    Author,
    Case,
    CaseDecision,
    CaseId,
    CaseOutcome,
    CaseState,
    Ground,
    Message,
    Reply,
    Wish,
)
from registry.domain.change import ChangeKind
from registry.domain.errors import BadCursor
from registry.domain.pages import Page, PageRequest
from registry.domain.record import RecordUid
from registry.domain.transparency import Authority, AuthorityRequest, CaseFact, Compliance, Demand, YearOf
from registry.storage.statements import Statements
from registry.storage.tables import AUTHORITY_REQUESTS, CASE_DECISIONS, CASE_MESSAGES, CASES, CHANGES, REPLIES

_TAKEN_DOWN = (ChangeKind.ERASE, ChangeKind.WITHDRAW)
_NO_TEXT = {"about": "", "words": "", "contact": "", "named": None, "receipt_hash": None}


class CaseTables:
    """``ports.Cases``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, case: Case, receipt_hash: bytes) -> None:
        """See the port."""
        self._statements.run(insert(CASES), _values(case) | {"receipt_hash": receipt_hash})
        self._append(case)

    def get(self, case_id: CaseId) -> Case | None:
        """See the port."""
        return self._one(CASES.c.id == case_id)

    def by_receipt(self, receipt_hash: bytes) -> Case | None:
        """See the port."""
        return self._one(CASES.c.receipt_hash == receipt_hash)

    def save(self, case: Case) -> None:
        """See the port."""
        self._statements.run(update(CASES).where(CASES.c.id == case.id).values(**_values(case)))
        self._append(case)

    def page(self, states: Sequence[CaseState], request: PageRequest) -> Page[Case]:
        """See the port."""
        statement = select(CASES).where(CASES.c.receipt_hash.is_not(None))
        if states:
            statement = statement.where(CASES.c.state.in_([state.value for state in states]))
        if request.position is not None:
            statement = statement.where(tuple_(CASES.c.due_at, CASES.c.id) > tuple_(*_place(request)))
        rows = self._statements.rows(statement.order_by(CASES.c.due_at, CASES.c.id).limit(request.limit + 1))
        cases = self._complete(rows[: request.limit])
        return Page(
            cases,
            tuple((case.due_at.isoformat(), case.id) for case in cases),
            has_next=len(rows) > request.limit,
            has_previous=request.position is not None,
        )

    def waiting(self, *, urgent: bool) -> int:
        """See the port."""
        waits = CASES.c.state.in_([state.value for state in WAITING])
        statement = select(func.count()).select_from(CASES).where(waits, CASES.c.urgent == urgent)
        return int(self._statements.run(statement).scalar_one())

    def purge(self, case_id: CaseId) -> None:
        """See the port."""
        self._statements.erases = True
        self._statements.run(delete(CASE_MESSAGES).where(CASE_MESSAGES.c.case == case_id))
        of_case = CASE_DECISIONS.c.case == case_id
        self._statements.run(update(CASE_DECISIONS).where(of_case).values(reasons="", by=""))
        self._statements.run(update(CASES).where(CASES.c.id == case_id).values(**_NO_TEXT))

    def erase(self, uid: RecordUid, number: str | None) -> None:
        """See the port."""
        self._statements.erases = True
        is_about = CASES.c.named.in_([uid, number])
        messages = CASE_MESSAGES.c.case.in_(select(CASES.c.id).where(is_about))
        self._statements.run(delete(REPLIES).where(REPLIES.c.record == uid))
        self._statements.run(update(CASE_MESSAGES).where(messages).values(text=""))
        self._statements.run(update(CASES).where(is_about).values(words="", about=""))

    def facts(self) -> tuple[CaseFact, ...]:
        """See the port."""
        rows = self._statements.run(
            select(CASES.c.id, CASES.c.opened_at, CASES.c.wish, CASES.c.urgent, CASES.c.secured_at, CASES.c.appealed_at)
        ).all()
        decided = self._statements.run(
            select(CASE_DECISIONS.c.case, CASE_DECISIONS.c.position, CASE_DECISIONS.c.at, CASE_DECISIONS.c.outcome)
        ).all()
        decisions = {(row.case, row.position): (row.at, CaseOutcome(row.outcome)) for row in decided}
        return tuple(_fact(row, decisions) for row in rows)

    def put_reply(self, reply: Reply) -> None:
        """See the port."""
        self._statements.run(delete(REPLIES).where(REPLIES.c.case == reply.case))
        self._statements.run(insert(REPLIES), asdict(reply))

    def replies(self, uid: RecordUid) -> tuple[Reply, ...]:
        """See the port."""
        statement = select(REPLIES).where(REPLIES.c.record == uid).order_by(REPLIES.c.at, REPLIES.c.case)
        return tuple(Reply(**row) for row in self._statements.rows(statement))

    def add_request(self, request: AuthorityRequest) -> None:
        """See the port."""
        self._statements.run(insert(AUTHORITY_REQUESTS), asdict(request))

    def requests(self) -> tuple[tuple[int, Authority, Demand, Compliance, int], ...]:
        """See the port."""
        table = AUTHORITY_REQUESTS.c
        year = func.strftime("%Y", table.at)
        by = (year, table.authority, table.demand, table.compliance)
        statement = select(*by, func.count()).group_by(*by).order_by(year.desc(), *by[1:])
        return tuple(
            (int(at), Authority(who), Demand(what), Compliance(done), count)
            for at, who, what, done, count in self._statements.run(statement).all()
        )

    def taken_down(self) -> tuple[YearOf, ...]:
        """See the port."""
        year = func.strftime("%Y", CHANGES.c.at)
        is_one = CHANGES.c.kind.in_([kind.value for kind in _TAKEN_DOWN])
        statement = select(year, CHANGES.c.kind, func.count()).where(CHANGES.c.public_seq.is_not(None), is_one)
        rows = self._statements.run(statement.group_by(year, CHANGES.c.kind)).all()
        found = {(int(at), kind): count for at, kind, count in rows}
        years = sorted({at for at, _ in found}, reverse=True)
        return tuple(
            YearOf(at, tuple((kind.value, found.get((at, kind.value), 0)) for kind in _TAKEN_DOWN)) for at in years
        )

    def _one(self, condition: ColumnElement[bool]) -> Case | None:
        row = self._statements.row(select(CASES).where(condition, CASES.c.receipt_hash.is_not(None)))
        return None if row is None else self._complete([row])[0]

    def _complete(self, rows: Sequence[Mapping[str, Any]]) -> tuple[Case, ...]:
        """Cases with their messages and decisions, in two statements for all of them."""
        ids = [row["id"] for row in rows]
        messages: dict[str, list[Message]] = {one: [] for one in ids}
        decisions: dict[str, list[CaseDecision]] = {one: [] for one in ids}
        said = select(CASE_MESSAGES).where(CASE_MESSAGES.c.case.in_(ids)).order_by(CASE_MESSAGES.c.position)
        for row in self._statements.rows(said):
            messages[row["case"]].append(Message(row["at"], Author(row["author"]), row["text"]))
        taken = select(CASE_DECISIONS).where(CASE_DECISIONS.c.case.in_(ids)).order_by(CASE_DECISIONS.c.position)
        for row in self._statements.rows(taken):
            outcome = CaseOutcome(row["outcome"])
            decisions[row["case"]].append(CaseDecision(row["at"], row["by"], outcome, row["reasons"]))
        return tuple(_case(row, decisions[row["id"]], messages[row["id"]]) for row in rows)

    def _append(self, case: Case) -> None:
        """Store the decisions and messages that are new."""
        self._append_to(CASE_DECISIONS, case.id, [asdict(one) for one in case.decisions])
        self._append_to(CASE_MESSAGES, case.id, [asdict(one) for one in case.messages])

    def _append_to(self, table: Table, case_id: CaseId, items: Sequence[dict[str, Any]]) -> None:
        counted = select(func.count()).select_from(table).where(table.c.case == case_id)
        known = int(self._statements.run(counted).scalar_one())
        for position, item in enumerate(items[known:], known):
            self._statements.run(insert(table), {"case": case_id, "position": position, **item})


def _place(request: PageRequest) -> tuple[datetime, str]:
    """Where a page begins.

    Raises:
        BadCursor: the position is not one of this list.
    """
    try:
        at, case_id = request.position or ()
        return datetime.fromisoformat(str(at)), str(case_id)
    except ValueError:
        raise BadCursor from None


def _values(case: Case) -> dict[str, Any]:
    kept = ("id", "wish", "ground", "about", "named", "words", "contact", "state")
    times = ("opened_at", "due_at", "secured_at", "appealed_at")
    return {name: getattr(case, name) for name in (*kept, *times)} | {"urgent": case.is_urgent}


def _case(row: Mapping[str, Any], decisions: list[CaseDecision], messages: list[Message]) -> Case:
    return Case(
        id=row["id"],
        wish=Wish(row["wish"]),
        ground=Ground(row["ground"]),
        about=row["about"],
        named=row["named"],
        words=row["words"],
        contact=row["contact"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        state=CaseState(row["state"]),
        secured_at=row["secured_at"],
        appealed_at=row["appealed_at"],
        decisions=tuple(decisions),
        messages=tuple(messages),
    )


def _fact(row: Row[Any], decisions: Mapping[tuple[str, int], tuple[datetime, CaseOutcome]]) -> CaseFact:
    answered_at, outcome = decisions.get((row.id, 0), (None, None))
    _, on_appeal = decisions.get((row.id, 1), (None, None))
    return CaseFact(
        opened_at=row.opened_at,
        wish=Wish(row.wish),
        urgent=row.urgent,
        secured_at=row.secured_at,
        answered_at=answered_at,
        outcome=outcome,
        appealed_at=row.appealed_at,
        appeal_outcome=on_appeal,
    )
