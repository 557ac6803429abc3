"""Who belongs to an organisation, and in which roles; given and taken by operators, never by oneself."""

from __future__ import annotations

from dataclasses import replace

from registry.domain import policy
from registry.domain.account import Member, Organisation
from registry.domain.actor import Actor, Permission, Role
from registry.domain.errors import AlreadyExists, Conflict, Forbidden, FourEyes, InvalidInput, NotFound, Problem
from registry.domain.event import EventFilter, EventName
from registry.domain.membership import is_on_trial, require_second_operator
from registry.domain.pages import PageRequest
from registry.domain.record import OrganisationId, PersonId
from registry.domain.screening.plainly import label_problems
from registry.ports import Registry, Unit
from registry.service.access import note_access
from registry.service.accounts import organisation_named
from registry.service.freezing import operators
from registry.service.keys import revoke_all
from registry.service.publishers import require_no_publisher
from registry.service.welfare import forget

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


def add_member(
    registry: Registry,
    actor: Actor,
    *,
    organisation_slug: str,
    name: str,
    roles: frozenset[Role],
    responsible: PersonId | None = None,
    person: PersonId | None = None,
) -> Member:
    """Make somebody, or a service account with a *responsible* member, a member of an organisation.

    In an organisation that only tries things out so far, so does the new member.

    Args:
        person: somebody who is a member of another organisation already: one human is one person, wherever names are
            compared. The name replaces the one that was kept.

    Raises:
        InvalidInput: the name is empty, a role cannot be held by a member, or *responsible* is no natural person.
        NotFound: no such organisation, *responsible* is no member of it, or *person* is nobody.
        AlreadyExists: *person* is a member of it already, or it stands for a source.
        Forbidden: it would be *actor* who holds more roles by it.
        FourEyes: as ``membership.require_second_operator``, or *actor* has invited *person*, or made a key of theirs.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    policy.require_confirmed(actor)
    problems = [*label_problems(name), *_role_problems(roles)]
    if person is not None and responsible is not None:
        problems.append(Problem(("person",), "NOT_ALLOWED", "a service account is a member of its own"))
    if problems:
        raise InvalidInput(problems)
    if person is not None:
        _require_not_oneself(actor, person, roles)
    with registry.storage.begin() as unit:
        found = organisation_named(unit, organisation_slug)
        require_no_publisher(registry, unit, found.slug)
        if responsible is not None:
            _require_natural(unit.accounts.member(responsible, found.id))
        if person is not None:
            _require_known(unit, person, found.id)
            _require_not_held(registry, unit, actor, person, roles)
        _require_second_operator(registry, unit, actor, found.id, roles)
        staging = is_on_trial(unit.accounts.members(found.id))
        member = Member(person or PersonId(registry.ids.uid()), found.id, roles, responsible, staging)
        unit.accounts.add_member(member, name.strip())
        note_access(registry, unit, actor, EventName.MEMBER_ADDED, f"member:{member.person}", **_told(found, roles))
    return member


def set_roles(
    registry: Registry, actor: Actor, *, person: PersonId, organisation_slug: str, roles: frozenset[Role]
) -> Member:
    """Give a member these roles in place of the present ones; it holds from the next request on.

    Raises:
        InvalidInput: a role cannot be held by a member, or there is none.
        NotFound: no such organisation, or no such member of it.
        Forbidden: it would be *actor* who holds more roles by it.
        FourEyes: as of ``add_member``.
        Conflict: no operator would be left.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    policy.require_confirmed(actor)
    problems = _role_problems(roles)
    if problems:
        raise InvalidInput(problems)
    with registry.storage.begin() as unit:
        found = organisation_named(unit, organisation_slug)
        member = _member(unit, person, found.id)
        _require_not_oneself(actor, member.answerable, roles - member.roles)
        _require_second_operator(registry, unit, actor, found.id, roles - member.roles)
        _require_not_held(registry, unit, actor, person, roles - member.roles)
        if Role.OPERATOR not in roles:
            _leave_an_operator(unit, actor, member)
        if roles != member.roles:
            member = replace(member, roles=roles)
            unit.accounts.save_member(member)
            told = _told(found, roles)
            note_access(registry, unit, actor, EventName.MEMBER_CHANGED, f"member:{person}", **told)
    return member


def remove_member(registry: Registry, actor: Actor, *, person: PersonId, organisation_slug: str) -> Member:
    """End a membership at once, with its keys; service accounts that act for the member go with it.

    Raises:
        NotFound: no such organisation, or no such member of it.
        Conflict: no operator would be left.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    policy.require_confirmed(actor)
    with registry.storage.begin() as unit:
        found = organisation_named(unit, organisation_slug)
        member = _member(unit, person, found.id)
        _leave_an_operator(unit, actor, member)
        for one, _ in unit.accounts.members(found.id):
            if person in {one.person, one.responsible}:
                _remove(registry, unit, actor, found, one)
    return member


def members(registry: Registry, actor: Actor, organisation_slug: str) -> tuple[tuple[Member, str], ...]:
    """The members of an organisation with their names; for operators.

    Raises:
        NotFound: no such organisation.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.read() as reader:
        return reader.accounts.members(organisation_named(reader, organisation_slug).id)


def _remove(registry: Registry, unit: Unit, actor: Actor, found: Organisation, member: Member) -> None:
    ended = revoke_all(registry, unit, actor, member)
    unit.sessions.end_all(member.person)
    unit.accounts.remove_member(member.person, found.id)
    unit.membership.forget_agreement(member.person, found.id)
    unit.saved_searches.forget(member.person, found.id)
    forget(unit, member.person)
    subject = f"member:{member.person}"
    note_access(registry, unit, actor, EventName.MEMBER_REMOVED, subject, organisation=found.slug, keys=ended)


def _told(found: Organisation, roles: frozenset[Role]) -> dict[str, str]:
    return {"organisation": found.slug, "roles": " ".join(sorted(roles))}


def _role_problems(roles: frozenset[Role]) -> list[Problem]:
    if roles and not roles - NODE_ROLES:
        return []
    allowed = ", ".join(sorted(NODE_ROLES))
    return [Problem(("roles",), "UNKNOWN_TERM", f"one or more of these are expected: {allowed}")]


def _member(unit: Unit, person: PersonId, organisation: OrganisationId) -> Member:
    member = unit.accounts.member(person, organisation)
    if member is None:
        raise NotFound("no such member of this organisation", path=("person",))
    return member


def _require_not_oneself(actor: Actor, person: PersonId, more: frozenset[Role]) -> None:
    if more and actor.person == person:
        raise Forbidden("nobody gives roles to themselves: ask another operator")


def _require_second_operator(
    registry: Registry, unit: Unit, actor: Actor, organisation: OrganisationId, more: frozenset[Role]
) -> None:
    admitted_by = frozenset(one.decided_by or "" for one in unit.membership.of_organisation(organisation))
    require_second_operator(actor, more, admitted_by, alone=registry.settings.one_person_node)


def _require_not_held(registry: Registry, unit: Unit, actor: Actor, person: PersonId, more: frozenset[Role]) -> None:
    """Keep whoever may hold a way in of *person* from making a second pair of eyes of it, which would be their own."""
    if actor.person is None or registry.settings.one_person_node or not more & policy.OWN_NAME:
        return
    ways_in = [(EventName.INVITED, f"person:{person}")]
    for key in unit.accounts.keys(person):
        ways_in += [(EventName.KEY_CREATED, f"key:{key.id}"), (EventName.KEY_ROTATED, f"key:{key.id}")]
    for name, subject in ways_in:
        if unit.events.page(EventFilter(name=name, actor=actor.id, subject=subject), PageRequest(1)).items:
            raise FourEyes("you have invited this person, or made a key of theirs: another operator gives these roles")


def _leave_an_operator(unit: Unit, actor: Actor, member: Member) -> None:
    if Role.LOCAL_OPERATOR in actor.roles or Role.OPERATOR not in member.roles:
        return
    if not any((one.person, one.organisation) != (member.person, member.organisation) for one in operators(unit)):
        raise Conflict("no operator would be left", hint="on the node itself: commons user")


def _require_natural(responsible: Member | None) -> None:
    if responsible is None:
        raise NotFound("no such member of this organisation", path=("responsible",))
    if responsible.responsible is not None:
        message = "a service account cannot answer for another; name a person"
        raise InvalidInput([Problem(("responsible",), "NOT_ALLOWED", message)])


def _require_known(unit: Unit, person: PersonId, organisation: OrganisationId) -> None:
    known = unit.accounts.memberships(person)
    if not known:
        raise NotFound("no such person", path=("person",))
    if any(one.responsible is not None for one in known):
        raise InvalidInput([Problem(("person",), "NOT_ALLOWED", "a service account belongs to one organisation")])
    if any(one.organisation == organisation for one in known):
        raise AlreadyExists("this person is a member of the organisation already", path=("person",))
