"""Applications for membership, and agreements to the usage guidelines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update

from registry.domain.case import Author, Message
from registry.domain.errors import BadCursor
from registry.domain.membership import (
    UNDECIDED,
    Agreement,
    Application,
    ApplicationId,
    ApplicationState,
    Intended,
)
from registry.domain.pages import Page, PageRequest
from registry.domain.record import OrganisationId, PersonId
from registry.domain.vocabulary import OrganisationKind
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import AGREEMENTS, APPLICATIONS

_A = APPLICATIONS.c
_IS_UNDECIDED = _A.state.in_(sorted(one.value for one in UNDECIDED))
_NO_WORDS: dict[str, Any] = {
    "name": "", "slug": "", "site": "", "contact": "", "email": "", "email_domain": "", "why": "", "reason": "",
    "messages": [], "receipt_hash": None,
}  # fmt: skip
_PLAIN = (
    "id", "name", "slug", "site", "contact", "email", "why", "guidelines", "agreed_revision", "opened_at", "reason",
    "decided_by", "decided_at", "organisation", "person", "staging_key_at", "production_key_at",
)  # fmt: skip
_AGREEMENT = Prepared(
    select(AGREEMENTS).where(
        AGREEMENTS.c.person == named("person", AGREEMENTS.c.person.type),
        AGREEMENTS.c.organisation == named("organisation", AGREEMENTS.c.organisation.type),
    )
)


class MembershipTables:
    """``ports.Membership``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, application: Application, receipt_hash: bytes) -> None:
        """See the port."""
        values = _values(application) | {"receipt_hash": receipt_hash}
        self._statements.run(insert(APPLICATIONS), values)

    def save(self, application: Application) -> None:
        """See the port."""
        self._statements.run(update(APPLICATIONS).where(_A.id == application.id).values(**_values(application)))

    def get(self, application_id: ApplicationId) -> Application | None:
        """See the port."""
        return self._one(_A.id == application_id, _A.receipt_hash.is_not(None))

    def by_receipt(self, receipt_hash: bytes) -> Application | None:
        """See the port."""
        return self._one(_A.receipt_hash == receipt_hash)

    def page(self, states: Collection[ApplicationState], request: PageRequest) -> Page[Application]:
        """See the port."""
        wanted = _A.state.in_(sorted(one.value for one in states))
        statement = select(APPLICATIONS).where(wanted, _A.receipt_hash.is_not(None))
        if request.position is not None:
            statement = statement.where(tuple_(_A.opened_at, _A.id) > tuple_(*_place(request)))
        rows = self._statements.rows(statement.order_by(_A.opened_at, _A.id).limit(request.limit + 1))
        found = tuple(_application(row) for row in rows[: request.limit])
        return Page(
            found,
            tuple((one.opened_at.isoformat(), one.id) for one in found),
            has_next=len(rows) > request.limit,
            has_previous=request.position is not None,
        )

    def undecided(self) -> int:
        """See the port."""
        return self._count(_IS_UNDECIDED)

    def undecided_of(self, email: str, domain: str) -> tuple[int, int]:
        """See the port."""
        same = func.lower(_A.email) == email.lower()
        return self._count(_IS_UNDECIDED, same), self._count(_IS_UNDECIDED, _A.email_domain == domain.lower())

    def of_organisation(self, organisation: OrganisationId) -> tuple[Application, ...]:
        """See the port; in the order of their ids."""
        theirs = select(APPLICATIONS).where(_A.organisation == organisation)
        return tuple(_application(row) for row in self._statements.rows(theirs.order_by(_A.id)))

    def purge(self, application_id: ApplicationId) -> None:
        """See the port."""
        self._statements.erases = True
        self._statements.run(update(APPLICATIONS).where(_A.id == application_id).values(**_NO_WORDS))

    def agree(self, agreement: Agreement) -> None:
        """See the port."""
        self.forget_agreement(agreement.person, agreement.organisation)
        values = {name: getattr(agreement, name) for name in ("person", "organisation", "uid", "revision", "at")}
        self._statements.run(insert(AGREEMENTS), values)

    def agreement(self, person: PersonId, organisation: OrganisationId) -> Agreement | None:
        """See the port."""
        row = self._statements.first(_AGREEMENT, {"person": person, "organisation": organisation})
        return None if row is None else Agreement(*row)

    def forget_agreement(self, person: PersonId, organisation: OrganisationId) -> None:
        """See the port."""
        theirs = (AGREEMENTS.c.person == person, AGREEMENTS.c.organisation == organisation)
        self._statements.run(delete(AGREEMENTS).where(*theirs))

    def _one(self, *conditions: ColumnElement[bool]) -> Application | None:
        row = self._statements.row(select(APPLICATIONS).where(*conditions))
        return None if row is None else _application(row)

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        counted = select(func.count()).select_from(APPLICATIONS).where(*conditions)
        return int(self._statements.run(counted).scalar_one())


def _values(application: Application) -> dict[str, Any]:
    return {name: getattr(application, name) for name in _PLAIN} | {
        "kind": application.kind.value,
        "email_domain": application.domain.lower(),
        "intended": application.intended.value,
        "state": application.state.value,
        "messages": [
            {"at": one.at.isoformat(), "author": one.author.value, "text": one.text} for one in application.messages
        ],
    }


def _application(row: Mapping[str, Any]) -> Application:
    return Application(
        **{name: row[name] for name in _PLAIN},
        kind=OrganisationKind(row["kind"]),
        intended=Intended(row["intended"]),
        state=ApplicationState(row["state"]),
        messages=tuple(
            Message(datetime.fromisoformat(one["at"]), Author(one["author"]), one["text"]) for one in row["messages"]
        ),
    )


def _place(request: PageRequest) -> tuple[datetime, str]:
    """Where a page begins.

    Raises:
        BadCursor: the position is not one of this list.
    """
    try:
        at, application_id = request.position or ()
        return datetime.fromisoformat(str(at)), str(application_id)
    except ValueError:
        raise BadCursor from None
