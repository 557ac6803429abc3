"""Organisations, members and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from registry.domain.account import ApiKey, KeyId, Member, Organisation
from registry.domain.actor import Permission, Role
from registry.domain.record import OrganisationId, PersonId
from registry.domain.vocabulary import OrganisationKind
from registry.storage.statements import Statements
from registry.storage.tables import API_KEYS, MEMBERS, ORGANISATIONS, PERSON_NAMES


class AccountTables:
    """``ports.Accounts``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add_organisation(self, organisation: Organisation) -> None:
        """See the port."""
        taken = "an organisation with this slug exists already"
        self._statements.run(insert(ORGANISATIONS), asdict(organisation), taken=taken)

    def organisation(self, organisation_id: OrganisationId) -> Organisation | None:
        """See the port."""
        return self._organisation(ORGANISATIONS.c.id == organisation_id)

    def organisations_by_id(self, ids: Sequence[OrganisationId]) -> dict[OrganisationId, Organisation]:
        """See the port."""
        if not ids:
            return {}
        rows = self._statements.rows(select(ORGANISATIONS).where(ORGANISATIONS.c.id.in_(ids)))
        return {organisation.id: organisation for organisation in map(_organisation, rows)}

    def organisation_by_slug(self, slug: str) -> Organisation | None:
        """See the port."""
        return self._organisation(ORGANISATIONS.c.slug == slug)

    def organisations(self) -> tuple[Organisation, ...]:
        """See the port."""
        rows = self._statements.rows(select(ORGANISATIONS).order_by(ORGANISATIONS.c.slug))
        return tuple(map(_organisation, rows))

    def add_member(self, member: Member, name: str) -> None:
        """See the port. The name replaces one kept for the same person in another organisation."""
        values = asdict(member) | {"roles": sorted(member.roles)}
        taken = "this person is a member of the organisation already"
        self._statements.run(insert(MEMBERS), values, taken=taken)
        self._statements.run(delete(PERSON_NAMES).where(PERSON_NAMES.c.person == member.person))
        self._statements.run(insert(PERSON_NAMES), {"person": member.person, "name": name})

    def member(self, person: PersonId, organisation: OrganisationId) -> Member | None:
        """See the port."""
        which = and_(MEMBERS.c.person == person, MEMBERS.c.organisation == organisation)
        row = self._statements.row(select(MEMBERS).where(which))
        return None if row is None else _member(row)

    def members(self, organisation: OrganisationId) -> tuple[tuple[Member, str], ...]:
        """See the port; in the order of their ids."""
        named = MEMBERS.outerjoin(PERSON_NAMES, PERSON_NAMES.c.person == MEMBERS.c.person)
        name = func.coalesce(PERSON_NAMES.c.name, "").label("name")
        statement = select(*MEMBERS.c, name).select_from(named).where(MEMBERS.c.organisation == organisation)
        rows = self._statements.rows(statement.order_by(MEMBERS.c.person))
        return tuple((_member(row), row["name"]) for row in rows)

    def add_key(self, key: ApiKey) -> None:
        """See the port."""
        scopes = None if key.scopes is None else sorted(key.scopes)
        self._statements.run(insert(API_KEYS), asdict(key) | {"scopes": scopes})

    def key(self, key_id: KeyId) -> ApiKey | None:
        """See the port."""
        row = self._statements.row(select(API_KEYS).where(API_KEYS.c.id == key_id))
        return None if row is None else _key(row)

    def keys(self, person: PersonId) -> tuple[ApiKey, ...]:
        """See the port."""
        statement = select(API_KEYS).where(API_KEYS.c.person == person)
        rows = self._statements.rows(statement.order_by(API_KEYS.c.created_at.desc(), API_KEYS.c.id))
        return tuple(map(_key, rows))

    def save_key(self, key: ApiKey) -> None:
        """See the port."""
        values = {"revoked_at": key.revoked_at, "last_used_at": key.last_used_at}
        self._statements.run(update(API_KEYS).where(API_KEYS.c.id == key.id).values(**values))

    def _organisation(self, condition: ColumnElement[bool]) -> Organisation | None:
        row = self._statements.row(select(ORGANISATIONS).where(condition))
        return None if row is None else _organisation(row)


def _organisation(row: Mapping[str, Any]) -> Organisation:
    return Organisation(**{**row, "kind": OrganisationKind(row["kind"])})


def _member(row: Mapping[str, Any]) -> Member:
    roles = frozenset(Role(role) for role in row["roles"])
    return Member(row["person"], row["organisation"], roles, row["responsible"])


def _key(row: Mapping[str, Any]) -> ApiKey:
    scopes = None if row["scopes"] is None else frozenset(Permission(scope) for scope in row["scopes"])
    return ApiKey(**{**row, "scopes": scopes})
