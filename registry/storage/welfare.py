"""What reviewers chose and read, whom they are bound to, and what waits for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, String, and_, delete, false, func, insert, literal_column, or_, select, update

from registry.domain.conflict import Conflict, ConflictKind, Declaration
from registry.domain.policy import Visibility
from registry.domain.record import OrganisationId, PersonId, RecordUid, State
from registry.domain.welfare import Limits, Preferences, mask_of, topics_in_mask
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import (
    CONFLICT_DECLARATIONS,
    EXPOSURE_MARKS,
    EXPOSURES,
    RECORDS,
    REVIEWER_PREFERENCES,
    REVISIONS,
)
from registry.storage.visibility import form_of, unpublished_work, viewer

_PERSON = named("of_person", String())
_PREFERENCES = Prepared(
    select(REVIEWER_PREFERENCES.c.avoids, REVIEWER_PREFERENCES.c.per_day, REVIEWER_PREFERENCES.c.per_week).where(
        REVIEWER_PREFERENCES.c.person == _PERSON
    )
)
_ADD_PREFERENCES = Prepared(insert(REVIEWER_PREFERENCES))
_stage = func.coalesce(RECORDS.c.pending, RECORDS.c.state)
# Written out, as in the index of what waits: SQLite takes that for no other.
_SUBMITTED = literal_column(f"'{State.SUBMITTED}'", String())
_NEWEST = and_(
    REVISIONS.c.uid == RECORDS.c.uid,
    REVISIONS.c.draft_revision == func.coalesce(RECORDS.c.work_draft_revision, RECORDS.c.head_draft_revision),
)
# No bare columns: else SQLite goes through all that was imported, or all of the owner's, in place of what waits.
_owner = RECORDS.c.owner.concat("")
_IS_IMPORTED = func.length(RECORDS.c.upstream_key).is_not(None)
_HELD = (State.IN_REVIEW.value, State.APPROVED.value)
_KEPT_OF_PERSON = (REVIEWER_PREFERENCES, EXPOSURES, EXPOSURE_MARKS, CONFLICT_DECLARATIONS)


@lru_cache
def _waiting(visible: Visibility, of_source: bool) -> Prepared:
    found = (
        select(RECORDS.c.uid)
        .join(REVISIONS, _NEWEST)
        .where(_stage == _SUBMITTED, RECORDS.c.staging == false(), unpublished_work(visible))
    )
    if of_source:
        found = found.where(_IS_IMPORTED, _owner == named("of_owner", String()))
    portion = found.order_by(REVISIONS.c.created_at, RECORDS.c.uid).limit(named("limit", Integer()))
    return Prepared(portion.offset(named("skip", Integer())))


@lru_cache
def _imported(visible: Visibility) -> Prepared:
    is_it = and_(_stage == _SUBMITTED, RECORDS.c.staging == false(), _IS_IMPORTED)
    counted = select(_owner, func.count()).where(is_it, unpublished_work(visible))
    return Prepared(counted.group_by(_owner))


@lru_cache
def _held(visible: Visibility) -> Prepared:
    is_held = and_(RECORDS.c.claimed_by == _PERSON, or_(*(_stage == one for one in _HELD)))
    return Prepared(
        select(RECORDS.c.uid).where(is_held, unpublished_work(visible)).order_by(RECORDS.c.claimed_at, RECORDS.c.uid)
    )


class WelfareTables:
    """``ports.Welfare``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def preferences(self, person: PersonId) -> Preferences:
        """See the port."""
        row = self._statements.first(_PREFERENCES, {"of_person": person})
        return Preferences() if row is None else Preferences(topics_in_mask(row[0]), Limits(row[1], row[2]))

    def save_preferences(self, person: PersonId, preferences: Preferences) -> None:
        """See the port."""
        values = {
            "person": person,
            "avoids": mask_of(preferences.avoids),
            "per_day": preferences.limits.per_day,
            "per_week": preferences.limits.per_week,
        }
        self._statements.run(delete(REVIEWER_PREFERENCES).where(REVIEWER_PREFERENCES.c.person == person))
        self._statements.write(_ADD_PREFERENCES, values)

    def read_by_day(self, person: PersonId, *, since: date) -> Mapping[date, int]:
        """See the port."""
        is_it = (EXPOSURES.c.person == person, EXPOSURES.c.day >= since)
        rows = self._statements.rows(select(EXPOSURES.c.day, EXPOSURES.c.weight).where(*is_it))
        return {row["day"]: row["weight"] for row in rows}

    def is_counted(self, mark: bytes) -> bool:
        """See the port."""
        return self._statements.row(select(EXPOSURE_MARKS.c.day).where(EXPOSURE_MARKS.c.mark == mark)) is not None

    def count(self, person: PersonId, day: date, weight: int, *, mark: bytes) -> bool:
        """See the port."""
        is_first = self._statements.row(select(EXPOSURES.c.day).where(EXPOSURES.c.day == day).limit(1)) is None
        self._statements.run(insert(EXPOSURE_MARKS), {"mark": mark, "person": person, "day": day})
        is_it = (EXPOSURES.c.person == person, EXPOSURES.c.day == day)
        if self._statements.row(select(EXPOSURES.c.weight).where(*is_it)) is None:
            self._statements.run(insert(EXPOSURES), {"person": person, "day": day, "weight": weight})
        else:
            self._statements.run(update(EXPOSURES).where(*is_it).values(weight=EXPOSURES.c.weight + weight))
        return is_first

    def forget_until(self, day: date) -> None:
        """See the port."""
        for table in (EXPOSURES, EXPOSURE_MARKS):
            self._statements.run(delete(table).where(table.c.day <= day))

    def forget(self, person: PersonId) -> None:
        """See the port."""
        for table in _KEPT_OF_PERSON:
            self._statements.run(delete(table).where(table.c.person == person))

    def declaration(self, person: PersonId) -> Declaration | None:
        """See the port."""
        row = self._statements.row(select(CONFLICT_DECLARATIONS).where(CONFLICT_DECLARATIONS.c.person == person))
        return None if row is None else _declaration(row)

    def declarations(self) -> Sequence[Declaration]:
        """See the port."""
        rows = self._statements.rows(select(CONFLICT_DECLARATIONS).order_by(CONFLICT_DECLARATIONS.c.person))
        return tuple(map(_declaration, rows))

    def declare(self, declaration: Declaration) -> None:
        """See the port."""
        values = {
            "person": declaration.person,
            "declared_at": declaration.declared_at,
            "conflicts": [[one.kind.value, one.organisation] for one in declaration.conflicts],
        }
        is_it = CONFLICT_DECLARATIONS.c.person == declaration.person
        self._statements.run(delete(CONFLICT_DECLARATIONS).where(is_it))
        self._statements.run(insert(CONFLICT_DECLARATIONS), values)


class ReviewQueueReadings:
    """``ports.ReviewQueue``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def waiting(
        self, *, visible: Visibility, limit: int, skip: int = 0, imported_of: OrganisationId | None = None
    ) -> tuple[RecordUid, ...]:
        """See the port."""
        values = {"limit": limit, "skip": skip, "of_owner": imported_of, **viewer(visible)}
        wanted = _waiting(form_of(visible), imported_of is not None)
        return tuple(row[0] for row in self._statements.fetch(wanted, values))

    def imported(self, *, visible: Visibility) -> dict[OrganisationId, int]:
        """See the port."""
        rows = self._statements.fetch(_imported(form_of(visible)), viewer(visible))
        return {OrganisationId(owner): int(count) for owner, count in rows}

    def held_by(self, person: PersonId, *, visible: Visibility) -> tuple[RecordUid, ...]:
        """See the port."""
        rows = self._statements.fetch(_held(form_of(visible)), {"of_person": person, **viewer(visible)})
        return tuple(row[0] for row in rows)


def _declaration(row: Mapping[str, Any]) -> Declaration:
    conflicts = tuple(Conflict(ConflictKind(kind), name) for kind, name in row["conflicts"])
    return Declaration(row["person"], row["declared_at"], conflicts)
