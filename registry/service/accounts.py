"""Organisations, members and API keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.account import (
    SLUG,
    ApiKey,
    KeyId,
    Member,
    Organisation,
    format_key,
    hash_secret,
)
from registry.domain.actor import Actor, Permission, Role
from registry.domain.change import ChangeKind, NewChange
from registry.domain.errors import Forbidden, InvalidInput, NotFound, Problem
from registry.domain.record import OrganisationId, PersonId
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry, Unit

NODE_ROLES = frozenset(
    {
        Role.SUBMITTER,
        Role.REVIEWER,
        Role.LEAD_REVIEWER,
        Role.VETTED_RESEARCHER,
        Role.SEALED_READER,
        Role.OPERATOR,
    }
)
KEY_LIFE_DAYS = 365
_LONGEST_KEY_LIFE = timedelta(days=10 * 365)
_MORE = "a key cannot make one that may do more"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. ``text`` is shown once and never kept."""

    key: ApiKey
    text: str


def add_organisation(registry: Registry, actor: Actor, *, slug: str, name: str, kind: OrganisationKind) -> Organisation:
    """Admit an organisation. Its name is public, so this moves ``public_seq``.

    Raises:
        InvalidInput: the slug is not lower-case letters, digits and hyphens, or the name is empty or too long.
        AlreadyExists: the slug is taken.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    organisation = _organisation(registry, slug, name, kind)
    with registry.storage.begin() as unit:
        put_organisation(unit, actor, organisation)
    return organisation


def put_organisation(unit: Unit, actor: Actor, organisation: Organisation) -> None:
    """Store a new organisation within a unit of the caller, who has asked for permission."""
    unit.accounts.add_organisation(organisation)
    subject = f"organisation:{organisation.slug}"
    row = NewChange(ChangeKind.ORGANISATION, actor.id, organisation.created_at, public=True, subject=subject)
    unit.changes.append(row)


def organisations(registry: Registry, actor: Actor) -> tuple[Organisation, ...]:
    """Every organisation, by slug. Names and kinds are public."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.accounts.organisations()


def organisation(registry: Registry, actor: Actor, slug: str) -> Organisation:
    """The organisation with this slug.

    Raises:
        NotFound: there is none.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.accounts.organisation_by_slug(slug)
    if found is None:
        raise NotFound("no such organisation")
    return found


def organisations_by_id(
    registry: Registry, actor: Actor, ids: Iterable[OrganisationId]
) -> dict[OrganisationId, Organisation]:
    """Several organisations at once, for the owners of a page of records."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.accounts.organisations_by_id(tuple(ids))


def add_member(
    registry: Registry,
    actor: Actor,
    *,
    organisation_slug: str,
    name: str,
    roles: frozenset[Role],
    responsible: PersonId | None = None,
) -> Member:
    """Make somebody, or a service account with a *responsible* member, a member of an organisation.

    Raises:
        InvalidInput: the name is empty, a role cannot be held by a member, or *responsible* is no natural person.
        NotFound: no such organisation, or *responsible* is no member of it.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    problems = [*_name_problems(name)]
    if not roles or roles - NODE_ROLES:
        allowed = ", ".join(sorted(NODE_ROLES))
        problems.append(Problem(("roles",), "UNKNOWN_TERM", f"one or more of these are expected: {allowed}"))
    if problems:
        raise InvalidInput(problems)
    with registry.storage.begin() as unit:
        found = unit.accounts.organisation_by_slug(organisation_slug)
        if found is None:
            raise NotFound("no such organisation", path=("organisation",))
        if responsible is not None:
            _require_natural(unit.accounts.member(responsible, found.id))
        member = Member(PersonId(registry.ids.uid()), found.id, roles, responsible)
        unit.accounts.add_member(member, name.strip())
        _audit(registry, unit, actor, f"member:{member.person}")
    return member


def members(registry: Registry, actor: Actor, organisation_slug: str) -> tuple[tuple[Member, str], ...]:
    """The members of an organisation with their names; for operators.

    Raises:
        NotFound: no such organisation.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.read() as reader:
        found = reader.accounts.organisation_by_slug(organisation_slug)
        if found is None:
            raise NotFound("no such organisation", path=("organisation",))
        return reader.accounts.members(found.id)


def create_key(
    registry: Registry,
    actor: Actor,
    *,
    person: PersonId,
    organisation_id: OrganisationId,
    label: str,
    scopes: frozenset[Permission] | None = None,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make an API key for a member; its text is returned this once. It lives a year unless said otherwise.

    Raises:
        Forbidden: *actor* is neither the member nor one who manages accounts, or asks for a key that may do more
            than its own (a service account is not its responsible member), or as ``policy.require_one_name``.
        NotFound: no such member.
        InvalidInput: the label is empty or too long, or the expiry is past or over ten years away.
    """
    manages = Permission.ACCOUNT_MANAGE in policy.permissions_of(actor)
    policy.require(actor, Permission.ACCOUNT_MANAGE if manages else Permission.KEY_OWN)
    if not manages and actor.person != person:
        raise Forbidden("keys are made by the member, or by an operator")
    is_wider = actor.scopes is not None and (scopes is None or bool(scopes - actor.scopes))
    if is_wider and (not manages or actor.person == person):
        raise Forbidden(_MORE)
    now = registry.clock.now()
    problems = _name_problems(label, field="label")
    if expires_at is not None and not now < expires_at <= now + _LONGEST_KEY_LIFE:
        problems.append(Problem(("expiresAt",), "OUT_OF_RANGE", "the expiry must be in the future, within ten years"))
    if problems:
        raise InvalidInput(problems)
    secret = registry.ids.secret()
    key = ApiKey(
        id=KeyId(registry.ids.token(12)),
        person=person,
        organisation=organisation_id,
        secret_hash=hash_secret(secret),
        label=label.strip(),
        created_at=now,
        expires_at=expires_at or now + timedelta(days=KEY_LIFE_DAYS),
        scopes=scopes,
    )
    with registry.storage.begin() as unit:
        member = unit.accounts.member(person, organisation_id)
        if member is None:
            raise NotFound("no such member", path=("person",))
        acting = unit.accounts.key(KeyId(actor.key or ""))
        is_another = organisation_id != actor.organisation or (acting is not None and acting.person != person)
        if manages:
            policy.require_one_name(actor, member.answerable, member.roles)
        if (is_wider and Role.OPERATOR in member.roles) if manages else (is_another or member.roles - actor.roles):
            raise Forbidden(_MORE)
        unit.accounts.add_key(key)
        _audit(registry, unit, actor, f"key:{key.id}")
    return NewKey(key, format_key(registry.settings.key_environment, key.id, secret))


def revoke_key(registry: Registry, actor: Actor, key_id: KeyId) -> ApiKey:
    """End a key at once; revoking it again changes nothing.

    Raises:
        NotFound: no such key, or none that *actor* may revoke.
    """
    manages = Permission.ACCOUNT_MANAGE in policy.permissions_of(actor)
    policy.require(actor, Permission.ACCOUNT_MANAGE if manages else Permission.KEY_OWN)
    with registry.storage.begin() as unit:
        key = unit.accounts.key(key_id)
        if key is None or not (manages or key.person == actor.person):
            raise NotFound("no such key")
        if key.revoked_at is None:
            key = replace(key, revoked_at=registry.clock.now())
            unit.accounts.save_key(key)
            _audit(registry, unit, actor, f"key:{key.id}")
    return key


def keys(registry: Registry, actor: Actor, person: PersonId) -> tuple[ApiKey, ...]:
    """The keys of a member, newest first; the member's own, or for operators anybody's.

    Raises:
        NotFound: no such member, or none whose keys *actor* may see.
    """
    manages = Permission.ACCOUNT_MANAGE in policy.permissions_of(actor)
    policy.require(actor, Permission.ACCOUNT_MANAGE if manages else Permission.KEY_OWN)
    if not manages and actor.person != person:
        raise NotFound("no such member")
    with registry.storage.read() as reader:
        return reader.accounts.keys(person)


def _require_natural(responsible: Member | None) -> None:
    if responsible is None:
        raise NotFound("no such member of this organisation", path=("responsible",))
    if responsible.responsible is not None:
        message = "a service account cannot answer for another; name a person"
        raise InvalidInput([Problem(("responsible",), "NOT_ALLOWED", message)])


def _organisation(registry: Registry, slug: str, name: str, kind: OrganisationKind) -> Organisation:
    problems = _name_problems(name)
    if not SLUG.fullmatch(slug):
        message = "use 1 to 60 lower-case letters, digits and hyphens"
        problems.append(Problem(("slug",), "INVALID_FORMAT", message))
    if problems:
        raise InvalidInput(problems)
    now = registry.clock.now()
    return Organisation(OrganisationId(registry.ids.uid()), slug, name.strip(), kind, now)


def _name_problems(name: str, *, field: str = "name") -> list[Problem]:
    text = name.strip()
    if 0 < len(text) <= 120 and text.isprintable():
        return []
    return [Problem((field,), "INVALID_TEXT", "use 1 to 120 printable characters")]


def _audit(registry: Registry, unit: Unit, actor: Actor, subject: str) -> None:
    """Who gave or took access stands in the log; strangers never see these rows."""
    unit.changes.append(NewChange(ChangeKind.ACCOUNT, actor.id, registry.clock.now(), public=False, subject=subject))
