"""Organisations, members and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from registry.domain.account import ApiKey, KeyId, Member, Organisation
from registry.domain.actor import Permission, Role
from registry.domain.record import OrganisationId, PersonId
from registry.domain.vocabulary import OrganisationKind
from registry.storage.prepared import Prepared, Values, named
from registry.storage.statements import Statements
from registry.storage.tables import API_KEYS, MEMBERS, ORGANISATIONS, PERSON_NAMES

_ORGANISATIONS = select(ORGANISATIONS)
_ALL = Prepared(_ORGANISATIONS.order_by(ORGANISATIONS.c.slug))
_BY_ID = Prepared(_ORGANISATIONS.where(ORGANISATIONS.c.id == named("id", ORGANISATIONS.c.id.type)))
_BY_SLUG = Prepared(_ORGANISATIONS.where(ORGANISATIONS.c.slug == named("slug", ORGANISATIONS.c.slug.type)))
_MEMBER = Prepared(
    select(MEMBERS).where(
        MEMBERS.c.person == named("person", MEMBERS.c.person.type),
        MEMBERS.c.organisation == named("organisation", MEMBERS.c.organisation.type),
    )
)
_KEY = Prepared(select(API_KEYS).where(API_KEYS.c.id == named("id", API_KEYS.c.id.type)))


@lru_cache
def _by_ids(count: int) -> Prepared:
    wanted = [named(str(at), ORGANISATIONS.c.id.type) for at in range(count)]
    return Prepared(_ORGANISATIONS.where(ORGANISATIONS.c.id.in_(wanted)))


class AccountTables:
    """``ports.Accounts``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add_organisation(self, organisation: Organisation) -> None:
        """See the port."""
        taken = "an organisation with this slug exists already"
        self._statements.run(insert(ORGANISATIONS), asdict(organisation), taken=taken)

    def save_organisation(self, organisation: Organisation) -> None:
        """See the port."""
        values = asdict(organisation)
        self._statements.run(update(ORGANISATIONS).where(ORGANISATIONS.c.id == organisation.id).values(**values))

    def organisation(self, organisation_id: OrganisationId) -> Organisation | None:
        """See the port."""
        return self._organisation(_BY_ID, {"id": organisation_id})

    def organisations_by_id(self, ids: Sequence[OrganisationId]) -> dict[OrganisationId, Organisation]:
        """See the port."""
        if not ids:
            return {}
        rows = self._statements.fetch(_by_ids(len(ids)), {str(at): one for at, one in enumerate(ids)})
        return {organisation.id: organisation for organisation in map(_organisation, rows)}

    def organisation_by_slug(self, slug: str) -> Organisation | None:
        """See the port."""
        return self._organisation(_BY_SLUG, {"slug": slug})

    def organisations(self) -> tuple[Organisation, ...]:
        """See the port."""
        return tuple(map(_organisation, self._statements.fetch(_ALL)))

    def add_member(self, member: Member, name: str) -> None:
        """See the port. The name replaces one kept for the same person in another organisation."""
        values = asdict(member) | {"roles": sorted(member.roles)}
        taken = "this person is a member of the organisation already"
        self._statements.run(insert(MEMBERS), values, taken=taken)
        self._statements.run(delete(PERSON_NAMES).where(PERSON_NAMES.c.person == member.person))
        self._statements.run(insert(PERSON_NAMES), {"person": member.person, "name": name})

    def member(self, person: PersonId, organisation: OrganisationId) -> Member | None:
        """See the port."""
        row = self._statements.first(_MEMBER, {"person": person, "organisation": organisation})
        return None if row is None else _member(row)

    def save_member(self, member: Member) -> None:
        """See the port."""
        is_it = (MEMBERS.c.person == member.person, MEMBERS.c.organisation == member.organisation)
        values = {"roles": sorted(member.roles), "staging": member.staging}
        self._statements.run(update(MEMBERS).where(*is_it).values(**values))

    def remove_member(self, person: PersonId, organisation: OrganisationId) -> None:
        """See the port."""
        is_it = (MEMBERS.c.person == person, MEMBERS.c.organisation == organisation)
        self._statements.run(delete(MEMBERS).where(*is_it))

    def memberships(self, person: PersonId) -> tuple[Member, ...]:
        """See the port; in the order of the organisations' ids."""
        statement = select(MEMBERS).where(MEMBERS.c.person == person).order_by(MEMBERS.c.organisation)
        return tuple(_member(tuple(row.values())) for row in self._statements.rows(statement))

    def members(self, organisation: OrganisationId) -> tuple[tuple[Member, str], ...]:
        """See the port; in the order of their ids."""
        named = MEMBERS.outerjoin(PERSON_NAMES, PERSON_NAMES.c.person == MEMBERS.c.person)
        name = func.coalesce(PERSON_NAMES.c.name, "").label("name")
        statement = select(*MEMBERS.c, name).select_from(named).where(MEMBERS.c.organisation == organisation)
        rows = self._statements.rows(statement.order_by(MEMBERS.c.person))
        return tuple((_member(tuple(row.values())), row["name"]) for row in rows)

    def on_trial(self) -> frozenset[OrganisationId]:
        """See the port."""
        found = select(MEMBERS.c.organisation).where(MEMBERS.c.staging).distinct()
        return frozenset(OrganisationId(row["organisation"]) for row in self._statements.rows(found))

    def add_key(self, key: ApiKey) -> None:
        """See the port."""
        scopes = None if key.scopes is None else sorted(key.scopes)
        self._statements.run(insert(API_KEYS), asdict(key) | {"scopes": scopes})

    def key(self, key_id: KeyId) -> ApiKey | None:
        """See the port."""
        row = self._statements.first(_KEY, {"id": key_id})
        return None if row is None else _key(row)

    def keys(self, person: PersonId) -> tuple[ApiKey, ...]:
        """See the port."""
        statement = select(API_KEYS).where(API_KEYS.c.person == person)
        rows = self._statements.rows(statement.order_by(API_KEYS.c.created_at.desc(), API_KEYS.c.id))
        return tuple(_key(tuple(row.values())) for row in rows)

    def save_key(self, key: ApiKey) -> None:
        """See the port."""
        values = {
            "expires_at": key.expires_at,
            "revoked_at": key.revoked_at,
            "last_used_at": key.last_used_at,
            "frozen_at": key.frozen_at,
        }
        self._statements.run(update(API_KEYS).where(API_KEYS.c.id == key.id).values(**values))

    def _organisation(self, statement: Prepared, values: Values) -> Organisation | None:
        row = self._statements.first(statement, values)
        return None if row is None else _organisation(row)


def _organisation(row: Sequence[Any]) -> Organisation:
    id_, slug, name, kind, created_at, aliases, parents, contact = row
    return Organisation(id_, slug, name, OrganisationKind(kind), created_at, tuple(aliases), tuple(parents), contact)


def _member(row: Sequence[Any]) -> Member:
    return Member(row[0], row[1], frozenset(Role(role) for role in row[2]), row[3], row[4])


def _key(row: Sequence[Any]) -> ApiKey:
    id_, person, organisation, secret_hash, label, created_at, expires_at, scopes, *rest = row
    allowed = None if scopes is None else frozenset(Permission(scope) for scope in scopes)
    return ApiKey(id_, person, organisation, secret_hash, label, created_at, expires_at, allowed, *rest)
