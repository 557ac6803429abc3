"""Notices to named parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from sqlalchemy import delete, insert, select, update

from registry.domain.notice import Notice, NoticeId, NoticeState
from registry.domain.record import OrganisationId, RecordUid
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import NOTICES

_ORDER = (NOTICES.c.asked_at, NOTICES.c.id)
_BY_ID = Prepared(select(NOTICES).where(NOTICES.c.id == named("id", NOTICES.c.id.type)))
_ADD = Prepared(insert(NOTICES))
_FORGET = Prepared(delete(NOTICES).where(NOTICES.c.uid == named("uid", NOTICES.c.uid.type)))


@lru_cache
def _of(count: int) -> Prepared:
    wanted = [named(str(at), NOTICES.c.uid.type) for at in range(count)]
    return Prepared(select(NOTICES).where(NOTICES.c.uid.in_(wanted)).order_by(*_ORDER))


class NoticeTable:
    """``ports.Notices``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, notice: Notice) -> None:
        """See the port."""
        self._statements.write(_ADD, asdict(notice) | {"state": notice.state.value})

    def get(self, notice_id: NoticeId) -> Notice | None:
        """See the port."""
        row = self._statements.first(_BY_ID, {"id": notice_id})
        return None if row is None else _notice(row)

    def save(self, notice: Notice) -> None:
        """See the port."""
        values = {"state": notice.state.value, "answer": notice.answer, "draft_revision": notice.draft_revision}
        values |= {"party": notice.party, "passage": notice.passage}
        self._statements.run(update(NOTICES).where(NOTICES.c.id == notice.id).values(**values))

    def of_record(self, uid: RecordUid) -> tuple[Notice, ...]:
        """See the port."""
        return self.of_records((uid,)).get(uid, ())

    def of_records(self, uids: Sequence[RecordUid]) -> dict[RecordUid, tuple[Notice, ...]]:
        """See the port."""
        if not uids:
            return {}
        found: dict[RecordUid, tuple[Notice, ...]] = {}
        for row in self._statements.fetch(_of(len(uids)), {str(at): uid for at, uid in enumerate(uids)}):
            notice = _notice(row)
            found[notice.uid] = (*found.get(notice.uid, ()), notice)
        return found

    def to(self, organisation: OrganisationId | None, *, limit: int) -> tuple[Notice, ...]:
        """See the port."""
        whose = NOTICES.c.organisation.is_(None) if organisation is None else NOTICES.c.organisation == organisation
        newest = (NOTICES.c.asked_at.desc(), NOTICES.c.id.desc())
        rows = self._statements.rows(select(NOTICES).where(whose).order_by(*newest).limit(limit))
        return tuple(_notice(tuple(row.values())) for row in rows)

    def erase(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.write(_FORGET, {"uid": uid})


def _notice(row: Sequence[Any]) -> Notice:
    id_, uid, draft_revision, party, organisation, passage, asked_at, due_at, state, answer = row
    return Notice(id_, uid, draft_revision, party, organisation, passage, asked_at, due_at, NoticeState(state), answer)
