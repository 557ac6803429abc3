"""Organisations: admitted by operators, and known to everybody by name and kind."""

from __future__ import annotations

from collections.abc import Iterable

from registry.domain import policy
from registry.domain.account import SLUG, Organisation, look_of
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind, NewChange
from registry.domain.errors import AlreadyExists, InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.record import OrganisationId
from registry.domain.screening.plainly import label_problems
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Reader, Registry, Unit
from registry.service.events import note
from registry.service.federation.owning import give_way


def add_organisation(registry: Registry, actor: Actor, *, slug: str, name: str, kind: OrganisationKind) -> Organisation:
    """Admit an organisation. Its name is public, so this moves ``public_seq``.

    Raises:
        InvalidInput: the slug is not lower-case letters, digits and hyphens, or the name is empty or too long.
        AlreadyExists: as ``put_organisation``.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    organisation = new_organisation(registry, slug, name, kind)
    with registry.storage.begin() as unit:
        put_organisation(unit, actor, organisation)
        note(registry, unit, actor, EventName.ORGANISATION_ADDED, subject=f"organisation:{organisation.slug}")
    return organisation


def put_organisation(unit: Unit, actor: Actor, organisation: Organisation) -> None:
    """Store a new organisation within a unit of the caller, who has asked for permission.

    Raises:
        AlreadyExists: the slug is taken, or another organisation has a name that looks the same. One that only stands
            for an owner at another node gives way.
    """
    unit.accounts.add_organisation(organisation)
    look, others = look_of(organisation.name), unit.accounts.organisations()
    alike = [one for one in others if look and look in one.looks and one.id != organisation.id]
    if not all(give_way(unit, one, by=actor.id, at=organisation.created_at) for one in alike):
        hint = "let people join it, or give this one a name that tells the two apart"
        raise AlreadyExists("an organisation has this name, or one that looks the same", path=("name",), hint=hint)
    subject = f"organisation:{organisation.slug}"
    row = NewChange(ChangeKind.ORGANISATION, actor.id, organisation.created_at, public=True, subject=subject)
    unit.changes.append(row)


def organisations(registry: Registry, actor: Actor) -> tuple[Organisation, ...]:
    """Every organisation, by slug. Names and kinds are public, but for owners at other nodes of whom *actor* may know
    no record."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        unseen = _unseen(reader, actor)
        return tuple(one for one in reader.accounts.organisations() if one.id not in unseen)


def organisation(registry: Registry, actor: Actor, slug: str) -> Organisation:
    """The organisation with this slug.

    Raises:
        NotFound: there is none, or none that *actor* may know of.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.accounts.organisation_by_slug(slug)
        unseen = _unseen(reader, actor)
    if found is None or found.id in unseen:
        raise NotFound("no such organisation")
    return found


def _unseen(reader: Reader, actor: Actor) -> frozenset[OrganisationId]:
    """Owners at other nodes that *actor* may not know of; who manages accounts knows all."""
    if Permission.ACCOUNT_MANAGE in policy.permissions_of(actor):
        return frozenset()
    return reader.peer_owners.unseen(policy.visible_to(actor))


def organisation_named(view: Reader | Unit, slug: str) -> Organisation:
    """The organisation with this slug, within a transaction of the caller, who has asked for permission.

    Raises:
        NotFound: there is none.
    """
    found = view.accounts.organisation_by_slug(slug)
    if found is None:
        raise NotFound("no such organisation", path=("organisation",))
    return found


def organisations_by_id(
    registry: Registry, actor: Actor, ids: Iterable[OrganisationId]
) -> dict[OrganisationId, Organisation]:
    """Several organisations at once, for the owners of a page of records."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.accounts.organisations_by_id(tuple(ids))


def new_organisation(registry: Registry, slug: str, name: str, kind: OrganisationKind) -> Organisation:
    """An organisation that nothing is stored of yet. The caller has asked for permission.

    Raises:
        InvalidInput: as ``add_organisation``.
    """
    problems = label_problems(name)
    if not SLUG.fullmatch(slug):
        message = "use 1 to 60 lower-case letters, digits and hyphens"
        problems.append(Problem(("slug",), "INVALID_FORMAT", message))
    if problems:
        raise InvalidInput(problems)
    now = registry.clock.now()
    return Organisation(OrganisationId(registry.ids.uid()), slug, name.strip(), kind, now)
