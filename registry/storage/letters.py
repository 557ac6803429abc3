"""Letters, and where people get them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from registry.domain.case import CaseId
from registry.domain.letter import Letter, LetterId, LetterState, MailAddress, MailKind
from registry.domain.record import PersonId, RecordUid
from registry.domain.saved_search import SavedSearchId
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import LETTERS, MAIL_ADDRESSES

_POST = Prepared(insert(LETTERS))
_ERASE = Prepared(delete(LETTERS).where(LETTERS.c.about == named("about", LETTERS.c.about.type)))


def _free(now: datetime) -> ColumnElement[bool]:
    unheld = or_(LETTERS.c.lease_until.is_(None), LETTERS.c.lease_until <= now)
    return and_(LETTERS.c.state == LetterState.WAITING.value, LETTERS.c.due_at <= now, unheld)


class LetterTables:
    """``ports.Letters``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def post(self, letter: Letter) -> None:
        """See the port."""
        self._statements.write(_POST, _values(letter))

    def is_due(self, now: datetime) -> bool:
        """See the port."""
        return bool(self._statements.rows(select(LETTERS.c.id).where(_free(now)).limit(1)))

    def claim_due(self, now: datetime, *, lease_until: datetime) -> Letter | None:
        """See the port."""
        oldest = select(LETTERS).where(_free(now)).order_by(LETTERS.c.due_at, LETTERS.c.id).limit(1)
        rows = self._statements.rows(oldest)
        if not rows:
            return None
        values = {"lease_until": lease_until, "attempts": LETTERS.c.attempts + 1}
        self._statements.run(update(LETTERS).where(LETTERS.c.id == rows[0]["id"]).values(**values))
        return self.get(LetterId(rows[0]["id"]))

    def get(self, letter_id: LetterId) -> Letter | None:
        """See the port."""
        row = self._statements.row(select(LETTERS).where(LETTERS.c.id == letter_id))
        return None if row is None else _letter(row)

    def save(self, letter: Letter) -> None:
        """See the port."""
        values = _values(letter)
        del values["recipient"]
        if letter.state is not LetterState.WAITING:
            values |= {"subject": "", "body": "", "address": None}
        self._statements.run(update(LETTERS).where(LETTERS.c.id == letter.id).values(**values))

    def sent_since(self, since: datetime, recipient: str) -> int:
        """See the port."""
        whose = LETTERS.c.recipient == recipient
        sent = and_(LETTERS.c.state == LetterState.SENT.value, LETTERS.c.done_at >= since, whose)
        return int(self._statements.run(select(func.count()).select_from(LETTERS).where(sent)).scalar_one())

    def counts(self) -> Mapping[LetterState, int]:
        """See the port."""
        rows = self._statements.run(select(LETTERS.c.state, func.count()).group_by(LETTERS.c.state)).all()
        return {LetterState(state): int(count) for state, count in rows}

    def drop(self, *, created_before: datetime, now: datetime) -> int:
        """See the port."""
        old = and_(LETTERS.c.state == LetterState.WAITING.value, LETTERS.c.created_at < created_before)
        gone = {"state": LetterState.DROPPED.value, "subject": "", "body": "", "address": None, "done_at": now}
        return self._statements.run(update(LETTERS).where(old).values(**gone)).rowcount

    def forget(self, *, done_before: datetime) -> None:
        """See the port."""
        self._statements.run(delete(LETTERS).where(LETTERS.c.done_at < done_before))

    def erase(self, about: RecordUid | CaseId | SavedSearchId) -> None:
        """See the port."""
        self._statements.write(_ERASE, {"about": about})

    def address_of(self, person: PersonId) -> MailAddress | None:
        """See the port."""
        row = self._statements.row(select(MAIL_ADDRESSES).where(MAIL_ADDRESSES.c.person == person))
        if row is None:
            return None
        return MailAddress(PersonId(row["person"]), row["address"], frozenset(map(MailKind, row["muted"])))

    def keep_address(self, address: MailAddress) -> None:
        """See the port."""
        self.forget_address(address.person)
        values = {"person": address.person, "address": address.address, "muted": sorted(address.muted)}
        self._statements.run(insert(MAIL_ADDRESSES), values)

    def forget_address(self, person: PersonId) -> None:
        """See the port."""
        self._statements.run(delete(MAIL_ADDRESSES).where(MAIL_ADDRESSES.c.person == person))


def _values(letter: Letter) -> dict[str, Any]:
    return asdict(letter) | {"recipient": letter.recipient, "kind": letter.kind.value, "state": letter.state.value}


def _letter(row: Mapping[str, Any]) -> Letter:
    kept = {name: value for name, value in row.items() if name != "recipient"}
    return Letter(**(kept | {"kind": MailKind(row["kind"]), "state": LetterState(row["state"])}))
