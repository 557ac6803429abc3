"""Searches that people keep, and what they were told of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update

from registry.domain.digest import Digest
from registry.domain.letter import LetterId
from registry.domain.pages import Page, PageRequest
from registry.domain.record import OrganisationId, PersonId, RecordUid
from registry.domain.saved_search import Match, SavedSearch, SavedSearchId
from registry.domain.webhook import WebhookId
from registry.storage.statements import Statements
from registry.storage.tables import DELIVERIES, SAVED_MATCHES, SAVED_SEARCHES

# SQLite takes more variables in a statement; this many are quick to compile.
_AT_ONCE = 500
# What was told to nobody by mail because nobody wanted it.
_NO_LETTER = ""
_COLUMNS = [one for one in SAVED_SEARCHES.c if one.name != "memory"]
_MATCH_COLUMNS = [one for one in SAVED_MATCHES.c if one.name != "letter"]


class SavedSearchTables:
    """``ports.SavedSearches``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, search: SavedSearch, *, memory: bytes) -> None:
        """See the port."""
        values = asdict(search) | {"digest": search.digest.value, "memory": memory}
        self._statements.run(insert(SAVED_SEARCHES), values)

    def get(self, search_id: SavedSearchId) -> SavedSearch | None:
        """See the port."""
        return self._one(SAVED_SEARCHES.c.id == search_id)

    def by_token(self, token: str) -> SavedSearch | None:
        """See the port."""
        return self._one(SAVED_SEARCHES.c.token == token)

    def of(self, person: PersonId, organisation: OrganisationId) -> tuple[SavedSearch, ...]:
        """See the port."""
        return self._several(select(*_COLUMNS).where(*_owned(person, organisation)).order_by(SAVED_SEARCHES.c.id))

    def save(self, search: SavedSearch) -> None:
        """See the port."""
        values = {
            "name": search.name,
            "webhook": search.webhook,
            "digest": search.digest.value,
            "digest_due_at": search.digest_due_at,
        }
        self._statements.run(update(SAVED_SEARCHES).where(SAVED_SEARCHES.c.id == search.id).values(**values))

    def delete(self, search_id: SavedSearchId) -> None:
        """See the port."""
        self._delete(SAVED_SEARCHES.c.id == search_id)

    def forget(self, person: PersonId, organisation: OrganisationId) -> None:
        """See the port."""
        self._delete(*_owned(person, organisation))

    def forget_webhook(self, webhook_id: WebhookId) -> None:
        """See the port."""
        told = SAVED_SEARCHES.c.webhook == webhook_id
        self._statements.run(update(SAVED_SEARCHES).where(told).values(webhook=None))

    def behind(self, seq: int, *, limit: int) -> tuple[SavedSearch, ...]:
        """See the port."""
        late = select(*_COLUMNS).where(SAVED_SEARCHES.c.position < seq)
        return self._several(late.order_by(SAVED_SEARCHES.c.position, SAVED_SEARCHES.c.id).limit(limit))

    def memory(self, search_id: SavedSearchId) -> bytes:
        """See the port."""
        row = self._statements.row(select(SAVED_SEARCHES.c.memory).where(SAVED_SEARCHES.c.id == search_id))
        return b"" if row is None else bytes(row["memory"])

    def advance(self, searches: Sequence[SavedSearchId], *, start: int, end: int) -> None:
        """See the port."""
        for at in range(0, len(searches), _AT_ONCE):
            still = SAVED_SEARCHES.c.id.in_(searches[at : at + _AT_ONCE]), SAVED_SEARCHES.c.position == start
            self._statements.run(update(SAVED_SEARCHES).where(*still).values(position=end))

    def told(self, search_id: SavedSearchId, uids: Collection[RecordUid]) -> frozenset[RecordUid]:
        """See the port."""
        found: set[RecordUid] = set()
        asked = list(uids)
        for at in range(0, len(asked), _AT_ONCE):
            mine = SAVED_MATCHES.c.search == search_id, SAVED_MATCHES.c.uid.in_(asked[at : at + _AT_ONCE])
            found |= {RecordUid(row["uid"]) for row in self._statements.rows(select(SAVED_MATCHES.c.uid).where(*mine))}
        return frozenset(found)

    def last_number(self, search_id: SavedSearchId) -> int:
        """See the port."""
        highest = select(func.max(SAVED_MATCHES.c.number)).where(SAVED_MATCHES.c.search == search_id)
        return int(self._statements.run(highest).scalar_one() or 0)

    def tell(self, matches: Sequence[Match]) -> None:
        """See the port."""
        if matches:
            rows = [asdict(one) | {"letter": None} for one in matches]
            self._statements.run(insert(SAVED_MATCHES), rows, taken="this match was told already")

    def matches(self, search_id: SavedSearchId, request: PageRequest) -> Page[Match]:
        """See the port."""
        found = select(*_MATCH_COLUMNS).where(SAVED_MATCHES.c.search == search_id)
        if request.position is not None:
            found = found.where(SAVED_MATCHES.c.number < int(request.position[0]))
        rows = self._statements.rows(found.order_by(SAVED_MATCHES.c.number.desc()).limit(request.limit + 1))
        items = tuple(map(_match, rows[: request.limit]))
        positions = tuple((one.number,) for one in items)
        return Page(items, positions, len(rows) > request.limit, request.position is not None)

    def due(self, now: datetime, *, limit: int) -> tuple[SavedSearch, ...]:
        """See the port."""
        late = select(*_COLUMNS).where(SAVED_SEARCHES.c.digest_due_at <= now)
        return self._several(late.order_by(SAVED_SEARCHES.c.digest_due_at, SAVED_SEARCHES.c.id).limit(limit))

    def put_off(self, search_id: SavedSearchId, due_at: datetime | None) -> None:
        """See the port."""
        mine = SAVED_SEARCHES.c.id == search_id
        self._statements.run(update(SAVED_SEARCHES).where(mine).values(digest_due_at=due_at))

    def put_in_letter(self, search_id: SavedSearchId, letter: LetterId) -> int:
        """See the port."""
        new = SAVED_MATCHES.c.search == search_id, SAVED_MATCHES.c.letter.is_(None)
        return self._statements.run(update(SAVED_MATCHES).where(*new).values(letter=letter)).rowcount

    def in_letter(self, letter: LetterId) -> tuple[Match, ...]:
        """See the port."""
        found = select(*_MATCH_COLUMNS).where(SAVED_MATCHES.c.letter == letter)
        return tuple(map(_match, self._statements.rows(found.order_by(SAVED_MATCHES.c.number.desc()))))

    def skip_letters(self, search_id: SavedSearchId) -> None:
        """See the port."""
        self.put_in_letter(search_id, LetterId(_NO_LETTER))

    def erase(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.run(delete(SAVED_MATCHES).where(SAVED_MATCHES.c.uid == uid))

    def _one(self, which: ColumnElement[bool]) -> SavedSearch | None:
        row = self._statements.row(select(*_COLUMNS).where(which))
        return None if row is None else _search(row)

    def _several(self, found: Select[Any]) -> tuple[SavedSearch, ...]:
        return tuple(map(_search, self._statements.rows(found)))

    def _delete(self, *which: ColumnElement[bool]) -> None:
        gone = select(SAVED_SEARCHES.c.id).where(*which)
        waiting = DELIVERIES.c.search.in_(gone), DELIVERIES.c.done_at.is_(None)
        self._statements.run(delete(DELIVERIES).where(*waiting))
        self._statements.run(delete(SAVED_MATCHES).where(SAVED_MATCHES.c.search.in_(gone)))
        self._statements.run(delete(SAVED_SEARCHES).where(*which))


def _owned(person: PersonId, organisation: OrganisationId) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return SAVED_SEARCHES.c.person == person, SAVED_SEARCHES.c.organisation == organisation


def _search(row: Mapping[str, Any]) -> SavedSearch:
    return SavedSearch(**(dict(row) | {"digest": Digest(row["digest"])}))


def _match(row: Mapping[str, Any]) -> Match:
    return Match(**row)
